"""Interface C for programs: what a dispatcher's console sends and gets.

An open feed (WebSocket) of a center is what "a console is connected" means: only then does the
system accept offered calls for that center.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from net119_protocol.api.alarms import AlarmFrame, AlarmUnitFrame
from net119_protocol.api.common import (
    AckFrame,
    LineFrame,
    Notice,
    PresenceFrame,
    RefusedFrame,
    SayFrame,
)
from net119_protocol.api.console_acts import (
    Callback,
    CallbackFrame,
    CallDisclosure,
    Discrepancy,
    DiscrepancyFrame,
    Dispatch,
    LocationFrame,
    Transfer,
    TransferFrame,
)
from net119_protocol.api.handset import Token
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Kind,
    LinkSecurity,
    Mode,
    Presence,
)
from net119_protocol.interconnect.bodies import RoutingNote
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.model import (
    Code,
    Count,
    LongText,
    ShortText,
    StrictModel,
    Timestamp,
    WireModel,
)
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace


class ConsoleCall(WireModel):
    """A call as a center sees it.

    ``owner`` is the department that owns it now, ``mine`` whether that is one of this center's.
    ``anchor`` is the home provider's operator code, ``owner_provider`` the owner's.
    ``connecting``: the handset has not connected since the call was made; ``presence`` is ``gone``
    until it does, and nothing was lost.
    ``silent_since``: since when the caller, who is connected, has neither written nor told a place,
    once that is longer than the provider's setting allows (60 s unless set otherwise); while it is
    not, while nobody has answered, and at other providers than the owner's there is none.  A
    ``call`` frame tells when it begins and when it ends; only a human decides what follows.  Where
    the owner's department has the rule, the notice ``silent-disaster`` tells that it counts as a
    disaster, until the caller reacts.
    """

    call_id: UUID
    kind: Kind
    mode: Mode
    state: CallState
    epoch: int
    opened_at: Timestamp
    answered_at: Timestamp | None = None
    answered_by: ShortText | None = None
    closed_at: Timestamp | None = None
    outcome: CloseOutcome | None = None
    relayed_to: ShortText | None = None
    close_note: LongText = ""
    transferring_to: DepartmentRef | None = None
    transferred_from: DepartmentRef | None = None
    mine: bool
    owner: DepartmentRef
    owner_provider: Code
    anchor: Code
    home: DepartmentRef
    link: LinkSecurity = LinkSecurity.ENCRYPTED
    presence: Presence
    connecting: bool = False
    silent_since: Timestamp | None = None
    last_seq: int
    place: CallPlace
    routing: RoutingNote
    registrant: RegistrantData
    notices: tuple[Notice, ...] = ()


class CallList(WireModel):
    """Calls of the center, newest first."""

    calls: tuple[ConsoleCall, ...]


class CallRecord(WireModel):
    """A call with its whole transcript and history, and what dispatchers did with it."""

    call: ConsoleCall
    lines: tuple[ChatLine, ...]
    history: tuple["HistoryEntry", ...]
    trail: tuple[TrailPoint, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    disclosures: tuple[CallDisclosure, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()


class HistoryEntry(WireModel):
    """One recorded change of a call: when, what, and under which epoch."""

    at: Timestamp
    what: ShortText
    detail: LongText = ""
    epoch: int


class CloseCall(StrictModel):
    """Close a call with what came of it.

    Nobody is sent to a practice or test call: ``dispatched`` is refused there (``no-dispatch``).
    """

    outcome: CloseOutcome
    note: LongText = ""
    relayed_to: ShortText | None = None


# --- frames of the feed -------------------------------------------------------------------------


SEEN_CALLS = 1000
"""Calls that a console may name in its hello: with them the frame stays below 64 KiB."""


class ConsoleHello(StrictModel):
    """First frame of the feed; ``after`` tells for each call the last line already seen.

    It names the calls that are open, and those closed last, 1000 at most: a console that named all
    calls it ever had could not come back after a busy day.  Of a call that is not named all lines
    come (again) if it is open.
    """

    type: Literal["hello"] = "hello"
    token: Token
    after: dict[UUID, Count] = Field(default_factory=dict, max_length=SEEN_CALLS)


class ConsoleWelcome(WireModel):
    """The feed is open: the center's open calls; the lines not yet seen follow.

    ``now`` is the provider's clock, by which a console counts; absent at older providers.
    """

    type: Literal["welcome"] = "welcome"
    center: Code
    dispatcher: ShortText
    calls: tuple[ConsoleCall, ...]
    now: Timestamp | None = None


class ConsoleCallFrame(WireModel):
    """A call is new or changed."""

    type: Literal["call"] = "call"
    call: ConsoleCall


class ReminderFrame(WireModel):
    """A call has been ringing too long (T2)."""

    type: Literal["reminder"] = "reminder"
    call_id: UUID
    ringing_since: Timestamp


class AnswerFrame(StrictModel):
    """The dispatcher takes the call: always a human act."""

    type: Literal["answer"] = "answer"
    call_id: UUID


class CloseFrame(CloseCall):
    """The dispatcher closes the call."""

    type: Literal["close"] = "close"
    call_id: UUID


class PingFrame(StrictModel):
    """Asks for a sign of life: a page's script does not see a WebSocket's own pings."""

    type: Literal["ping"] = "ping"


class PongFrame(WireModel):
    """The sign of life, with the provider's clock (``now``; absent at older providers)."""

    type: Literal["pong"] = "pong"
    now: Timestamp | None = None


ConsoleIn = Annotated[
    ConsoleHello | AnswerFrame | SayFrame | CloseFrame | PingFrame, Field(discriminator="type")
]
"""Frames from a console."""

ConsoleOut = Annotated[
    ConsoleWelcome
    | ConsoleCallFrame
    | LineFrame
    | AckFrame
    | RefusedFrame
    | PresenceFrame
    | ReminderFrame
    | TransferFrame
    | CallbackFrame
    | LocationFrame
    | DiscrepancyFrame
    | PongFrame
    | AlarmFrame
    | AlarmUnitFrame,
    Field(discriminator="type"),
]
"""Frames to a console."""
