"""Turns STOMP frames into events of the wiretap."""

import json
from typing import Literal

from net119_protocol.stomp import Frame

from net119_simulators.peer.messages import short
from net119_simulators.recorder import Recorder

_WITH_MESSAGE = frozenset({"SEND", "MESSAGE"})


def frame_label(frame: Frame) -> str:
    """A frame in a few words: ``SEND call.offer n=1 e=1``, ``SUBSCRIBE /queue/a.caller``."""
    if frame.command in _WITH_MESSAGE:
        return f"{frame.command} {_message_label(frame.body)}"
    about = {"SUBSCRIBE": "destination", "ERROR": "message"}.get(frame.command)
    value = frame.get(about) if about else None
    return f"{frame.command} {value[:80]}" if value else frame.command


def frame_text(frame: Frame) -> str:
    """A frame as it reads: command, headers, an empty line, body; without escapes."""
    heads = [f"{name}:{value}" for name, value in (*frame.headers.items(), *frame.history)]
    body = frame.body.decode("utf-8", "backslashreplace")
    return "\n".join([frame.command, *heads, "", body])


class FrameTape:
    """An observer of STOMP sessions that writes every frame to the wiretap.

    Heart-beats are no frames and are left out.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def __call__(self, direction: Literal["in", "out"], frame: Frame) -> None:
        """One frame went in or out."""
        write = self.recorder.sent if direction == "out" else self.recorder.received
        write(frame_label(frame), frame_text(frame))

    def broken(self, what: str, *, by_us: bool) -> None:
        """A connection ended without DISCONNECT, or bytes came that are no frame."""
        write = self.recorder.sent if by_us else self.recorder.received
        write("connection closed", what)


def _message_label(body: bytes) -> str:
    # Spoilt messages are labelled too, as far as they can be read.
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return "(unreadable)"
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        return "(unreadable)"
    return short(data["type"][:60], _number(data.get("n")), _number(data.get("epoch")))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
