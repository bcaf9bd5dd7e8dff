"""The seam of clients that are connected: what the service sends into, and what it gives back."""

from collections.abc import Callable
from typing import ClassVar, Protocol, TypeAlias
from uuid import UUID

import msgspec
from net119_protocol.api.common import LineFrame, LineStored, NewLine
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import Refusal
from net119_protocol.line_json import line_document
from net119_protocol.model import WireModel

LineDone: TypeAlias = Callable[[LineStored | None, Exception | None], None]
"""Told that a line is numbered and durable (invariant I2), or why it was not stored."""


class Content(Protocol):
    """What is said, whichever way it was read; checked already."""

    @property
    def text(self) -> str:
        """The text; empty with a choice."""

    @property
    def options(self) -> tuple[Option, ...]:
        """Answers to tap."""

    @property
    def choice(self) -> Choice | None:
        """The answer that was tapped."""


class Line(Content, Protocol):
    """What a client says under an identifier of its own."""

    @property
    def client_id(self) -> str:
        """By which a repeat is recognised."""


def new_line(line: Line) -> NewLine:
    """The model of a line, without what else its frame has."""
    return NewLine(
        client_id=line.client_id, text=line.text, options=line.options, choice=line.choice
    )


class ShownLine(msgspec.Struct):
    """A line on its way to clients; ``known`` is its JSON, where that is at hand."""

    call_id: UUID
    line: ChatLine
    known: str = ""
    type: ClassVar[str] = "line"

    @property
    def document(self) -> str:
        """The line's JSON."""
        return self.known or line_document(self.line)

    def frame(self) -> LineFrame:
        """The model of the same frame."""
        return LineFrame(call_id=self.call_id, line=self.line)


class Sink(Protocol):
    """One connected client's outgoing side.

    ``send`` never blocks; a sink that cannot keep up closes its own connection, and the client
    resumes (slow readers are bounded).  What is stored already, and may be much, is sent only while
    the sink has room.
    """

    def send(self, frame: WireModel | ShownLine) -> None:
        """Queue a frame."""

    def has_room(self, again: Callable[[], None] | None = None) -> bool:
        """Whether more of a long transcript may be sent; never blocks.

        Args:
            again: called once when more may be sent, if nothing may now; never, if the client goes
                before.
        """

    def end(self, code: Refusal, detail: str) -> None:
        """Say why, after what is queued already, and close the connection; never blocks."""


class Attachment(Protocol):
    """A sink's registration with a call or a center."""

    def begin_line(self, call_id: UUID, line: Line, done: LineDone) -> bool:
        """Say a line of the client's without waiting for anything.

        Returns:
            Whether that can be done; if not, ``done`` is never told, and the line has to be said
            by ``caller_says`` or ``dispatcher_says``: the call has to be read first, or another
            provider numbers its lines.
        """

    async def detach(self) -> None:
        """The client is gone; idempotent."""
