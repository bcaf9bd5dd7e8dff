"""An incident of the home alarm service, as its record keeps it and the alarm desk shows it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from net119_protocol.alarms.codes import (
    Accident,
    AlarmOutcome,
    Desk,
    Finding,
    HelperAnswer,
    IncidentKind,
    IncidentState,
    Recipient,
    SceneEvent,
)
from net119_protocol.alarms.people import House, RegistrationNumber
from net119_protocol.alarms.signals import UnitId
from net119_protocol.codes import Mode
from net119_protocol.model import ClientId, Code, Count, LongText, ShortText, Timestamp, WireModel


class Hail(WireModel):
    """The user was called out to (KYO-05); ``by`` is empty for the machine's own, at each press."""

    at: Timestamp
    by: ShortText = ""
    answered: bool | None = None
    """Whether somebody answered; absent while it is not known."""


class Speech(WireModel):
    """Words over the unit's loudspeaker and microphone, which text stands for here.

    ``by`` is the dispatcher's name; empty for whoever is at the unit, whose unit may have given the
    words a ``client_id``.
    """

    at: Timestamp
    by: ShortText = ""
    text: ShortText
    client_id: ClientId | None = None


class DispatchOrder(WireModel):
    """Crews were ordered to the house; ``by`` is empty where a timer did it (KYO-06, KYO-07)."""

    at: Timestamp
    by: ShortText = ""
    units: ShortText
    because: Finding
    to_investigate: bool = False
    """No disaster: somebody looks (KYO-08)."""


class HelperAsked(WireModel):
    """A neighbour helper was asked to look (KYO-10); ``order`` is the registered one, from 1."""

    order: Annotated[int, Field(ge=1)]
    name: ShortText
    phone: ShortText = ""
    asked_at: Timestamp
    answer: HelperAnswer | None = None
    answered_at: Timestamp | None = None
    corps_member: bool = False


class SceneReport(WireModel):
    """Something was reported from the house (KYO-11, KYO-25).

    ``witness``: who saw the entry being forced (a police officer, the manager), if anybody did.
    ``at_once``: it is one of those that the center gets at once.
    """

    at: Timestamp
    event: SceneEvent
    by: ShortText
    text: LongText = ""
    witness: ShortText = ""
    at_once: bool = False


class Telling(WireModel):
    """Somebody is to be told, or was (KYO-08, KYO-09).

    ``desk`` is where by the table of hours; ``due`` when at the latest, which for a matter that
    can wait is when the office opens next.  ``reached`` is absent until somebody tried.
    ``noted_at`` is when it was noted that they are to be told of this; a further way to them keeps
    it.  It is absent at older providers.
    """

    number: Annotated[int, Field(ge=1)]
    recipient: Recipient
    desk: Desk
    name: ShortText = ""
    phone: ShortText = ""
    what: LongText
    urgent: bool
    noted_at: Timestamp | None = None
    due: Timestamp
    tried_at: Timestamp | None = None
    reached: bool | None = None
    by: ShortText = ""


class WardReport(WireModel):
    """The report to the ward office of the place, after every disaster dispatch (KYO-12)."""

    ward_office: Code
    happened_at: Timestamp
    registration: RegistrationNumber | None = None
    name: ShortText = ""
    accident: Accident
    helpers_acted: bool
    other: LongText = ""
    due: Timestamp
    """When the office is open next."""
    sent_at: Timestamp | None = None
    sent_by: ShortText = ""


class HomeStationReport(WireModel):
    """The station of the user's home is told of activity outside its area (KYO-13)."""

    station: Code
    what: LongText
    sent_at: Timestamp
    by: ShortText


class FurtherSignals(WireModel):
    """Signals of an incident beyond those that it lists, as a button that is stuck sends them.

    ``first_at`` and ``last_at`` are when the first and the last of them came.
    """

    count: Annotated[int, Field(ge=1)]
    first_at: Timestamp
    last_at: Timestamp


class Incident(WireModel):
    """One incident.  ``crew_area``: the station whose area the place is in.

    ``signals`` are the counts of the unit's signals that belong to it, ``further`` those that are
    too many to be listed; ``hail_due`` is when the silence of a user becomes "no answer";
    ``ask_next_by`` when the next helper is asked although the last one has not answered.
    ``reason`` says why nobody was sent, where nobody was; one that a later press of the button has
    overtaken is among the ``notes``.
    ``house`` is where the unit hung at the alarm, which is where crews go; once the incident has
    ended, of its helpers only those stay who were asked.  ``moved``: by the ledger its user did not
    live there any more.
    """

    incident_id: UUID
    number: Code
    """How people call it: the day in Japan and a count."""
    kind: IncidentKind
    mode: Mode
    state: IncidentState
    unit_id: UnitId
    registration: RegistrationNumber | None = None
    """Absent for a unit whose user is not known (any more)."""
    center: Code
    station: Code
    ward_office: Code
    crew_area: Code
    house: House | None = None
    """Absent for a unit that is nobody's, and where it is not known where the unit hangs."""
    moved: bool = False
    raised_at: Timestamp
    signals: tuple[Count, ...]
    further: FurtherSignals | None = None
    late: bool = False
    replayed: bool = False
    taken_by: ShortText = ""
    """The dispatcher who has it; empty until somebody took it."""
    hails: tuple[Hail, ...] = ()
    speech: tuple[Speech, ...] = ()
    hail_due: Timestamp | None = None
    finding: Finding | None = None
    accident: Accident = Accident.UNKNOWN
    reason: LongText = ""
    dispatches: tuple[DispatchOrder, ...] = ()
    helpers: tuple[HelperAsked, ...] = ()
    ask_next_by: Timestamp | None = None
    scene: tuple[SceneReport, ...] = ()
    tellings: tuple[Telling, ...] = ()
    ward_report: WardReport | None = None
    home_station_report: HomeStationReport | None = None
    notes: tuple[LongText, ...] = ()
    closed_at: Timestamp | None = None
    outcome: AlarmOutcome | None = None
    reason_owed: bool = False
    """It ended while somebody was still to be told, and nobody was reached since: somebody else is
    to be told, or the reason given why nobody has to be."""

    @property
    def open(self) -> bool:
        """Whether it still goes on."""
        return self.state is not IncidentState.CLOSED

    @property
    def answered(self) -> bool:
        """Whether anybody at the unit has answered since the button was pressed last (KYO-07)."""
        pressed = max((n for n, each in enumerate(self.hails) if not each.by), default=0)
        return any(each.answered for each in self.hails[pressed:])

    @property
    def dispatched(self) -> bool:
        """Whether crews were sent to a disaster, not only to look."""
        return any(not each.to_investigate for each in self.dispatches)
