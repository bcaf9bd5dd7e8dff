"""Peers that misbehave with calls which they offer to the system."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from net119_protocol.chat import ChatLine
from net119_protocol.codes import ErrorCode, RejectReason, SenderRole
from net119_protocol.interconnect import MessageType, bodies

from net119_simulators.errors import Waited
from net119_simulators.peer.bad.invariants import holds_at_callee
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.specs import Way


async def silence(run: BadRun) -> None:
    """Never assigns what was accepted."""
    since = run.looking()
    call = await run.offer()
    await call.accepted(run.patience)
    run.did(
        "承諾を受けても割り当てず、黙っていた", "it got the acceptance and never assigned the call"
    )
    await run.peer.client_off()
    await run.peer.endpoint_off()
    run.did("そのまま落ちた", "it then went down")
    await run.bench.until_not_running()
    run.took("システムは、相手が動いていないと数えた", "the system counts the peer as not running")
    await run.not_believed(call.call_id, since.left())
    await run.peer.endpoint_on()
    await run.peer.client_on()
    await run.peer.connected(run.patience)
    run.did("戻って、通報を割り当てた", "it came back and assigned the call")
    await call.assign()
    await run.bench.console.wait_for_call(call.call_id, run.patience, lambda seen: seen.mine)
    await call.say_as_caller("足を折りました", within=run.patience)
    await holds_at_callee(run, call, ["足を折りました"])


async def lost_receipt(run: BadRun) -> None:
    """Neither acknowledges messages nor numbers lines."""
    console = run.bench.console
    call = await run.owned_call()
    run.peer.duties.stomp_acks = False
    run.peer.duties.number_lines = False
    run.did(
        "届いた MESSAGE に ACK を返さず、指令員の文に番号を返さなくなった",
        "it stopped acknowledging MESSAGEs and numbering the dispatcher's lines",
    )
    said = False
    since = run.looking()
    try:
        await console.say(call.call_id, "どうしましたか", client_id="lost-1", within=since.left())
        said = True
    except Waited:
        pass
    run.check(
        "I9",
        "番号が返るまで、指令員に「届いた」と伝えられない",
        "the dispatcher is not told that the line was said before it has a number",
        not said,
        "not acknowledged",
        "acknowledged" if said else "not acknowledged",
    )
    run.peer.duties.stomp_acks = True
    run.peer.duties.number_lines = True
    await run.peer.cut(Way.ANCHOR)
    run.did(
        "接続を切って繋ぎ直し、届き直した文に番号を付けた",
        "it cut the connection, came back, and numbered the line that came again",
    )
    again = await run.comes(
        "I2",
        "ACK のなかった文は、もう一度届く",
        "the line that had no ACK comes again",
        run.peer.expect(MessageType.CHAT_MESSAGE, call.call_id, within=run.patience, repeats=True),
        "the same chat.message",
    )
    if again is not None:
        call.number_late(again)
    await run.comes(
        "I2",
        "番号の付いた文が指令台に表示される",
        "with its number the line is shown at the console",
        console.wait_for_line(
            call.call_id, lambda line: line.text == "どうしましたか", run.patience
        ),
        "the line with its number",
    )
    await call.say_as_caller("足を折りました", within=run.patience)
    await holds_at_callee(run, call, ["どうしましたか", "足を折りました"])


async def script_in_names(run: BadRun) -> None:
    """Markup in the caller's name and lines."""
    name = "<img src=x onerror=alert(1)>髙橋"
    text = "<script>document.location='https://example.invalid/'</script>"
    person = run.bench.person(run.bench.there).model_copy(update={"name": name})
    run.did(
        "登録者の名と文に HTML とスクリプトを書いた", "it wrote HTML and script as name and line"
    )
    call = await run.owned_call(person=person)
    await call.say_as_caller(text, within=run.patience)
    record = await holds_at_callee(run, call, [text])
    run.check(
        "I3",
        "名も文も、書かれたとおりの文字として伝わる",
        "name and line travel as the characters they are",
        record.call.registrant.name == name,
        name,
        record.call.registrant.name,
    )


async def old_offer(run: BadRun) -> None:
    """Offers again what expired two hours ago."""
    expired = datetime.now(UTC) - timedelta(hours=2)
    since = run.looking()
    call = await run.offer(expires_at=expired)
    run.did("二時間前に期限の切れた申し出を送った", "it sent an offer that expired two hours ago")
    rejection = await run.comes(
        "refusal",
        "期限切れとして断られる",
        "it is rejected as expired",
        call.rejected(run.patience),
        "call.reject",
    )
    if rejection is not None:
        run.check(
            "refusal",
            "理由は expired である",
            "the reason is expired",
            rejection.reason is RejectReason.EXPIRED,
            "expired",
            rejection.reason.value,
        )
    run.never_ours(call.call_id, since)


async def double_assign(run: BadRun) -> None:
    """Assigns a call once more that the system owns and has answered."""
    call = await run.owned_call()
    await call.say_as_caller("足を折りました", within=run.patience)
    run.did(
        "応答のあった通報を、次の epoch でもう一度割り当てた",
        "it assigned the answered call once more, under the next epoch",
    )
    again = await call.send(
        bodies.CallAssign(department=run.bench.home.code, last_seq=1), epoch=call.epoch + 1
    )
    await run.refused(ErrorCode.WRONG_STATE, in_reply_to=again.message_id)
    ahead = run.caller_line(call, "先の epoch の文", 2, epoch=call.epoch + 1)
    run.did("その epoch で文を送った", "it sent a line under that epoch")
    await run.peer.send_envelope(ahead)
    await run.refused(ErrorCode.WRONG_STATE, in_reply_to=ahead.message_id)
    await call.say_as_caller("まだいますか", within=run.patience)
    await holds_at_callee(run, call, ["足を折りました", "まだいますか"])


async def assign_unasked(run: BadRun) -> None:
    """Assigns a call that was never offered."""
    call_id = uuid4()
    since = run.looking()
    run.did("申し出たことのない通報を割り当てた", "it assigned a call that it never offered")
    body = bodies.CallAssign(department=run.bench.home.code, last_seq=0)
    envelope = run.peer.build(MessageType.CALL_ASSIGN, body, call_id, epoch=2, n=1)
    await run.peer.send_envelope(envelope, way=Way.ANCHOR)
    await run.refused(ErrorCode.UNKNOWN_CALL, in_reply_to=envelope.message_id)
    calls = await run.bench.console.center_calls()
    run.check(
        "I1",
        "指令台に現れない",
        "it does not appear at the console",
        all(each.call_id != call_id for each in calls),
        "no such call",
        len(calls),
    )
    run.never_ours(call_id, since)


async def wrong_department(run: BadRun) -> None:
    """Offers a call to a department that the system does not serve."""
    since = run.looking()
    call = await run.offer(department="no-such-department")
    run.did(
        "存在しない消防本部宛てに申し出た", "it offered a call to a department that is not there"
    )
    rejection = await run.comes(
        "refusal",
        "断られる",
        "it is rejected",
        call.rejected(run.patience),
        "call.reject",
    )
    if rejection is not None:
        run.check(
            "refusal",
            "理由は unknown-department である",
            "the reason is unknown-department",
            rejection.reason is RejectReason.UNKNOWN_DEPARTMENT,
            "unknown-department",
            rejection.reason.value,
        )
    run.never_ours(call.call_id, since)


async def missing_transcript(run: BadRun) -> None:
    """Says that three lines were said, and sends none of them."""
    line = ChatLine(
        seq=3,
        client_id=f"third-{uuid4().hex[:8]}",
        sender=SenderRole.CALLER,
        at=datetime.now(UTC),
        text="三つめの文",
    )
    call = await run.offer(transcript=[line])
    run.did(
        "三つの文のうち、三つめだけを申し出に付けた",
        "of three lines it sent the third alone with the offer",
    )
    await call.accepted(run.patience)
    await call.assign()
    await run.bench.console.wait_for_call(call.call_id, run.patience, lambda seen: seen.mine)
    await run.bench.console.answer(call.call_id, within=run.patience)
    await call.answered(run.patience)
    await run.bench.console.say(call.call_id, "どうしましたか", within=run.patience)
    record = await holds_at_callee(run, call, ["三つめの文", "どうしましたか"], gaps=True)
    numbers = [each.seq for each in record.lines]
    run.check(
        "I3",
        "番号の抜けは抜けのまま残り、詰められない",
        "the gap in the numbers stays visible, nothing is renumbered",
        numbers == [3, 4],
        [3, 4],
        numbers,
    )


async def withdraws_and_writes(run: BadRun) -> None:
    """Takes a call back and goes on writing in it."""
    call = await run.owned_call()
    await call.say_as_caller("足を折りました", within=run.patience)
    old = call.epoch
    await call.withdraw()
    run.did("通報を取り戻した", "it took the call back")
    await run.bench.console.wait_for_call(call.call_id, run.patience, lambda seen: not seen.mine)
    late = run.caller_line(call, "取り戻した後の文", 2, epoch=old)
    await run.peer.send_envelope(late)
    run.did("前の epoch で、通報者の文をまた送った", "it went on writing under the old epoch")
    await run.refused(ErrorCode.STALE_EPOCH, in_reply_to=late.message_id)
    await holds_at_callee(run, call, ["足を折りました"], mine=False)


async def new_call_on_reconnect(run: BadRun) -> None:
    """Opens a second call for the same caller, as if the first were gone."""
    person = run.bench.person(run.bench.there)
    first = await run.owned_call(person=person)
    await first.say_as_caller("足を折りました", within=run.patience)
    run.did(
        "同じ通報者の二つめの通報を、新しい callId で申し出た",
        "it offered a second call of the same caller under a new callId",
    )
    second = await run.owned_call(person=person)
    await second.say_as_caller("つながりますか", within=run.patience)
    await first.say_as_caller("血が出ています", within=run.patience)
    run.took("二つの通報が別々に並ぶ", "two calls stand side by side")
    await holds_at_callee(run, first, ["足を折りました", "血が出ています"])
    await holds_at_callee(run, second, ["つながりますか"])
