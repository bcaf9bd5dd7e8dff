"""Messages that cross at the anchor: both ask at the same moment, a transfer meets a close."""

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    ErrorCode,
    TransferFailure,
    WithdrawReason,
)
from net119_protocol.interconnect import Body, Envelope, MessageType, bodies
from net119_simulators.lookout import Lookout
from net119_simulators.peer import SimulatedPeer, TakenCall

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.looking import looking
from net119_conformance.not_before import Since
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer import REASON, answered_at_home, names_the_reason
from net119_conformance.purposes.transfer_asked import answering, owned_by_peer
from net119_conformance.still_offered import still_offered
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_GONE = (ErrorCode.STALE_EPOCH, ErrorCode.NOT_YOUR_CALL)


async def says_at_once(other: SimulatedPeer, call: HandsetCall, epoch: int, body: Body) -> Envelope:
    """The peer says something under an epoch, and waits for nothing."""
    kinds = {
        bodies.TransferRequest: MessageType.TRANSFER_REQUEST,
        bodies.CallbackRequest: MessageType.CALLBACK_REQUEST,
        bodies.CallClose: MessageType.CALL_CLOSE,
    }
    said = other.build(kinds[type(body)], body, call.id, epoch=epoch)
    await other.send_envelope(said)
    return said


async def refused_as_late(
    t: Trial, w: World, other: SimulatedPeer, said: Envelope, what: str, ja: str
) -> None:
    """Check that what came under the epoch before is refused, and its sender told why."""
    error = await t.observe(
        f"{what}: what crossed is refused",
        other.expect(
            MessageType.ERROR,
            call_id=said.call_id,
            within=w.patience,
            where=answering(said.message_id),
        ),
        w.patience + 1,
        expected="error",
        ja=f"{ja}: 行き違った電文が断られる",
    )
    code = error.body_as(bodies.ErrorReport).code if error is not None else None
    t.check(
        f"{what}: the refusal says that the call has another owner by now",
        code in _GONE,
        expected=" or ".join(each.value for each in _GONE),
        seen=code.value if code is not None else "nothing",
        ja=f"{ja}: もう担当が替わったことが示される",
    )


async def heard_by_owner(
    t: Trial, w: World, console: Console, call: HandsetCall, what: str, ja: str
) -> None:
    """Check that the caller and the home dispatcher reach each other."""
    said = await call.say(f"聞こえますか（{ja}）")
    await t.observe(
        f"{what}: the caller reaches the one owner",
        console.wait_for_line(call.id, lambda line: line.seq == said.seq, w.patience),
        w.patience + 1,
        expected=f"line {said.seq}",
        ja=f"{ja}: 通報者の文が、ただ一つの担当に届く",
    )


@purpose(
    id="CROSSED-BOTH-ASK",
    requirements=("CNB-39", "ASO-18"),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True),
    title_ja="両方が同時に転送を求めても担当は一つで、どちらの指令員にも本当のことが知らされる",
    title_en="When both ask for a transfer at the same moment there is one owner, and both are "
    "told "
    "the truth",
    stimulus_ja="登録地の指令員が相手への転送を求める。相手は承諾し、割り当てを待たずに、登録地へ戻す転送を"
    "求める。割り当ての後に、もう一度求める。",
    stimulus_en="The home dispatcher asks for a transfer to the peer; the peer accepts and, "
    "without "
    "waiting for the assignment, asks for a transfer back; once assigned it asks again.",
    expected_ja="先の求めは成立と知らされ、行き違った求めは古い epoch として断られ、担当は相手で"
    "ある。次の"
    "求めで、登録地の指令台に鳴り、通報者とやりとりできる。記録には二つの転送だけが残る。",
    expected_en="The first is told done; the one that crossed is refused as of an old epoch, and "
    "the "
    "peer is the owner. The next brings the call to ring at home, where the caller is reached. The "
    "record has these two transfers only.",
    why_ja="同時の求めで二つの本部が手を引けば、誰も通報を持っていない。",
    why_en="If both let go at the same moment nobody has the call.",
    timeout_s=45.0,
)
async def both_ask(t: Trial, w: World) -> None:
    there = w.ground("peer")
    other = await w.peer()
    console, call = await answered_at_home(t, w)
    before = (await console.wait_for_call(call.id, w.patience)).epoch
    asking = w.start(console.transfer(call.id, there.department, REASON))
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    taken = await other.accept(offer, center=there.center)
    back = bodies.TransferRequest(department=w.home.department, requested_by="相手の指令員")
    since = looking(w)
    crossed = await says_at_once(other, call, before, back)
    await t.observe(
        "the acceptance is answered by call.assign",
        taken.assigned(w.patience),
        w.patience + 1,
        expected="call.assign",
        ja="承諾に call.assign が返る",
    )
    # So that nothing has to be done about the call while it is looked at.
    await taken.answer("相手の指令員")
    ended = await t.observe(
        "the home dispatcher is told that the transfer is done",
        w.ended(asking),
        w.patience,
        expected="done",
        ja="登録地の指令員に、転送の成立が知らされる",
    )
    t.check(
        "it has not failed",
        ended is not None and ended.failure is None,
        expected="no failure",
        seen=ended.failure if ended else "nothing",
        ja="失敗とされていない",
    )
    await refused_as_late(t, w, other, crossed, "both ask", "同時の求め")
    await _one_owner(t, w, console, call, taken, since)
    done = await t.observe(
        "asked again by the owner, the call goes back",
        taken.ask_transfer(w.home.department, REASON, within=w.patience),
        w.patience + 1,
        expected="transfer.done",
        ja="担当がもう一度求めれば、通報は戻る",
    )
    t.check(
        "the owner is told that this one is done",
        isinstance(done, bodies.TransferDone) and done.department.code == w.home.department,
        expected=f"transfer.done {w.home.department}",
        seen=done,
        ja="こちらは成立と知らされる",
    )
    with t.waiting("the call ringing at home"):
        await console.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.state is CallState.RINGING
        )
    await console.answer(call.id)
    await heard_by_owner(t, w, console, call, "both ask", "同時の求め")
    record = await console.record(call.id)
    t.check(
        "the record has the two transfers that were carried out",
        [(each.department.code, each.failure) for each in record.transfers]
        == [(there.department, None), (w.home.department, None)],
        expected=(there.department, w.home.department),
        seen=[(each.department.code, each.failure) for each in record.transfers],
        ja="記録には、行われた二つの転送だけがある",
    )
    keeps_the_profile(t, other)


async def _one_owner(
    t: Trial, w: World, console: Console, call: HandsetCall, taken: TakenCall, since: Lookout
) -> None:
    """Check that the call comes to be the peer's alone, and that it stays so."""
    there = w.ground("peer")

    def peers(seen: ConsoleCall) -> bool:
        return not seen.mine and seen.owner.code == there.department

    await t.observe(
        "the peer is the one owner",
        console.wait_for_call(call.id, w.patience, peers),
        w.patience + 1,
        expected=there.department,
        ja="担当は相手だけである",
    )
    left = since.left()
    await t.observe_nothing(
        "nobody else comes to own the call later either",
        console.wait_for_call(call.id, left + 1.0, lambda seen: not peers(seen)),
        left,
        expected=there.department,
        ja="後になっても、ほかの担当は現れない",
    )
    t.check(
        "the peer has not lost the call meanwhile",
        taken.is_owner,
        expected="assigned, and not taken away",
        seen=taken.withdrawal or taken.transferred or taken.closing or taken.assignment,
        ja="その間、相手は通報を失っていない",
    )


@purpose(
    id="CROSSED-CLOSE",
    requirements=("CNB-39", "ASO-18"),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, once=True),
    title_ja="転送と終了が行き違っても、通報は閉じられたか、一つの担当のものかのどちらかである",
    title_en="When a transfer meets a close the call is closed, or it has one owner, and nobody is "
    "told otherwise",
    stimulus_ja="登録地の指令員が転送を求めた後に終了し、相手の承諾が行き違う。別の通報では、担当である相手"
    "が、登録地への転送と終了を続けて求める。",
    stimulus_en="The home dispatcher asks for a transfer and closes; the peer's acceptance "
    "crosses. "
    "In another call the owning peer asks for a transfer home and at once for the close.",
    expected_ja="一つ目は閉じられ、転送は cancelled と知らされ、相手には割り当てず call.withdraw を"
    "返す。"
    "二つ目は登録地で鳴り、行き違った終了は断られて、通報は閉じられない。",
    expected_en="The first is closed, the transfer told cancelled, and the acceptance answered by "
    "call.withdraw. The second rings at home; the close that crossed is refused and closes "
    "nothing.",
    why_ja="元の担当の終了が効けば、次の本部が話している通報が切れる。",
    why_en="If a former owner's close counted, it would cut off who is talking by now.",
    timeout_s=45.0,
)
async def close(t: Trial, w: World) -> None:
    other = await w.peer()
    console, call = await answered_at_home(t, w)
    await _closed_first(t, w, other, console, call)
    second, taken = await owned_by_peer(t, w, other)
    await _moved_first(t, w, other, console, second, taken)
    keeps_the_profile(t, other)


async def _closed_first(
    t: Trial, w: World, other: SimulatedPeer, console: Console, call: HandsetCall
) -> None:
    there = w.ground("peer")
    asking = w.start(console.transfer(call.id, there.department, REASON))
    with t.waiting("call.offer at the peer"):
        offer = await other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience)
    since = Since()
    await console.close(call.id, CloseOutcome.PRACTICE_DONE, within=w.patience)
    closed_after_s = since.passed()
    late = await other.accept(offer, center=there.center)
    ended = await t.observe(
        "closed first: the transfer is answered",
        w.ended(asking),
        w.patience,
        expected="failed, cancelled",
        ja="終了が先: 転送の求めに答えが返る",
    )
    if ended is not None and ended.failure is TransferFailure.SILENT:
        still_offered(t, closed_after_s, "the call was closed only", "通報が終了した")
    names_the_reason(t, ended, TransferFailure.CANCELLED, "closed first", "終了が先")
    answer = await t.observe(
        "closed first: the acceptance is answered by call.withdraw",
        other.expect(
            MessageType.CALL_WITHDRAW,
            call_id=call.id,
            within=w.patience,
            where=answering(late.accept_id),
        ),
        w.patience + 1,
        expected="call.withdraw",
        ja="終了が先: 承諾に call.withdraw が返る",
    )
    for each in other.find(MessageType.CALL_WITHDRAW, call.id):
        each.expected = True  # the offer itself is withdrawn by the close, before the acceptance
    reason = answer.body_as(bodies.CallWithdraw).reason if answer is not None else None
    t.check(
        "closed first: it says that the call is closed, and nothing is assigned",
        reason is WithdrawReason.CLOSED and not other.find(MessageType.CALL_ASSIGN, call.id),
        expected=(WithdrawReason.CLOSED.value, "no call.assign"),
        seen=(reason, [each.label for each in other.find(MessageType.CALL_ASSIGN, call.id)]),
        ja="終了が先: 終わったことが示され、割り当てない",
    )
    view = await t.observe(
        "closed first: the caller sees that the call is closed",
        call.wait_for_view(lambda seen: seen.state is CallState.CLOSED, w.patience),
        w.patience + 1,
        expected="closed",
        ja="終了が先: 通報が終わったことが通報者に示される",
    )
    t.check(
        "closed first: it was closed at home",
        view is not None and view.receiver is not None and view.receiver.code == w.home.department,
        expected=w.home.department,
        seen=view.receiver if view is not None else "nothing",
        ja="終了が先: 登録地の通報として終わった",
    )


async def _moved_first(
    t: Trial,
    w: World,
    other: SimulatedPeer,
    console: Console,
    call: HandsetCall,
    taken: TakenCall,
) -> None:
    epoch = taken.epoch
    asked = bodies.TransferRequest(department=w.home.department, requested_by="相手の指令員")
    request = await says_at_once(other, call, epoch, asked)
    closing = bodies.CallClose(outcome=CloseOutcome.DISPATCHED, closed_by="相手の指令員")
    crossed = await says_at_once(other, call, epoch, closing)
    await t.observe(
        "moved first: the request is answered by transfer.done",
        other.expect(
            MessageType.TRANSFER_DONE,
            call_id=call.id,
            within=w.patience,
            where=answering(request.message_id),
        ),
        w.patience + 1,
        expected="transfer.done",
        ja="転送が先: 求めに transfer.done が返る",
    )
    await refused_as_late(t, w, other, crossed, "moved first", "転送が先")
    shown = await t.observe(
        "moved first: the call rings at home and is not closed",
        console.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.state is CallState.RINGING
        ),
        w.patience + 1,
        expected="ringing",
        ja="転送が先: 登録地の指令台で鳴り、閉じられていない",
    )
    if shown is not None:
        await console.answer(call.id)
        await heard_by_owner(t, w, console, call, "moved first", "転送が先")
