"""The alarm desk: what dispatchers of the alarm center ask for and do; every access is audited."""

import functools
from collections.abc import Callable
from uuid import UUID

from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import HeardBy
from net119_protocol.api import alarms as api
from net119_protocol.codes import Refusal

from net119_reference.alarms import afterwards, asking, houses, machine
from net119_reference.alarms import ledger as register
from net119_reference.alarms.asking import NotAsked
from net119_reference.alarms.machine import Decision, NotNow
from net119_reference.ports import DispatcherIdentity, Refused
from net119_reference.service.alarms.core import MOST_ENTRIES, AlarmCore, named
from net119_reference.service.alarms.signals import entries
from net119_reference.service.transaction import Transaction

Change = Callable[[Incident, Transaction], Incident]


class AlarmDesk:
    """The desk of one center.

    Every method refuses dispatchers of other centers (``forbidden``), incidents that there are not
    (``not-found``), and what is not possible now (``wrong-state``, with what to do instead).
    """

    def __init__(self, alarms: AlarmCore) -> None:
        self._alarms = alarms

    # --- reading --------------------------------------------------------------------------------

    async def incidents(self, who: DispatcherIdentity, *, closed: bool) -> api.IncidentList:
        """Open incidents and those of which something is owed, the newest first."""
        alarms = self._alarms
        alarms.check_desk(who)

        def read(tx: Transaction) -> api.IncidentList:
            ended = sorted(alarms.book.ended.values(), key=_newest, reverse=True)
            owed = [each for each in ended if afterwards.owed(each)]
            others = [each for each in ended if not afterwards.owed(each)] if closed else []
            shown = [*alarms.book.open.values(), *owed, *others[: api.MOST_CLOSED]]
            shown.sort(key=_newest, reverse=True)
            # Whom it names is more with its state, and with each helper who is asked.
            numbers = ", ".join(
                f"{each.number} {each.state.value} ({len(each.helpers)} helpers)" for each in shown
            )
            alarms.audit_look(tx, who, "alarms-listed", f"incidents {numbers or 'none'}")
            return api.IncidentList(incidents=tuple(shown))

        return await alarms.kernel.run(read)

    async def incident(self, who: DispatcherIdentity, incident_id: UUID) -> api.IncidentView:
        """One incident, with what is registered of its user."""
        alarms = self._alarms
        alarms.check_desk(who)

        def read(tx: Transaction) -> api.IncidentView:
            incident = self._found(incident_id)
            alarms.audit(tx, who.name, "alarm-read", named(incident))
            ledger = alarms.book.ledgers.get(incident.registration or 0)
            held = alarms.book.units.get(incident.unit_id)
            return api.IncidentView(
                incident=incident,
                unit=None if held is None else held.state(),
                user=None if ledger is None else ledger.user,
                household=None if ledger is None else ledger.household,
                moved=houses.left_at(incident, ledger),
            )

        return await alarms.kernel.run(read)

    async def units(self, who: DispatcherIdentity, *, everyone: bool) -> api.UnitStates:
        """Units in trouble, or all that somebody has."""
        alarms = self._alarms
        alarms.check_desk(who)

        def read(tx: Transaction) -> api.UnitStates:
            shown = [
                held.state()
                for _, held in sorted(alarms.book.units.items())
                if held.unit.troubles or (everyone and held.registration is not None)
            ]
            alarms.audit(tx, who.name, "alarm-units-listed", f"{len(shown)} units")
            return api.UnitStates(units=tuple(shown))

        return await alarms.kernel.run(read)

    # --- the conversation -----------------------------------------------------------------------

    async def take(self, who: DispatcherIdentity, incident_id: UUID) -> Incident:
        """Take it, also from a colleague."""
        return await self._act(
            who, incident_id, "alarm-taken", lambda incident, _tx: machine.take(incident, who.name)
        )

    async def hail(self, who: DispatcherIdentity, incident_id: UUID) -> Incident:
        """Call out to the user again."""

        def again(incident: Incident, tx: Transaction) -> Incident:
            self._reaches(incident)
            return machine.hail(incident, who.name, tx.moment, self._alarms.timers)

        return await self._act(who, incident_id, "alarm-hailed", again)

    async def speak(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.SpeakToUser
    ) -> Incident:
        """Speak to the user."""

        def say(incident: Incident, tx: Transaction) -> Incident:
            self._reaches(incident)
            return machine.speak(incident, who.name, body.text, tx.moment, self._alarms.timers)

        return await self._act(who, incident_id, "alarm-spoken", say)

    async def decide(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.DecideIncident
    ) -> Incident:
        """Act upon what was found (KYO-06 to KYO-09)."""
        decision = Decision(body.finding, who.name, body.accident, body.units, body.reason)

        def act(incident: Incident, tx: Transaction) -> Incident:
            helpers = self._alarms.helpers_of(incident)
            return machine.decide(incident, decision, helpers, tx.moment, self._alarms.timers)

        return await self._act(who, incident_id, "alarm-decided", act, body.finding.value)

    async def helper_answered(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.HelperSays
    ) -> Incident:
        """Note what a helper answered (KYO-10)."""

        def note(incident: Incident, tx: Transaction) -> Incident:
            helpers = self._alarms.helpers_of(incident)
            return asking.helper_answers(
                incident, body.order, body.answer, helpers, tx.moment, self._alarms.timers
            )

        what = f"helper {body.order}: {body.answer.value}"
        return await self._act(who, incident_id, "alarm-helper", note, what)

    # --- afterwards -----------------------------------------------------------------------------

    async def report(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.NewSceneReport
    ) -> Incident:
        """Note a report from the house (KYO-11, KYO-25)."""

        def note(incident: Incident, tx: Transaction) -> Incident:
            return afterwards.report(
                incident,
                body.event,
                body.by,
                tx.moment,
                text=body.text,
                witness=body.witness,
                accident=body.accident,
            )

        return await self._act(who, incident_id, "alarm-reported", note, body.event.value)

    async def tell(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.TellOfIncident
    ) -> Incident:
        """Have somebody told (KYO-08, KYO-09)."""

        def begin(incident: Incident, tx: Transaction) -> Incident:
            return afterwards.tell(
                incident,
                body.recipient,
                body.what,
                self._alarms.office_of(incident),
                tx.moment,
                urgent=body.urgent,
                name=body.name,
                phone=body.phone,
            )

        return await self._act(who, incident_id, "alarm-disclosed", begin, body.recipient.value)

    async def tried(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.TellingTried
    ) -> Incident:
        """Note whether somebody was reached; if not, the next way follows."""

        def note(incident: Incident, tx: Transaction) -> Incident:
            office = self._alarms.office_of(incident)
            return afterwards.told(
                incident, body.number, who.name, office, tx.moment, reached=body.reached
            )

        what = f"telling {body.number} {'reached' if body.reached else 'not reached'}"
        return await self._act(who, incident_id, "alarm-told", note, what)

    async def add_to_report(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.AddToWardReport
    ) -> Incident:
        """Add to the report that the ward office gets (KYO-12)."""

        def add(incident: Incident, tx: Transaction) -> Incident:
            made = incident.ward_report
            name = made.name if made is not None else ""
            office = self._alarms.office_of(incident)
            return afterwards.ward_report(incident, name, office, tx.moment, body.other)

        return await self._act(who, incident_id, "alarm-ward-report", add)

    async def report_sent(self, who: DispatcherIdentity, incident_id: UUID) -> Incident:
        """Note that the ward office has the report (KYO-12)."""

        def note(incident: Incident, tx: Transaction) -> Incident:
            return afterwards.ward_report_sent(incident, who.name, tx.moment)

        return await self._act(who, incident_id, "alarm-disclosed", note, "ward report")

    async def tell_home_station(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.TellHomeStation
    ) -> Incident:
        """Tell the station of the user's home of activity outside its area (KYO-13)."""

        def tell(incident: Incident, tx: Transaction) -> Incident:
            return afterwards.tell_home_station(incident, body.what, who.name, tx.moment)

        return await self._act(who, incident_id, "alarm-disclosed", tell, "home station")

    async def check_equipment(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.CheckEquipment
    ) -> Incident:
        """End a test alarm with how the equipment worked (KYO-04)."""

        def check(incident: Incident, tx: Transaction) -> Incident:
            return machine.check_equipment(
                incident, who.name, tx.moment, good=body.good, note=body.note
            )

        return await self._act(who, incident_id, "alarm-equipment", check)

    async def close(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.CloseIncident
    ) -> Incident:
        """End it."""

        def end(incident: Incident, tx: Transaction) -> Incident:
            return machine.close(incident, who.name, body.reason, tx.moment)

        return await self._act(who, incident_id, "alarm-closed", end)

    async def hear_change(
        self, who: DispatcherIdentity, incident_id: UUID, body: api.HearChange
    ) -> Incident:
        """Note that the user's data have changed; it goes through the city section (KYO-20)."""

        def note(incident: Incident, tx: Transaction) -> Incident:
            ledger = self._alarms.book.ledgers.get(incident.registration or 0)
            if ledger is None or ledger.user is None:
                raise NotNow("nobody is registered for this unit: there are no data to change")
            heard = register.heard(ledger, HeardBy.CENTER, body.what, tx.moment)
            self._alarms.book.put_ledger(tx, heard)
            return incident

        return await self._act(who, incident_id, "alarm-change-heard", note)

    # --- all acts -------------------------------------------------------------------------------

    async def _act(
        self,
        who: DispatcherIdentity,
        incident_id: UUID,
        action: str,
        change: Change,
        what: str = "",
    ) -> Incident:
        self._alarms.check_desk(who)
        command = functools.partial(self._changed, who, incident_id, action, change, what)
        return await self._alarms.kernel.run(command)

    def _changed(
        self,
        who: DispatcherIdentity,
        incident_id: UUID,
        action: str,
        change: Change,
        what: str,
        tx: Transaction,
    ) -> Incident:
        incident = self._found(incident_id)
        try:
            after = change(incident, tx)
        except (NotNow, NotAsked) as no:
            raise Refused(Refusal.WRONG_STATE, str(no)) from None
        if entries(after) > max(MOST_ENTRIES, entries(incident)):
            raise Refused(
                Refusal.WRONG_STATE,
                f"incident {incident.number} holds {MOST_ENTRIES} words and reports; close it",
            )
        self._alarms.audit(tx, who.name, action, f"{named(incident)}: {what}".rstrip(": "))
        return self._alarms.put(tx, after)

    def _reaches(self, incident: Incident) -> None:
        held = self._alarms.book.units.get(incident.unit_id)
        if held is None or not held.whose.has(incident):
            raise NotNow(
                f"unit {incident.unit_id} is at the house of incident {incident.number} no more: "
                "its loudspeaker does not reach this user; telephone, or dispatch"
            )

    def _found(self, incident_id: UUID) -> Incident:
        found = self._alarms.book.incident(incident_id)
        if found is None:
            raise Refused(Refusal.NOT_FOUND, f"there is no incident {incident_id}")
        return found


def _newest(incident: Incident) -> tuple[object, ...]:
    return incident.raised_at, incident.number
