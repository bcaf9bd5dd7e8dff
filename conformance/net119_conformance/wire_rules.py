"""Rules that hold for every message of a system at interface B, whatever a purpose looks at.

They read a saved evidence log and nothing else, so they can be asked again of a log that is years
old. Each is a rule of `net119-interconnect/1` (docs/reference/interconnect.md) or of STOMP 1.2
that needs no knowledge of what the other side did.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from net119_protocol.interconnect.envelope import Envelope, EnvelopeRefused, decode
from net119_protocol.interconnect.types import UNCOUNTED, MessageType

from net119_conformance.catalogue import Text
from net119_conformance.masking import MASKED
from net119_conformance.redaction import REDACTED

_HEADERS = {
    "SEND": ("destination",),
    "MESSAGE": ("destination", "message-id", "subscription"),
    "SUBSCRIBE": ("id", "destination"),
    "RECEIPT": ("receipt-id",),
    "CONNECT": ("accept-version", "host"),
    "CONNECTED": ("version",),
    "ACK": ("id",),
    "NACK": ("id",),
}
"""Headers that STOMP 1.2 demands of each frame."""
_CUT = "… [cut: "
_HIDDEN = (REDACTED, MASKED)


@dataclass(frozen=True)
class Breach:
    """A message that breaks a rule: its number in the log, and what is wrong with it."""

    message: int
    rule: str
    text: Text


@dataclass
class _Seen:
    """What the system has said so far."""

    contents: dict[str, Any] = field(default_factory=dict)
    counts: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)
    highest: dict[tuple[str, str], int] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    lines: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class WireVerdict:
    """What the rules found: breaches, how many messages they read, and how many they could not
    (cut or with something redacted)."""

    breaches: tuple[Breach, ...]
    read: int
    skipped: int


def judge_wire(lines: Sequence[Mapping[str, Any]], sut: str) -> WireVerdict:
    """Ask every rule of the messages that the system ``sut`` sent over interface B.

    Where the run used another mapping than the profile's own, which the messages of the suite's
    own peer show, none is read.
    """
    breaches: list[Breach] = []
    seen = _Seen()
    read = skipped = 0
    profile = _speaks_profile(lines, sut)
    said = [line for line in lines if _of_rules(line, sut)]
    # A message that cannot be read has a number, too: without it the next one seems to jump.
    whole = not (any(line.get("kind") == "cut" for line in lines) or any(map(_hidden, said)))
    for line in said:
        payload = str(line.get("payload", ""))
        if _hidden(line) or not profile:
            skipped += 1
            continue
        read += 1
        told = line.get("n")
        number = told if isinstance(told, int) else -1
        breaches += [
            Breach(number, rule, text) for rule, text in _frame(payload, sut, seen, whole=whole)
        ]
    return WireVerdict(tuple(breaches), read, skipped)


def _of_rules(line: Mapping[str, Any], sut: str) -> bool:
    """A message of the system at interface B; not a remark such as a connection that ended."""
    if line.get("kind") != "message" or line.get("interface") != "B" or line.get("source") != sut:
        return False
    return "\n\n" in str(line.get("payload", ""))


def _hidden(line: Mapping[str, Any]) -> bool:
    payload = str(line.get("payload", ""))
    return _CUT in payload or any(each in payload for each in _HIDDEN)


def _speaks_profile(lines: Sequence[Mapping[str, Any]], sut: str) -> bool:
    """False if the other side sent messages, and none of them can be read by the profile."""
    others = [
        str(line.get("payload", "")).partition("\n\n")
        for line in lines
        if line.get("kind") == "message"
        and line.get("interface") == "B"
        and line.get("source") != sut
    ]
    bodies = [body for head, _, body in others if body and head.startswith(("SEND", "MESSAGE"))]
    return not bodies or any(_readable(body) for body in bodies)


def _readable(body: str) -> bool:
    try:
        decode(body.encode("utf-8", "surrogatepass"))
    except EnvelopeRefused:
        return False
    return True


def _frame(payload: str, sut: str, seen: _Seen, *, whole: bool) -> Iterable[tuple[str, Text]]:
    head, _, body = payload.partition("\n\n")
    command, *headers = head.split("\n")
    names = {header.partition(":")[0] for header in headers}
    missing = [name for name in _HEADERS.get(command, ()) if name not in names]
    if missing:
        yield (
            "stomp-headers",
            Text(
                en=f"{command} lacks what STOMP 1.2 demands: {', '.join(missing)}",
                ja=f"{command} に STOMP 1.2 の必須ヘッダーがありません: {', '.join(missing)}",
            ),
        )
    if command not in ("SEND", "MESSAGE"):
        return
    try:
        envelope = decode(body.encode("utf-8", "surrogatepass"))
    except EnvelopeRefused as refused:
        yield (
            "readable",
            Text(
                en=f"cannot be read as a message of the profile: {refused}",
                ja=f"接続仕様の電文として読めません: {refused}",
            ),
        )
        return
    yield from _sender(envelope, sut)
    yield from _once(envelope, body, seen)
    if whole:
        yield from _counted(envelope, headers, seen)
    yield from _of_call(envelope, seen)
    yield from _numbered(envelope, seen)


def _sender(envelope: Envelope, sut: str) -> Iterable[tuple[str, Text]]:
    said = envelope.via.operator
    if said != sut:
        yield (
            "sender",
            Text(en=f"via.operator is {said}", ja=f"via.operator が {said} になっています"),
        )


def _once(envelope: Envelope, body: str, seen: _Seen) -> Iterable[tuple[str, Text]]:
    """A message sent again has the same `messageId`, and says the same."""
    raw = json.loads(body)
    told = (raw.get("type"), raw.get("callId"), raw.get("n"), raw.get("body"))
    before = seen.contents.setdefault(str(envelope.message_id), told)
    if before != told:
        yield (
            "one-message-id",
            Text(
                en=f"messageId {envelope.message_id} was used before for another content",
                ja=f"messageId {envelope.message_id} は、別の内容にすでに使われています",
            ),
        )


def _counted(envelope: Envelope, headers: Sequence[str], seen: _Seen) -> Iterable[tuple[str, Text]]:
    """`n` counts the sender's messages of a call: no number twice, none out of turn."""
    if envelope.type in UNCOUNTED or envelope.call_id is None:
        return
    where = next((each for each in headers if each.startswith("destination:")), "")
    key = str(envelope.call_id), where
    numbers = seen.counts.setdefault(key, {})
    name = str(envelope.message_id)
    other = numbers.setdefault(envelope.n, name)
    if other != name:
        yield (
            "count",
            Text(
                en=f"n {envelope.n} of this call was used before for message {other}",
                ja=f"この通報の n {envelope.n} は、電文 {other} にすでに使われています",
            ),
        )
        return
    first_time = list(numbers.values()).count(name) == 1 and max(numbers) == envelope.n
    highest = seen.highest.get(key, 0)
    if first_time:
        if highest and envelope.n > highest + 1:
            yield (
                "count",
                Text(
                    en=f"n jumps from {highest} to {envelope.n}",
                    ja=f"n が {highest} から {envelope.n} に飛んでいます",
                ),
            )
        seen.highest[key] = envelope.n


def _of_call(envelope: Envelope, seen: _Seen) -> Iterable[tuple[str, Text]]:
    """The mode of a call is fixed (I5)."""
    if envelope.call_id is None or envelope.type is MessageType.ERROR:
        return
    mode = seen.modes.setdefault(str(envelope.call_id), envelope.mode.value)
    if mode != envelope.mode.value:
        yield (
            "mode",
            Text(
                en=f"the call was {mode} and is {envelope.mode.value} now (I5)",
                ja=f"通報の種別が {mode} から {envelope.mode.value} に変わっています (I5)",
            ),
        )


def _numbered(envelope: Envelope, seen: _Seen) -> Iterable[tuple[str, Text]]:
    """One number is one line of the chat (I3, I4)."""
    body = envelope.body
    seq = getattr(body, "seq", None)
    if envelope.type is not MessageType.CHAT_MESSAGE or seq is None:
        return
    line = str(getattr(body, "client_id", "")), str(getattr(body, "text", ""))
    before = seen.lines.setdefault((str(envelope.call_id), int(seq)), line)
    if before != line:
        yield (
            "line-number",
            Text(
                en=f"number {seq} of the chat was another line before",
                ja=f"チャットの番号 {seq} が、別の行にすでに使われています",
            ),
        )
