"""A call's state, as this provider records it."""

from enum import StrEnum
from uuid import UUID

from net119_protocol.api.common import NoticeCode
from net119_protocol.api.console_acts import Callback
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Kind,
    LinkSecurity,
    Mode,
    Presence,
)
from net119_protocol.interconnect.bodies import RoutingNote
from net119_protocol.model import Timestamp, WireModel, altered
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace


class Side(StrEnum):
    """This provider's part in a call."""

    ANCHOR = "anchor"
    """The home provider: numbers the chat and records the owner, for the call's whole life."""
    CALLEE = "callee"
    """The responsible department's provider."""


class Offer(WireModel):
    """An offer that waits for its answer (at the anchor)."""

    peer: str
    department: DepartmentRef
    message_id: UUID
    last_seq: int
    expires_at: Timestamp
    attempts_left: int


class Unit(WireModel):
    """A department with the center and the provider that answer for it."""

    department: DepartmentRef
    center: str
    provider: str


class Transferring(WireModel):
    """A transfer under way: at the anchor being carried out, at the callee asked for.

    ``request_id`` names the owner's request, which the anchor answers in the end; ``None`` where
    a dispatcher of the anchor's own asked.
    """

    number: int
    department: DepartmentRef
    asked_by: str
    asked_at: Timestamp
    reason: str = ""
    request_id: UUID | None = None


class CalledBack(WireModel):
    """A callback with what answers it.

    ``asker`` is the provider whose dispatcher asked.  ``request_id`` is the message by which a
    remote owner asked: at the anchor the one to answer, at the callee our own.
    """

    callback: Callback
    asker: str
    request_id: UUID | None = None


class Told(WireModel):
    """A notice of the machine that was given; its text depends on who reads it."""

    code: NoticeCode
    phone_to: tuple[DepartmentRef, ...] = ()
    moment: Timestamp | None = None
    """When the told state ends or begins, where that is known."""
    rule_of: DepartmentRef | None = None
    """The department whose rule it tells."""
    lifted: bool = False
    """It does not hold now and is not shown; it may hold again."""


class Call(WireModel):
    """One call.  Replaced, never changed, at each change of state.

    ``owner`` is what the anchor durably recorded under ``epoch``; ``home`` is the unit that a
    call goes back to.  ``peer`` is the other provider in the call: at the anchor the one that
    was assigned, at the callee the anchor.  ``offered`` are peers that were ever offered it.
    ``deadline`` is when the machine has to act next.
    """

    call_id: UUID
    side: Side
    kind: Kind
    mode: Mode
    state: CallState
    epoch: int
    opened_at: Timestamp
    anchor: str
    home: Unit
    owner: Unit
    registrant: RegistrantData
    place: CallPlace
    routing: RoutingNote
    registrant_id: UUID | None = None
    client_call_id: str | None = None
    anchors_id: UUID | None = None
    """At the callee: the anchor's ``callId``, where another anchor's call had that name here."""
    asked_place: str | None = None
    """Which place the caller chose, in words that a repeat is compared by; ``place`` may move."""
    link: LinkSecurity = LinkSecurity.ENCRYPTED
    told: tuple[Told, ...] = ()
    presence: Presence = Presence.GONE
    presence_since: Timestamp
    connecting: bool = False
    """The handset that made the call has not connected since: it is expected, not lost."""
    silent_since: Timestamp | None = None
    """Since when the connected caller has said nothing, if that is longer than the setting."""
    offer: Offer | None = None
    offered: tuple[str, ...] = ()
    peer: str | None = None
    assigned: tuple[str, ...] = ()
    """At the anchor: other providers that have, or had, the call."""
    centers: tuple[str, ...] = ()
    """Centers of ours that have, or had, the call: whose consoles are told of every change."""
    held: tuple[Unit, ...] = ()
    """At the callee: departments of ours that have, or had, the call, the latest last."""
    ringing_since: Timestamp | None = None
    reminders: int = 0
    answered_at: Timestamp | None = None
    answered_by: str | None = None
    closed_at: Timestamp | None = None
    outcome: CloseOutcome | None = None
    close_note: str = ""
    relayed_to: str | None = None
    """Whom the call was passed on to by telephone (facts A05, A70)."""
    transfer: Transferring | None = None
    transfers: int = 0
    """How many transfers were asked for here; each is kept under its number."""
    places: int = 0
    """How many places of the trail are kept; 0 = only the one that the call was made from, which
    is ``place`` then."""
    location_asked: Timestamp | None = None
    """Since when the handset is asked for its position, at the anchor."""
    location_request: UUID | None = None
    """The remote owner's request that the next position answers."""
    discrepancies: int = 0
    """How many reports of discrepancies are kept."""
    transferred_from: DepartmentRef | None = None
    """Who had the call before its present owner, if it was transferred."""
    callbacks: tuple[CalledBack, ...] = ()
    """Callbacks in the order of their numbers, which count from 1 at each provider."""
    reopening: bool = False
    """At the anchor: reopened, and the owner's provider has not said yet that it rings there."""
    disclosures: int = 0
    dispatches: int = 0
    """How many of each are kept with the call."""
    deadline: Timestamp | None = None
    """When :func:`~net119_reference.calls.anchor.on_deadline` is due."""

    @property
    def open(self) -> bool:
        """Whether the call is not closed."""
        return self.state is not CallState.CLOSED

    def with_holder(self, operator: str) -> "Call":
        """The call with its owner among those that have had it, if a center of ours owns it."""
        owner = self.owner
        if owner.provider != operator:
            return self
        update: dict[str, object] = {}
        if owner.center not in self.centers:
            update["centers"] = (*self.centers, owner.center)
        if self.side is Side.CALLEE and owner not in self.held[-1:]:
            update["held"] = (*self.held, owner)
        return altered(self, **update) if update else self

    def accountable(self, center: str) -> str:
        """The department in whose audit trail an access at a center stands (CNB-40), by its code.

        At the anchor that is the home department, whose registrant the caller is.  At the callee
        staff of the home department read no trail: it is the department that has, or had, the
        call, at this center if there are several.
        """
        if self.side is Side.ANCHOR:
            return self.home.department.code
        here = [each for each in self.held if each.center == center]
        return (here or self.held or (self.owner,))[-1].department.code
