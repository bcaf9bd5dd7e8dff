"""Who sits where in a run: what the load client needs to open each connection."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

PER_CONSOLE = 50
"""Calls that one console holds."""


@dataclass(frozen=True)
class Seat:
    """One call: the path of its chat, the handset's first frame, and its console's number."""

    call_id: str
    path: str
    hello: str
    console: int


@dataclass(frozen=True)
class Desk:
    """One console: the path of its feed and its first frame."""

    path: str
    hello: str


@dataclass(frozen=True)
class Ready:
    """A server that serves: where, who may come, and its memory before there were calls."""

    port: int
    host: str
    rss_before: int
    seats: tuple[Seat, ...]
    desks: tuple[Desk, ...]

    def write(self, file: Path) -> None:
        """Write it, whole or not at all: another process waits for the file."""
        part = file.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)), "utf-8")
        part.rename(file)

    @classmethod
    def read(cls, file: Path) -> "Ready":
        """What :meth:`write` wrote."""
        found = json.loads(file.read_text("utf-8"))
        return cls(
            port=found["port"],
            host=found["host"],
            rss_before=found["rss_before"],
            seats=tuple(Seat(**seat) for seat in found["seats"]),
            desks=tuple(Desk(**desk) for desk in found["desks"]),
        )


def consoles_for(callers: int) -> int:
    """Consoles needed for this many calls."""
    return max(1, -(-callers // PER_CONSOLE))
