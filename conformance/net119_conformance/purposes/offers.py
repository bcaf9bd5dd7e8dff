"""The SUT as the provider that is offered a call, and takes it."""

from datetime import UTC, datetime
from typing import Any

from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Kind,
    Mode,
    PlaceChoice,
    SenderRole,
)
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_protocol.places import CallPlace, Point
from net119_simulators.errors import Waited
from net119_simulators.peer import OfferedCall, SimulatedPeer

from net119_conformance.catalogue import Role
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


async def offer_to_sut(
    w: World, other: SimulatedPeer, *, mode: Mode = Mode.TEST, expires_in_s: float = 10.0
) -> OfferedCall:
    """The peer, as anchor, offers the SUT a call from the SUT's home area."""
    place = CallPlace(
        choice=PlaceChoice.CURRENT,
        point=Point(lat=w.home.lat, lon=w.home.lon),
        radius_m=100.0,
        fix=w.fix_at(w.home),
    )
    return await other.offer(
        department=w.home.department,
        person=w.person(w.ground("peer")),
        kind=Kind.AMBULANCE,
        mode=mode,
        place=place,
        home=w.ground("peer").reference,
        expires_in_s=expires_in_s,
    )


def caller_line(
    other: SimulatedPeer, call: OfferedCall, text: str, seq: int, **overrides: Any
) -> Envelope:
    """A caller's line as the anchor passes it on, not sent yet."""
    body = bodies.ChatMessage(
        client_id=f"line-{seq}",
        sender=SenderRole.CALLER,
        text=text,
        seq=seq,
        at=datetime.now(UTC),
    )
    return other.build(MessageType.CHAT_MESSAGE, body, call.call_id, **overrides)


def keeps_the_profile(t: Trial, other: SimulatedPeer) -> None:
    """Check that nothing in what the SUT sent to the peer broke the profile: every message can be
    read, is counted without gaps, names its sender and the mode and owner of its call."""
    # How long a connection was silent is a matter of the machine's load, and judged by T3.
    broken = [f"{each.rule}: {each.what}" for each in other.violations if each.rule != "stomp"]
    t.check(
        "nothing that the SUT sent to the peer breaks the profile",
        not broken,
        expected="nothing",
        seen=broken or "nothing",
        ja="試験対象が相手に送った電文に、接続仕様への違反がない",
        surely=True,
    )


@purpose(
    id="OFFER-TAKEN",
    requirements=("CTS-12", "ASO-19", "TOM-25"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="申し出られた通報を承諾し、割り当ての後に鳴らし、人が応答してから応答を伝える",
    title_en="An offered call is accepted, rings when assigned, and is answered by a human only",
    stimulus_ja="模擬事業者が通報を申し出て、承諾の後に割り当てる。通報者が書き、しばらくして指令員が応答し、双方が書き、"
    "閉じる。もう一つの通報も承諾させ、割り当てずに取り下げる。",
    stimulus_en="The peer offers a call and assigns it; the caller writes, a dispatcher answers a "
    "little later, both write, and the call is closed. Another call is accepted beside it, left "
    "unassigned, and withdrawn.",
    expected_ja="call.accept、call.ringing の順に届き、call.answered は人が応答した後にだけ届く。"
    "指令員の文は登録地側の確認の後に記録され、双方の記録が一致し、閉じた結果が伝わる。",
    expected_en="call.accept, then call.ringing; call.answered only after the human act. The "
    "dispatcher's lines are recorded once the anchor numbered them; both records agree.",
    why_ja="機械の承諾を人の応答と取り違えると、誰も読んでいない画面に助けを求めることになる。",
    why_en="Taking the machine's accept for an answer leaves the caller writing to nobody.",
    timeout_s=40.0,
)
async def taken(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call = await offer_to_sut(w, other)
    accepted = await t.observe(
        "the offer is accepted",
        call.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="申し出が承諾される",
    )
    if accepted is None:
        return
    t.check(
        "the acceptance carries the offer's epoch and names it",
        (accepted.envelope.epoch, accepted.envelope.in_reply_to) == (call.epoch, call.offer_id),
        expected=(call.epoch, call.offer_id),
        seen=(accepted.envelope.epoch, accepted.envelope.in_reply_to),
        ja="承諾が、申し出の epoch と messageId を示している",
    )
    unassigned = looking(w)
    kept = await offer_to_sut(w, other, expires_in_s=3 * w.patience)
    with t.waiting("call.accept of the call that is not assigned"):
        await kept.expect(MessageType.CALL_ACCEPT, within=w.patience)
    unanswered = looking(w)
    await call.assign()
    await t.observe(
        "call.ringing follows the assignment",
        other.expect(MessageType.CALL_RINGING, call_id=call.call_id, within=w.patience),
        w.patience + 1,
        expected="call.ringing",
        ja="割り当ての後に call.ringing が届く",
    )
    shown = await t.observe(
        "the console shows the call, ringing",
        console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {call.call_id} at {w.home.center}",
        ja="指令台に表示される",
    )
    if shown is None:
        return
    t.check(
        "the registrant's data are shown",
        shown.registrant.name == call.offer.registrant.name,
        expected=call.offer.registrant.name,
        seen=shown.registrant.name,
        ja="登録情報が表示される",
    )
    await t.observe(
        "the caller's line is received while the call rings",
        call.say_as_caller("聞こえますか"),
        w.patience,
        expected="chat.receipt",
        ja="呼び出し中に、通報者の文が受け取られる",
    )
    left = unanswered.left()
    await t.observe_nothing(
        "there is no call.answered before a human answers",
        other.expect(MessageType.CALL_ANSWERED, call_id=call.call_id, within=left + 5.0),
        left,
        expected="nothing yet",
        ja="人が応答する前に call.answered が届かない",
    )
    # That other call has been shown meanwhile, by the same console, and its ringing told.
    try:
        await console.wait_for_call(kept.call_id, unassigned.left(), lambda seen: seen.mine)
        owned_early = True
    except Waited:
        owned_early = False
    t.check(
        "nobody owns the call at the SUT before the assignment",
        not owned_early,
        expected="not owned",
        seen="owned" if owned_early else "not owned",
        ja="割り当て前は、自本部の通報になっていない",
    )
    await kept.withdraw()
    await console.answer(call.call_id)
    await t.observe(
        "call.answered follows the human act",
        other.expect(MessageType.CALL_ANSWERED, call_id=call.call_id, within=w.patience),
        w.patience + 1,
        expected="call.answered",
        ja="人が応答すると call.answered が届く",
    )
    await t.observe(
        "the caller's line is received",
        call.say_as_caller("家の前です"),
        w.patience,
        expected="chat.receipt",
        ja="通報者の文が受け取られる",
    )
    await t.observe(
        "the dispatcher's line is acknowledged",
        console.say(call.call_id, "分かりました"),
        w.patience,
        expected="an acknowledgement",
        ja="指令員の文が確認される",
    )
    record = await console.record(call.call_id)
    theirs = [(line.seq, line.text) for line in record.lines]
    mine = [(line.seq, line.text) for line in call.lines]
    t.check(
        "both records agree",
        theirs == mine and len(mine) >= 2,
        expected=mine,
        seen=theirs,
        ja="双方の記録が一致する",
    )
    accepts = {
        each.envelope.message_id for each in other.find(MessageType.CALL_ACCEPT, call.call_id)
    }
    t.check(
        "the offer was accepted once",
        len(accepts) == 1,
        expected="one call.accept",
        seen=f"{len(accepts)} of them",
        ja="申し出への承諾は一度だけである",
    )
    closed = await t.observe(
        "closing is confirmed to the dispatcher",
        console.close(call.call_id, CloseOutcome.PRACTICE_DONE),
        w.patience,
        expected="state closed",
        ja="閉じたことが指令員に確認される",
    )
    if closed is not None:
        t.check(
            "the call is closed with its outcome",
            (closed.state, closed.outcome) == (CallState.CLOSED, CloseOutcome.PRACTICE_DONE),
            expected="closed, practice-done",
            seen=f"{closed.state.value}, {closed.outcome}",
            ja="結果とともに閉じられている",
        )
        told = [
            each.body.outcome
            for each in other.find(MessageType.CALL_CLOSE, call.call_id)
            if isinstance(each.body, bodies.CallClose)
        ]
        t.check(
            "the anchor was told the outcome before it was confirmed",
            bool(told) and set(told) == {CloseOutcome.PRACTICE_DONE},
            expected=CloseOutcome.PRACTICE_DONE.value,
            seen=[each.value for each in told],
            ja="閉じた結果が、確認の前に登録地側に伝わっている",
        )
    keeps_the_profile(t, other)


@purpose(
    id="OFFER-LINE-NOT-CONFIRMED",
    requirements=("CTS-09",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="登録地側が確認するまで、指令員の文は「届いた」とされない",
    title_en="The receiving provider never confirms its dispatcher's line by itself",
    stimulus_ja="割り当てられた通報で指令員が書くが、模擬事業者は番号を返さない。通報者の文を送って表示させ、その後で返す。",
    stimulus_en="On an assigned call the dispatcher writes; the peer holds its receipt back, has a "
    "line of the caller shown, and then sends it.",
    expected_ja="番号が返るまで確認されず、返ると確認される。",
    expected_en="No acknowledgement until the receipt comes, then at once.",
    why_ja="通報者に届いていない文を、指令員が届いたと思ってはならない。",
    why_en="A dispatcher must not believe that a line was said when it was not.",
)
async def not_confirmed(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call = await offer_to_sut(w, other)
    with t.waiting("call.accept"):
        await call.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await call.assign()
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine)
    await console.answer(call.call_id)
    other.duties.number_lines = False
    since = looking(w)
    saying = w.start(console.say(call.call_id, "もう一度言ってください", within=3 * w.patience))
    line = await t.observe(
        "the dispatcher's line reaches the anchor without a number",
        other.expect(MessageType.CHAT_MESSAGE, call_id=call.call_id, within=w.patience),
        w.patience + 1,
        expected="chat.message without seq",
        ja="指令員の文が、番号なしで登録地側に届く",
    )
    if line is None:
        return
    body = line.envelope.body
    t.check(
        "it carries no number of its own",
        isinstance(body, bodies.ChatMessage) and body.seq is None,
        expected="no seq",
        seen=body.seq if isinstance(body, bodies.ChatMessage) else type(body).__name__,
        ja="自分で番号を付けていない",
    )
    beside = caller_line(other, call, "聞こえますか", 1)
    call.said_by_hand(beside)
    await other.send_envelope(beside)
    await t.observe(
        "a line of the caller, numbered meanwhile, is shown",
        console.wait_for_line(call.call_id, lambda seen: seen.text == "聞こえますか", w.patience),
        w.patience + 1,
        expected="聞こえますか",
        ja="その間に番号の付いた通報者の文は表示される",
    )
    await t.observe_nothing(
        "it is not acknowledged before the anchor's receipt",
        w.ended(saying),
        since.left(),
        expected="no acknowledgement yet",
        ja="登録地側の確認より前に、確認されない",
    )
    number = bodies.ChatReceipt(
        client_id=line.body_as(bodies.ChatMessage).client_id, seq=2, at=datetime.now(UTC)
    )
    await other.reply(line, number)
    stored = await t.observe(
        "it is acknowledged after the receipt",
        w.ended(saying),
        w.patience,
        expected="an acknowledgement",
        ja="登録地側が確認すると、確認される",
    )
    if stored is not None:
        t.check(
            "the acknowledgement has the anchor's number",
            stored.seq == number.seq,
            expected=number.seq,
            seen=stored.seq,
            ja="登録地側の番号で確認される",
        )
