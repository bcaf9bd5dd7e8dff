"""The register: what staff of stations and of the city section do; every access is audited."""

import secrets
from dataclasses import replace

from net119_protocol.alarms.people import (
    EntryKind,
    HeardBy,
    Ledger,
    NewOpinion,
    NewVisit,
    Opinion,
)
from net119_protocol.api import alarm_register as api
from net119_protocol.codes import Refusal

from net119_reference.alarms import ledger as rules
from net119_reference.alarms.ledger import Card, NotEntered
from net119_reference.alarms.units import Unit
from net119_reference.logs import get_log
from net119_reference.ports import Refused, StaffIdentity, StorageFailed
from net119_reference.service.alarms.book import HeldUnit
from net119_reference.service.alarms.register_reading import RegisterReading
from net119_reference.service.registry import token_hash
from net119_reference.service.transaction import Transaction

log = get_log("alarms")


class Register(RegisterReading):
    """The ledgers, as staff work with them.

    Every method refuses staff of other units (``forbidden``), ledgers that are not theirs
    (``not-found``), and what the register's rules do not allow (``wrong-state``).
    """

    # --- cards, changes, returns ----------------------------------------------------------------

    async def enter(self, who: StaffIdentity, body: api.NewCard) -> Ledger:
        """A new user's ledger (KYO-01, KYO-02)."""

        def enter(tx: Transaction) -> Ledger:
            if body.registration in self._book.ledgers:
                raise Refused(
                    Refusal.WRONG_STATE,
                    f"registration {body.registration} is taken; numbers are not used again",
                    field="registration",
                )
            card = Card(
                body.registration,
                body.user,
                self._station_for(who, body),
                self._day(body.received_on, "receivedOn"),
            )
            made = rules.enter(card, tx.moment, self._closed(body.user))
            self._book.put_ledger(tx, made)
            self._audit(tx, who, "card-entered", body.registration)
            return made

        return await self._run(who, enter)

    async def change(self, who: StaffIdentity, registration: int, body: api.ChangeLedger) -> Ledger:
        """A change or a move; after a move the station of the new address has it (KYO-14)."""

        def change(ledger: Ledger, tx: Transaction) -> Ledger:
            kind, user = EntryKind(body.kind), body.user
            ward = user.address.municipality_code
            station = self._alarms.config.station_of(ward) if kind is EntryKind.MOVE else None
            return rules.change(
                ledger,
                user,
                kind,
                self._day(body.received_on, "receivedOn"),
                tx.moment,
                self._closed(user),
                station=station or "",
            )

        return await self._change(who, registration, f"ledger-{body.kind}", change)

    async def consulted(
        self, who: StaffIdentity, registration: int, number: int, body: api.AnswerConsultation
    ) -> Ledger:
        """The ward office's answer about the helpers (KYO-02)."""

        def enter(ledger: Ledger, tx: Transaction) -> Ledger:
            return rules.consulted(ledger, number, tx.moment, body.answer, accepted=body.accepted)

        return await self._change(who, registration, "consultation-answered", enter)

    async def give_back(
        self, who: StaffIdentity, registration: int, number: int, body: api.GiveBack
    ) -> Ledger:
        """List and card go back (KYO-01, KYO-03)."""

        def give(ledger: Ledger, _tx: Transaction) -> Ledger:
            day = self._day(body.on, "on")
            return rules.give_back(ledger, number, body.household or "", day, body.survey)

        return await self._change(who, registration, "card-returned", give)

    async def at_section(
        self, who: StaffIdentity, registration: int, body: api.LedgerMoves
    ) -> Ledger:
        """The ledger has come from the welfare bureau (KYO-19)."""
        self._only_section(who)

        def arrive(ledger: Ledger, _tx: Transaction) -> Ledger:
            return rules.ledger_at_section(ledger, self._day(body.on, "on"))

        return await self._change(who, registration, "ledger-at-section", arrive)

    async def at_station(
        self, who: StaffIdentity, registration: int, body: api.LedgerMoves
    ) -> Ledger:
        """The ledger was sent on to the station (KYO-19)."""
        self._only_section(who)

        def arrive(ledger: Ledger, _tx: Transaction) -> Ledger:
            closed = self._closed(ledger.user)
            return rules.ledger_at_station(ledger, self._day(body.on, "on"), closed)

        return await self._change(who, registration, "ledger-at-station", arrive)

    # --- unit, visits, changes that were heard of -----------------------------------------------

    async def install(
        self, who: StaffIdentity, registration: int, body: api.InstallUnit
    ) -> api.Installed:
        """A unit was put up; its token is told this once."""
        token = secrets.token_urlsafe(24)

        def install(ledger: Ledger, tx: Transaction) -> Ledger:
            held = self._book.units.get(body.unit_id)
            if held is not None and held.registration not in (None, registration):
                raise NotEntered(f"unit {body.unit_id} is another user's: it must go back first")
            if ledger.user is None:
                raise NotEntered(f"user {registration} has no unit any more; enter a new card")
            if ledger.unit_id not in (None, body.unit_id):
                self._let_go(tx, ledger)
                self._audit(
                    tx,
                    who,
                    "unit-replaced",
                    registration,
                    f"unit {ledger.unit_id} by {body.unit_id}",
                )
            day, closed = self._day(body.on, "on"), self._closed(ledger.user)
            changed = rules.install(ledger, body.unit_id, day, closed)
            ward = ledger.user.address.municipality_code
            fresh = held is None or held.registration is None
            unit = Unit(body.unit_id, since=tx.moment) if held is None or fresh else held.unit
            place = HeldUnit(
                unit=unit,
                token_hash=token_hash(token),
                registration=registration,
                station=self._alarms.config.station_of(ward) or ledger.station,
                ward_office=ledger.user.ward_office,
                said=0 if held is None else held.said,
                installed_at=tx.moment,
            )
            self._alarms.put_unit(tx, place)
            return changed

        ledger = await self._change(who, registration, "unit-installed", install)
        return api.Installed(ledger=ledger, token=token)

    async def visit(self, who: StaffIdentity, registration: int, body: NewVisit) -> Ledger:
        """Guidance, attendance at the installation, or a survey (KYO-18, KYO-22, KYO-24)."""

        def note(ledger: Ledger, tx: Transaction) -> Ledger:
            self._day(body.on, "on")
            return rules.visit(ledger, body, tx.moment)

        return await self._change(who, registration, f"visited-{body.kind}", note)

    async def attendance_asked(
        self, who: StaffIdentity, registration: int, body: api.AskAttendance
    ) -> Ledger:
        """The station is asked to attend an installation (KYO-24)."""

        def note(ledger: Ledger, _tx: Transaction) -> Ledger:
            asked_on = self._day(body.asked_on, "askedOn")
            return rules.attendance_asked(ledger, asked_on, body.planned_on)

        return await self._change(who, registration, "attendance-asked", note)

    async def attendance_declined(
        self, who: StaffIdentity, registration: int, body: api.DeclineAttendance
    ) -> Ledger:
        """The station cannot attend, and says why (KYO-24)."""

        def note(ledger: Ledger, _tx: Transaction) -> Ledger:
            return rules.attendance_declined(ledger, body.why)

        return await self._change(who, registration, "attendance-declined", note)

    async def heard(self, who: StaffIdentity, registration: int, body: api.ChangeHeard) -> Ledger:
        """A change was heard of at the station (KYO-20)."""

        def note(ledger: Ledger, tx: Transaction) -> Ledger:
            if ledger.user is None:
                raise NotEntered(f"user {registration} has no unit any more: nothing to change")
            return rules.heard(ledger, HeardBy.STATION, body.what, tx.moment)

        return await self._change(who, registration, "change-heard", note)

    async def passed_on(
        self, who: StaffIdentity, registration: int, number: int, body: api.ChangePassedOn
    ) -> Ledger:
        """One of those who must know of a change was told (KYO-20)."""

        def note(ledger: Ledger, _tx: Transaction) -> Ledger:
            return rules.passed_on(ledger, number, body.to)

        return await self._change(who, registration, "change-passed-on", note)

    async def unit_returned(
        self, who: StaffIdentity, registration: int, body: api.ReturnUnit
    ) -> Ledger:
        """The unit went back: the user's data go, out of the database's free space, too (KYO-15).

        The unit's token stays good: a signal of it is still heard, of nobody's.
        """

        def empty(ledger: Ledger, tx: Transaction) -> Ledger:
            self._let_go(tx, ledger)
            closed = self._closed(ledger.user)
            day = self._day(body.received_on, "receivedOn")
            return rules.unit_returned(ledger, day, tx.moment, closed)

        emptied = await self._change(who, registration, "unit-returned", empty)
        try:
            await self._alarms.core.database.scrub()
        except StorageFailed as failed:
            log.error("not overwritten yet; the next sweep does it", why=str(failed))
        return emptied

    def _let_go(self, tx: Transaction, ledger: Ledger) -> None:
        """A user's unit becomes nobody's; what was said through it goes."""
        held = self._book.units.get(ledger.unit_id or "")
        if held is not None and held.registration == ledger.registration:
            anew = Unit(held.unit.unit_id, since=tx.moment, seen=held.unit.seen)
            self._alarms.put_unit(tx, replace(held, unit=anew, registration=None, spoken=()))

    # --- opinions -------------------------------------------------------------------------------

    async def send_opinion(self, who: StaffIdentity, body: NewOpinion) -> Opinion:
        """Tell the ward office of somebody who needs a unit (KYO-17)."""
        self._only_station(who)

        def send(tx: Transaction) -> Opinion:
            self._office(body.ward_office, "wardOffice")
            made = Opinion(
                **body.model_dump(),
                number=max(self._book.opinions, default=0) + 1,
                station=who.department,
                by=who.name,
                sent_at=tx.moment,
            )
            self._book.add_opinion(tx, made)
            self._audit(tx, who, "opinion-sent", None, f"opinion {made.number}")
            return made

        return await self._run(who, send)
