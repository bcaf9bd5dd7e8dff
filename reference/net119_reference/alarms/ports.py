"""What the shells (HTTP) know of the alarm service.

Every method that changes something returns after the change is durable, and refuses by
:class:`net119_reference.ports.Refused`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import Ledger, NewOpinion, NewVisit, Opinion
from net119_protocol.alarms.signals import (
    NewSignal,
    SignalTaken,
    UnitSaid,
    UnitSays,
    UnitSpeech,
)
from net119_protocol.api import alarm_register as register
from net119_protocol.api import alarms as api

from net119_reference.alarms.door import StaffDoor

if TYPE_CHECKING:
    # They are built on this module.
    from net119_reference.ports import DispatcherIdentity, StaffIdentity


@dataclass(frozen=True)
class UnitIdentity:
    """The alarm unit that a token belongs to."""

    unit_id: str


class Signals(Protocol):
    """Interface H."""

    async def take(self, who: UnitIdentity, signal: NewSignal) -> SignalTaken: ...
    async def hears(self, who: UnitIdentity, after: int) -> UnitSpeech: ...
    async def says(self, who: UnitIdentity, words: UnitSays) -> UnitSaid: ...


class Desk(Protocol):
    """The alarm desk."""

    async def incidents(self, who: "DispatcherIdentity", *, closed: bool) -> api.IncidentList: ...
    async def incident(self, who: "DispatcherIdentity", incident_id: UUID) -> api.IncidentView: ...
    async def units(self, who: "DispatcherIdentity", *, everyone: bool) -> api.UnitStates: ...
    async def take(self, who: "DispatcherIdentity", incident_id: UUID) -> Incident: ...
    async def hail(self, who: "DispatcherIdentity", incident_id: UUID) -> Incident: ...
    async def speak(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.SpeakToUser
    ) -> Incident: ...
    async def decide(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.DecideIncident
    ) -> Incident: ...
    async def helper_answered(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.HelperSays
    ) -> Incident: ...
    async def report(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.NewSceneReport
    ) -> Incident: ...
    async def tell(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.TellOfIncident
    ) -> Incident: ...
    async def tried(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.TellingTried
    ) -> Incident: ...
    async def add_to_report(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.AddToWardReport
    ) -> Incident: ...
    async def report_sent(self, who: "DispatcherIdentity", incident_id: UUID) -> Incident: ...
    async def tell_home_station(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.TellHomeStation
    ) -> Incident: ...
    async def check_equipment(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.CheckEquipment
    ) -> Incident: ...
    async def close(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.CloseIncident
    ) -> Incident: ...
    async def hear_change(
        self, who: "DispatcherIdentity", incident_id: UUID, body: api.HearChange
    ) -> Incident: ...


class RegisterDesk(Protocol):
    """The register."""

    async def ledger(self, who: "StaffIdentity", registration: int, purpose: str) -> Ledger: ...
    async def evacuation_record(
        self, who: "StaffIdentity", registration: int, purpose: str
    ) -> register.EvacuationRecord: ...
    async def rows(self, who: "StaffIdentity", after: int) -> register.LedgerRows: ...
    def work(self, who: "StaffIdentity") -> register.AlarmWork: ...
    async def inquiry(
        self, who: "StaffIdentity", registration: int, body: register.Inquiry
    ) -> register.InquiryAnswer: ...
    async def enter(self, who: "StaffIdentity", body: register.NewCard) -> Ledger: ...
    async def install(
        self, who: "StaffIdentity", registration: int, body: register.InstallUnit
    ) -> register.Installed: ...
    async def send_opinion(self, who: "StaffIdentity", body: NewOpinion) -> Opinion: ...
    async def opinions(self, who: "StaffIdentity") -> register.Opinions: ...
    async def change(
        self, who: "StaffIdentity", registration: int, body: register.ChangeLedger
    ) -> Ledger: ...
    async def consulted(
        self,
        who: "StaffIdentity",
        registration: int,
        number: int,
        body: register.AnswerConsultation,
    ) -> Ledger: ...
    async def give_back(
        self, who: "StaffIdentity", registration: int, number: int, body: register.GiveBack
    ) -> Ledger: ...
    async def at_section(
        self, who: "StaffIdentity", registration: int, body: register.LedgerMoves
    ) -> Ledger: ...
    async def at_station(
        self, who: "StaffIdentity", registration: int, body: register.LedgerMoves
    ) -> Ledger: ...
    async def visit(self, who: "StaffIdentity", registration: int, body: NewVisit) -> Ledger: ...
    async def attendance_asked(
        self, who: "StaffIdentity", registration: int, body: register.AskAttendance
    ) -> Ledger: ...
    async def attendance_declined(
        self, who: "StaffIdentity", registration: int, body: register.DeclineAttendance
    ) -> Ledger: ...
    async def heard(
        self, who: "StaffIdentity", registration: int, body: register.ChangeHeard
    ) -> Ledger: ...
    async def passed_on(
        self, who: "StaffIdentity", registration: int, number: int, body: register.ChangePassedOn
    ) -> Ledger: ...
    async def unit_returned(
        self, who: "StaffIdentity", registration: int, body: register.ReturnUnit
    ) -> Ledger: ...


class AlarmPorts(Protocol):
    """The service as a whole."""

    @property
    def signals(self) -> Signals: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def register(self) -> RegisterDesk: ...
    @property
    def door(self) -> StaffDoor:
        """Log-ins at the register's pages."""

    async def unit_identity(self, token: str) -> UnitIdentity: ...


class HasAlarms(Protocol):
    """A provider's service, of which the alarm service is a part."""

    @property
    def alarms(self) -> AlarmPorts:
        """The home alarm service; refuses everybody where it is not switched on."""
