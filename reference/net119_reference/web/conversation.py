"""What is said over a WebSocket, as its connection sees it, and why a connection is closed."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Protocol, TypeAlias

from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel
from pydantic import TypeAdapter

from net119_reference.ports import Attachment, Sink

Answer: TypeAlias = Callable[[WireModel | bytes | None, Exception | None], None]
"""Told how a frame went: its answer (octets are a whole frame), or why it was not done."""


class CloseCode(IntEnum):
    """Why the provider closes a WebSocket (RFC 6455, 7.4; from 4000 on our own)."""

    TOO_LARGE = 1009
    INTERNAL = 1011
    STOPPING = 1012
    TRY_AGAIN = 1013
    NOT_AUTHENTICATED = 4401
    FORBIDDEN = 4403
    UNKNOWN_CALL = 4404
    SLOW_READER = 4408


_CLOSE_CODES = {
    Refusal.NOT_AUTHENTICATED: CloseCode.NOT_AUTHENTICATED,
    Refusal.UNKNOWN_CALL: CloseCode.UNKNOWN_CALL,
    Refusal.NOT_YOUR_CALL: CloseCode.UNKNOWN_CALL,
    Refusal.NOT_FOUND: CloseCode.UNKNOWN_CALL,
    Refusal.STORAGE_FAILED: CloseCode.TRY_AGAIN,
    Refusal.OVERLOAD: CloseCode.TRY_AGAIN,
    Refusal.INTERNAL: CloseCode.INTERNAL,
}


def close_code(code: Refusal) -> CloseCode:
    """How a connection ends that a refusal ends."""
    return _CLOSE_CODES.get(code, CloseCode.FORBIDDEN)


class Conversation(Protocol):
    """What is said over a connection."""

    name: str
    frames: "TypeAdapter[Any]"
    hello: type[WireModel]

    async def open(self, hello: Any, sink: Sink) -> Attachment:
        """Check who it is and attach; the service sends the welcome through ``sink``.

        Raises:
            Refused: the connection is closed after saying so.
        """

    def at_once(self, frame: Any, answer: Answer) -> bool:
        """Do what a frame asks without a task of its own, if it can be done like that.

        Returns:
            Whether it is being done; ``answer`` is told how it went, then and only then.
        """

    async def act(self, frame: Any) -> WireModel | None:
        """Do what a frame asks; the answer, if there is one.

        Raises:
            Refused: told to the client; the connection stays.
        """
