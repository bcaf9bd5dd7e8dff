"""Messages of interface B as a simulated peer keeps them, and how to spoil one on purpose."""

import builtins
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.interconnect import (
    BODY_OF,
    Body,
    Envelope,
    EnvelopeRefused,
    MessageType,
    encode,
)

from net119_simulators.peer.specs import Way

B = TypeVar("B")

TYPE_OF: dict[type[Any], MessageType] = {body: kind for kind, body in BODY_OF.items()}
"""The message type of each body class."""


@dataclass(eq=False)
class Received:
    """A readable message from the SUT.

    ``raw`` are its bytes, ``frame_headers`` the headers of the STOMP frame that carried it.
    ``repeat`` says that its ``messageId`` came before.  ``expected`` is set once ``expect`` has
    returned it, ``handled`` once the peer itself has made use of it.
    """

    envelope: Envelope
    raw: bytes
    way: Way
    at: datetime
    frame_headers: dict[str, str]
    repeat: bool = False
    expected: bool = field(default=False, repr=False)
    handled: bool = field(default=False, repr=False)

    @property
    def type(self) -> MessageType:
        """What the message says."""
        return self.envelope.type

    @property
    def body(self) -> Body:
        """Its content."""
        return self.envelope.body

    @property
    def call_id(self) -> UUID | None:
        """The call it belongs to."""
        return self.envelope.call_id

    @property
    def message_id(self) -> UUID:
        """Its name."""
        return self.envelope.message_id

    @property
    def text(self) -> str:
        """Its bytes as text."""
        return self.raw.decode("utf-8", "backslashreplace")

    @property
    def label(self) -> str:
        """Type, count and epoch, short."""
        again = " (again)" if self.repeat else ""
        return f"{short(self.type.value, self.envelope.n, self.envelope.epoch)}{again}"

    def body_as(self, kind: builtins.type[B]) -> B:
        """The body, which must be of this class.

        Raises:
            TypeError: it is another.
        """
        if not isinstance(self.body, kind):
            raise TypeError(
                f"{self.label} has a {self.body.__class__.__name__}, not a {kind.__name__}"
            )
        return self.body


@dataclass(frozen=True, eq=False)
class Unreadable:
    """Bytes from the SUT that are no message of the profile; ``reason`` says why."""

    raw: bytes
    reason: EnvelopeRefused
    way: Way
    at: datetime
    frame_headers: dict[str, str]


def short(kind: str, n: int, epoch: int) -> str:
    """A message in a few words, fit for an arrow of a sequence diagram."""
    return kind + (f" n={n}" if n else "") + (f" e={epoch}" if epoch else "")


def altered(message: Envelope | bytes, **fields: Any) -> bytes:
    """The message with fields of its envelope replaced, named and written as in the profile.

    ``SimulatedPeer.altered`` writes it as the peer's mapping does.

    ``None`` leaves a field out; nothing is checked, so that a message can be spoilt on purpose:
    ``altered(envelope, type="call.dance", callId=None)``.
    """
    data = json.loads(encode(message) if isinstance(message, Envelope) else message)
    for name, value in fields.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def newer_fields(envelope: Envelope) -> dict[str, Any]:
    """A message's fields, as the profile names them, for ``altered``.

    The envelope and each part of it have one field more that no version knows yet.
    """

    def widened(value: Any) -> Any:
        if isinstance(value, dict):
            inner = {name: widened(each) for name, each in value.items()}
            return {**inner, "addedInALaterVersion": {"anything": [1, "二"]}}
        return [widened(each) for each in value] if isinstance(value, list) else value

    wide: dict[str, Any] = widened(json.loads(encode(envelope)))
    return wide


def same_content(one: Envelope, other: Envelope) -> bool:
    """Whether two messages of one ``messageId`` say the same."""
    return (one.type, one.call_id, one.n, one.mode, one.in_reply_to, one.body) == (
        other.type,
        other.call_id,
        other.n,
        other.mode,
        other.in_reply_to,
        other.body,
    )
