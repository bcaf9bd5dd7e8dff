"""The seam of clients that are connected: what the service sends into, and what it gives back."""

from collections.abc import Callable
from typing import Protocol, TypeAlias
from uuid import UUID

from net119_protocol.api.common import LineFrame, LineStored, NewLine
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Refusal
from net119_protocol.line_json import line_document
from net119_protocol.model import WireModel, trusted
from pydantic import PrivateAttr

LineDone: TypeAlias = Callable[[LineStored | None, Exception | None], None]
"""Told that a line is numbered and durable (invariant I2), or why it was not stored."""


class ShownLine(LineFrame):
    """A line on its way to clients, with its JSON where that is at hand."""

    _document: str = PrivateAttr(default="")

    @classmethod
    def of(cls, call_id: UUID, line: ChatLine, document: str) -> "ShownLine":
        """The frame of a stored line."""
        made = trusted(cls, type="line", call_id=call_id, line=line)
        object.__setattr__(made, "__pydantic_private__", {"_document": document})
        return made

    @property
    def document(self) -> str:
        """The line's JSON."""
        return self._document or line_document(self.line)


class Sink(Protocol):
    """One connected client's outgoing side.

    ``send`` never blocks; a sink that cannot keep up closes its own connection, and the client
    resumes (slow readers are bounded).
    """

    def send(self, frame: WireModel) -> None:
        """Queue a frame."""

    def end(self, code: Refusal, detail: str) -> None:
        """Say why, after what is queued already, and close the connection; never blocks."""


class Attachment(Protocol):
    """A sink's registration with a call or a center."""

    def begin_line(self, call_id: UUID, line: NewLine, done: LineDone) -> bool:
        """Say a line of the client's without waiting for anything.

        Returns:
            Whether that can be done; if not, ``done`` is never told, and the line has to be said
            by ``caller_says`` or ``dispatcher_says``: the call has to be read first, or another
            provider numbers its lines.
        """

    async def detach(self) -> None:
        """The client is gone; idempotent."""
