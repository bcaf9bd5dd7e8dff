"""What a station does with the register beside its cards: the record of those who cannot evacuate,
and the installations that it is asked to attend (articles 5 and 6)."""

from net119_protocol.alarms.people import NewVisit
from net119_protocol.api import alarm_register as register
from net119_simulators.errors import CallRefused

from net119_conformance.at_alarms import OTHER_STATION, STATION, Kyoto, kyoto, refusal_of
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

REGISTER = Needs(alarms=True, once=True)
PURPOSE = "在宅避難困難者台帳"


async def _copy(k: Kyoto, number: int) -> register.EvacuationRecord | None:
    """The record of a user as their station reads it; None where there is none."""
    try:
        return await (await k.office(STATION)).evacuation_record(number, PURPOSE)
    except CallRefused:
        return None


@purpose(
    id="REGISTER-EVACUATION",
    requirements=("KYO-21",),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="利用者の在宅避難困難者台帳に、いまの個別台帳の写しが添えられる",
    title_en="The record of those who cannot evacuate has a copy of the ledger as it is now",
    stimulus_ja="利用者を登録し、電話番号を変更する。消防署が在宅避難困難者台帳を開く。発信設備が返還される。別の消防署も開こうとする。",
    stimulus_en="A user is entered and their telephone number changes. The station opens the "
    "record of those who cannot evacuate, and so does another. The unit goes back.",
    expected_ja="登録の時から台帳があり、添えられた写しは変更後の個別台帳と同じ。ほかの消防署には見えない。返還後は台帳から外れる。",
    expected_en="The record is there from the entry on, its copy is the ledger with the change, "
    "another station does not see it, and after the return there is none.",
    why_ja="古い写しを頼りに避難を助けに行くと、もう住んでいない人を探し、鍵のない玄関に着く。",
    why_en="Who helps to evacuate by an old copy looks for somebody who has moved, at a door "
    "without its key.",
)
async def evacuation(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number = k.number()
        entered = await k.section.enter(k.card(number))
        first = await _copy(k, number)
        t.check(
            "the record is there from the entry on, with the ledger's copy",
            first is not None and first.ledger == entered,
            expected=entered,
            seen=first and first.ledger,
            ja="登録の時から台帳があり、個別台帳の写しがある",
        )
        user = k.user(number).model_copy(update={"phone": "075-000-8888"})
        told = register.ChangeLedger(kind="change", user=user, received_on=k.today)
        await k.section.change(number, told)
        after = await _copy(k, number)
        t.check(
            "the copy is the ledger as it is now",
            after is not None and after.ledger.user == user,
            expected=user.phone,
            seen=after and after.ledger.user and after.ledger.user.phone,
            ja="写しは変更後の個別台帳と同じ",
        )
        other = await k.office(OTHER_STATION)
        foreign = await refusal_of(other.evacuation_record(number, PURPOSE))
        t.check(
            "another station does not see it",
            foreign == "not-found",
            expected="not-found",
            seen=foreign,
            ja="ほかの消防署には見えない",
        )
        await k.section.unit_returned(number, register.ReturnUnit(received_on=k.today))
        gone = await refusal_of((await k.office(STATION)).evacuation_record(number, PURPOSE))
        t.check(
            "after the return there is no such record",
            gone == "not-found",
            expected="not-found",
            seen=gone,
            ja="返還後は台帳から外れる",
        )


@purpose(
    id="REGISTER-ATTENDANCE",
    requirements=("KYO-24",),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="求められた設置の立会いは、立ち会うか理由を残すまで消防署の事務に残る",
    title_en="A question to attend an installation waits until it was attended or declined",
    stimulus_ja="二人の設置について立会いが求められる。一人には指導の訪問のあと設置に立ち会い、もう一人には立ち会えない理由を残す。",
    stimulus_en="The station is asked to attend two installations. It visits the first user for "
    "guidance, then attends; for the second it says why it cannot.",
    expected_ja="求めは消防署の事務に予定日とともに残り、指導の訪問では消えず、立会いか理由で終わる。",
    expected_en="Each waits as the station's work with its day; guidance does not end it, "
    "attendance or a reason does.",
    why_ja="忘れられた立会いでは、火災警報器の位置も避難の道も、だれも見ない。",
    why_en="Where attendance is forgotten nobody looks at detectors and ways out.",
)
async def attendance(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        first, second = k.number(), k.number()
        station = await k.office(STATION)
        asked = register.AskAttendance(asked_on=k.today, planned_on=k.today)
        for number in (first, second):
            await k.section.enter(k.card(number))
            await k.section.ask_attendance(number, asked)

        async def waiting() -> dict[int, object]:
            work = (await station.work()).attendance
            return {
                each.registration: each.planned_on
                for each in work
                if each.registration in (first, second)
            }

        waits = await waiting()
        t.check(
            "what is asked waits as the station's work, with its day",
            waits == {first: k.today, second: k.today},
            expected={first: k.today, second: k.today},
            seen=waits,
            ja="求めは予定日とともに消防署の事務に残る",
        )
        guided = NewVisit(on=k.today, kind="guidance", by="中京消防署 髙木")
        await station.visit(first, guided)
        waits = await waiting()
        t.check(
            "guidance is no attendance",
            first in waits,
            expected=first,
            seen=waits,
            ja="指導の訪問は立会いに代わらない",
        )
        await station.visit(first, guided.model_copy(update={"kind": "installation"}))
        ledger = await station.ledger(first, "立会いの確認")
        waits = await waiting()
        t.check(
            "attendance ends it, and its day is kept",
            first not in waits
            and ledger.attendance is not None
            and ledger.attendance.attended_on == k.today,
            expected=("nothing waits", k.today),
            seen=(waits, ledger.attendance),
            ja="立会いで終わり、日付が残る",
        )
        why = "同じ時刻の火災に出動①"
        await station.decline_attendance(second, register.DeclineAttendance(why=why))
        ledger = await station.ledger(second, "立会いの確認")
        waits = await waiting()
        t.check(
            "a station that cannot attend leaves its reason",
            second not in waits
            and ledger.attendance is not None
            and ledger.attendance.declined_why == why,
            expected=("nothing waits", why),
            seen=(waits, ledger.attendance),
            ja="立ち会えない消防署は理由を残す",
        )
