"""The register of home alarms as it changes: moves, the ledger's way, visits (4 to 6 and 8)."""

from datetime import timedelta

from net119_protocol.alarms.people import (
    EntryState,
    GuidancePoint,
    HeardBy,
    HeardChange,
    HelperProblem,
    NewVisit,
)
from net119_protocol.api import alarm_register as register
from net119_protocol.api.alarms import HearChange

from net119_conformance.at_alarms import (
    FAR,
    HELPERS,
    OTHER_STATION,
    OTHER_WARD,
    STATION,
    Kyoto,
    kyoto,
    refusal_of,
)
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

REGISTER = Needs(alarms=True, once=True)
SURVEY = "現地調査：髙い塀、玄関は北側①"


async def _change(k: Kyoto, number: int, heard: int) -> HeardChange:
    """A change that was heard of, as it stands in the ledger."""
    ledger = await k.section.ledger(number, "変更の確認")
    return ledger.heard[heard - 1]


async def _tell(k: Kyoto, number: int, heard: int, to: str) -> str:
    told = register.ChangePassedOn(to=to)
    return await refusal_of(k.section.passed_on(number, heard, told))


async def _waits(k: Kyoto, number: int) -> list[str]:
    """Who waits to be told of changes of this user, in the list of what is to be done."""
    changes = (await k.section.work()).changes
    return sorted(who for each in changes if each.registration == number for who in each.to_tell)


@purpose(
    id="REGISTER-MOVE",
    requirements=("KYO-14", "KYO-18", "KYO-19"),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="転居すると協力員を改めて確かめ、前の住宅世帯番号は使わない",
    title_en="After a move helpers are checked again and the old household number is not used",
    stimulus_ja="利用者が区内で転居し、新しい番号と現地調査の結果とともに手続を終える。次に、近くに協力員のいない別の区へ転居する。",
    stimulus_en="A user moves within the ward, and that goes back with the new number and the "
    "result of a survey. Then they move to another ward, where no helper is near.",
    expected_ja="転居の時点で前の番号は消え、新しい番号が書き入れられる。二度目は協議となり、同意まで返せない。",
    expected_en="The old number is gone with the move and the new one noted. The second move is "
    "being consulted about and does not go back before the ward office has agreed.",
    why_ja="前の家の番号と協力員のままでは、隊も近所の人も空き家に向かう。",
    why_en="With the old house's number and helpers, crews and neighbours go to an empty house.",
)
async def move(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number = k.number()
        await k.entered(number)
        user = k.user(number)
        there = user.model_copy(update={"address": k.user(k.number()).address})
        within = register.ChangeLedger(kind="move", user=there, received_on=k.today)
        ledger = await k.section.change(number, within)
        t.check(
            "the old household number is gone with the move",
            ledger.household is None and ledger.user == there,
            expected=("no number", there.address),
            seen=(ledger.household, ledger.user and ledger.user.address),
            ja="転居で前の住宅世帯番号が消える",
        )
        t.check(
            "helpers who are enough let the move go on",
            ledger.entries[1].state is EntryState.RECEIVED and not ledger.helper_problems,
            expected="received",
            seen=(ledger.entries[1].state.value, ledger.helper_problems),
            ja="協力員が足りれば協議は要らない",
        )
        back = register.GiveBack(household="N-7", on=k.today, survey=SURVEY)
        ledger = await k.section.give_back(number, 2, back)
        t.check(
            "the new household number is noted",
            (ledger.household, ledger.entries[1].household) == ("N-7", "N-7"),
            expected="N-7",
            seen=(ledger.household, ledger.entries[1].household),
            ja="新しい住宅世帯番号が書き入れられる",
        )
        t.check(
            "what the survey showed stands with the change",
            ledger.entries[1].survey == SURVEY,
            expected=SURVEY,
            seen=ledger.entries[1].survey or "nothing",
            ja="現地調査の結果が変更とともに残る",
        )
        far = k.user(number, (FAR, HELPERS[2]), OTHER_WARD)
        away = register.ChangeLedger(kind="move", user=far, received_on=k.today)
        ledger = await k.section.change(number, away)
        asked = ledger.entries[2].consultation
        t.check(
            "helpers are checked again after a move",
            ledger.entries[2].state is EntryState.CONSULTING
            and asked is not None
            and asked.problems == (HelperProblem.NOBODY_NEAR,),
            expected=("consulting", "nobody-near"),
            seen=(ledger.entries[2].state.value, asked),
            ja="転居の後に協力員を改めて確かめる",
        )
        t.check(
            "the station of the new address has the ledger",
            ledger.station == OTHER_STATION,
            expected=OTHER_STATION,
            seen=ledger.station,
            ja="転居先の消防署が受け持つ",
        )
        back = register.GiveBack(household="N-8", on=k.today)
        before = await refusal_of(k.section.give_back(number, 3, back))
        yes = register.AnswerConsultation(answer="施設の職員が来る", accepted=True)
        await refusal_of(k.section.consulted(number, 3, yes))
        after = await refusal_of(k.section.give_back(number, 3, back))
        t.check(
            "the move goes back only once the ward office has agreed",
            (before, after) == ("wrong-state", "done"),
            expected=("wrong-state", "done"),
            seen=(before, after),
            ja="区役所が認めてはじめて返せる",
        )


@purpose(
    id="REGISTER-WAY",
    requirements=("KYO-19", "KYO-21"),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="個別台帳は市民安全課を経て消防署に届き、変更が写され、利用者は在宅避難困難者となる",
    title_en="A ledger comes through the city section; its user counts as one who cannot evacuate",
    stimulus_ja="新しい個別台帳を、市民安全課より先に消防署へ届けようとし、次に順に届ける。電話番号の変更を受け付ける。",
    stimulus_en="A new ledger is to come to the station before the city section, then goes its "
    "way; a change of the telephone number comes.",
    expected_ja="順序の違う送付は断られ、届いた日が残り、変更は台帳に写される。入力の時から在宅避難困難者として扱われる。",
    expected_en="Out of order it is refused, the days are kept, the change is copied into the "
    "ledger, and from the entry on the user is in the record of those who cannot evacuate.",
    why_ja="道筋の外で動く台帳は、どこかの写しだけが古いままになる。",
    why_en="A ledger that leaves its way leaves an old copy somewhere that crews go by.",
)
async def way(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number = k.number()
        entered = await k.section.enter(k.card(number))
        t.check(
            "a user counts as somebody who cannot evacuate",
            entered.evacuation_record,
            expected=True,
            seen=entered.evacuation_record,
            ja="利用者は在宅避難困難者として扱われる",
        )
        moves = register.LedgerMoves(on=k.today)
        early = await refusal_of(k.section.at_station(number, moves))
        t.check(
            "the station does not get the ledger before the city section",
            early == "wrong-state",
            expected="wrong-state",
            seen=early,
            ja="市民安全課より先に消防署へは届かない",
        )
        await refusal_of(k.section.at_section(number, moves))
        await refusal_of(k.section.at_station(number, moves))
        user = k.user(number).model_copy(update={"phone": "075-000-9999"})
        told = register.ChangeLedger(kind="change", user=user, received_on=k.today)
        await k.section.change(number, told)
        ledger = await (await k.office(STATION)).ledger(number, "在宅避難困難者台帳")
        t.check(
            "the days of its way are kept",
            ledger.way is not None
            and (ledger.way.section_on, ledger.way.station_on) == (k.today, k.today),
            expected=(k.today, k.today),
            seen=ledger.way,
            ja="届いた日が残る",
        )
        t.check(
            "the change is copied into the station's ledger, which stays in that record",
            ledger.user == user and ledger.evacuation_record,
            expected=(user.phone, True),
            seen=(ledger.user and ledger.user.phone, ledger.evacuation_record),
            ja="変更が消防署の台帳に写され、在宅避難困難者の扱いが続く",
        )


@purpose(
    id="REGISTER-HEARD",
    requirements=("KYO-20",),
    interfaces="HCR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="センターが知った変更は市民安全課を通り、消防署が知った変更は本人と区役所に伝える",
    title_en="What the center hears goes through the city section, a station's to the user",
    stimulus_ja="通報の応対中に指令員が変更を聞き取る。別の利用者の訪問で、消防署が変更を聞き取る。",
    stimulus_en="A dispatcher hears of a change during an alarm, a station of one on a visit.",
    expected_ja="センターからは市民安全課が先で、次に局と消防署。消防署からは本人と区役所。伝えるまで作業として残る。",
    expected_en="From the center the city section comes first, then bureau and station; from a "
    "station, user and ward office. Until they are told it waits as work.",
    why_ja="聞いた人のところで止まった変更は、次の通報のときに古い家を教える。",
    why_en="A change that stays with whoever heard it sends the next crew to the wrong house.",
)
async def heard(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number, unit = await k.put_up()
        incident = await k.incident(await unit.press())
        change = HearChange(what="娘の電話が③番に替わった")
        await k.desk.hear_change(incident.incident_id, change)
        noted = await _change(k, number, 1)
        t.check(
            "what the center hears is for city section, bureau and station",
            noted.by is HeardBy.CENTER
            and noted.what == change.what
            and set(noted.to_tell) == {"city-section", "bureau", "station"},
            expected=("center", "city-section, bureau, station"),
            seen=(noted.by.value, noted.to_tell),
            ja="センターが知った変更は市民安全課、局、消防署に伝える",
        )
        order = [await _tell(k, number, 1, "station")]
        for to in ("city-section", "bureau", "station"):
            order.append(await _tell(k, number, 1, to))
        t.check(
            "it goes through the city section",
            order == ["wrong-state", "done", "done", "done"],
            expected="the station only after the city section",
            seen=order,
            ja="市民安全課を通じて伝える",
        )
        left = await _waits(k, number)
        t.check(
            "once all were told nobody waits any more",
            left == [] and not (await _change(k, number, 1)).to_tell,
            expected="nobody",
            seen=left or "nobody",
            ja="全員に伝えれば作業は残らない",
        )
        other = k.number()
        await k.entered(other)
        visit = NewVisit(
            on=k.today, kind="guidance", by="中京消防署 髙木", changes_heard="来月から入院する"
        )
        await (await k.office(STATION)).visit(other, visit)
        waiting = await _waits(k, other)
        t.check(
            "what a station hears on a visit is for the user and the ward office",
            waiting == ["user", "ward-office"],
            expected="user, ward-office",
            seen=waiting or "nobody",
            ja="消防署が訪問で知った変更は本人と区役所に伝える",
        )
        await _tell(k, other, 1, "user")
        waiting = await _waits(k, other)
        t.check(
            "the ward office waits until it was told, too",
            waiting == ["ward-office"],
            expected="ward-office",
            seen=waiting or "nobody",
            ja="区役所に伝えるまで作業が残る",
        )


@purpose(
    id="REGISTER-GUIDANCE",
    requirements=("KYO-22", "KYO-24"),
    interfaces="HR",
    role=Role.ALARM,
    needs=REGISTER,
    title_ja="新しい利用者の指導は、台帳が先なら設置の日に求められ、欠けた項目が示される",
    title_en="First guidance is due on the day of installation, and left-out points are named",
    stimulus_ja="一人は台帳が設置より先に、もう一人は設置の翌日に届く。設置に立ち会い、意見を述べる。"
    "一項目を欠いた指導をする。",
    stimulus_en="One user's ledger comes before the installation, the other's the day after. The "
    "station attends the installation with its opinion, then gives guidance without one point.",
    expected_ja="一人目は設置の日、二人目は届いた日から速やかに期限となる。立会いと意見が残り、欠けた項目が示されて期限が残り、"
    "全項目の指導の後は期限が消える。",
    expected_en="Due on the day of installation for the first, promptly after the ledger came for "
    "the second; attendance and opinion are on record, the point is named and guidance stays "
    "due; after guidance with every point nothing is due.",
    why_ja="使い方を知らない設備は、倒れたときに押されない。",
    why_en="A unit that nobody has explained is not pressed when it is needed.",
)
async def guidance(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        first, second, yesterday = k.number(), k.number(), k.today - timedelta(days=1)
        moves = register.LedgerMoves(on=k.today)
        for number in (first, second):
            card = k.card(number).model_copy(update={"received_on": yesterday})
            await k.section.enter(card)
            if number == second:
                late = register.InstallUnit(unit_id=f"K-{number}", on=yesterday)
                await k.section.install(number, late)
            await k.section.at_section(number, moves)
            await k.section.at_station(number, moves)
        put_up = register.InstallUnit(unit_id=f"K-{first}", on=k.today)
        await k.section.install(first, put_up)
        due = {each.registration: each.due for each in (await k.section.work()).guidance}
        t.check(
            "with the ledger first, guidance is due on the day of installation",
            due.get(first) == k.today,
            expected=k.today,
            seen=due.get(first),
            ja="台帳が先なら設置の日が期限",
        )
        promptly = due.get(second)
        t.check(
            "with the ledger later, guidance is due promptly after it",
            promptly is not None and k.today <= promptly <= k.today + timedelta(days=14),
            expected=f"within two weeks from {k.today}",
            seen=promptly,
            ja="台帳が後なら届いてから速やかに",
        )
        station = await k.office(STATION)
        attended = NewVisit(
            on=k.today, kind="installation", by="中京消防署 髙木", opinion="寝室にも感知器を①"
        )
        visits = (await station.visit(first, attended)).visits
        t.check(
            "attendance at the installation stands there with its opinion",
            [(each.kind, each.by, each.opinion) for each in visits]
            == [("installation", attended.by, attended.opinion)],
            expected=(attended.by, attended.opinion),
            seen=visits,
            ja="設置の立会いと意見が記録に残る",
        )
        waits = [each.registration for each in (await station.work()).guidance]
        t.check(
            "attendance is no guidance: that still waits",
            first in waits,
            expected=first,
            seen=waits,
            ja="立会いは指導に代わらない",
        )
        left_out = GuidancePoint.HOW_TO_CALL
        spoken = tuple(each for each in GuidancePoint if each is not left_out)
        given = NewVisit(on=k.today, kind="guidance", by=attended.by, points=spoken)
        made = (await station.visit(first, given)).visits[-1]
        t.check(
            "a point that was left out is named",
            made.missing == (left_out,),
            expected=left_out.value,
            seen=made.missing or "none",
            ja="話さなかった項目が示される",
        )
        waits = [each.registration for each in (await station.work()).guidance]
        t.check(
            "guidance with a point left out stays due",
            first in waits,
            expected=first,
            seen=waits,
            ja="項目が欠けた指導では期限が残る",
        )
        whole = given.model_copy(update={"points": tuple(GuidancePoint)})
        made = (await station.visit(first, whole)).visits[-1]
        waits = [each.registration for each in (await station.work()).guidance]
        t.check(
            "after guidance with every point nothing is missing or due",
            not made.missing and first not in waits,
            expected="nothing",
            seen=(made.missing, first in waits),
            ja="全項目の指導の後は期限が残らない",
        )
