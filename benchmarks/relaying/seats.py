"""Who sits where in a run: what the load client needs to open each connection."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

PER_CONSOLE = 50
"""Calls that one console holds."""


Step = tuple[str, str]
"""A frame to send at the beginning, and what stands in the answer to wait for."""
WELCOME = '"type":"welcome"'
NAME = "@name@"
"""Where the name of a line stands in the frames that a server is sent (`Seat.says`)."""


@dataclass(frozen=True)
class Seat:
    """One call: the path of its chat, how its handset enters, and its console's number.

    ``says`` and ``desk_says`` are the frames by which the handset and the console write a line,
    with the text to come and :data:`NAME`; empty for those of the handset and console API.
    """

    call_id: str
    path: str
    enters: tuple[Step, ...]
    console: int
    says: str = ""
    desk_says: str = ""


@dataclass(frozen=True)
class Desk:
    """One console: the path of its feed and how it enters."""

    path: str
    enters: tuple[Step, ...]


@dataclass(frozen=True)
class Ready:
    """A server that serves: where, who may come, and its memory before there were calls.

    ``pid`` is the process that works, where it is not the one that was started; ``dialect`` what
    it speaks (benchmarks.relaying.dialects), ``protocol`` the WebSocket subprotocol to ask for.
    """

    port: int
    host: str
    rss_before: int
    seats: tuple[Seat, ...]
    desks: tuple[Desk, ...]
    pid: int = 0
    dialect: str = "net119"
    protocol: str = ""

    def write(self, file: Path) -> None:
        """Write it, whole or not at all: another process waits for the file."""
        part = file.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)), "utf-8")
        part.rename(file)

    @classmethod
    def read(cls, file: Path) -> "Ready":
        """What :meth:`write` wrote."""
        found = json.loads(file.read_text("utf-8"))
        seats = tuple(Seat(**seat) for seat in found.pop("seats"))
        return cls(**found | {"seats": seats, "desks": tuple(Desk(**d) for d in found["desks"])})


def consoles_for(callers: int) -> int:
    """Consoles needed for this many calls."""
    return max(1, -(-callers // PER_CONSOLE))
