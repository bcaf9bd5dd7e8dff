"""Turns STOMP frames into events of the wiretap."""

import json
from typing import Literal

from net119_protocol.interconnect import EnvelopeRefused
from net119_protocol.interconnect.mapping import Chosen, load_mapping
from net119_protocol.stomp import Frame

from net119_simulators.peer.messages import short
from net119_simulators.recorder import Recorder

_WITH_MESSAGE = frozenset({"SEND", "MESSAGE"})


def frame_label(frame: Frame, mapping: Chosen | None = None) -> str:
    """A frame in a few words: ``SEND call.offer n=1 e=1``, ``SUBSCRIBE /queue/a.caller``."""
    if frame.command in _WITH_MESSAGE:
        return f"{frame.command} {message_label(frame.body, mapping)}"
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

    def __init__(self, recorder: Recorder, mapping: Chosen | None = None) -> None:
        self.recorder = recorder
        self.mapping = mapping or load_mapping()

    def __call__(self, direction: Literal["in", "out"], frame: Frame) -> None:
        """One frame went in or out."""
        write = self.recorder.sent if direction == "out" else self.recorder.received
        write(frame_label(frame, self.mapping), frame_text(frame))

    def broken(self, what: str, *, by_us: bool) -> None:
        """A connection ended without DISCONNECT, or bytes came that are no frame."""
        write = self.recorder.sent if by_us else self.recorder.received
        write("connection closed", what)


def message_label(body: bytes, mapping: Chosen | None = None) -> str:
    """A message on the wire in a few words; spoilt ones too, as far as they can be read."""
    if mapping is None or mapping.is_profile:
        return _profile_label(body)
    try:
        envelope = mapping.from_wire(body)
    except EnvelopeRefused as refused:
        return refused.type[:60] if refused.type else "(unreadable)"
    return short(envelope.type.value, envelope.n, envelope.epoch)


def _profile_label(body: bytes) -> str:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return "(unreadable)"
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        return "(unreadable)"
    return short(data["type"][:60], _number(data.get("n")), _number(data.get("epoch")))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
