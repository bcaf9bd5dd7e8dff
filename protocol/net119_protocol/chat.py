"""Lines of the chat between a caller and the dispatcher (design: "Chat relay")."""

from typing import Annotated

from pydantic import Field, model_validator

from net119_protocol.codes import SenderRole
from net119_protocol.model import (
    MAX_COUNT,
    TEXT_LIMIT,
    ClientId,
    ShortText,
    Text,
    Timestamp,
    WireModel,
)

Seq = Annotated[int, Field(ge=1, le=MAX_COUNT, strict=True)]
"""Number of a line within its call: 1, 2, 3, ... without gaps, given by the anchor alone."""
LineText = Annotated[Text, Field(max_length=TEXT_LIMIT)]


class Option(WireModel):
    """One answer that can be tapped (CTS-10)."""

    id: ClientId
    """Names the option in the answer; unique within its line."""
    label: Annotated[Text, Field(min_length=1, max_length=100)]
    """What the caller reads and taps."""


class Choice(WireModel):
    """The answer to a line with options: the line's number and the option's id."""

    seq: Seq
    """Number of the line whose options were shown."""
    option_id: ClientId
    """The option that was tapped."""


class LineContent(WireModel):
    """What somebody says: a text, a text with options to tap, or a tapped choice.

    A line has a text or a choice; a blank line says nothing and is refused.
    """

    text: LineText = ""
    """What is said; at most 2,000 characters."""
    options: Annotated[tuple[Option, ...], Field(max_length=20)] = ()
    """Answers to tap, at most 20 (CTS-10)."""
    choice: Choice | None = None
    """The tapped answer to an earlier line."""

    @model_validator(mode="after")
    def _says_something(self) -> "LineContent":
        if self.choice is None and not self.text.strip():
            raise ValueError("a line needs a text or a choice")
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids):
            raise ValueError("two options of one question have the same id")
        return self


class ChatLine(LineContent):
    """A numbered, durably stored line (invariants I2-I4)."""

    seq: Seq
    """Number of the line within its call, from 1 without gaps."""
    client_id: ClientId
    """The writer's own name for the line, by which a repeat is recognised (I4)."""
    sender: SenderRole
    """Who wrote the line."""
    sender_name: ShortText = ""
    """Name of the writer as shown to the other side; may be empty."""
    at: Timestamp
    """When the anchor stored the line."""
