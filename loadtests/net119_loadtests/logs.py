"""What one end of a call wrote, got acknowledged and was shown, in the order in which it came.

An end is the caller's handset or the dispatcher's console. The generator fills two of these logs
for each call, and judges them at the end.
"""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class End(StrEnum):
    """An end of a call; the value is also the sender role of the lines written there."""

    CALLER = "caller"
    DISPATCHER = "dispatcher"

    @property
    def other(self) -> "End":
        """The opposite end."""
        return End.DISPATCHER if self is End.CALLER else End.CALLER


class Shown(NamedTuple):
    """A line as it was shown, or as a transcript holds it; ``digest`` stands for its content."""

    seq: int
    client_id: str
    sender: str
    digest: str


class Ack(NamedTuple):
    """The provider's word that a line is numbered and durably stored (invariant I2)."""

    client_id: str
    seq: int


def digest_of(text: str, rest: object = None) -> str:
    """A short name for a line's content; ``rest`` is what it has besides the text, if anything.

    64 bits: among a million lines two different ones collide with a chance of 3 in 100 million.
    """
    content = text if not rest else f"{text}\0{json.dumps(rest, sort_keys=True)}"
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass
class EndLog:
    """One end of one call. ``said`` maps the writer's own id of a line to its content's digest."""

    said: dict[str, str] = field(default_factory=dict)
    acks: list[Ack] = field(default_factory=list)
    doubled: list[Ack] = field(default_factory=list)
    """Acknowledgements of lines that were not awaiting one on that connection any more."""
    shown: list[Shown] = field(default_factory=list)


@dataclass
class CallLog:
    """Both ends of a call. ``caller`` is the number of the seat whose call it is."""

    call_id: str
    caller: int
    ends: dict[End, EndLog] = field(default_factory=lambda: {end: EndLog() for end in End})
    closed: bool = False
    """The dispatcher has closed it already."""
    settled: bool = True
    """Nothing was awaited any more when the time for it ended."""
    waited_s: float = 0.0
    """How long was waited after its last line was written, in seconds."""
