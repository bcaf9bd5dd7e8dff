"""Rules of the profile's messages: what cannot be read, what comes twice, what comes too early."""

import asyncio
from uuid import UUID, uuid4

from net119_protocol.api.admin import RefusedInput
from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import Waited
from net119_simulators.peer import Received, SimulatedPeer, Way

from net119_conformance.catalogue import Role
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import caller_line, offer_to_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


async def refused_as(
    t: Trial,
    w: World,
    other: SimulatedPeer,
    code: ErrorCode,
    *,
    in_reply_to: UUID | None = None,
    ja: str,
) -> Received | None:
    """Check that an ``error`` with this code comes, naming what it answers."""
    error = await t.observe(
        "the message is answered by error",
        other.expect(MessageType.ERROR, within=w.patience),
        w.patience + 1,
        expected=f"error {code.value}",
        ja="error が返る",
    )
    if error is None or not isinstance(error.envelope.body, bodies.ErrorReport):
        return None
    body = error.envelope.body
    t.check(
        f"the error says {code.value}",
        body.code is code,
        expected=code.value,
        seen=body.code.value,
        offending=str(error.envelope.message_id),
        ja=ja,
    )
    t.check(
        "the error tells what was wrong",
        bool(body.detail.strip()),
        expected="a detail",
        seen=body.detail,
        ja="何が誤りかが書かれている",
    )
    if in_reply_to is not None:
        t.check(
            "the error names the message that it answers",
            error.envelope.in_reply_to == in_reply_to,
            expected=in_reply_to,
            seen=error.envelope.in_reply_to,
            ja="どの電文への error かが示される",
        )
    return error


async def logged(t: Trial, w: World, operator: str, code: ErrorCode, after: int) -> None:
    """Check that the SUT logged the refusal, at the latest soon after it was told."""
    found: list[RefusedInput] = []
    for _ in range(20):
        entries = await w.refused_inputs(after)
        found = [entry for entry in entries if operator in entry.source]
        if any(entry.code == code.value for entry in found):
            break
        await asyncio.sleep(0.1)
    t.check(
        "the refusal is logged with its source and code",
        any(entry.code == code.value for entry in found),
        expected=f"{operator}: {code.value}",
        seen=[f"{entry.source}: {entry.code}" for entry in found],
        ja="断ったことが、送信元と理由とともに記録される",
    )


async def again_of(other: SimulatedPeer, first: Received, within: float) -> Received:
    """A further message of the same type for the same call, be it the same one or another."""
    return await other.expect(first.type, first.call_id, within=within, repeats=None)


async def newest(w: World) -> int:
    """Number of the last refusal logged so far."""
    entries = await w.refused_inputs()
    return entries[-1].number if entries else 0


async def still_serves(t: Trial, w: World, other: SimulatedPeer) -> None:
    """Check that the SUT goes on serving this peer."""
    await w.console()
    call = await offer_to_sut(w, other)
    await t.observe(
        "a good offer afterwards is accepted",
        call.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="その後の正しい申し出は承諾される",
    )


@purpose(
    id="MSG-MALFORMED-JSON",
    requirements=(),
    interfaces="B",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="JSONとして読めない電文には error を返し、記録する",
    title_en="A message that is not JSON is answered by error and logged",
    stimulus_ja="途中で切れたJSONを送る。続けて正しい申し出を送る。",
    stimulus_en="The peer sends JSON cut off in the middle, then a good offer.",
    expected_ja="malformed-json の error が返り、記録され、正しい申し出は承諾される。",
    expected_en="error 'malformed-json', a log entry, and the good offer is accepted.",
    why_ja="黙って捨てられた電文は、送った側では届いたことになっている。",
    why_en="A message dropped in silence counts as delivered at its sender.",
)
async def malformed(t: Trial, w: World) -> None:
    other = await w.peer()
    before = await newest(w)
    await other.send_raw(b'{"profile":"net119-interconnect/1","type":"call.off', way=Way.ANCHOR)
    await refused_as(t, w, other, ErrorCode.MALFORMED_JSON, ja="error が malformed-json である")
    await logged(t, w, other.operator, ErrorCode.MALFORMED_JSON, before)
    await still_serves(t, w, other)


@purpose(
    id="MSG-UNKNOWN-TYPE",
    requirements=(),
    interfaces="B",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="知らない種類の電文には error を返す",
    title_en="A message of an unknown type is answered by error",
    stimulus_ja="種類が「call.teleport」の、ほかは正しい電文を送る。",
    stimulus_en="The peer sends a well-formed message of the type 'call.teleport'.",
    expected_ja="unknown-type の error が、その messageId を示して返る。",
    expected_en="error 'unknown-type' naming its messageId.",
    why_ja="新しい版の相手は、通じなかったことを知らなければ別の手を打てない。",
    why_en="A newer peer can choose another way only if it learns that it was not understood.",
)
async def unknown_type(t: Trial, w: World) -> None:
    other = await w.peer()
    envelope = other.build(
        MessageType.CALL_RINGING, bodies.CallRinging(center="x"), call_id=uuid4(), epoch=1, n=1
    )
    await other.send_raw(other.altered(envelope, type="call.teleport"), way=Way.ANCHOR)
    await refused_as(
        t,
        w,
        other,
        ErrorCode.UNKNOWN_TYPE,
        in_reply_to=envelope.message_id,
        ja="error が unknown-type である",
    )
    await still_serves(t, w, other)


@purpose(
    id="MSG-DUPLICATE",
    requirements=(),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="同じ messageId の電文は二度行わず、同じ答えをもう一度返す",
    title_en="A repeated messageId is answered again, and not done again",
    stimulus_ja="同じ申し出を二度送り、割り当ての後、同じ文も二度送る。",
    stimulus_en="The same offer is sent twice; after the assignment the same line is sent twice.",
    expected_ja="承諾が同じ messageId で二度返り、指令台には通報も文も一つだけ表示される。",
    expected_en="The same acceptance comes twice; the console shows one call and one line.",
    why_ja="切れた接続の後の再送は、ふつうのことである。",
    why_en="After a lost connection a repeat is the normal case.",
)
async def duplicate(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call = await offer_to_sut(w, other)
    with t.waiting("the first call.accept"):
        first = await call.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await call.offer_again()
    second = await t.observe(
        "the repeated offer is answered again",
        again_of(other, first, w.patience),
        w.patience + 1,
        expected="the same call.accept once more",
        ja="繰り返した申し出に、もう一度答えが返る",
    )
    if second is not None:
        t.check(
            "it is the same answer",
            second.envelope.message_id == first.envelope.message_id,
            expected=first.envelope.message_id,
            seen=second.envelope.message_id,
            ja="同じ答えである",
        )
    await call.assign()
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine)
    await console.answer(call.call_id)
    _, sent = await call.send_line("一度だけ")
    again = t.require("the line was sent", sent)
    since = looking(w)
    await other.send_raw(again.payload)
    await t.observe(
        "the next line is received",
        call.say_as_caller("次の文"),
        w.patience,
        expected="chat.receipt",
        ja="次の文が受け取られる",
    )
    await t.observe(
        "the console shows the next line",
        console.wait_for_line(call.call_id, lambda seen: seen.text == "次の文", w.patience),
        w.patience + 1,
        expected="次の文",
        ja="次の文が指令台に表示される",
    )
    await asyncio.sleep(since.left())
    texts = [seen.text for seen in console.lines(call.call_id)]
    t.check(
        "the console shows the repeated line once",
        # A line that comes again under its number stands with what the console found wrong.
        texts.count("一度だけ") == 1 and not console.violations,
        expected="一度だけ, once",
        seen=(texts, list(console.violations)),
        ja="繰り返した文は一度だけ表示される",
    )
    record = [seen.text for seen in (await console.record(call.call_id)).lines]
    t.check(
        "the record has it once",
        record.count("一度だけ") == 1,
        expected=1,
        seen=record,
        ja="記録にも一度だけある",
    )


@purpose(
    id="MSG-ID-REUSED",
    requirements=(),
    interfaces="B",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="別の内容に使い回された messageId は断る",
    title_en="A messageId used again for something else is refused",
    stimulus_ja="割り当てた通報で文を送り、同じ messageId で内容の違う文を送る。",
    stimulus_en="A line is sent, then another text under the same messageId.",
    expected_ja="二つ目は id-reused の error で断られ、記録されない。",
    expected_en="The second is refused as 'id-reused' and not recorded.",
    why_ja="再送と見なして捨てれば、二つ目の文が黙って失われる。",
    why_en="Taken for a repeat, the second line would be lost in silence.",
)
async def id_reused(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call = await offer_to_sut(w, other)
    with t.waiting("call.accept"):
        await call.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await call.assign()
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine)
    line = caller_line(other, call, "はじめの文", 1)
    call.said_by_hand(line)
    await other.send_envelope(line)
    with t.waiting("the first line at the console"):
        await console.wait_for_line(
            call.call_id, lambda seen: seen.text == "はじめの文", w.patience
        )
    forged = line.model_copy(update={"body": line.body.model_copy(update={"text": "すりかえた文"})})
    await other.send_envelope(forged)
    await refused_as(
        t,
        w,
        other,
        ErrorCode.ID_REUSED,
        in_reply_to=line.message_id,
        ja="error が id-reused である",
    )
    await t.observe(
        "a line sent after it is received",
        call.say_as_caller("次の文", within=w.patience),
        w.patience + 1,
        expected="chat.receipt",
        ja="その後の文は受け取られる",
    )
    record = [seen.text for seen in (await console.record(call.call_id)).lines]
    t.check(
        "the record has the first text only",
        "はじめの文" in record and "すりかえた文" not in record,
        expected="はじめの文",
        seen=record,
        ja="はじめの文だけが記録にある",
    )


@purpose(
    id="MSG-GAP",
    requirements=(),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="番号 n の抜けは待って求め、順に扱う",
    title_en="A gap in n is waited for, asked for, and handled in order",
    stimulus_ja="割り当てた通報で、二つの文のうち先の電文を送らず、後の電文だけを送る。求められ、"
    "別の通報の文が表示されてから、先の電文を送る。",
    stimulus_en="Of two lines the peer sends the second message only; the first when it was asked "
    "for, and a line of another call is shown.",
    expected_ja="chat.resume が届き、先の電文の後に両方が順に一度ずつ表示される。",
    expected_en="chat.resume comes; after the first message both lines show in order, once each.",
    why_ja="順を乱して表示すれば、話の意味が変わる。抜けを捨てれば、文が失われる。",
    why_en="Shown out of order the talk changes its meaning; a gap ignored loses a line.",
)
async def gap(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    call = await offer_to_sut(w, other)
    with t.waiting("call.accept"):
        await call.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await call.assign()
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine)
    beside = await offer_to_sut(w, other)
    with t.waiting("call.accept of another call"):
        await beside.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await beside.assign()
    first = caller_line(other, call, "先の文", 1)
    second = caller_line(other, call, "後の文", 2)
    since = looking(w)
    await other.send_envelope(second)
    resume = await t.observe(
        "the gap is asked for by chat.resume",
        other.expect(MessageType.CHAT_RESUME, call_id=call.call_id, within=w.patience),
        w.patience + 1,
        expected="chat.resume",
        ja="抜けが chat.resume で求められる",
    )
    if resume is not None and isinstance(resume.envelope.body, bodies.ChatResume):
        asked = resume.envelope.body.after_n
        t.check(
            "it asks for what follows the last message before the gap",
            asked == first.n - 1,
            expected=first.n - 1,
            seen=asked,
            ja="抜けの直前の番号の続きを求めている",
        )
    await beside.send_line("別の通報の文")
    await t.observe(
        "a line of another call, sent later, is shown",
        console.wait_for_line(beside.call_id, lambda line: line.text == "別の通報の文", w.patience),
        w.patience + 1,
        expected="別の通報の文",
        ja="後に送られた別の通報の文は表示される",
    )
    try:
        early = await console.wait_for_line(
            call.call_id, lambda line: line.text == "後の文", since.left()
        )
        seen = early.text
    except Waited:
        seen = "not shown"
    t.check(
        "the later line is not shown before the earlier one",
        seen == "not shown",
        expected="not shown",
        seen=seen,
        ja="後の文が先に表示されない",
    )
    since = looking(w)
    await other.send_envelope(first)
    await t.observe(
        "both lines are shown once the gap is filled",
        console.wait_for_line(call.call_id, lambda line: line.text == "後の文", w.patience),
        w.patience + 1,
        expected="後の文",
        ja="抜けが埋まると、両方が表示される",
    )
    await asyncio.sleep(since.left())
    texts = [line.text for line in console.lines(call.call_id)]
    t.check(
        "they are shown in order, once each",
        texts == ["先の文", "後の文"] and not console.violations,
        expected=["先の文", "後の文"],
        seen=(texts, list(console.violations)),
        ja="順に一度ずつ表示される",
    )
