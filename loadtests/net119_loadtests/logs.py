"""What one end of a call wrote, got acknowledged and was shown, in the order in which it came.

An end is the caller's handset or the dispatcher's console. The generator fills two of these logs
for each call; they are written to a file and judged afterwards.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple


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
    shown: list[Shown] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The log as plain lists, in order of arrival."""
        return {"said": self.said, "acks": self.acks, "shown": self.shown}

    @classmethod
    def from_json(cls, data: Any) -> "EndLog":
        """Reads what `to_json` wrote."""
        return cls(
            said=dict(data["said"]),
            acks=[Ack(*ack) for ack in data["acks"]],
            shown=[Shown(*line) for line in data["shown"]],
        )


@dataclass
class CallLog:
    """Both ends of a call. ``caller`` is the number of the seat whose call it is."""

    call_id: str
    caller: int
    ends: dict[End, EndLog] = field(default_factory=lambda: {end: EndLog() for end in End})


def write_logs(file: Path, calls: Iterable[CallLog]) -> None:
    """Write one JSON line for each call."""
    with file.open("w", encoding="utf-8") as out:
        for call in calls:
            ends = {end.value: log.to_json() for end, log in call.ends.items()}
            row = {"callId": call.call_id, "caller": call.caller, "ends": ends}
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


def read_logs(file: Path) -> Iterator[CallLog]:
    """Read what `write_logs` wrote; OSError, ValueError or KeyError if it is not that."""
    with file.open(encoding="utf-8") as rows:
        for row in rows:
            data = json.loads(row)
            ends = {End(end): EndLog.from_json(log) for end, log in data["ends"].items()}
            yield CallLog(data["callId"], data["caller"], ends)
