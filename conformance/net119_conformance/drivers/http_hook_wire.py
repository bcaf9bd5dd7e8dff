"""What the suite asks of a vendor's hook for people and their handsets: bodies and answers."""

from typing import Annotated, Literal
from uuid import UUID

from net119_protocol.api.common import CallView
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import Kind, Mode, PlaceChoice, Positioning, PositionProblem, Refusal
from net119_protocol.model import ClientId, Code, LongText, ShortText, Text, Timestamp, WireModel
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix, Point
from pydantic import Field

HOOK = "net119-hook/1"
"""Name and major version of this interface; `GET /` answers with it."""

Handle = Annotated[Text, Field(min_length=1, max_length=200)]
"""A name that the hook gives a registrant and gets back as it is."""


class Empty(WireModel):
    """Nothing more is said: it was done."""


class Offered(WireModel):
    """What the hook is, and which requests it answers; every other one is answered with 501."""

    hook: Literal["net119-hook/1"]
    """Name and major version of this interface."""
    system: ShortText
    """Name and version of the system under test, for the report."""
    requests: tuple[ShortText, ...]
    """Names of the requests that are answered."""


class Refused(WireModel):
    """The system under test says no (status 409): not an error of the hook, but what is judged."""

    refused: Refusal
    """Why, as one of the codes."""
    detail: LongText = ""
    """The same for the report, in English; may be empty."""
    field: ShortText | None = None
    """The wrong field, if it was one."""
    message_ja: LongText = ""
    """What the system shows the user, in Japanese."""
    message_en: LongText = ""
    """The same in English, where it has it."""
    other_means_ja: LongText = ""
    """What the system tells the caller to do instead (CNB-38)."""
    other_means_en: LongText = ""
    """The same in English."""


# --- staff ----------------------------------------------------------------------------------------


class Register(WireModel):
    """Register a person with a department of the system, approved and ready to call."""

    department: Code
    person: RegistrantData


class Registered(WireModel):
    """The person is registered."""

    registrant: Handle
    """Names the registration in later requests."""
    password: Handle | None = None
    """What the registrant logs in with, where the system has passwords."""


class LogIn(WireModel):
    """Log the registrant's handset in; with a wrong name or password it must be refused."""

    registrant: Handle
    password: Handle | None = None


class Suspend(WireModel):
    """Refuse the registrant's further calls (CNB-34, ASO-20)."""

    registrant: Handle
    department: Code
    reason: LongText


# --- handset --------------------------------------------------------------------------------------


class Call(WireModel):
    """Make a call with the registrant's handset, and connect its chat."""

    registrant: Handle | None = None
    """Who calls; absent: somebody who has not logged in, or invented the ``session``."""
    session: Handle | None = None
    """An invented log-in; the call must be refused."""
    client_call_id: ClientId
    """The same again is a repeat of the same call."""
    kind: Kind
    place: PlaceChoice
    mode: Mode
    positioning: Positioning = Positioning.ON
    fix: Fix | None = None
    corrected_pin: Point | None = None
    plaintext: bool = False
    """Over the link without encryption."""


class CallMade(WireModel):
    """The call was taken."""

    call_id: UUID
    """The call's identifier, the `callId` of interface B."""


class Caller(WireModel):
    """Look at the caller's screen."""

    call_id: UUID


class CallerScreen(CallView):
    """The call as the caller's handset shows it, with its whole chat."""

    lines: tuple[ChatLine, ...] = ()
    """The chat as the handset has it, in its order; a handset that is dropped gets no more."""
    connected: bool = True
    """Whether the handset is connected to the system, as far as the handset knows."""
    location_asked_at: Timestamp | None = None
    """When a dispatcher last asked for the position; absent if none did."""


class Say(WireModel):
    """Write a line: by the caller, or by a dispatcher (then ``center`` and ``dispatcher``).

    Answered once the line is numbered and durably stored; the same ``client_id`` twice is one line.
    """

    call_id: UUID
    center: Code | None = None
    dispatcher: ShortText | None = None
    client_id: ClientId
    text: Text = ""
    options: tuple[Option, ...] = ()
    choice: Choice | None = None


class Said(WireModel):
    """The line is numbered and durably stored (invariant I2)."""

    seq: Annotated[int, Field(ge=1)]
    at: Timestamp


class Connection(WireModel):
    """Cut the handset's connection without a good-bye, or let it come back."""

    call_id: UUID
    connected: bool


class Location(WireModel):
    """The handset tells where it is, or why it cannot."""

    call_id: UUID
    fix: Fix | None = None
    corrected_pin: Point | None = None
    problem: PositionProblem | None = None
