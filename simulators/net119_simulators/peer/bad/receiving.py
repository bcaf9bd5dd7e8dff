"""Peers that misbehave with calls which the system offers to them."""

from datetime import UTC, datetime
from uuid import uuid4

from net119_protocol.codes import CallState, ErrorCode, RejectReason, SenderRole
from net119_protocol.interconnect import MessageType, bodies

from net119_simulators.errors import Waited
from net119_simulators.peer.bad.access import Caller
from net119_simulators.peer.bad.invariants import holds_at_anchor
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.habits import EVERYTHING
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.specs import Way


async def _comes_home(run: BadRun, call: Caller, after_s: float) -> None:
    """Check that the home department gets the call, and that its caller can reach it there."""
    await run.comes(
        "I7",
        "登録地消防本部が通報を受け取る",
        "the home department gets the call",
        run.bench.console.wait_for_call(
            call.id,
            after_s + run.patience,
            lambda seen: seen.mine and seen.state is CallState.RINGING,
        ),
        "ringing at home",
    )
    await run.bench.console.answer(call.id, within=run.patience)
    await call.say("聞こえますか", within=run.patience)
    await run.bench.console.say(call.id, "聞こえています", within=run.patience)


async def silence(run: BadRun) -> None:
    """Does not answer an offer."""
    call = await run.call_to_peer()
    await run.offered(call)
    run.did("申し出に何も答えなかった", "it did not answer the offer")
    await run.comes(
        "I7",
        "申し出は、同じ messageId でもう一度送られる",
        "the offer is sent once more under the same messageId",
        run.peer.expect(MessageType.CALL_OFFER, call.id, within=run.patience, repeats=True),
        "the same offer",
    )
    await _comes_home(run, call, run.bench.t1_total)
    await holds_at_anchor(run, call, run.bench.home.code, ["聞こえますか", "聞こえています"])


async def late_accept(run: BadRun) -> None:
    """Accepts after the home department has answered."""
    call = await run.call_to_peer()
    offer = await run.offered(call)
    run.did("期限まで黙っていた", "it kept silent past the deadline")
    await _comes_home(run, call, run.bench.t1_total)
    late = await run.peer.accept(offer, run.bench.there.center)
    run.did(
        "登録地消防本部が応答した後に、承諾した", "it accepted after the home department answered"
    )
    got = await run.comes(
        "refusal",
        "遅れた承諾には call.withdraw が返る",
        "the late acceptance is answered by call.withdraw",
        run.peer.expect(
            MessageType.CALL_WITHDRAW,
            call.id,
            within=run.patience,
            where=lambda got: got.envelope.in_reply_to == late.accept_id,
        ),
        "call.withdraw",
    )
    if got is not None:
        run.took(f"理由: {got.body.reason.value}", f"reason given: {got.body.reason.value}")
    await _never_assigned(run, call)
    stray = await late.send_line("遅れた本部の文")
    await _stray_refused(run, stray)
    await holds_at_anchor(run, call, run.bench.home.code, ["聞こえますか", "聞こえています"])


async def _stray_refused(run: BadRun, stray: Sent) -> None:
    """Check that a line of somebody who does not own the call is refused."""
    await run.refused(
        ErrorCode.NOT_YOUR_CALL,
        in_reply_to=stray.message_id,
        alternatives=(ErrorCode.STALE_EPOCH,),
    )


async def _never_assigned(run: BadRun, call: Caller) -> None:
    assigned = run.peer.find(MessageType.CALL_ASSIGN, call.id)
    run.check(
        "I1",
        "call.assign は送られない",
        "no call.assign is sent",
        not assigned,
        "none",
        [each.label for each in assigned] or "none",
    )


async def double_accept(run: BadRun) -> None:
    """Accepts twice, for two centers."""
    call = await run.call_to_peer()
    offer = await run.offered(call)
    taken = await run.peer.take(offer, "center-one", within=run.patience)
    run.did(
        "割り当ての後に、別のセンターの名で、新しい messageId でもう一度承諾した",
        "it accepted once more, under a new messageId and for another center",
    )
    again = bodies.CallAccept(department=run.bench.there.code, center="center-two")
    await run.peer.reply(offer, again, epoch=offer.envelope.epoch)
    await taken.ring()
    await taken.answer("青葉　指令員")
    await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, run.patience)
    await taken.say("どうしましたか", within=run.patience)
    await call.say("足を折りました", within=run.patience)
    assigned = run.peer.find(MessageType.CALL_ASSIGN, call.id, repeats=False)
    run.check(
        "I1",
        "割り当ては一度だけで、epoch も一度だけ進む",
        "the call is assigned once, and its epoch rises once",
        len(assigned) == 1 and taken.epoch == offer.envelope.epoch + 1,
        f"one call.assign, epoch {offer.envelope.epoch + 1}",
        [each.label for each in assigned],
    )
    said = ["どうしましたか", "足を折りました"]
    await holds_at_anchor(run, call, run.bench.there.code, said, taken)


async def takes_back(run: BadRun) -> None:
    """Rejects after it has answered."""
    call, taken = await run.assigned_call()
    await call.say("足を折りました", within=run.patience)
    offer_id = run.peer.find(MessageType.CALL_OFFER, call.id)[0].message_id
    run.did("応答した後で、申し出を断った", "it rejected the offer after it had answered")
    reject = bodies.CallReject(reason=RejectReason.OVERLOAD, detail="changed our mind")
    await taken.send(reject, in_reply_to=offer_id)
    await taken.say("どうしましたか", within=run.patience)
    said = ["足を折りました", "どうしましたか"]
    await holds_at_anchor(run, call, run.bench.there.code, said, taken)


async def answers_unassigned(run: BadRun) -> None:
    """Says answered without an assignment."""
    call = await run.call_to_peer()
    offer = await run.offered(call)
    run.did("承諾も割り当てもないのに、応答したと伝えた", "it said answered without an assignment")
    early = run.peer.build(
        MessageType.CALL_ANSWERED,
        bodies.CallAnswered(dispatcher="誰でもない", answered_at=datetime.now(UTC)),
        call.id,
        offer.envelope.epoch,
    )
    since = run.looking()
    await run.peer.send_envelope(early)
    await run.refused(ErrorCode.NOT_YOUR_CALL, in_reply_to=early.message_id)
    try:
        view = await call.wait_for_view(
            lambda seen: seen.answered_by is not None or seen.state is CallState.ANSWERED,
            since.left(),
        )
        told = f"{view.state.value}, {view.answered_by}"
    except Waited:
        told = "not answered"
    run.check(
        "I9",
        "通報者には「応答した」と伝えられない",
        "the caller is not told that somebody answered",
        told == "not answered",
        "not answered",
        told,
    )
    await _comes_home(run, call, run.bench.t1_total)
    await holds_at_anchor(run, call, run.bench.home.code, ["聞こえますか", "聞こえています"])


async def auto_answer(run: BadRun) -> None:
    """Says answered without a human, from two consoles."""
    call = await run.call_to_peer()
    taken = await run.peer.take(await run.offered(call), within=run.patience)
    run.did(
        "割り当てられるとすぐ、人の操作なしに「応答した」と二度、別の名で伝えた",
        "as soon as it was assigned it said answered without a human, twice, under two names",
    )
    await taken.answer("指令台一（自動）")
    await taken.answer("指令台二（自動）")
    await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, run.patience)
    await call.say("誰かいますか", within=run.patience)
    run.took(
        "応答はその時刻と名のまま記録された。機械の応答かどうかは電文では分からない",
        "the answer is recorded with its time and name; no message tells that a machine gave it",
    )
    await taken.wait_for_line(lambda line: line.text == "誰かいますか", run.patience)
    record = await holds_at_anchor(run, call, run.bench.there.code, ["誰かいますか"], taken)
    run.check(
        "I9",
        "はじめの応答だけが残り、二つめの名に置き換わらない",
        "the first answer stands; the second name does not replace it",
        record.call.answered_by == "指令台一（自動）",
        "指令台一（自動）",
        record.call.answered_by,
    )
    notes = [entry.what for entry in record.history]
    run.check(
        "I9",
        "割り当てと応答の時刻が、両方とも記録に残る",
        "the record has the times of both the assignment and the answer",
        "assigned" in notes and "answered" in notes,
        "assigned, answered",
        notes,
    )


async def forgetful(run: BadRun) -> None:
    """Has lost a call that it owns."""
    call, taken = await run.assigned_call()
    await call.say("足を折りました", within=run.patience)
    line = await run.peer.expect(MessageType.CHAT_MESSAGE, call.id, within=run.patience)
    run.did(
        "再起動して通報を忘れ、文に unknown-call と答えた",
        "it restarted, forgot the call, and answered a line by unknown-call",
    )
    run.peer.duties.chat_receipts = False
    await run.peer.send_error(line, ErrorCode.UNKNOWN_CALL, "no such call here")
    await _comes_home(run, call, 0.0)
    stray = await taken.send_line("忘れた本部の文")
    await _stray_refused(run, stray)
    said = ["足を折りました", "聞こえますか", "聞こえています"]
    await holds_at_anchor(run, call, run.bench.home.code, said)


async def dies(run: BadRun) -> None:
    """Goes down in mid-call and comes back."""
    call, taken = await run.assigned_call()
    await call.say("足を折りました", within=run.patience)
    run.did("会話の途中で、何も言わずに落ちた", "it went down in mid-call without a word")
    await run.peer.client_off()
    await run.peer.endpoint_off()
    await call.say("返事をください", within=run.patience)
    await _comes_home(run, call, 2 * run.bench.t3_s)
    run.did(
        "戻って、自分の通報のつもりで書いた", "it came back and wrote as if it still owned the call"
    )
    stray = await taken.send_line("戻った本部の文")
    await run.peer.endpoint_on()
    await run.peer.client_on()
    await run.comes(
        "refusal",
        "戻った相手には call.withdraw が届く",
        "the one that is back gets call.withdraw",
        taken.withdrawn(run.patience),
        "call.withdraw",
    )
    await _stray_refused(run, stray)
    said = ["足を折りました", "返事をください", "聞こえますか", "聞こえています"]
    record = await holds_at_anchor(run, call, run.bench.home.code, said)
    texts = [line.text for line in record.lines]
    run.check(
        "I1",
        "戻った相手の文は表示されない",
        "the line of the one that is back is not shown",
        "戻った本部の文" not in texts,
        "not shown",
        texts,
    )


async def drops_frames(run: BadRun) -> None:
    """Throws everything away in silence, until it cuts the connection."""
    run.peer.habits.lose = EVERYTHING
    run.did(
        "届くものをすべて、答えも受領もなく捨てた",
        "it threw all that came away, without a receipt and without an answer",
    )
    call = await run.call_to_peer()
    await _comes_home(run, call, run.bench.t1_total)
    # An offer that is repeated after T1 would else be taken for the one that had no receipt.
    early = run.peer.find(MessageType.CALL_OFFER, call.id)
    if early:
        raise AssertionError(f"the peer took {early[0].label} that it was to throw away")
    run.peer.habits.lose = 0
    await run.peer.cut(Way.CALLEE)
    run.did("接続を切り、繋ぎ直させた", "it cut the connection and let the system come back")
    await run.comes(
        "I2",
        "受領のなかった申し出は捨てられず、繋ぎ直した後に届く",
        "the offer that had no receipt is not given up: it arrives after the reconnection",
        run.offered(call),
        "call.offer",
    )
    await holds_at_anchor(run, call, run.bench.home.code, ["聞こえますか", "聞こえています"])


async def lost_receipt(run: BadRun) -> None:
    """Gives no RECEIPT."""
    call, taken = await run.assigned_call()
    run.peer.duties.stomp_receipts = False
    run.did("SEND に RECEIPT を返さなくなった", "it stopped giving a RECEIPT for SENDs")
    await call.say("足を折りました", within=run.patience)
    await taken.wait_for_line(lambda line: line.text == "足を折りました", run.patience)
    await run.peer.cut(Way.CALLEE)
    run.peer.duties.stomp_receipts = True
    run.did("接続を切り、繋ぎ直させた", "it cut the connection and let the system come back")
    await run.comes(
        "I2",
        "受領のなかった電文は、同じ messageId でもう一度届く",
        "what had no receipt comes again under the same messageId",
        run.peer.expect(MessageType.CHAT_MESSAGE, call.id, within=run.patience, repeats=True),
        "the same chat.message",
    )
    await call.say("まだいますか", within=run.patience)
    await taken.say("います", within=run.patience)
    said = ["足を折りました", "まだいますか", "います"]
    await holds_at_anchor(run, call, run.bench.there.code, said, taken)


async def numbers_lines(run: BadRun) -> None:
    """Numbers lines as if it were the anchor."""
    call, taken = await run.assigned_call()
    run.did(
        "担当なのに、自分で番号を付けた通報者の文を送った",
        "as owner it sent a line of the caller that it had numbered itself",
    )
    forged = bodies.ChatMessage(
        client_id=f"forged-{uuid4().hex[:8]}",
        sender=SenderRole.CALLER,
        text="もう大丈夫です",
        seq=99,
        at=datetime.now(UTC),
    )
    sent = await taken.send(forged)
    await run.refused(ErrorCode.INVALID_BODY, in_reply_to=sent.message_id)
    await call.say("足を折りました", within=run.patience)
    record = await holds_at_anchor(run, call, run.bench.there.code, ["足を折りました"], taken)
    run.check(
        "I3",
        "偽の文は記録されない",
        "the forged line is not recorded",
        all(line.text != "もう大丈夫です" for line in record.lines),
        "not recorded",
        [line.text for line in record.lines],
    )


async def script_in_names(run: BadRun) -> None:
    """Markup in the name and lines of its dispatcher."""
    call = await run.call_to_peer()
    taken = await run.peer.take(await run.offered(call), within=run.patience)
    name = "<img src=x onerror=alert(1)>"
    text = "<script>document.location='https://example.invalid/'</script>"
    run.did(
        "指令員の名と文に HTML とスクリプトを書いた", "it wrote HTML and script as name and line"
    )
    await taken.answer(name)
    await taken.say(text, dispatcher=name, within=run.patience)
    await call.wait_for_line(lambda line: line.text == text, run.patience)
    record = await holds_at_anchor(run, call, run.bench.there.code, [text], taken)
    line = next(line for line in record.lines if line.text == text)
    run.check(
        "I3",
        "名も文も、書かれたとおりの文字として伝わる",
        "name and line travel as the characters they are",
        (line.sender_name, record.call.answered_by) == (name, name),
        name,
        f"{line.sender_name}, {record.call.answered_by}",
    )
