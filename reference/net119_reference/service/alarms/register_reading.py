"""What staff read of the register; every access to somebody's data is audited (KYO-16)."""

from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import Ledger
from net119_protocol.api import alarm_register as api
from net119_protocol.codes import Mode, Refusal

from net119_reference.alarms import afterwards
from net119_reference.alarms import ledger as rules
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.service.alarms.office import RegisterOffice
from net119_reference.service.transaction import Transaction


class RegisterReading(RegisterOffice):
    """Reads: one ledger at a time for stations, the list for the city section alone."""

    async def ledger(self, who: StaffIdentity, registration: int, purpose: str) -> Ledger:
        """One ledger; ``purpose`` goes into the audit log."""
        if not purpose.strip():
            raise Refused(
                Refusal.INVALID, "say why the ledger is read: ?purpose=guidance", field="purpose"
            )

        def read(tx: Transaction) -> Ledger:
            found = self._ledger(who, registration)
            self._audit(tx, who, "ledger-read", registration, purpose=purpose)
            return found

        return await self._run(who, read)

    async def evacuation_record(
        self, who: StaffIdentity, registration: int, purpose: str
    ) -> api.EvacuationRecord:
        """The record of somebody who cannot evacuate alone, with the ledger's copy (KYO-21).

        Refused (``not-found``) once the unit has gone back: whoever has none is in it no more.
        """
        if not purpose.strip():
            raise Refused(
                Refusal.INVALID, "say why the record is read: ?purpose=evacuation", field="purpose"
            )

        def read(tx: Transaction) -> api.EvacuationRecord:
            found = self._ledger(who, registration)
            if not found.evacuation_record or found.user is None:
                raise Refused(
                    Refusal.NOT_FOUND,
                    f"user {registration} has no unit any more, and no such record",
                )
            self._audit(tx, who, "evacuation-record-read", registration, purpose=purpose)
            return api.EvacuationRecord(
                registration=registration, since=found.entered_on, ledger=found
            )

        return await self._run(who, read)

    async def rows(self, who: StaffIdentity, after: int) -> api.LedgerRows:
        """Ledgers in order of registration number, for the city section (KYO-03, KYO-16)."""
        self._check(who)
        if not self._section(who):
            raise Refused(
                Refusal.FORBIDDEN,
                "stations make no lists of users (KYO-16); ask for one ledger by its number",
            )

        def read(tx: Transaction) -> api.LedgerRows:
            numbers = sorted(each for each in self._book.ledgers if each > after)
            shown = [self._book.ledgers[each] for each in numbers[: api.MOST_ROWS]]
            rows = tuple(
                api.LedgerRow(
                    registration=each.registration,
                    state=each.state,
                    station=each.station,
                    entered_on=each.entered_on,
                )
                for each in shown
            )
            listed = f"{numbers[0]} to {rows[-1].registration}" if rows else "none"
            self._audit(tx, who, "ledgers-listed", None, f"registrations {listed}")
            return api.LedgerRows(ledgers=rows, more=len(numbers) > len(rows))

        return await self._run(who, read)

    def work(self, who: StaffIdentity) -> api.AlarmWork:
        """What waits; numbers only, so that it is no access to anybody's data."""
        self._check(who)
        today = self._today()
        entries: list[api.Waiting] = []
        guidance: list[api.GuidanceDue] = []
        attendance: list[api.AttendanceDue] = []
        changes: list[api.ChangeToTell] = []
        for registration, ledger in sorted(self._book.ledgers.items()):
            if not self._sees(who, ledger):
                continue
            late = rules.overdue(ledger, today)
            entries += [
                api.Waiting(
                    registration=registration,
                    number=each.number,
                    kind=each.kind,
                    state=each.state,
                    due=each.due,
                    overdue=each in late,
                )
                for each in ledger.entries
                if each.open
            ]
            due = ledger.guidance_due
            if due is not None:
                guidance.append(
                    api.GuidanceDue(registration=registration, due=due, overdue=due < today)
                )
            asked = ledger.attendance
            if asked is not None and asked.waits:
                attendance.append(
                    api.AttendanceDue(registration=registration, planned_on=asked.planned_on)
                )
            changes += [
                api.ChangeToTell(
                    registration=registration, number=each.number, to_tell=each.to_tell
                )
                for each in ledger.heard
                if each.to_tell
            ]
        return api.AlarmWork(
            today=today,
            entries=tuple(entries),
            guidance=tuple(guidance),
            attendance=tuple(attendance),
            changes=tuple(changes),
        )

    async def inquiry(
        self, who: StaffIdentity, registration: int, body: api.Inquiry
    ) -> api.InquiryAnswer:
        """What the ward office may know of the activity for a user (KYO-16)."""

        def answer(tx: Transaction) -> api.InquiryAnswer:
            self._ledger(who, registration)
            asked = f"inquiry of {body.by}"
            self._audit(tx, who, "inquiry-answered", registration, asked, purpose=body.purpose)
            # What was only a test, a mistake or a talk is none of their business (article 14).
            found = [
                _activity(each)
                for each in sorted(self._book.everything(), key=lambda each: each.raised_at)
                if each.registration == registration and each.dispatches
            ]
            return api.InquiryAnswer(
                registration=registration,
                activities=tuple(each for each in found if each.mode is Mode.LIVE),
                exercises=tuple(each for each in found if each.mode is not Mode.LIVE),
            )

        return await self._run(who, answer)

    async def opinions(self, who: StaffIdentity) -> api.Opinions:
        """Opinions that the own station has sent."""
        self._only_station(who)

        def read(tx: Transaction) -> api.Opinions:
            own = [e for e in self._book.opinions.values() if e.station == who.department]
            self._audit(tx, who, "opinions-read", None, f"{len(own)} opinions")
            return api.Opinions(opinions=tuple(sorted(own, key=lambda each: each.number)))

        return await self._run(who, read)


def _activity(incident: Incident) -> api.Activity:
    return api.Activity(
        number=incident.number,
        mode=incident.mode,
        kind=incident.kind,
        raised_at=incident.raised_at,
        accident=incident.accident,
        dispatched=incident.dispatched,
        helpers_acted=afterwards.helpers_acted(incident),
        outcome=incident.outcome,
    )
