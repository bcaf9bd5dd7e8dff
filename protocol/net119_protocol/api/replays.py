"""Replays: what the consoles of a center were told in a drill, to be looked at again.

A replay is uploaded by whoever ran the drill and shown by the console's page, read only. It is a
stream of frames of the feed, each with its time; nothing in it can act on a call.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from net119_protocol.api.alarms import AlarmFrame, AlarmUnitFrame
from net119_protocol.api.common import LineFrame, PresenceFrame
from net119_protocol.api.console import (
    ConsoleCallFrame,
    ConsoleWelcome,
    ReminderFrame,
)
from net119_protocol.api.console_acts import (
    CallbackFrame,
    CallDisclosure,
    DiscrepancyFrame,
    Dispatch,
    LocationFrame,
    TransferFrame,
)
from net119_protocol.codes import Mode
from net119_protocol.model import Code, Count, ShortText, StrictModel, Timestamp, WireModel

MOST_FRAMES = 50_000
"""Frames of one replay."""
LONGEST_S = 86_400.0
"""Seconds of one replay."""
Seconds = Annotated[float, Field(ge=0.0, le=LONGEST_S, allow_inf_nan=False)]


class ActsFrame(WireModel):
    """What is recorded as done with a call up to now; the feed tells nothing of these acts."""

    type: Literal["acts"] = "acts"
    call_id: UUID
    dispatches: tuple[Dispatch, ...] = ()
    disclosures: tuple[CallDisclosure, ...] = ()


ReplayedFrame = Annotated[
    ConsoleWelcome
    | ConsoleCallFrame
    | LineFrame
    | PresenceFrame
    | ReminderFrame
    | TransferFrame
    | CallbackFrame
    | LocationFrame
    | DiscrepancyFrame
    | AlarmFrame
    | AlarmUnitFrame
    | ActsFrame,
    Field(discriminator="type"),
]
"""What a console was told: all frames of the feed but those about its own doing."""


_FRAMES: TypeAdapter[Any] = TypeAdapter(ReplayedFrame)


class TimedFrame(WireModel):
    """A frame, and the seconds from the beginning at which it came."""

    at: Seconds
    frame: ReplayedFrame


class NewTimedFrame(StrictModel):
    """A frame as it was received, in its JSON form, and the seconds at which it came."""

    at: Seconds
    frame: dict[str, Any]
    """As `TimedFrame` has it."""


class NewReplay(StrictModel):
    """A drill as the consoles of ``center`` were told it; ``began_at`` is its first second.

    Frames stand in the order in which they came. Calls and home alarms of mode ``live`` are
    refused: a replay must not look like one.
    """

    center: Code
    title_ja: ShortText
    title_en: ShortText
    began_at: Timestamp
    length_s: Seconds
    frames: Annotated[tuple[NewTimedFrame, ...], Field(max_length=MOST_FRAMES)]

    @model_validator(mode="after")
    def _is_a_drill_in_order(self) -> "NewReplay":
        last = 0.0
        for number, (at, frame) in enumerate(self.read()):
            if at < last:
                raise ValueError(f"frame {number} is earlier than the one before it")
            last = at
            calls = frame.calls if isinstance(frame, ConsoleWelcome) else ()
            calls = (frame.call,) if isinstance(frame, ConsoleCallFrame) else calls
            if any(call.mode is Mode.LIVE for call in calls):
                raise ValueError(f"frame {number} shows a call of mode live, which no drill has")
            if isinstance(frame, AlarmFrame) and frame.incident.mode is Mode.LIVE:
                raise ValueError(f"frame {number} shows an alarm of mode live, which no drill has")
        if last > self.length_s:
            raise ValueError("a frame is later than the end")
        return self

    def read(self) -> Iterator[tuple[float, Any]]:
        """The frames as models, each with its time.

        Raises:
            ValueError: one is none; the error says which, and why.
        """
        for number, each in enumerate(self.frames):
            try:
                yield each.at, _FRAMES.validate_python(each.frame)
            except ValidationError as wrong:
                first = wrong.errors(include_url=False, include_input=False)[0]
                where = ".".join(map(str, first["loc"]))
                raise ValueError(f"frame {number}, {where}: {first['msg']}") from None


class Replay(WireModel):
    """A replay as it was uploaded."""

    replay_id: UUID
    center: Code
    title_ja: ShortText
    title_en: ShortText
    began_at: Timestamp
    length_s: Seconds
    frames: tuple[TimedFrame, ...]


class ReplayKept(WireModel):
    """A replay is there until the provider is stopped, or newer ones take its place."""

    replay_id: UUID
    frames: Count
