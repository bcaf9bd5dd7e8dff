"""Rules of the transport: STOMP 1.2 as the profile uses it."""

from uuid import uuid4

from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import (
    SENDER_HEADER,
    MessageType,
    Via,
    bodies,
    callee_queue,
    caller_queue,
)
from net119_protocol.stomp import Frame
from net119_simulators.peer import RawSession, Way

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.messages import logged, newest, refused_as, still_serves
from net119_conformance.purposes.offers import offer_to_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

OWN_RECEIPT = r"own:subscription\1"
"""Colon and backslash are escaped on the wire, so the answer shows whether they are read so."""


async def refused_on_the_wire(t: Trial, w: World, raw: RawSession, ja: str) -> None:
    """Check that the session gets an ERROR frame that says why, and is then closed."""
    error = await t.observe(
        "the endpoint answers with ERROR",
        raw.expect("ERROR", within=w.patience),
        w.patience + 1,
        expected="ERROR",
        ja=ja,
    )
    if error is not None:
        says = bool(error.get("message") or error.body)
        t.check(
            "the ERROR says what was wrong",
            says,
            expected="a message header or a body",
            seen=error.get("message") or error.body[:200],
            ja="ERROR に理由が書かれている",
        )
    await t.observe(
        "the connection is closed after the ERROR",
        raw.closed(within=w.patience),
        w.patience + 1,
        expected="closed",
        ja="ERROR の後に接続が閉じられる",
    )


@purpose(
    id="STOMP-TRANSACTION",
    requirements=(),
    interfaces="B",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="STOMPのトランザクションは断る",
    title_en="A STOMP transaction is refused",
    stimulus_ja="接続の後、BEGIN を送る。別の接続で、transaction ヘッダのついた SEND を送る。",
    stimulus_en="After connecting, BEGIN is sent; on another connection a SEND with a transaction "
    "header.",
    expected_ja="どちらにも ERROR が返り、接続が閉じられる。transaction のない同じ SEND は受け取ら"
    "れる。",
    expected_en="ERROR and a closed connection in both cases; the same SEND without a transaction "
    "is taken.",
    why_ja="この接続ではトランザクションを使わない。黙って受ければ、確定されない電文が残る。",
    why_en="The profile has no transactions; taking one in silence leaves messages uncommitted.",
)
async def transaction(t: Trial, w: World) -> None:
    first = await w.raw()
    await first.connect()
    first.send(Frame("BEGIN", {"transaction": "tx-1"}))
    await refused_on_the_wire(t, w, first, "BEGIN に ERROR が返る")
    second = await w.raw()
    await second.connect()
    second.send(
        Frame(
            "SEND",
            {"destination": callee_queue(w.sut), "transaction": "tx-1", "receipt": "r-1"},
            b"{}",
        )
    )
    await refused_on_the_wire(t, w, second, "transaction つきの SEND に ERROR が返る")
    plain = await w.raw()
    await plain.connect()
    plain.send(Frame("SEND", {"destination": callee_queue(w.sut), "receipt": "r-2"}, b"{}"))
    receipt = await t.observe(
        "the same SEND without a transaction is taken",
        plain.expect("RECEIPT", within=w.patience),
        w.patience + 1,
        expected="RECEIPT r-2",
        ja="transaction のない同じ SEND は受け取られる",
    )
    if receipt is not None:
        t.check(
            "the receipt is for the SEND",
            receipt.get("receipt-id") == "r-2",
            expected="r-2",
            seen=receipt.get("receipt-id"),
            ja="その SEND への受領である",
        )


@purpose(
    id="STOMP-FOREIGN-SUBSCRIBE",
    requirements=(),
    interfaces="B",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="ほかの事業者のキューは購読できない",
    title_en="Nobody can subscribe to another operator's queue",
    stimulus_ja="相手の事業者が、試験対象のキューと、第三者のキューを購読しようとする。自分のキ"
    "ューも購読する。",
    stimulus_en="The peer tries to subscribe to the SUT's own queue and to a third party's, "
    "then to its own.",
    expected_ja="ほかのキューには ERROR が返って閉じられ、自分のキューは購読できる。",
    expected_en="ERROR and a closed connection for the others; its own queue can be subscribed to.",
    why_ja="キューには通報者の個人情報が流れる。",
    why_en="What passes through a queue are callers' personal data.",
)
async def foreign_subscribe(t: Trial, w: World) -> None:
    me = w.ground("peer").operator
    for destination, ja in (
        (callee_queue(w.sut), "試験対象のキューの購読が断られる"),
        (caller_queue("akane"), "第三者のキューの購読が断られる"),
    ):
        raw = await w.raw()
        await raw.connect()
        raw.send(
            Frame("SUBSCRIBE", {"id": "1", "destination": destination, "ack": "client-individual"})
        )
        await refused_on_the_wire(t, w, raw, ja)
    own = await w.raw()
    await own.connect()
    own.send(
        Frame(
            "SUBSCRIBE",
            {
                "id": "1",
                "destination": caller_queue(me),
                "ack": "client-individual",
                "receipt": OWN_RECEIPT,
            },
        )
    )
    receipt = await t.observe(
        "the own queue can be subscribed to",
        own.expect("RECEIPT", within=w.patience),
        w.patience + 1,
        expected=f"RECEIPT {OWN_RECEIPT}",
        ja="自分のキューは購読できる",
    )
    if receipt is not None:
        t.check(
            "the receipt is for the subscription",
            receipt.get("receipt-id") == OWN_RECEIPT,
            expected=OWN_RECEIPT,
            seen=receipt.get("receipt-id"),
            ja="購読への受領である",
        )


@purpose(
    id="STOMP-REPLY-TO-VIA",
    requirements=(),
    interfaces="B",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="答えは、via の示すキューに、送信者の印とともに返る",
    title_en="The answer goes to the queue named in via, stamped with its sender",
    stimulus_ja="模擬事業者が申し出を送り、自分のキューだけを購読して答えを待つ。",
    stimulus_en="The peer sends an offer and listens on its own queue alone.",
    expected_ja="via の示すキューに答えが届き、送信者の印が試験対象の事業者コードである。",
    expected_en="The answer arrives on that queue, and its sender stamp is the SUT's operator "
    "code.",
    why_ja="違うキューに返された答えは、届かないか、よその事業者に届く。",
    why_en="An answer on another queue reaches nobody, or the wrong provider.",
)
async def reply_to_via(t: Trial, w: World) -> None:
    await w.console()
    other = await w.peer()
    call = await offer_to_sut(w, other)
    answer = await t.observe(
        "the answer arrives",
        call.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="答えが届く",
    )
    if answer is None:
        return
    headers = answer.frame_headers
    t.check(
        "it arrives on the queue named in via",
        headers.get("destination") == caller_queue(other.operator),
        expected=caller_queue(other.operator),
        seen=headers.get("destination"),
        ja="via の示すキューに届く",
    )
    t.check(
        "it is stamped with the SUT's operator code",
        headers.get(SENDER_HEADER) == w.sut,
        expected=w.sut,
        seen=headers.get(SENDER_HEADER),
        ja="送信者の印が正しい",
    )
    t.check(
        "its own via names the SUT",
        answer.envelope.via == Via(destination=callee_queue(w.sut), operator=w.sut),
        expected=f"{callee_queue(w.sut)}, {w.sut}",
        seen=f"{answer.envelope.via.destination}, {answer.envelope.via.operator}",
        ja="答えの via が試験対象を示す",
    )


@purpose(
    id="STOMP-VIA-SPOOFED",
    requirements=(),
    interfaces="B",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="ほかの事業者を名乗る via は断る",
    title_en="A via that names another operator is refused",
    stimulus_ja="模擬事業者が、via に第三者の名とキューを書いた電文を送る。続けて正しい申し出を"
    "送る。",
    stimulus_en="The peer sends a message whose via names a third operator, then a good offer.",
    expected_ja="via-mismatch の error が送った本人に返り、記録され、正しい申し出は承諾される。",
    expected_en="error 'via-mismatch' to the real sender, a log entry, and the good offer is "
    "accepted.",
    why_ja="名乗りを信じれば、誰でもよその事業者として通報を送れる。",
    why_en="If the name were believed, anyone could send calls as somebody else.",
)
async def via_spoofed(t: Trial, w: World) -> None:
    other = await w.peer()
    before = await newest(w)
    envelope = other.build(
        MessageType.CALL_RINGING,
        bodies.CallRinging(center="x"),
        call_id=uuid4(),
        epoch=1,
        n=1,
        via=Via(destination=caller_queue("akane"), operator="akane"),
    )
    await other.send_envelope(envelope, way=Way.ANCHOR)
    await refused_as(
        t,
        w,
        other,
        ErrorCode.VIA_MISMATCH,
        in_reply_to=envelope.message_id,
        ja="error が via-mismatch である",
    )
    await logged(t, w, other.operator, ErrorCode.VIA_MISMATCH, before)
    await still_serves(t, w, other)
