"""Peers that write odd frames: what STOMP 1.2 allows is to be read, what it forbids refused."""

from collections.abc import Callable

from net119_protocol.interconnect import MessageType, callee_queue, caller_queue

from net119_simulators.peer import habits
from net119_simulators.peer.bad.invariants import holds_at_anchor
from net119_simulators.peer.bad.model import Act, BadPeer, PeerRole, Words
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.bad.talk import Talk
from net119_simulators.peer.specs import Way

_ALL = ("I1", "I2", "I3", "I4", "I5")
_STILL = Words(
    "そのまま読み、通報も会話も何も失わない。",
    "It is read as it stands; neither the call nor a line is lost.",
)
_REFUSED = Words(
    "送られた接続には ERROR を返して閉じ、記録する。相手の側の接続がそうなら切って繋ぎ直し、"
    "繋がらなければ通報を登録地消防本部に戻す。ほかの接続の通報には響かない。",
    "A connection to the system gets an ERROR, is closed, and the refusal is logged. At the "
    "peer's own endpoint the system cuts and reconnects; if that is in vain, the home department "
    "takes the call. Calls on other connections feel nothing.",
)


def _oddly(spoil: habits.Spoil, ja: str, en: str, role: PeerRole) -> Act:
    """The whole call goes over octets that are odd but allowed."""

    async def act(run: BadRun) -> None:
        run.did(ja, en)
        if role is PeerRole.ORIGINATES:
            run.peer.habits.client = spoil
        else:
            run.peer.habits.endpoint = spoil
        talk = await Talk.begin(run, role)
        run.took("通報が成り立ち、双方の文が届いた", "the call stands and both sides are heard")
        await talk.holds()

    return act


def _at_own_endpoint(spoil: habits.Spoil, ja: str, en: str) -> Act:
    """In mid-call everything that the peer's endpoint writes is no STOMP any more."""

    async def act(run: BadRun) -> None:
        call, taken = await run.assigned_call()
        await call.say("足を折りました", within=run.patience)
        run.did(ja, en)
        run.peer.habits.endpoint = spoil
        await taken.send_line("読めない文")
        await run.cut_off(Way.CALLEE)
        await run.logged(None)
        await call.say("聞こえますか", within=run.patience)
        await run.comes(
            "I7",
            "登録地消防本部が通報を受け取る",
            "the home department gets the call",
            run.bench.console.wait_for_call(
                call.id, run.patience + 3 * run.bench.t3_s, lambda seen: seen.mine
            ),
            "at home",
        )
        await holds_at_anchor(run, call, run.bench.home.code, ["足を折りました", "聞こえますか"])

    return act


def _cut_once(spoil: habits.Spoil, ja: str, en: str) -> Act:
    """In mid-call one line of the peer's cannot be read; then its endpoint is a good one again."""

    async def act(run: BadRun) -> None:
        talk = await Talk.begin(run, PeerRole.RECEIVES)
        run.did(ja, en)
        run.peer.habits.endpoint = spoil
        spoilt = talk.line("読めない文")
        await run.peer.send_envelope(spoilt)
        await run.cut_off(Way.CALLEE)
        run.peer.habits.endpoint = None
        await run.peer.connected(run.patience)
        run.took("システムは繋ぎ直した", "the system connected again")
        talk.said.append("読めない文")
        await run.comes(
            "refusal",
            "読めなかった文は、繋ぎ直した後に届く",
            "the line that could not be read arrives after the reconnection",
            run.peer.expect(
                MessageType.CHAT_RECEIPT,
                within=run.patience,
                where=lambda got: got.envelope.in_reply_to == spoilt.message_id,
            ),
            "chat.receipt",
        )
        await run.logged(None)
        await talk.holds()

    return act


def _beside(octets: Callable[[BadRun], bytes], ja: str, en: str, what: str) -> Act:
    """Beside a call that goes on, another connection of the peer says what is no STOMP."""

    async def act(run: BadRun) -> None:
        talk = await Talk.begin(run, PeerRole.ORIGINATES)
        raw = await run.raw()
        await raw.connect()
        run.did(ja, en)
        raw.send_octets(octets(run))
        await run.refused_on_the_wire(raw, what)
        await talk.holds()

    return act


def _to_callee(run: BadRun) -> str:
    return callee_queue(run.bench.system)


def _bodiless(run: BadRun) -> bytes:
    queue = caller_queue(run.peer.operator)
    return f"SUBSCRIBE\nid:9\ndestination:{queue}\n\0".encode()


def _escaped(run: BadRun) -> bytes:
    return f"SEND\ndestination:{_to_callee(run)}\nnote:a\\tb\n\n{{}}\0".encode()


def _short(run: BadRun) -> bytes:
    return f"SEND\ndestination:{_to_callee(run)}\ncontent-length:2\n\n{{}}  \0".encode()


async def _nul_in_body(run: BadRun) -> None:
    talk = await Talk.begin(run, PeerRole.ORIGINATES)
    raw = await run.raw()
    await raw.connect()
    run.did("本文に NUL を入れ、content-length を付けない", "a NUL in the body, no content-length")
    raw.send_octets(b'SEND\ndestination:%b\n\n{"a":"\0"}\0' % _to_callee(run).encode())
    await run.refused_on_the_wire(raw, "NUL")
    await talk.holds()


def _allowed(
    name: str, ja: str, en: str, title: Words, spoil: habits.Spoil, source: str
) -> BadPeer:
    acts = {role: _oddly(spoil, ja, en, role) for role in PeerRole}
    return BadPeer(name, title, Words(ja, en), source, _STILL, _ALL, acts)


PEERS = (
    _allowed(
        "split-frame",
        "一つのフレームを 41 オクテットずつに切って送る。",
        "Each frame is written 41 octets at a time.",
        Words("フレームを切れ切れに送る", "Frames in pieces"),
        habits.in_pieces,
        "STOMP 1.2, Frames: TCP keeps no message boundaries",
    ),
    _allowed(
        "heart-beat-before-frame",
        "各フレームのすぐ前に、ハートビートの改行を置く。",
        "Heart-beat line ends stand directly before each frame.",
        Words("フレームの前にハートビートを置く", "A heart-beat before each frame"),
        habits.beats_before,
        "public implementation, defect 1: it drops a frame that follows a heart-beat; "
        "STOMP 1.2, Heart-beating and Augmented BNF",
    ),
    _allowed(
        "cr-line-ends",
        "ヘッダの行を CR LF で終える。",
        "Header lines end in CR LF.",
        Words("行末が CR LF", "CR LF line ends"),
        habits.carriage_returns,
        "public implementation, defect 4: it keeps the CR in header values; "
        "STOMP 1.2, Augmented BNF: EOL = [CR] LF",
    ),
    BadPeer(
        "bodiless-frame",
        Words("本文のないフレームに空行がない", "No blank line in a frame without body"),
        Words(
            "本文のないフレームを、ヘッダの直後の NUL で終える。",
            "A frame without a body ends in NUL directly after its headers.",
        ),
        "public implementation, defect 2; STOMP 1.2, Frames",
        _REFUSED,
        _ALL,
        {
            PeerRole.ORIGINATES: _beside(
                _bodiless,
                "空行のない SUBSCRIBE を送った",
                "it sent a SUBSCRIBE without the blank line",
                "SUBSCRIBE",
            ),
            PeerRole.RECEIVES: _at_own_endpoint(
                habits.no_blank_line,
                "会話の途中から、本文のないフレームの空行を省いた",
                "from mid-call on it leaves the blank line out of frames without body",
            ),
        },
        "ERROR frame",
    ),
    BadPeer(
        "wrong-escapes",
        Words("知られていないエスケープ", "Escapes that STOMP does not know"),
        Words(
            "ヘッダに、STOMP 1.2 にない \\t を書く。",
            "A header holds \\t, which STOMP 1.2 does not define.",
        ),
        "public implementation, defect 3: wrong order of unescaping; STOMP 1.2, Value Encoding: "
        "undefined escapes are fatal",
        _REFUSED,
        _ALL,
        {
            PeerRole.ORIGINATES: _beside(
                _escaped,
                "ヘッダに \\t のある SEND を送った",
                "it sent a SEND with \\t in a header",
                "\\t",
            ),
            PeerRole.RECEIVES: _at_own_endpoint(
                habits.unknown_escape,
                "会話の途中から、どのフレームのヘッダにも \\t を書いた",
                "from mid-call on a header of each frame holds \\t",
            ),
        },
        "ERROR frame",
    ),
    BadPeer(
        "wrong-content-length",
        Words("content-length が本文より短い", "A content-length shorter than the body"),
        Words(
            "content-length が本文より 2 オクテット短い。",
            "content-length is two octets less than the body has.",
        ),
        "public implementation, defect 4: content-length ignored; STOMP 1.2, Header content-length",
        _REFUSED,
        _ALL,
        {
            PeerRole.ORIGINATES: _beside(
                _short,
                "content-length の短い SEND を送った",
                "it sent a SEND whose content-length is short",
                "content-length",
            ),
            PeerRole.RECEIVES: _cut_once(
                habits.short_length,
                "会話の途中で、文の content-length を短く書いた",
                "in mid-call it writes a line with a short content-length",
            ),
        },
        "ERROR frame",
    ),
    BadPeer(
        "nul-in-body",
        Words("本文の中の NUL で切れる", "A body cut at a NUL"),
        Words(
            "本文に NUL があるのに content-length を付けない。",
            "The body holds a NUL, and there is no content-length.",
        ),
        "public implementation, defect 4: frames cut at NUL; STOMP 1.2, Body",
        Words(
            "NUL までの半端な本文を断って記録し、残りは ERROR で断って接続を閉じる。",
            "The half up to the NUL is refused and logged, the rest refused by ERROR and the "
            "connection closed.",
        ),
        _ALL,
        {PeerRole.ORIGINATES: _nul_in_body},
        "ERROR frame",
    ),
)
