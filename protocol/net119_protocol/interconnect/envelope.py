"""The envelope of ``net119-interconnect/1`` and its codec.

``decode`` never guesses: what cannot be read is refused with a code, the field and, as far as it
could be read, what an answer needs (message id, call id, ``via``), so that the refusal reaches
the sender (invariant I10).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from net119_protocol.codes import ErrorCode, Mode
from net119_protocol.interconnect.bodies import Body
from net119_protocol.interconnect.types import BODY_OF, CALL_FREE, UNCOUNTED, MessageType
from net119_protocol.model import (
    TEXT_LIMIT,
    Code,
    Count,
    Text,
    Timestamp,
    WireModel,
    trusted,
)

PROFILE: Final = "net119-interconnect/1"
MINOR: Final = 1
"""Minor version: told in ``status.report``, never a reason to refuse a message."""
MAX_BYTES = 256 * 1024
"""Longest message, in bytes: an offer with a transcript of a long chat fits."""
MAX_DEPTH = 32
"""Most objects and arrays within one another, the message itself included."""


_TYPES = frozenset(each.value for each in MessageType)


class Via(WireModel):
    """Where answers go: the queue the sender listens to, and the sender's operator code."""

    destination: Annotated[Text, Field(min_length=1, max_length=200)]
    """The sender's own queue to which answers go."""
    operator: Code
    """Operator code of the sender."""


class Header(WireModel):
    """The envelope of a message without its body."""

    profile: Literal["net119-interconnect/1"] = PROFILE
    """Name and major version of the profile; always written."""
    message_id: UUID
    """Names the message; a retry has the same, and is answered again, not done again."""
    type: MessageType
    """What the message says; the body goes by it."""
    call_id: UUID | None = None
    """The call it belongs to; may be absent in ``status.report`` and ``error`` only."""
    epoch: Count = 0
    """The ownership of the call that the sender knows; grows with each change of owner."""
    n: Count = 0
    """Counts the sender's messages of the call from 1; 0 in the types that are not counted."""
    mode: Mode
    """How the call is meant; fixed for the whole call (I5)."""
    sent_at: Timestamp
    """When the message was first sent."""
    via: Via
    """Where answers go, and who sends."""
    in_reply_to: UUID | None = None
    """``messageId`` of the message answered."""

    @model_validator(mode="after")
    def _consistent_header(self) -> "Header":
        if wrong := _header_flaw(self):
            raise ValueError(wrong[1])
        return self


class Envelope(Header):
    """One message between two providers.

    ``n`` counts the sender's messages of the call from 1; ``epoch`` is the ownership the sender
    knows; ``mode`` is fixed by the call; ``in_reply_to`` is the ``message_id`` answered.
    A retry has the same ``message_id``.
    """

    body: Body
    """The content, by type."""

    @model_validator(mode="before")
    @classmethod
    def _body_by_type(cls, data: Any) -> Any:
        """Read the body by the type, never by its looks."""
        if not isinstance(data, dict) or not isinstance(data.get("body"), dict):
            return data
        kind = data.get("type")
        if not isinstance(kind, str) or kind not in _TYPES:
            return data
        body_class = BODY_OF[MessageType(kind)]
        return {**data, "body": body_class.model_validate(data["body"])}

    @model_validator(mode="after")
    def _body_of_type(self) -> "Envelope":
        if type(self.body) is not BODY_OF[self.type]:
            raise ValueError(f"the body is not that of {self.type.value}")
        return self


def compose(
    kind: MessageType,
    body: Body,
    *,
    message_id: UUID,
    call_id: UUID | None,
    epoch: int,
    n: int,
    mode: Mode,
    sent_at: datetime,
    via: Via,
    in_reply_to: UUID | None,
) -> Envelope:
    """An envelope of parts that are known to be right; only whether they go together is checked.

    Args:
        kind: the type.
        sent_at: in UTC, without parts of a millisecond.

    Raises:
        ValueError: they do not.
    """
    made = trusted(
        Envelope,
        profile=PROFILE,
        message_id=message_id,
        type=kind,
        call_id=call_id,
        epoch=epoch,
        n=n,
        mode=mode,
        sent_at=sent_at,
        via=via,
        in_reply_to=in_reply_to,
        body=body,
    )
    if type(body) is not BODY_OF[kind]:
        raise ValueError(f"the body is not that of {kind.value}")
    if wrong := _header_flaw(made):
        raise ValueError(wrong[1])
    return made


def _header_flaw(header: Header) -> tuple[str, str] | None:
    """The field that does not go with the type, and why; ``None`` if all do."""
    kind = header.type
    if header.call_id is None and kind not in CALL_FREE:
        return "callId", f"callId is missing; {kind.value} belongs to a call"
    if (header.n == 0) != (kind in UNCOUNTED):
        rule = "must be 0" if kind in UNCOUNTED else "counts from 1"
        return "n", f"n {rule} in {kind.value}"
    return None


@dataclass(eq=False)
class EnvelopeRefused(Exception):
    """A message that cannot be read.

    ``code``, ``detail`` and ``field`` are fit for an ``error`` message; the rest is what could
    be read of the envelope, ``None`` where it could not.  ``type`` is cut to 200 characters, and
    what cannot be sent stands in it as U+FFFD.
    """

    code: ErrorCode
    detail: str
    field: str | None = None
    message_id: UUID | None = None
    call_id: UUID | None = None
    type: str | None = None
    via: Via | None = None
    mode: Mode | None = None

    def __str__(self) -> str:
        where = f" ({self.field})" if self.field else ""
        return f"{self.code.value}{where}: {self.detail}"


def encode(envelope: Envelope) -> bytes:
    """The message as UTF-8 JSON, without white space, absent values left out."""
    return envelope.model_dump_json(by_alias=True, exclude_none=True).encode()


def decode(data: bytes) -> Envelope:
    """Read a message.

    Names are read as the profile spells them; unknown ones are ignored.  No value is taken for
    another kind of value: a number in quotes is no number, a number is no time.

    Raises:
        EnvelopeRefused: the bytes are not a message of this profile.  ``malformed-json``: not
            UTF-8, not JSON, NaN or Infinity, a name twice in one object, nested deeper than
            ``MAX_DEPTH``; ``unsupported-profile``; ``unknown-type``; ``invalid-envelope``;
            ``invalid-body``; ``too-large``.
    """
    return read(parse_json(data))


def read(raw: dict[str, Any]) -> Envelope:
    """Read a message from its JSON object; raises as ``decode``."""
    profile = raw.get("profile")
    if profile != PROFILE:
        raise EnvelopeRefused(
            ErrorCode.UNSUPPORTED_PROFILE,
            f"profile is {_shown(profile)}; this endpoint speaks {PROFILE}",
            "profile",
            **readable(raw),
        )
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise EnvelopeRefused(
            ErrorCode.UNKNOWN_TYPE,
            f"type {_shown(kind)} is not one of " + ", ".join(each.value for each in MessageType),
            "type",
            **readable(raw),
        )
    said = raw.get("body")
    try:
        # Apart from one another: whole, the envelope would try its body against every type's.
        header = Header.model_validate(raw, by_alias=True, by_name=False)
        if isinstance(said, dict):
            body_class = BODY_OF[MessageType(kind)]
            body = body_class.model_validate(said, by_alias=True, by_name=False)
            return trusted(Envelope, **header.__dict__, body=body)
    except ValidationError as error:
        refused = _diagnose(raw, error)
    else:
        what = "missing" if said is None else "not a JSON object"
        refused = ErrorCode.INVALID_ENVELOPE, f"the body is {what}", "body"
    raise EnvelopeRefused(*refused, **readable(raw))


def parse_json(
    data: bytes, known: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The JSON object in ``data``.

    ``known`` finds in an object that is refused what an answer needs; default: ``readable``.

    Raises:
        EnvelopeRefused: there is none.
    """
    readable_part = known or readable
    if len(data) > MAX_BYTES:
        raise EnvelopeRefused(
            ErrorCode.TOO_LARGE, f"{len(data)} bytes; at most {MAX_BYTES} are accepted"
        )
    twice: list[str] = []

    def without_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Leave out a name that stands twice: which of the two was meant is not for us to guess."""
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                found.pop(name, None)
                twice.append(name)
            seen.add(name)
        return found

    too_deep = f"nested deeper than {MAX_DEPTH}"
    try:
        raw = json.loads(
            data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=without_twice
        )
    except UnicodeDecodeError as error:
        raise EnvelopeRefused(
            ErrorCode.MALFORMED_JSON, f"not UTF-8 at byte {error.start}; send JSON in UTF-8"
        ) from None
    except RecursionError:
        raise EnvelopeRefused(ErrorCode.MALFORMED_JSON, too_deep) from None
    except ValueError as error:
        # Python's own words for an endless number end in advice on Python's settings.
        digits = str(error).startswith("Exceeds the limit")
        why = "a number has too many digits" if digits else str(error)[:200]
        detail = f"not JSON that can be read: {why}"
        raise EnvelopeRefused(ErrorCode.MALFORMED_JSON, detail) from None
    # A value is at most as deep as it has opening brackets: mostly that is known without a walk.
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH and _deeper_than(raw, MAX_DEPTH):
        found = readable_part(raw) if isinstance(raw, dict) else {}
        raise EnvelopeRefused(ErrorCode.MALFORMED_JSON, too_deep, **found)
    if not isinstance(raw, dict):
        raise EnvelopeRefused(ErrorCode.INVALID_ENVELOPE, "a message is a JSON object")
    if twice:
        raise EnvelopeRefused(
            ErrorCode.MALFORMED_JSON,
            f"the name {_shown(twice[0])} stands twice in one object",
            **readable_part(raw),
        )
    return raw


def _deeper_than(value: Any, limit: int) -> bool:
    """Whether ``value`` holds more than ``limit`` containers within one another."""
    level = [value]
    for _ in range(limit):
        level = list(chain.from_iterable(_containers(each) for each in level))
        if not level:
            return False
    return True


def _containers(value: Any) -> list[Any]:
    """The objects and arrays directly within ``value``."""
    members = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return []
    return [each for each in members if isinstance(each, dict | list)]


def _diagnose(raw: dict[str, Any], error: ValidationError) -> tuple[ErrorCode, str, str | None]:
    """Code, detail and field of what is wrong: the header first, since the body goes by it."""
    try:
        Header.model_validate(raw, by_alias=True, by_name=False)
    except ValidationError as in_header:
        flaws = _flaws(in_header)
        detail, field = _said(flaws)
        return ErrorCode.INVALID_ENVELOPE, detail, field or _flawed_field(raw)
    detail, field = _said(_flaws(error))
    return ErrorCode.INVALID_BODY, detail, f"body.{field}" if field else "body"


def _flaws(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _said(flaws: list[ErrorDetails]) -> tuple[str, str | None]:
    first = flaws[0]
    more = f" (and {len(flaws) - 1} more)" if len(flaws) > 1 else ""
    detail = _PLAINER.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    field = ".".join(str(part) for part in first["loc"])
    return _sendable(detail)[: TEXT_LIMIT - len(more)] + more, field[:200] or None


def _flawed_field(raw: dict[str, Any]) -> str:
    """Which of the two fields that depend on the type is wrong."""
    kind = MessageType(raw["type"])
    return "callId" if raw.get("callId") is None and kind not in CALL_FREE else "n"


def readable(raw: dict[str, Any]) -> dict[str, Any]:
    """What an answer needs, as far as it can be read: arguments of ``EnvelopeRefused``."""
    known: dict[str, Any] = {"message_id": None, "call_id": None, "via": None, "mode": None}
    for key, name in (("message_id", "messageId"), ("call_id", "callId")):
        try:
            known[key] = UUID(raw[name])
        except (KeyError, ValueError, TypeError, AttributeError):
            continue
    try:
        known["via"] = Via.model_validate(raw.get("via"), by_alias=True, by_name=False)
    except ValidationError:
        known["via"] = None
    mode = raw.get("mode")
    if isinstance(mode, str) and mode in set(Mode):
        known["mode"] = Mode(mode)
    kind = raw.get("type")
    known["type"] = _sendable(kind)[:200] if isinstance(kind, str) else None
    return known


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _sendable(text: str) -> str:
    """The text with U+FFFD for what an answer cannot carry."""
    return _UNSENDABLE.sub("\ufffd", text)


def _shown(value: Any) -> str:
    return repr(value)[:80] if value is not None else "missing"


_PLAINER = {
    "missing": "this field is required",
    "model_type": "this should be a JSON object",
    "tuple_type": "this should be a JSON array",
    "string_unicode": "the text holds half of a surrogate pair; it can be neither sent nor stored",
    "uuid_type": "a UUID is written as a string",
}
"""Our words for what pydantic says in terms of Python."""
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
