"""The frame unions of the WebSockets, with names and words for the generated files."""

from dataclasses import dataclass
from typing import Any

from net119_protocol.api.console import ConsoleIn, ConsoleOut
from net119_protocol.api.handset import HandsetIn, HandsetOut
from net119_protocol.api.operations import SOCKETS, Socket


@dataclass(frozen=True)
class Frames:
    """What travels on one WebSocket in one direction; ``file`` is the stem of its schema file."""

    file: str
    union: Any
    title: str
    description: str


@dataclass(frozen=True)
class Talk:
    """One WebSocket with the frames of both directions."""

    socket: Socket
    incoming: Frames
    outgoing: Frames


_BY_NAME = {socket.name: socket for socket in SOCKETS}

TALKS: tuple[Talk, ...] = (
    Talk(
        _BY_NAME["chat"],
        Frames("handset-in", HandsetIn, "Frame from a handset", "The first one is `hello`."),
        Frames("handset-out", HandsetOut, "Frame to a handset", "The first one is `welcome`."),
    ),
    Talk(
        _BY_NAME["feed"],
        Frames("console-in", ConsoleIn, "Frame from a console", "The first one is `hello`."),
        Frames("console-out", ConsoleOut, "Frame to a console", "The first one is `welcome`."),
    ),
)
"""All WebSockets."""
