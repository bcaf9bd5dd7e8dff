"""Peers that misuse their STOMP sessions: who they are, where they send, how they listen."""

from collections.abc import Awaitable, Callable

from net119_protocol.interconnect import callee_queue, caller_queue
from net119_protocol.stomp import Frame

from net119_simulators.peer.bad.listening import ack_auto, two_sessions
from net119_simulators.peer.bad.model import Act, BadPeer, PeerRole, Words
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.bad.talk import Talk
from net119_simulators.peer.raw import RawSession

_ALL = ("I1", "I2", "I3", "I4", "I5")
_OTHER = "midori"
_SOUND = Words(
    "その接続に ERROR を返して閉じ、記録する。ほかの接続の通報には響かない。",
    "That connection gets an ERROR and is closed, and the refusal is logged; calls on other "
    "connections feel nothing.",
)


def _refused(ja: str, en: str, say: Callable[[BadRun, RawSession], Awaitable[None]]) -> Act:
    """Beside a call that goes on, a second connection does what is forbidden."""

    async def act(run: BadRun) -> None:
        talk = await Talk.begin(run, PeerRole.ORIGINATES)
        raw = await run.raw()
        run.did(ja, en)
        await say(run, raw)
        await run.refused_on_the_wire(raw, ja)
        await talk.holds()

    return act


async def _begin(run: BadRun, raw: RawSession) -> None:
    await raw.connect()
    raw.send(Frame("BEGIN", {"transaction": "tx-1"}))


async def _listen_elsewhere(run: BadRun, raw: RawSession) -> None:
    await raw.connect()
    raw.send(Frame("SUBSCRIBE", {"id": "1", "destination": caller_queue(_OTHER)}))


async def _send_elsewhere(run: BadRun, raw: RawSession) -> None:
    await raw.connect()
    raw.send_message(b"{}", callee_queue(run.peer.operator))


async def _speak_first(run: BadRun, raw: RawSession) -> None:
    raw.send_message(b"{}", callee_queue(run.bench.system))


async def _stranger(run: BadRun) -> None:
    talk = await Talk.begin(run, PeerRole.ORIGINATES)
    run.did(
        f"どの事業者のものでもないIPアドレス {run.bench.stranger} から接続した",
        f"it connected from {run.bench.stranger}, an address of no provider",
    )
    raw = await run.raw(run.bench.stranger)
    raw.send(Frame("CONNECT", {"accept-version": "1.2", "host": run.bench.system}))
    error = await run.comes(
        "refusal",
        "ERROR が返る",
        "ERROR comes back",
        raw.expect("ERROR", within=run.patience),
        "ERROR",
    )
    if error is not None:
        run.took(f"理由: {error.get('message')}", f"reason given: {error.get('message')}")
    await run.logged(None, run.bench.stranger)
    await talk.holds()


async def _pipelined(run: BadRun) -> None:
    call = await run.offer()
    await call.accepted(run.patience)
    again = call.sent[0]
    raw = await run.raw()
    run.did(
        "CONNECTED を待たずに、CONNECT のすぐ後に SEND を送った",
        "it sent a SEND directly after CONNECT, without waiting for CONNECTED",
    )
    connect = Frame("CONNECT", {"accept-version": "1.2", "host": run.bench.system})
    send = Frame(
        "SEND",
        {"destination": callee_queue(run.bench.system), "receipt": "r-1"},
        run.peer.mapping.to_wire(again),
    )
    raw.send_octets(connect.encode() + send.encode())
    await run.comes(
        "I2",
        "SEND は受領されるか ERROR で断られ、黙って失われない",
        "the SEND is confirmed, or refused by ERROR; it is not lost in silence",
        raw.expect("RECEIPT", within=run.patience, where=lambda f: f.get("receipt-id") == "r-1"),
        "RECEIPT r-1",
    )
    await call.assign()
    talk = await Talk.go_on(run, call)
    await talk.holds()


async def _no_beats(run: BadRun) -> None:
    talk = await Talk.begin(run, PeerRole.ORIGINATES)
    raw = await run.raw()
    await raw.connect({"heart-beat": "0,0"})
    run.did(
        "heart-beat:0,0 で接続し、T3 より長く黙った",
        "it connected with heart-beat:0,0 and was silent for longer than T3",
    )
    for _ in range(3):
        await talk.both_say("待つ間の文")
    await run.stays_open(raw, 1.5 * run.bench.t3_s)
    run.check(
        "I10",
        "求められていないハートビートが送られない",
        "no heart-beats are sent that nobody asked for",
        raw.heart_beats == 0,
        0,
        raw.heart_beats,
    )
    raw.send(
        Frame(
            "SUBSCRIBE",
            {"id": "1", "destination": caller_queue(run.peer.operator), "receipt": "still-there"},
        )
    )
    await run.comes(
        "I2",
        "その後の SUBSCRIBE が受領される",
        "a SUBSCRIBE after that is confirmed",
        raw.expect("RECEIPT", within=run.patience),
        "RECEIPT",
    )
    raw.send_octets(Frame("UNSUBSCRIBE", {"id": "1"}).encode())
    await talk.holds()


async def _broken_beats(run: BadRun) -> None:
    talk = await Talk.begin(run, PeerRole.ORIGINATES)
    raw = await run.raw()
    await raw.connect({"heart-beat": "200,0"})
    run.did(
        "0.2 秒ごとのハートビートを約束して、一度も送らなかった",
        "it promised a heart-beat every 0.2 s and sent none",
    )
    await run.comes(
        "refusal",
        "約束が破られた接続は閉じられる",
        "the connection whose promise was broken is closed",
        raw.closed(run.patience + 4 * run.bench.t3_s),
        "closed",
    )
    await talk.holds()


def _peer(
    name: str,
    titles: tuple[str, str],
    wrong: tuple[str, str],
    source: str,
    act: Act,
    *,
    sound: Words = _SOUND,
    invariants: tuple[str, ...] = (*_ALL, "I10"),
    refusal: str | None = "ERROR frame",
) -> BadPeer:
    acts = {PeerRole.ORIGINATES: act}
    return BadPeer(name, Words(*titles), Words(*wrong), source, sound, invariants, acts, refusal)


def _plain(
    name: str,
    titles: tuple[str, str],
    wrong: tuple[str, str],
    source: str,
    say: Callable[[BadRun, RawSession], Awaitable[None]],
) -> BadPeer:
    return _peer(name, titles, wrong, source, _refused(*wrong, say))


PEERS = (
    _plain(
        "transactions",
        ("トランザクション", "Transactions"),
        ("BEGIN を送る。", "It sends BEGIN."),
        "profile, Transport: no STOMP transactions",
        _begin,
    ),
    _plain(
        "foreign-subscribe",
        ("よそのキューの購読", "Subscribing to another's queue"),
        ("第三者の事業者のキューを購読する。", "It subscribes to a third provider's queue."),
        "public implementation, defect 7: everybody counts as the same operator; profile, "
        "Transport: own queues only",
        _listen_elsewhere,
    ),
    _plain(
        "wrong-queue",
        ("違うキューへの送信", "Sending to the wrong queue"),
        (
            "自分の側にあるはずのキューへ、相手の側で送る。",
            "It sends to a queue that is at its own endpoint, not at the system's.",
        ),
        "public implementation, defect 14: unclear which broker holds the queue of via.destination",
        _send_elsewhere,
    ),
    _plain(
        "speaks-before-connect",
        ("CONNECT の前の SEND", "A SEND before CONNECT"),
        ("CONNECT の前に SEND を送る。", "It sends before it has connected."),
        "public implementation, defect 10: a transfer is written before CONNECT is complete",
        _speak_first,
    ),
    _peer(
        "impatient-connect",
        ("CONNECTED を待たない", "Not waiting for CONNECTED"),
        (
            "CONNECT のすぐ後に、CONNECTED を待たずに SEND を送る。",
            "It sends directly after CONNECT, without waiting for CONNECTED.",
        ),
        "public implementation, defect 10",
        _pipelined,
        sound=Words(
            "受領するか ERROR で断る。黙って失わない。",
            "The SEND is confirmed, or refused by ERROR; never lost in silence.",
        ),
        invariants=_ALL,
        refusal=None,
    ),
    _peer(
        "foreign-address",
        ("知られていないIPアドレス", "An unknown address"),
        (
            "どの事業者のものでもないIPアドレスから接続する。",
            "It connects from an address of no provider.",
        ),
        "public implementation, defect 7: the first matching range decides; profile, Transport: "
        "identity by source address",
        _stranger,
    ),
    _peer(
        "two-subscribers",
        ("二つの購読", "Two subscribers"),
        (
            "自分のキューを二つの接続で購読し、どちらも ACK を返さずに一つずつ閉じる。",
            "It subscribes to its queue twice, acknowledges nothing, and closes one, then the "
            "other.",
        ),
        "public implementation, defect 5: two subscribers both get a message (topic, not queue); "
        "profile, Transport: to one of its subscriptions, whichever",
        two_sessions,
        sound=Words(
            "一つの購読にだけ渡し、ACK のないまま切れたら残った購読に渡し直す。",
            "One subscription gets a message; if it ends without an ACK, the other one does.",
        ),
        invariants=_ALL,
        refusal=None,
    ),
    _peer(
        "ack-auto",
        ("ack:auto で失う", "Losing by ack:auto"),
        (
            "ack:auto で購読し、届いた答えとともに落ちる。",
            "It subscribes with ack:auto and goes down with the answer that had come.",
        ),
        "public implementation, defect 6: ack:auto and memory only",
        ack_auto,
        sound=Words(
            "同じ申し出がもう一度来たら、同じ答えをもう一度返す。",
            "When the same offer comes again, it gives the same answer again.",
        ),
        invariants=_ALL,
        refusal=None,
    ),
    _peer(
        "no-heart-beats",
        ("ハートビートなし", "No heart-beats"),
        (
            "heart-beat:0,0 で接続し、T3 より長く黙る。",
            "It connects with heart-beat:0,0 and is silent for longer than T3.",
        ),
        "public implementation, defect 15: 0 is ignored, the silent one is cut off; STOMP 1.2, "
        "Heart-beating",
        _no_beats,
        sound=Words(
            "ハートビートを送らず、沈黙を理由に接続を切らない。",
            "It sends no heart-beats and does not cut the connection for its silence.",
        ),
        refusal=None,
    ),
    _peer(
        "broken-heart-beats",
        ("約束したハートビートを送らない", "Promised heart-beats that never come"),
        (
            "ハートビートを約束して、一度も送らない。",
            "It promises heart-beats and never sends one.",
        ),
        "STOMP 1.2, Heart-beating",
        _broken_beats,
        sound=Words(
            "しばらくしてその接続を閉じる。ほかの接続の通報には響かない。",
            "That connection is closed after a while; calls on other connections feel nothing.",
        ),
        invariants=_ALL,
        refusal="closed",
    ),
)
