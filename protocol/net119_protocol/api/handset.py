"""Interface A for programs: what a handset sends and gets (JSON over HTTPS, and a WebSocket).

The WebSocket's first frame is ``hello`` with the token, so that no secret stands in a URL that
proxies log.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from net119_protocol.api.common import (
    AckFrame,
    CallView,
    LineFrame,
    PresenceFrame,
    RefusedFrame,
    SayFrame,
)
from net119_protocol.codes import Kind, Mode, PlaceChoice, Positioning, PositionProblem
from net119_protocol.model import (
    ClientId,
    Code,
    Count,
    ShortText,
    StrictModel,
    Text,
    Timestamp,
    WireModel,
)
from net119_protocol.person import DepartmentRef
from net119_protocol.places import Fix, Point

Token = Annotated[str, Field(min_length=16, max_length=200)]


class LogIn(StrictModel):
    """ID and password from the mail that completes the registration (TOM-18).

    ``department`` is the one whose mail led here: a refusal then says whom to ask (CNB-15).
    """

    login_id: Annotated[Text, Field(min_length=1, max_length=80)]
    password: Annotated[Text, Field(min_length=1, max_length=200)]
    department: Code | None = None


class Session(WireModel):
    """A logged-in handset: the token authorises calls until it is revoked."""

    token: Token
    registrant_name: ShortText
    home: DepartmentRef


class FrequentChoice(StrictModel):
    """Which of the registered frequent places the call is about.

    ``label`` is what the caller saw at that number: the list may have been changed since then.
    """

    number: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Place in ``optional.frequentPlaces``, counted from 0."""
    label: ShortText
    """The registrant's name of the place."""


class NewCall(StrictModel):
    """A call for help (CNB-26): kind and place first, the chat afterwards (fact A01).

    ``client_call_id`` makes a repeat after a lost answer find the same call (A-bis 11), also with a
    newer position; with another kind, mode or place it is refused (``id-reused``).  Of one
    registrant who makes many calls in a short time, or has many open, a further one may be refused
    (``too-many``, with other means); a repeat is no further one.
    ``corrected_pin`` is the point the caller dragged the pin to (CNB-28).  With ``frequent_place``
    ``place`` is ``current``; that place must have a position confirmed on the map.
    """

    client_call_id: ClientId
    kind: Kind
    place: PlaceChoice
    mode: Mode = Mode.TEST
    positioning: Positioning = Positioning.ON
    fix: Fix | None = None
    corrected_pin: Point | None = None
    frequent_place: FrequentChoice | None = None


class HandsetHello(StrictModel):
    """First frame of the WebSocket; lines after number ``after`` are sent again."""

    type: Literal["hello"] = "hello"
    token: Token
    after: Count = 0


class HandsetWelcome(WireModel):
    """The connection is accepted; the lines asked for follow."""

    type: Literal["welcome"] = "welcome"
    call: CallView


class CallFrame(WireModel):
    """The call changed: state, receiver, notices."""

    type: Literal["call"] = "call"
    call: CallView


class NewLocation(StrictModel):
    """Where the handset is now, during a call; or why it cannot say.

    A corrected pin stands beside the fix, never in its stead (CNB-28).
    """

    fix: Fix | None = None
    corrected_pin: Point | None = None
    problem: PositionProblem | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "NewLocation":
        if (self.fix is None and self.corrected_pin is None) == (self.problem is None):
            raise ValueError("send a fix or a corrected pin, or say with problem why there is none")
        return self


class LocationSent(NewLocation):
    """The handset tells where it is."""

    type: Literal["location"] = "location"


class LocationRequestFrame(WireModel):
    """The dispatcher asks for the position: measure it and send ``location``."""

    type: Literal["location-request"] = "location-request"
    call_id: UUID
    asked_at: Timestamp


class CallbackOpened(WireModel):
    """The caller came by the callback's URL: the call, and a token for this call alone."""

    token: Token
    call: CallView
    chat_path: ShortText


HandsetIn = Annotated[HandsetHello | SayFrame | LocationSent, Field(discriminator="type")]
"""Frames from a handset."""

HandsetOut = Annotated[
    HandsetWelcome
    | CallFrame
    | LineFrame
    | AckFrame
    | RefusedFrame
    | PresenceFrame
    | LocationRequestFrame,
    Field(discriminator="type"),
]
"""Frames to a handset."""


class CallsOfCaller(WireModel):
    """The caller's own calls, newest first."""

    calls: tuple[CallView, ...]


class CallAddress(WireModel):
    """Answer to a new call: the call, and where its chat is."""

    call: CallView
    chat_path: ShortText


__all__ = [
    "CallAddress",
    "CallFrame",
    "CallbackOpened",
    "CallsOfCaller",
    "FrequentChoice",
    "HandsetHello",
    "HandsetIn",
    "HandsetOut",
    "HandsetWelcome",
    "LocationRequestFrame",
    "LocationSent",
    "LogIn",
    "NewCall",
    "NewLocation",
    "Session",
]
