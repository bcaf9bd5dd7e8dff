"""Bodies about where a caller is during a call: asked for by the owner, told by the anchor."""

from typing import Annotated

from pydantic import Field

from net119_protocol.codes import PositionProblem, TrailCause
from net119_protocol.model import MAX_COUNT, ShortText, Timestamp, WireModel
from net119_protocol.places import CallPlace

TrailNumber = Annotated[int, Field(ge=1, le=MAX_COUNT, strict=True)]
"""Number of a place in a call's trail: 1 is the place the call was made from."""


class LocationRequest(WireModel):
    """The owner asks for the caller's position now.

    The handset is asked at once, or when it is back; ``location.update`` answers.
    """

    requested_by: ShortText
    """Name of the dispatcher who asks; may be empty."""


class TrailPoint(WireModel):
    """One place of a call's trail, kept with the raw fix it came from (CNB-27, CNB-28)."""

    number: TrailNumber
    """Number within the call, from 1 without gaps."""
    at: Timestamp
    """When the anchor stored it."""
    cause: TrailCause
    """Why it was told."""
    place: CallPlace
    """The place; with ``problem`` the last one known."""
    problem: PositionProblem | None = None
    """Why there is no new position, where one was asked for and none came."""


class LocationUpdate(TrailPoint):
    """The caller's place has changed, or was asked for; every one is kept by both sides."""
