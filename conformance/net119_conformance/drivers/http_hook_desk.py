"""What the suite asks of a vendor's hook for dispatchers at consoles: bodies and answers."""

from uuid import UUID

from net119_protocol.api.common import Notice
from net119_protocol.api.console import HistoryEntry
from net119_protocol.api.console_acts import (
    Callback,
    CallDisclosure,
    Discrepancy,
    Dispatch,
    Transfer,
)
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    DiscrepancyKind,
    Kind,
    LinkSecurity,
    Mode,
    Presence,
    ReceiverKind,
)
from net119_protocol.interconnect.bodies import RoutingNote
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_protocol.model import Code, LongText, ShortText, Timestamp, WireModel
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace


class Console(WireModel):
    """Open a console of a center for a dispatcher, or close it.

    While no console of a center is open, calls offered for it are rejected (`no-console`).
    """

    center: Code
    dispatcher: ShortText
    open: bool


class Desk(WireModel):
    """Look at the consoles of a center."""

    center: Code


class DeskCall(WireModel):
    """A call as a console shows it, with its chat and what was done with it.

    What a console does not show is left out; a purpose that judges it then says what is missing.
    """

    call_id: UUID
    kind: Kind
    mode: Mode
    state: CallState
    epoch: int
    """The `epoch` of the call, as interface B has it; 1 for a call that never left the system."""
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
    """Whether a department of this center has the call now."""
    owner: DepartmentRef
    """The department that has it now."""
    owner_provider: Code | None = None
    """Operator code of the owner's provider."""
    anchor: Code | None = None
    """Operator code of the home provider."""
    home: DepartmentRef
    """The caller's home department."""
    link: LinkSecurity = LinkSecurity.ENCRYPTED
    presence: Presence
    """Whether the caller's handset is connected."""
    connecting: bool = False
    silent_since: Timestamp | None = None
    reminded_at: Timestamp | None = None
    """When the console was last reminded that nobody has answered (T2)."""
    place: CallPlace
    routing: RoutingNote | None = None
    """Why this department has the call, as the console shows it."""
    registrant: RegistrantData
    notices: tuple[Notice, ...] = ()
    lines: tuple[ChatLine, ...] = ()
    """The whole chat, in its order."""
    history: tuple[HistoryEntry, ...] = ()
    trail: tuple[TrailPoint, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    disclosures: tuple[CallDisclosure, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()


class DeskCalls(WireModel):
    """The calls of the center, newest first: the open ones, and those closed lately."""

    calls: tuple[DeskCall, ...]


class Act(WireModel):
    """What a dispatcher does with a call."""

    call_id: UUID
    center: Code
    dispatcher: ShortText


class Answer(Act):
    """Take the call, as a human would with a click; answered at once, the desk shows the rest."""


class TakeOver(Act):
    """Take an answered call over from a colleague."""


class Close(Act):
    """Close the call; answered once the close is asked for, the desk shows when it is closed."""

    outcome: CloseOutcome | None = None
    """What came of it; absent in an attempt that must be refused."""
    note: LongText = ""
    relayed_to: ShortText | None = None


class StartTransfer(Act):
    """Give the call to another department; answered at once, `transfers` of the desk has the
    end."""

    department: Code
    reason: LongText = ""


class CallBack(Act):
    """Mail the caller a URL that leads back to the call; `callbacks` of the desk tells the rest."""


class AskLocation(Act):
    """Ask where the caller is."""


class LocationAskedAt(WireModel):
    """The handset is asked, now or when it is back."""

    asked_at: Timestamp
    handset_connected: bool


class Report(Act):
    """Report that something was wrong with the call."""

    kind: DiscrepancyKind
    detail: LongText
    department: Code | None = None


class Disclose(Act):
    """Record that the caller's data were given to somebody outside."""

    receiver: ReceiverKind
    receiver_name: ShortText
    what: LongText
    why: LongText = ""


class RecordDispatch(Act):
    """Record that a crew was sent."""

    units: ShortText
    note: LongText = ""


class BlockCaller(Act):
    """Refuse further calls of this caller."""

    reason: LongText
