"""The frame that comes most, a line of text alone, read without its model.

The model takes some 7 µs for it, this one: what it reads is what the model would read.  Whatever is
not that plain, right or wrong, is left to the model, which also says what is wrong.
"""

from functools import lru_cache
from typing import ClassVar, Literal
from uuid import UUID

import msgspec
from net119_protocol.api.common import SayFrame
from net119_protocol.chat import Choice, Option
from net119_protocol.model import CLIENT_ID_LIMIT, TEXT_LIMIT


class _Read(msgspec.Struct, forbid_unknown_fields=True, rename="camel", gc=False):
    type: Literal["say"]
    client_id: str
    text: str
    call_id: str | None = None


class SaidLine(msgspec.Struct, frozen=True, gc=False):
    """A line of text as it was said, checked; see :class:`~net119_protocol.api.common.SayFrame`."""

    client_id: str
    text: str
    call_id: UUID | None = None
    options: ClassVar[tuple[Option, ...]] = ()
    choice: ClassVar[Choice | None] = None

    def as_frame(self) -> SayFrame:
        """The model of the same frame."""
        return SayFrame(client_id=self.client_id, text=self.text, call_id=self.call_id)


_read = msgspec.json.Decoder(_Read).decode


def said_in(data: bytes) -> SaidLine | None:
    """The line that a frame says; ``None``: the frame is something else, or not plain enough."""
    try:
        read = _read(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    client_id, text = read.client_id, read.text
    # ClientId's pattern; a blank text says nothing, and NUL cannot be stored.
    if not (0 < len(client_id) <= CLIENT_ID_LIMIT and client_id.isascii()):
        return None
    if not client_id.isprintable() or " " in client_id:
        return None
    if not 0 < len(text) <= TEXT_LIMIT or text.isspace() or "\0" in text:
        return None
    if read.call_id is None:
        return SaidLine(client_id, text)
    call_id = _named(read.call_id)
    return None if call_id is None else SaidLine(client_id, text, call_id)


@lru_cache(maxsize=32_768)  # a console says the same ones again and again
def _named(text: str) -> UUID | None:
    """The call with this id, if it is written as everybody writes it."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
