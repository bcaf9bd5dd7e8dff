"""What dispatchers record of a call: data given to others, crews sent, callers blocked."""

from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Kind,
    Mode,
    PlaceChoice,
    ReceiverKind,
    Refusal,
)
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console
from net119_conformance.drivers.staff import AuditLog
from net119_conformance.purpose import purpose
from net119_conformance.purposes.transfer import answered_at_home
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.told import refused_plainly
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_GIVEN = {
    ReceiverKind.HOSPITAL: ("市立病院", "氏名と持病"),
    ReceiverKind.POLICE: ("警察署", "氏名と居場所"),
    ReceiverKind.MUNICIPALITY: ("市役所福祉課", "氏名と住所"),
    ReceiverKind.OTHER_AGENCY: ("保健所", "氏名と服薬"),
}
_CLOCKS_APART = timedelta(seconds=30)
"""A system's clock may differ from this one by seconds, and so may that of a log within it."""
_MINUTE = timedelta(minutes=1)
"""A log may keep whole minutes, rounded down or to the nearest."""


class Made(NamedTuple):
    """Who made the disclosures, as the call's record has it, and when that was."""

    by: set[str]
    began: datetime
    ended: datetime

    def timed(self, at: Iterable[datetime]) -> bool:
        """Whether these are times at which the disclosures can have been made."""
        return all(self._can_be(each) for each in at)

    def _can_be(self, at: datetime) -> bool:
        # What has seconds is no whole minute, and can be known better.
        rounded = _MINUTE if at.second == at.microsecond == 0 else timedelta()
        earliest, latest = self.began - _CLOCKS_APART, self.ended + _CLOCKS_APART
        return earliest - rounded <= at <= latest + rounded / 2

    def expected(self) -> str:
        """The times at which they were made."""
        return (
            f"{self.began.isoformat()} to {self.ended.isoformat()}, "
            "within 30 s, and to the minute if it is a whole one"
        )


async def _disclosed(
    t: Trial, w: World, console: Console, call_id: UUID, role: str, ja: str
) -> Made:
    began = datetime.now(UTC)
    for receiver, (name, what) in _GIVEN.items():
        await console.disclose(call_id, receiver, name, what, "搬送のため")
    ended = datetime.now(UTC)
    given = (await console.record(call_id)).disclosures
    made = Made({each.by for each in given}, began, ended)
    seen = [(each.receiver.value, each.receiver_name, each.what) for each in given]
    wanted = [(kind.value, name, what) for kind, (name, what) in _GIVEN.items()]
    t.check(
        f"{role}: the record has each disclosure, to whom and what",
        seen == wanted,
        expected=wanted,
        seen=seen,
        ja=f"{ja}: 提供の一つ一つが、相手と内容とともに記録に残る",
    )
    t.check(
        f"{role}: each disclosure says when it was made",
        bool(given) and made.timed(each.at for each in given),
        expected=made.expected(),
        seen=[each.at for each in given],
        ja=f"{ja}: いつ提供したかが残る",
    )
    t.check(
        f"{role}: each disclosure says who made it",
        bool(given) and all(each.by.strip() for each in given),
        expected="a name",
        seen=[(each.at, each.by) for each in given],
        ja=f"{ja}: 誰が提供したかが残る",
    )
    return made


async def _audited(
    t: Trial, log: AuditLog, call_id: UUID, made: Made, role: str, ja: str
) -> set[str]:
    """Who made the disclosures, as the audit trail has it."""
    everything = [each for each in await log.accesses() if each.action == "disclosed"]
    entries = [each for each in everything if str(call_id) in each.purpose]
    audited = "".join(each.what for each in entries)
    missing = [name for name, _ in _GIVEN.values() if name not in audited]
    t.check(
        f"{role}: the audit trail has every receiver",
        not missing,
        expected=[name for name, _ in _GIVEN.values()],
        seen=[(each.purpose, each.what) for each in everything],
        ja=f"{ja}: 閲覧記録に、すべての提供先がある",
    )
    untold = [
        (name, what)
        for name, what in _GIVEN.values()
        if not any(name in each.what and what in each.what for each in entries)
    ]
    t.check(
        f"{role}: the audit trail says of each receiver what was given",
        not untold,
        expected="for each disclosure an entry with its receiver and with what was given",
        seen=[each.what for each in entries],
        ja=f"{ja}: 閲覧記録に、どの提供先に何を渡したかがある",
    )
    t.check(
        f"{role}: the audit trail says when each was made",
        bool(entries) and made.timed(each.at for each in entries),
        expected=made.expected(),
        seen=[each.at for each in entries],
        ja=f"{ja}: 閲覧記録に、いつ提供したかがある",
    )
    return {each.actor for each in entries}


def _two_people(t: Trial, here: set[str], there: set[str], where: str, ja: str) -> None:
    """What two dispatchers did is not put down to one name."""
    t.check(
        f"{where} names each of the two dispatchers",
        len(here) == 1 and len(there) == 1 and here != there,
        expected="one name for each call, and not the same",
        seen=(sorted(here), sorted(there)),
        ja=f"{ja}に、二人の指令員のそれぞれの名が残る",
    )


@purpose(
    id="DISCLOSURE-RECORDED",
    requirements=("CNB-21", "CNB-51", "ASO-27"),
    derived=("CNB-21",),
    interfaces="BC",
    role=Role.BOTH,
    needs=Needs(peer=True),
    title_ja="病院や警察などへの情報提供は、登録地でも通報地でも、一つずつ記録に残る",
    title_en="Each disclosure of the caller's data is recorded, at home and elsewhere alike",
    stimulus_ja="登録地の通報と、よその事業者から割り当てられた通報で、別々の指令員が病院・警察・市町村・その他"
    "の機関への提供を記録する。",
    stimulus_en="In a call at home and in one assigned by another provider, two dispatchers record "
    "what was given to a hospital, the police, a municipality and another agency.",
    expected_ja="相手の種類と名、内容、時刻、指令員の名が、通報の記録に残る。その本部の職員が見る閲覧記録にも、"
    "相手の名、内容、時刻、指令員の名が残る。",
    expected_en="Kind and name of the receiver, what, when and by whom stand in the call's record; "
    "the receiver's name, what, when and by whom also in the audit trail that staff of that "
    "department read.",
    why_ja="誰に何を知らせたかを、本人に答えられなければならない。",
    why_en="The person must be able to learn who was told what.",
    timeout_s=45.0,
)
async def disclosed(t: Trial, w: World) -> None:
    console, call = await answered_at_home(t, w)
    made = await _disclosed(t, w, console, call.id, "at home", "登録地")
    log = await w.audit_log(w.home)
    audited = await _audited(t, log, call.id, made, "at home", "登録地")
    there, taken = await owned_by_sut(t, w, await w.peer())
    made_there = await _disclosed(t, w, there, taken.call_id, "elsewhere", "通報地")
    audited_there = await _audited(t, log, taken.call_id, made_there, "elsewhere", "通報地")
    _two_people(t, made.by, made_there.by, "the calls' record", "通報の記録")
    _two_people(t, audited, audited_there, "the audit trail", "閲覧記録")


async def _outcome(asked: Awaitable[object]) -> str:
    try:
        await asked
    except CallRefused as refused:
        return refused.code.value
    return "recorded"


@purpose(
    id="DISPATCH-RECORDED",
    requirements=("TOM-25",),
    derived=("CTS-11",),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="出動は人が応答した後にだけ記録され、練習と試験の通報では記録されない",
    title_en="A dispatch is recorded only after the answer, and never for practice or test",
    stimulus_ja="指令員が、訓練通報では応答の前と後に、練習と試験の通報では応答の後に、出動を記録し、"
    "出動として終えようとする。",
    stimulus_en="The dispatcher tries to record a dispatch: for a drill before and after the "
    "answer, for practice and test after it; these it also tries to close as dispatched.",
    expected_ja="応答前と、練習・試験では断られ、訓練で応答した後だけ記録に残る。",
    expected_en="Refused before the answer and for practice and test; recorded for the drill once "
    "it is answered.",
    why_ja="内容を確かめない出動は違う所へ向かい、練習での出動は本物の隊を失わせる。",
    why_en="A crew sent unconfirmed goes astray; one sent to a practice call is missing elsewhere.",
)
async def dispatched(t: Trial, w: World) -> None:
    console = await w.console()
    for mode, ja in ((Mode.DRILL, "訓練"), (Mode.PRACTICE, "練習"), (Mode.TEST, "試験")):
        call = await w.call_from(await w.handset(), w.home, mode=mode)
        with t.waiting("the call at the console"):
            await console.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
        if mode is Mode.DRILL:
            early = await _outcome(console.record_dispatch(call.id, "救急1"))
            t.check(
                "before the answer no dispatch is recorded",
                early == Refusal.NOT_ANSWERED.value,
                expected=Refusal.NOT_ANSWERED.value,
                seen=early,
                ja="応答の前に出動は記録されない",
            )
        await console.answer(call.id)
        seen = await _outcome(console.record_dispatch(call.id, "救急1", "男性一人"))
        wanted = "recorded" if mode is Mode.DRILL else Refusal.NO_DISPATCH.value
        t.check(
            f"after the answer of a {mode.value} call: {wanted}",
            seen == wanted,
            expected=wanted,
            seen=seen,
            ja=f"{ja}通報の応答後",
        )
        units = [each.units for each in (await console.record(call.id)).dispatches]
        kept = ["救急1"] if mode is Mode.DRILL else []
        t.check(
            f"the record of the {mode.value} call says so",
            units == kept,
            expected=kept,
            seen=units,
            ja=f"{ja}通報の記録",
        )
        if mode is Mode.DRILL:
            continue
        closed = await _outcome(console.close(call.id, CloseOutcome.DISPATCHED, within=w.patience))
        state = (await console.record(call.id)).call.state
        t.check(
            f"a {mode.value} call is not closed as dispatched",
            closed == Refusal.NO_DISPATCH.value and state is not CallState.CLOSED,
            expected=f"{Refusal.NO_DISPATCH.value}, and the call goes on",
            seen=f"{closed}, {state.value}",
            level=CheckLevel.DERIVED,
            ja=f"{ja}通報は、出動として終えられない",
        )
        await console.close(call.id, CloseOutcome.PRACTICE_DONE, within=w.patience)


PRANK = "明らかないたずらの通報"
STOPPED = ("停止", "止められ", "拒否", "制限")


@purpose(
    id="BLOCK-PRANK",
    requirements=("CNB-34", "ASO-20"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="指令台からいたずらの登録者を止めると次の通報は断られ、ほかの登録者の通報は届く",
    title_en="A caller blocked from the console is refused next time; nobody else is",
    stimulus_ja="指令員がいたずらの通報を閉じ、登録者を止める。その人と別の登録者が通報する。よその登録者の"
    "通報でも止めようとする。",
    stimulus_en="The dispatcher closes a prank and blocks its caller; that one and another call. "
    "The same is tried with a registrant of another provider.",
    expected_ja="止められた人の通報は理由とともに断られ、もう一人の通報は届く。よその登録者は止められず、"
    "どこに頼めばよいかが示される。",
    expected_en="The blocked one is refused and shown the reason; the other's call arrives; a "
    "registrant of another provider cannot be blocked, and the refusal says whom to ask.",
    why_ja="いたずらの次の一本が、本物の通報かもしれない。",
    why_en="The call after the prank may be a real one.",
    timeout_s=45.0,
)
async def blocked(t: Trial, w: World) -> None:
    console = await w.console()
    bad, good = await w.handset(), await w.handset()
    call = await w.call_from(bad, w.home)
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
    await console.answer(call.id)
    await console.close(call.id, CloseOutcome.PRANK)
    await console.block_caller(call.id, PRANK)
    try:
        again = await bad.call(Kind.OTHER, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
        seen, told, problem = f"call {again.id} was taken", "", None
    except CallRefused as refusal:
        seen, problem = refusal.code.value, refusal.problem
        told = f"{problem.message_ja} {refusal}"
    t.check(
        "the blocked caller's next call is refused",
        seen == Refusal.REGISTRANT_SUSPENDED.value,
        expected=Refusal.REGISTRANT_SUSPENDED.value,
        seen=seen,
        ja="止められた人の次の通報は断られる",
    )
    t.check(
        "the refusal shows the reason",
        PRANK in told,
        expected=PRANK,
        seen=told or "nothing",
        ja="断りに理由が示される",
    )
    refused_plainly(t, problem, STOPPED, "停止中")
    honest = await w.call_from(good, w.home)
    await t.observe(
        "the next honest caller is unaffected",
        console.wait_for_call(honest.id, w.patience, lambda shown: shown.mine),
        w.patience + 1,
        expected=f"call {honest.id}",
        ja="次の誠実な通報は届く",
    )
    other = await w.peer()
    there, foreign = await owned_by_sut(t, w, other)
    try:
        await there.block_caller(foreign.call_id, PRANK)
        seen, told = "blocked", ""
    except CallRefused as refusal:
        seen, told = "refused", f"{refusal.problem.message_ja} {refusal}"
    t.check(
        "another provider's registrant cannot be blocked here, and whom to ask is said",
        seen == "refused" and w.ground("peer").name_ja in told,
        expected=f"refused; {w.ground('peer').name_ja}",
        seen=f"{seen}; {told}",
        ja="よその登録者は止められず、頼む先が示される",
    )
