"""The seams of a provider: what the shells (HTTP, WebSocket, STOMP) call, and what they hand in.

The shells know :class:`ProviderService` only; the service knows no socket.  Every method that
changes something returns after the change is durable (invariants I2 and I9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from net119_protocol.api import (
    admin,
    common,
    console,
    console_acts,
    console_desk,
    handset,
    staff,
)
from net119_protocol.codes import LinkSecurity, ProviderState, Refusal
from net119_protocol.interconnect import Envelope
from net119_protocol.person import Address, DepartmentRef
from net119_protocol.places import CallPlace

from net119_reference.alarms.ports import HasAlarms
from net119_reference.connected import Attachment as Attachment
from net119_reference.connected import Line as Line
from net119_reference.connected import LineDone as LineDone
from net119_reference.connected import Sink as Sink
from net119_reference.storage_failures import OutcomeUnknown as OutcomeUnknown
from net119_reference.storage_failures import StorageFailed as StorageFailed

if TYPE_CHECKING:
    # They are built on this module.
    from net119_reference.console_door import ConsoleDoor
    from net119_reference.registration.ports import Registrations


class Clock(Protocol):
    """The time, handed in so that the core never asks the machine for it."""

    def now(self) -> datetime:
        """The present moment, UTC; somebody may set it back."""

    def elapsed(self) -> float:
        """Seconds since some moment: they pass whatever is done to the time of day."""


class Refused(Exception):
    """A command was not carried out; nothing of it was stored.

    ``code`` selects the texts for the user; ``detail`` says in English what was wrong, where
    and what to do; ``field`` names the wrong field, if it was one.
    """

    def __init__(self, code: Refusal, detail: str, *, field: str | None = None) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field


class Declined(Exception):
    """An ordinary no that the asker is told in words of its own; not a defect of ours."""


@dataclass(frozen=True)
class HandsetIdentity:
    """A logged-in registrant, and how the connection is protected that says so."""

    registrant_id: UUID
    department: str
    token_hash: str
    link: LinkSecurity = LinkSecurity.ENCRYPTED
    call_id: UUID | None = None
    """The only call this identity is good for, where a callback's URL gave it (CNB-31)."""


@dataclass(frozen=True)
class DispatcherIdentity:
    """A dispatcher at a center's console."""

    center: str
    name: str


@dataclass(frozen=True)
class StaffIdentity:
    """A staff member of a department; a program with a staff token has every role."""

    department: str
    name: str
    roles: frozenset[admin.StaffRole] = frozenset(admin.StaffRole)


@dataclass(frozen=True)
class Plea:
    """What a caller's read-aloud card is made from (CTS-08); the caller's own data only."""

    name: str
    kana: str
    """How the name is read; empty where it was not asked."""
    address: Address
    """The registered address."""
    call: common.CallView | None = None
    """The call that the card is about; none before there is one."""
    place: CallPlace | None = None
    """Where that call comes from."""


class Channel(StrEnum):
    """How an outgoing message reaches a peer."""

    CLIENT = "client"
    """Our client sends it to the peer's endpoint, on the peer's callee queue."""
    QUEUE = "queue"
    """It waits on the peer's caller queue at our own endpoint."""


@dataclass(frozen=True)
class Outgoing:
    """One stored message on its way to a peer; ``number`` grows with the order of sending."""

    number: int
    peer: str
    channel: Channel
    destination: str
    message_id: UUID
    type: str
    payload: bytes


class PeerLinks(Protocol):
    """The STOMP shells, as the service sees them."""

    def wake(self, peer: str, channel: Channel) -> None:
        """There is something to send; must not block."""

    def operators_changed(self, peers: Sequence[admin.PeerOperator]) -> None:
        """The list of peers was replaced."""


class FeaturePhones(Protocol):
    """What only feature phones need: sessions in the URL, and calls followed by polling."""

    def operating(self) -> tuple[ProviderState, datetime]:
        """The provider's own state, and since when it has been in it (ASO-22)."""

    async def log_in(self, body: handset.LogIn, device: str) -> str:
        """The secret of a session's URL; ``device`` is what the session is bound to.

        Raises:
            Refused: ID or password is wrong (``not-authenticated``).
        """

    def new_session(self, device: str) -> tuple[str, str]:
        """Secret of the URLs of a session to be, and its token, which a callback is opened with."""

    async def session(self, secret: str, device: str) -> HandsetIdentity:
        """Whose session it is.

        Raises:
            Refused: unknown, of another phone, or ended (``not-authenticated``).
        """

    async def polled(self, who: HandsetIdentity, call_id: UUID) -> None:
        """The phone has just fetched the call's page: it counts as connected for a while."""

    async def note_unshown(
        self, who: HandsetIdentity, call_id: UUID, seq: int, characters: Sequence[str]
    ) -> None:
        """Tell the writer of a line which characters of it the caller's phone cannot show."""


@dataclass(frozen=True)
class CallbackView:
    """What a callback's URL is for: the call, whose mail it was, and who calls back."""

    call: common.CallView
    department: str
    asks: DepartmentRef
    opened: bool
    """Whether the caller has come by it, and the call is open."""
    expires_at: datetime


class CallbackDoor(Protocol):
    """The URLs of callback mails (CNB-31)."""

    async def look(self, secret: str) -> CallbackView:
        """What a URL is for, without opening anything.

        Raises:
            Refused: it is unknown, replaced or expired.
        """

    async def department(self, secret: str) -> str | None:
        """Whose registrant holds it, also of one that opens no more."""

    async def open(
        self, secret: str, link: LinkSecurity, token: str = ""
    ) -> handset.CallbackOpened:
        """Come back to the call.

        Raises:
            Refused: the URL opens nothing (any more), or the registrant may not call.
        """

    async def session(
        self, token: str, call_id: UUID | None = None, secret: str | None = None
    ) -> HandsetIdentity | None:
        """Who came by a URL, for its one call; ``None`` if the token is none of these, or was not
        given for the call ``call_id``, or by the URL of this ``secret``."""


class DispatcherActs(Protocol):
    """What dispatchers do with a call beside answering and writing (interface C).

    Raises:
        Refused: it is not done; the code says why.
    """

    async def transfer(
        self, who: DispatcherIdentity, call_id: UUID, body: console_acts.NewTransfer
    ) -> console_acts.Transfer: ...
    async def call_back(self, who: DispatcherIdentity, call_id: UUID) -> console_acts.Callback: ...
    async def disclose(
        self, who: DispatcherIdentity, call_id: UUID, body: console_acts.NewCallDisclosure
    ) -> console_acts.CallDisclosure: ...
    async def record_dispatch(
        self, who: DispatcherIdentity, call_id: UUID, body: console_acts.NewDispatch
    ) -> console_acts.Dispatch: ...
    async def block_caller(
        self, who: DispatcherIdentity, call_id: UUID, body: console_acts.Block
    ) -> console_acts.Blocked: ...
    async def ask_location(
        self, who: DispatcherIdentity, call_id: UUID
    ) -> console_acts.LocationAsked: ...
    async def report_discrepancy(
        self, who: DispatcherIdentity, call_id: UUID, body: console_acts.NewDiscrepancy
    ) -> console_acts.Discrepancy: ...
    async def discrepancies(self, after: int) -> admin.ReportedDiscrepancies: ...
    async def take_over(self, who: DispatcherIdentity, call_id: UUID) -> console.ConsoleCall: ...
    def center(self, who: DispatcherIdentity) -> console_desk.CenterView: ...
    def area(self, department: str) -> console_desk.DepartmentArea: ...


class CallerPositions(Protocol):
    """Where callers are during a call (interface A)."""

    async def tell(
        self, who: HandsetIdentity, call_id: UUID, body: handset.NewLocation
    ) -> common.CallView:
        """Take a position, or why there is none; returns when it is durable.

        Raises:
            Refused: the call is not the caller's own, or it is closed.
        """

    async def asked(self, who: HandsetIdentity, call_id: UUID) -> datetime | None:
        """Since when a dispatcher waits for the position; ``None`` while nobody does."""


class ProviderService(HasAlarms, Protocol):
    """Everything the shells may ask of a provider."""

    operator: str

    @property
    def registrations(self) -> "Registrations":
        """Registration: applicants, accounts and staff."""

    @property
    def phones(self) -> FeaturePhones:
        """What only feature phones need."""

    @property
    def callbacks(self) -> CallbackDoor:
        """The URLs of callback mails."""

    @property
    def console_door(self) -> "ConsoleDoor":
        """Log-ins of dispatchers at the console's page."""

    @property
    def acts(self) -> "DispatcherActs":
        """What dispatchers do with a call beside answering and writing."""

    @property
    def positions(self) -> CallerPositions:
        """Where callers are during a call."""

    # life
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def health(self) -> admin.Health: ...
    def bind_links(self, links: PeerLinks) -> None: ...

    # interface A
    async def log_in(self, body: handset.LogIn) -> handset.Session: ...
    async def handset_identity(self, token: str, call_id: UUID | None = None) -> HandsetIdentity:
        """Who holds a token.

        Args:
            call_id: the call that is asked about; a token that is good for one call only is
                good for nothing else.
        """

    async def place_call(
        self, who: HandsetIdentity, body: handset.NewCall, link: LinkSecurity
    ) -> handset.CallAddress: ...
    async def calls_of(self, who: HandsetIdentity) -> handset.CallsOfCaller: ...
    async def call_of(self, who: HandsetIdentity, call_id: UUID) -> common.CallView: ...
    async def lines_of(
        self, who: HandsetIdentity, call_id: UUID, after: int
    ) -> common.Transcript: ...
    async def caller_says(
        self, who: HandsetIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored: ...
    async def plea_of(self, who: HandsetIdentity, call_id: UUID | None) -> Plea:
        """What the read-aloud card says: of a call, or before there is one."""

    async def attach_handset(
        self, who: HandsetIdentity, call_id: UUID, after: int, sink: Sink
    ) -> Attachment: ...

    # interface C
    async def dispatcher_identity(self, token: str) -> DispatcherIdentity: ...
    async def center_calls(self, who: DispatcherIdentity) -> console.CallList: ...
    async def call_record(self, who: DispatcherIdentity, call_id: UUID) -> console.CallRecord: ...
    async def answer(self, who: DispatcherIdentity, call_id: UUID) -> console.ConsoleCall: ...
    async def dispatcher_says(
        self, who: DispatcherIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored: ...
    async def close(
        self, who: DispatcherIdentity, call_id: UUID, body: console.CloseCall
    ) -> console.ConsoleCall: ...
    async def attach_console(
        self, who: DispatcherIdentity, after: Mapping[UUID, int], sink: Sink
    ) -> Attachment: ...
    async def staff_identity(self, token: str) -> StaffIdentity: ...
    async def enter_registrant(
        self, who: StaffIdentity, body: staff.NewRegistrant
    ) -> staff.RegistrantView: ...
    async def registrant(self, who: StaffIdentity, registrant_id: UUID) -> staff.RegistrantView: ...
    async def approve_registrant(
        self, who: StaffIdentity, registrant_id: UUID
    ) -> staff.Credentials: ...
    async def suspend_registrant(
        self, who: StaffIdentity, registrant_id: UUID, body: staff.Suspend
    ) -> staff.RegistrantView: ...

    # interface B, called by the STOMP shells
    async def receive(self, sender: str, payload: bytes, channel: Channel) -> None:
        """Take one message of peer ``sender``; returns when its effect is durable.

        ``channel`` is the one that answers take: QUEUE for a message that came in at our own
        endpoint, CLIENT for one that our client fetched from the peer's endpoint.

        Raises:
            StorageFailed: nothing was stored; do not confirm, so that it comes again.
        """

    async def outgoing(
        self, peer: str, channel: Channel, after: int, limit: int
    ) -> Sequence[Outgoing]:
        """Stored messages not yet confirmed, in order, with ``number`` above ``after``."""

    async def confirmed(self, numbers: Sequence[int]) -> None:
        """The peer has these: receipt (CLIENT) or acknowledgement (QUEUE)."""

    def peers(self) -> Sequence[admin.PeerOperator]: ...
    def peer_session(self, peer: str, channel: Channel, up: bool) -> None: ...
    def peer_frame(self, peer: str) -> None:
        """Bytes came from the peer's endpoint just now."""

    # operation
    def note_refused(self, interface: str, source: str, code: str, detail: str) -> None:
        """Record a refused input (invariant I10); never blocks, aggregated under flood."""

    async def refused_inputs(self, after: int) -> admin.RefusedInputs: ...
    async def load_directory(self, directory: Mapping[str, Any]) -> admin.Health: ...
    async def load_operators(self, body: admin.Operators) -> admin.Health: ...
    async def add_account(self, body: admin.NewAccount) -> admin.Account: ...
    async def set_state(self, body: admin.SetState) -> admin.Health: ...
    async def set_clock(self, body: admin.SetClock) -> admin.ClockState: ...
    async def sweep(self, body: admin.SweepOrder) -> admin.Sweep: ...


@dataclass(frozen=True)
class Received:
    """One readable message with who sent it and where answers go."""

    sender: str
    channel: Channel
    envelope: Envelope
    digest: str
