"""Reports that something about a call was wrong: told to the other provider, kept by both."""

import functools
from collections.abc import Awaitable, Callable
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.console_acts import Discrepancy
from net119_protocol.codes import CallState, CloseOutcome, DiscrepancyKind
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.peer import OfferedCall, SimulatedPeer, TakenCall

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.looking import looking
from net119_conformance.polling import until
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer import answered_at_home
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_Stands = tuple[str, str, int, bool, str | None]
OURS, THEIRS = "位置がずれていました", "管轄の本部が違いました"


async def _by_sut(
    t: Trial, w: World, console: Console, call: OfferedCall | TakenCall, role: str, ja: str
) -> None:
    """A dispatcher of the SUT reports; the peer must be told."""
    await console.report_discrepancy(
        call.call_id, DiscrepancyKind.WRONG_DATA, OURS, w.home.department
    )
    got = await t.observe(
        f"{role}: the other provider is told by discrepancy.report",
        call.expect(MessageType.DISCREPANCY_REPORT, within=w.patience),
        w.patience + 1,
        expected="discrepancy.report",
        ja=f"{ja}: 相手の事業者に discrepancy.report が届く",
    )
    body = got.body_as(bodies.DiscrepancyReport) if got is not None else None
    t.check(
        f"{role}: the report says what was wrong, and who says so",
        body is not None
        and (body.kind, body.detail, body.department, bool(body.reported_by))
        == (DiscrepancyKind.WRONG_DATA, OURS, w.home.department, True),
        expected=("wrong-data", OURS, w.home.department, "a name"),
        seen=body,
        ja=f"{ja}: 何が誤りで、誰の報告かがわかる",
    )


async def _by_peer(
    t: Trial,
    w: World,
    other: SimulatedPeer,
    console: Console,
    call: OfferedCall | TakenCall,
    role: str,
    ja: str,
) -> None:
    """The peer reports; the SUT must keep it beside its own dispatcher's report."""
    await call.report(
        bodies.DiscrepancyReport(
            kind=DiscrepancyKind.WRONG_DEPARTMENT,
            detail=THEIRS,
            reported_by="相手の指令員",
            department=w.home.department,
        )
    )

    async def kept() -> tuple[Discrepancy, ...]:
        return (await console.record(call.call_id)).discrepancies

    both = await t.observe(
        f"{role}: the record has the reports of both sides",
        until(w, kept, lambda found: len(found) == 2),
        w.patience + 1,
        expected="two reports",
        ja=f"{ja}: 双方の報告が記録に残る",
    )
    seen = [(each.provider, each.detail, each.reported_by) for each in both or ()]
    t.check(
        f"{role}: each report names its provider",
        [(who, detail) for who, detail, _ in seen]
        == [(w.home.operator, OURS), (other.operator, THEIRS)]
        and all(by for _, _, by in seen),
        expected=[(w.home.operator, OURS), (other.operator, THEIRS)],
        seen=seen,
        ja=f"{ja}: どちらの事業者の報告かがわかる",
    )


def _stands(call: ConsoleCall) -> _Stands:
    """State, owner and epoch of a call, and how it ended."""
    ended = None if call.outcome is None else call.outcome.value
    return call.state.value, call.owner.code, call.epoch, call.mine, ended


def _differs(before: _Stands, seen: ConsoleCall) -> bool:
    return _stands(seen) != before


def _recorded(console: Console, call_id: UUID) -> Callable[[], Awaitable[ConsoleCall]]:
    """What asks for the call as the record has it now."""

    async def ask() -> ConsoleCall:
        return (await console.record(call_id)).call

    return ask


@purpose(
    id="DISCREPANCY-BOTH-WAYS",
    requirements=(),
    interfaces="BC",
    role=Role.BOTH,
    needs=Needs(peer=True),
    title_ja="通報の誤りの報告は、閉じた後でも相手に届き、双方の記録に残る",
    title_en="A report of what was wrong reaches the other provider, also after the close",
    stimulus_ja="転送して閉じられた通報と、割り当てられて続いている通報について、指令員と相手が誤り"
    "を報告する。",
    stimulus_en="The dispatcher and the peer report what was wrong: in a call that was transferred "
    "to the peer and closed, and in one assigned by the peer that goes on.",
    expected_ja="discrepancy.report が相手に届き、相手の報告も、事業者の名とともに記録に残る。通報"
    "は、閉じた後も続いている間も、状態・担当・epoch が変わらない。",
    expected_en="discrepancy.report reaches the peer; the peer's report stands in the record with "
    "its provider; state, owner and epoch of the call do not change, be it closed or going on.",
    why_ja="誤りを知らされない事業者は、同じ誤りを次の通報でも繰り返す。",
    why_en="A provider that is not told repeats the error with the next call.",
    timeout_s=45.0,
)
async def both_ways(t: Trial, w: World) -> None:
    other = await w.peer()
    console, mine = await answered_at_home(t, w)
    there = w.ground("peer")
    asking = w.start(console.transfer(mine.id, there.department))
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=mine.id, within=w.patience)
    with t.waiting("call.assign"):
        taken = await other.take(offer, center=there.center, within=w.patience)
    with t.waiting("the end of the transfer"):
        await w.ended(asking)
    await taken.ring()
    await taken.answer("相手の指令員")
    await taken.close(CloseOutcome.DISPATCHED, within=w.patience)
    with t.waiting("the close in the record of the anchor"):
        kept = await until(
            w, _recorded(console, mine.id), lambda seen: seen.state is CallState.CLOSED
        )
    closed = _stands(kept)
    since = looking(w)
    await _by_sut(t, w, console, taken, "as anchor", "登録地側")
    await _by_peer(t, w, other, console, taken, "as anchor", "登録地側")
    again, call = await owned_by_sut(t, w, other)
    assigned = _stands(await _recorded(again, call.call_id)())
    await _by_sut(t, w, again, call, "as owner", "通報地側")
    await _by_peer(t, w, other, again, call, "as owner", "通報地側")
    shown = await again.wait_for_call(call.call_id, w.patience)
    t.check(
        "a report changes nothing about the call",
        (shown.mine, shown.state.value) == (True, "answered"),
        expected=(True, "answered"),
        seen=(shown.mine, shown.state.value),
        ja="報告で通報の状態は変わらない",
    )
    for role, ja, desk, call_id, before in (
        ("as anchor, after the close", "登録地側（閉じた後）", console, mine.id, closed),
        ("as owner", "通報地側", again, call.call_id, assigned),
    ):
        left = since.left()
        await t.observe_nothing(
            f"{role}: a report changes neither state nor owner nor epoch",
            until(w, _recorded(desk, call_id), functools.partial(_differs, before), left),
            left,
            expected=before,
            ja=f"{ja}: 報告で、状態も担当も epoch も変わらない",
        )
    keeps_the_profile(t, other)
