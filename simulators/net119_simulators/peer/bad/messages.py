"""Peers that send messages which break the profile, beside or within a call under way."""

from collections.abc import Callable
from uuid import uuid4

from net119_protocol.codes import ErrorCode, Mode
from net119_protocol.interconnect import MAX_BYTES, MessageType, Via, caller_queue

from net119_simulators.peer.bad.model import Act, BadPeer, PeerRole, Words
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.bad.talk import Talk

_ALL = ("I1", "I2", "I3", "I4", "I5", "I10")
_REFUSED = "断られるべき文"


def _sound(code: ErrorCode) -> Words:
    return Words(
        f"error {code.value} を送った本人に返して記録し、誰にも表示せず、通報はそのまま続ける。",
        f"It answers the real sender by error {code.value}, logs the refusal, shows it to nobody, "
        "and the call goes on.",
    )


def _spoilt(
    code: ErrorCode,
    ja: str,
    en: str,
    make: Callable[[Talk], bytes],
) -> dict[PeerRole, Act]:
    """A line that is spoilt, in a call under way; its count stays free for the next one."""

    def act_in(role: PeerRole) -> Act:
        async def act(run: BadRun) -> None:
            talk = await Talk.begin(run, role)
            run.did(ja, en)
            await talk.send(make(talk))
            report = await run.refused(code)
            if report is not None:
                run.took(f"理由: {report.detail}", f"reason given: {report.detail}")
            await talk.holds(unseen=_REFUSED)

        return act

    return {role: act_in(role) for role in PeerRole}


def _line(talk: Talk, **changes: object) -> bytes:
    return talk.run.peer.altered(talk.line(_REFUSED, n=talk.call.next_n), **changes)


def _spoofed(talk: Talk) -> bytes:
    via = Via(destination=caller_queue("midori"), operator="midori")
    return _line(talk, via=via.model_dump(mode="json"))


def _counted(
    code: ErrorCode, ja: str, en: str, *, later: int = 0, mode: Mode | None = None
) -> dict[PeerRole, Act]:
    """A line that is refused as such, and whose count is used up."""

    def act_in(role: PeerRole) -> Act:
        async def act(run: BadRun) -> None:
            talk = await Talk.begin(run, role)
            run.did(ja, en)
            spoilt = talk.line(_REFUSED, epoch=talk.call.epoch + later, mode=mode)
            await run.peer.send_envelope(spoilt)
            await run.refused(code, in_reply_to=spoilt.message_id)
            await talk.holds(unseen=_REFUSED)

        return act

    return {role: act_in(role) for role in PeerRole}


def _redelivering(role: PeerRole) -> Act:
    async def act(run: BadRun) -> None:
        talk = await Talk.begin(run, role)
        sent = talk.call.sent
        run.did(
            f"通報のはじめからの {len(sent)} 通を、もう一度ずつ送った",
            f"it sent all {len(sent)} messages of the call once more",
        )
        for envelope in sent:
            await run.peer.send_envelope(envelope)
        answered = next(each for each in reversed(sent) if each.type is MessageType.CHAT_MESSAGE)
        await run.comes(
            "I9",
            "繰り返された文には、同じ答えがもう一度返る",
            "a repeated line is answered once more, in the same way",
            run.peer.expect(
                MessageType.CHAT_RECEIPT,
                talk.call_id,
                within=run.patience,
                where=lambda got: got.envelope.in_reply_to == answered.message_id,
                repeats=True,
            ),
            "the same chat.receipt",
        )
        await talk.holds()

    return act


def _reusing(role: PeerRole) -> Act:
    async def act(run: BadRun) -> None:
        talk = await Talk.begin(run, role)
        old = next(
            each for each in reversed(talk.call.sent) if each.type is MessageType.CHAT_MESSAGE
        )
        run.did(
            "前の文と同じ messageId で、別の文を送った",
            "it sent another text under the messageId of an earlier line",
        )
        body = old.body.model_dump(mode="json", by_alias=True, exclude_none=True)
        await talk.send(run.peer.altered(old, body=body | {"text": _REFUSED}))
        await run.refused(ErrorCode.ID_REUSED, in_reply_to=old.message_id)
        await talk.holds(unseen=_REFUSED)

    return act


def _leaving_a_gap(role: PeerRole) -> Act:
    async def act(run: BadRun) -> None:
        talk = await Talk.begin(run, role)
        run.peer.duties.answer_resume = False
        first = talk.line("先の文")
        number = len(talk.call.lines) + 2
        second = talk.line("後から来た文", number=number)
        run.did(
            "先の電文を飛ばして、後の電文だけを送った", "it left one message out and sent the next"
        )
        await run.peer.send_envelope(second)
        await run.comes(
            "I10",
            "抜けた電文が chat.resume で求められる",
            "the missing message is asked for by chat.resume",
            run.peer.expect(MessageType.CHAT_RESUME, talk.call_id, within=run.patience),
            "chat.resume",
        )
        run.did("抜けていた電文を送った", "it sent the missing message")
        run.peer.duties.answer_resume = True
        await run.peer.send_envelope(first)
        for each in (first, second):
            await run.confirmed(talk.call_id, each.message_id)
        talk.said += ["先の文", "後から来た文"]
        await talk.holds(also=(first, second))

    return act


def _of_no_call(role: PeerRole) -> Act:
    async def act(run: BadRun) -> None:
        talk = await Talk.begin(run, role)
        run.did("知らせたことのない通報の電文を送った", "it spoke of a call that nobody knows")
        await talk.send(run.peer.altered(talk.line(_REFUSED, n=1), callId=str(uuid4())))
        await run.refused(ErrorCode.UNKNOWN_CALL)
        await talk.holds(unseen=_REFUSED)

    return act


def _peer(
    name: str,
    title: Words,
    wrong: Words,
    source: str,
    code: ErrorCode,
    acts: dict[PeerRole, Act],
) -> BadPeer:
    return BadPeer(name, title, wrong, source, _sound(code), _ALL, acts, code.value)


def _simple(
    name: str,
    title: Words,
    wrong: Words,
    source: str,
    code: ErrorCode,
    make: Callable[[Talk], bytes],
) -> BadPeer:
    return _peer(name, title, wrong, source, code, _spoilt(code, wrong.ja, wrong.en, make))


PEERS = (
    BadPeer(
        "redelivery",
        Words("すべての電文を二度送る", "Every message twice"),
        Words(
            "届いた電文を消さず、通報のすべての電文をもう一度送る。",
            "It keeps what was delivered and sends all messages of the call once more.",
        ),
        "public implementation, defect 5: a delivered message stays in the queue; profile, "
        "Envelope: a retry has the same messageId",
        Words(
            "同じ答えをもう一度返すだけで、何も二度行わず、二度表示しない。",
            "It gives the same answers once more, does nothing again, shows nothing twice.",
        ),
        ("I1", "I2", "I3", "I4", "I5", "I9"),
        {role: _redelivering(role) for role in PeerRole},
    ),
    _simple(
        "spoofed-via",
        Words("ほかの事業者を名乗る", "In the name of another provider"),
        Words(
            "via に第三者の事業者とそのキューを書く。",
            "via names a third provider and its queue.",
        ),
        "public implementation, defect 7: via.operatorId is never compared with the connection",
        ErrorCode.VIA_MISMATCH,
        _spoofed,
    ),
    _peer(
        "mode-mismatch",
        Words("途中で区分を変える", "Another mode in mid-call"),
        Words(
            "試験の通報の途中で、練習の電文を送る。",
            "It sends a message marked practice in a test call.",
        ),
        "profile, Envelope: the mode is fixed by the call",
        ErrorCode.MODE_MISMATCH,
        _counted(
            ErrorCode.MODE_MISMATCH,
            "試験の通報の途中で、練習の文を送った",
            "it sent a practice line in a test call",
            mode=Mode.PRACTICE,
        ),
    ),
    _simple(
        "garbage",
        Words("読めない本文", "Garbage"),
        Words("JSON でないオクテット列を送る。", "It sends octets that are no JSON."),
        "profile, Envelope: JSON in UTF-8",
        ErrorCode.MALFORMED_JSON,
        lambda _talk: b"\xff\xfe{garbage\x01" * 20,
    ),
    _simple(
        "cut-json",
        Words("途中で切れた電文", "A message cut short"),
        Words("電文の後半がない。", "The second half of the message is missing."),
        "public implementation, defect 4: frames are cut at NUL and at network boundaries",
        ErrorCode.MALFORMED_JSON,
        lambda talk: _line(talk)[:150],
    ),
    _simple(
        "wrong-types",
        Words("型の違う値", "Values of the wrong type"),
        Words("数であるべき n を文字列で書く。", "It writes the number n in quotes."),
        "profile, Envelope: no value is taken for another kind of value",
        ErrorCode.INVALID_ENVELOPE,
        lambda talk: _line(talk, n=str(talk.call.next_n)),
    ),
    _simple(
        "other-profile",
        Words("別の仕様の電文", "Another profile"),
        Words(
            "公開実装の形の電文（EMERGENCY_REQUEST）を送る。",
            "It speaks as the public implementation does (EMERGENCY_REQUEST).",
        ),
        "public implementation: message names of its own; profile, Envelope: profile",
        ErrorCode.UNSUPPORTED_PROFILE,
        lambda talk: _line(talk, profile=None, type="EMERGENCY_REQUEST"),
    ),
    _simple(
        "unknown-type",
        Words("知られていない種類の電文", "A type that nobody knows"),
        Words(
            "仕様にない種類の電文を送る。",
            "It sends a message of a type that the profile does not have.",
        ),
        "profile, Compatibility: an unknown type is answered by error",
        ErrorCode.UNKNOWN_TYPE,
        lambda talk: _line(talk, type="call.dance"),
    ),
    _simple(
        "oversize",
        Words("長すぎる電文", "A message too long"),
        Words(
            "長さの上限を超える電文を送る。",
            "It sends a message longer than the profile allows.",
        ),
        "public implementation: 64 KiB limit of its own; profile: at most 256 KiB",
        ErrorCode.TOO_LARGE,
        lambda talk: _line(talk, body={"padding": "長" * (MAX_BYTES // 3 + 1)}),
    ),
    _peer(
        "stale-epoch",
        Words("古い epoch で書く", "Under an old epoch"),
        Words(
            "担当が変わる前の epoch で電文を送る。",
            "It sends a message under the epoch before the last change of owner.",
        ),
        "public implementation, defect 9: after a transfer lines still go to the old owner; "
        "profile, Ownership: a stale epoch is refused",
        ErrorCode.STALE_EPOCH,
        _counted(
            ErrorCode.STALE_EPOCH,
            "前の epoch で文を送った",
            "it sent a line under the epoch before",
            later=-1,
        ),
    ),
    _peer(
        "id-reused",
        Words("messageId の使い回し", "A messageId used again"),
        Words(
            "一度使った messageId で、内容の違う電文を送る。",
            "It sends something else under a messageId that was used.",
        ),
        "profile, Envelope: messageId",
        ErrorCode.ID_REUSED,
        {role: _reusing(role) for role in PeerRole},
    ),
    _peer(
        "unknown-call",
        Words("誰も知らない通報", "A call that nobody knows"),
        Words(
            "一度も申し出のなかった通報の電文を送る。",
            "It sends messages of a call that was never offered.",
        ),
        "public implementation, defect 9: calls under ids made up at a transfer",
        ErrorCode.UNKNOWN_CALL,
        {role: _of_no_call(role) for role in PeerRole},
    ),
    BadPeer(
        "gap-in-count",
        Words("番号の抜け", "A gap in the count"),
        Words(
            "電文を一つ飛ばし、後で送る。",
            "It leaves one message out and sends it later.",
        ),
        "public implementation, defect 1: frames are dropped in silence; profile, Envelope: n",
        Words(
            "抜けを chat.resume で求め、揃うまで後の文を表示せず、順に一度ずつ表示する。",
            "It asks by chat.resume, shows nothing out of order, and everything once.",
        ),
        _ALL,
        {role: _leaving_a_gap(role) for role in PeerRole},
    ),
)
