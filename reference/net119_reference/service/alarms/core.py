"""What the parts of the alarm service share: how incidents and units are changed, and what is due.

Everything here runs inside a kernel transaction; frames and wake-ups go out after the commit.
"""

import asyncio
import functools
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.alarms.codes import UnitTrouble
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import Helper
from net119_protocol.alarms.signals import Utterance
from net119_protocol.api.alarms import AlarmFrame, AlarmUnitFrame
from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel

from net119_reference.alarms import afterwards, houses, machine
from net119_reference.alarms.timers import AlarmTimers
from net119_reference.alarms.whom_to_tell import WardOffice
from net119_reference.alarms.working_days import OfficeHours
from net119_reference.config.alarms import Alarms, Ward
from net119_reference.logs import get_log
from net119_reference.ports import DispatcherIdentity, Refused
from net119_reference.service import rows
from net119_reference.service.alarms.book import Book, HeldUnit
from net119_reference.service.core import Core
from net119_reference.service.transaction import Transaction

HAIL = "こちらは消防指令センターです。どうしましたか。聞こえたら返事をしてください。"
"""What a unit says when its user is hailed (KYO-05)."""
SAME_LOOK = timedelta(hours=1)
"""For how long a list that a dispatcher has seen, and sees again, stands in the audit log once."""
MOST_ENTRIES = 2_000
"""Hails, words, reports and tellings of one incident together."""
log = get_log("alarms")


class AlarmCore:
    """State and common acts of the alarm service."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.kernel = core.kernel
        self.config: Alarms = core.config.alarms
        self.book = Book()
        timings = self.config.timers
        self.timers = AlarmTimers(
            **{each.name: getattr(timings, each.name) for each in fields(AlarmTimers)}
        )
        self.offices = {each.code: _office(each) for each in self.config.ward_offices}
        self.stations = {each.code for each in self.config.stations}
        self.listening: dict[str, set[asyncio.Event]] = {}
        """Who waits for words of the center, by unit."""
        self._up_since = core.clock.now()
        self._watched: dict[str, bool] = {}
        self._looks: dict[DispatcherIdentity, tuple[str, datetime]] = {}
        self._shown: dict[UUID, frozenset[str]] = {}
        """Which dispatchers' consoles were shown an incident, as far as it is in the audit log."""

    # --- who may -------------------------------------------------------------------------------

    def check_enabled(self) -> None:
        """Refused where this provider runs no alarm service."""
        if not self.config.enabled:
            raise Refused(
                Refusal.FORBIDDEN, "this provider runs no home alarm service (alarms.enabled)"
            )

    def check_desk(self, who: DispatcherIdentity) -> None:
        """Refused for dispatchers of other centers."""
        self.check_enabled()
        if who.center != self.config.center:
            raise Refused(
                Refusal.FORBIDDEN,
                f"center {who.center} has no alarm desk; {self.config.center} has it",
            )

    def audit(
        self, tx: Transaction, actor: str, action: str, what: str, purpose: str = "alarm service"
    ) -> None:
        """Each access to a ledger or an incident, and each act (KYO-16).

        All stand under the city section's code; ``what`` names numbers, nobody's data.
        """
        tx.write(
            rows.INSERT_AUDIT,
            at=rows.stamp(tx.now),
            department=self.config.section,
            actor=actor[:200],
            action=action[:40],
            registrant_id=None,
            purpose=purpose[:200],
            what=what,
        )

    def audit_look(self, tx: Transaction, who: DispatcherIdentity, action: str, what: str) -> None:
        """A list that somebody looks at, once for as long as it names the same (KYO-16).

        What watches asks every other second: a line for each time would bury all other accesses.
        """
        before = self._looks.get(who)
        if before is not None:
            same, at = before[0] == f"{action} {what}", before[1]
            if same and timedelta() <= tx.now - at < SAME_LOOK:
                return
        tx.put(self._looks, who, (f"{action} {what}", tx.now))
        self.audit(tx, who.name, action, what)

    def audit_shown(self, tx: Transaction, incident: Incident, who: Collection[str]) -> None:
        """An incident is shown at open consoles: once for each dispatcher (KYO-16).

        Its frames name helpers with their telephones, the house and, once crews were sent, the
        user.
        """
        known = self._shown.get(incident.incident_id, frozenset())
        for name in sorted(set(who) - known):
            self.audit(tx, name, "alarm-shown", named(incident))
        if not known.issuperset(who):
            tx.put(self._shown, incident.incident_id, known.union(who))

    def shown_at(self, tx: Transaction, name: str) -> None:
        """A console was opened, which shows what is open; the caller has audited that."""
        for incident_id in self.book.open:
            known = self._shown.get(incident_id, frozenset())
            tx.put(self._shown, incident_id, known | {name})

    # --- changing -------------------------------------------------------------------------------

    def helpers_of(self, incident: Incident) -> Sequence[Helper]:
        """Those registered for the house where the unit hung at the alarm, in their order.

        They are its neighbours: after a move the new home's helpers are far from it (KYO-10).
        """
        if incident.house is not None:
            return incident.house.helpers
        ledger = self.book.ledgers.get(incident.registration or 0)
        return ledger.user.helpers if ledger is not None and ledger.user is not None else ()

    def office_of(self, incident: Incident) -> WardOffice:
        """The ward office of the place."""
        found = self.offices.get(incident.ward_office)
        if found is None:
            raise Refused(
                Refusal.WRONG_STATE,
                f"ward office {incident.ward_office} is in alarms.ward_offices no more",
            )
        return found

    def put(self, tx: Transaction, incident: Incident) -> Incident:
        """Store an incident, with all that follows from its change."""
        before = self.book.incident(incident.incident_id)
        incident = houses.ended(self._with_report(tx, incident))
        if incident == before:
            return incident
        self.book.put_incident(tx, incident)
        self._say(tx, before, incident)
        due = machine.due(incident)
        if due is not None and (before is None or machine.due(before) != due):
            self._wait_for(tx, incident, due)
        self.audit_shown(tx, incident, self.core.hub.at_consoles(self.config.center))
        frame = AlarmFrame(incident=incident, now=tx.moment)
        tx.after(functools.partial(self._show, frame))
        return incident

    def put_unit(self, tx: Transaction, held: HeldUnit) -> None:
        """Store a unit; the desk is shown what is wrong with it, and its silence is watched."""
        before = self.book.units.get(held.unit.unit_id)
        self.book.put_unit(tx, held)
        known = frozenset() if before is None else before.unit.troubles
        if held.unit.troubles != known:
            tx.after(functools.partial(self._show, AlarmUnitFrame(unit=held.state())))
        self.watch(tx, held)

    def _show(self, frame: WireModel) -> None:
        self.core.hub.to_consoles((self.config.center,), lambda _center: frame)

    def _with_report(self, tx: Transaction, incident: Incident) -> Incident:
        """The report that a dispatch owes the ward office is there from the dispatch on (KYO-12).

        It follows what becomes known, until it is sent.
        """
        made = incident.ward_report
        office = self.offices.get(incident.ward_office)
        if not incident.dispatched or (made is not None and made.sent_at is not None):
            return incident
        if office is None:  # it is in the settings no more: that must not keep anybody from coming
            log.error("no such ward office", incident=incident.number, office=incident.ward_office)
            return incident
        ledger = self.book.ledgers.get(incident.registration or 0)
        user = ledger.user if ledger is not None else None
        name = user.name if user is not None else made.name if made is not None else ""
        return afterwards.ward_report(incident, name, office, tx.moment)

    def _say(self, tx: Transaction, before: Incident | None, incident: Incident) -> None:
        """Have the unit say what is new of the center's hails and words."""
        hails = incident.hails[len(before.hails) if before else 0 :]
        words = incident.speech[len(before.speech) if before else 0 :]
        new = [(each.at, each.by, HAIL, True) for each in hails]
        new += [(each.at, each.by, each.text, False) for each in words if each.by]
        held = self.book.units.get(incident.unit_id)
        # Nothing of a user or a place before them is said to those who have the unit now.
        if held is None or not new or not held.whose.has(incident):
            return
        for at, by, text, hail in new:
            held = held.saying(
                Utterance(
                    n=held.said + 1,
                    at=at,
                    incident=incident.number,
                    hail=hail,
                    by=by,
                    text=text,
                )
            )
        self.book.put_unit(tx, held)
        tx.after(functools.partial(self._wake, incident.unit_id))

    def _wake(self, unit_id: str) -> None:
        for each in self.listening.get(unit_id, ()):
            each.set()

    # --- what is due ----------------------------------------------------------------------------

    def resume(self, tx: Transaction) -> None:
        """After a start: a user who was being hailed is dispatched to all the same (KYO-07)."""
        tx.set(self, "_up_since", tx.now)
        for incident in self.book.open.values():
            due = machine.due(incident)
            if due is not None:
                self._wait_for(tx, incident, due)
        for held in tuple(self.book.units.values()):
            self.watch(tx, held)

    def _wait_for(self, tx: Transaction, incident: Incident, due: datetime) -> None:
        # Stored before a restart it may be of a clock that has been set back since.
        when = min(due, tx.now + machine.longest_wait(incident, self.timers))
        work = functools.partial(self._on_due, incident.incident_id, due)
        tx.after(functools.partial(self.kernel.at, when, work))

    def _on_due(self, incident_id: UUID, due: datetime, tx: Transaction) -> None:
        incident = self.book.open.get(incident_id)
        if incident is None or machine.due(incident) != due:
            return  # it was met or moved meanwhile
        # The clock may have been set back: it is due all the same.
        moment = max(tx.moment, due)
        after = machine.tick(incident, self.helpers_of(incident), moment, self.timers)
        if after.dispatched and not incident.dispatched:
            finding = after.finding.value if after.finding else ""
            log.warning("dispatched by time", incident=after.number, finding=finding)
            self.audit(tx, "timer", "alarm-dispatched", f"incident {after.number}: {finding}")
        self.put(tx, after)

    def watch(self, tx: Transaction, held: HeldUnit) -> None:
        """Look at a unit's silence when it may be long enough, unless that is waited for.

        While the provider was down it could hear nobody: silence counts from its start.
        """
        unit_id, silent = held.unit.unit_id, UnitTrouble.SILENT in held.unit.troubles
        if held.registration is None or silent or self._watched.get(unit_id):
            return
        tx.put(self._watched, unit_id, True)
        look = functools.partial(self._look, unit_id)
        tx.after(functools.partial(self.kernel.at, self._silent_at(held), look))

    def _silent_at(self, held: HeldUnit) -> datetime:
        wait = self.timers.after("heartbeat_s") * self.timers.beats_missed
        return max(held.unit.silent_at(self.timers), self._up_since + wait)

    def _look(self, unit_id: str, tx: Transaction) -> None:
        tx.put(self._watched, unit_id, False)
        held = self.book.units.get(unit_id)
        if held is None or held.registration is None:
            return
        if self._silent_at(held) > tx.now:
            self.watch(tx, held)
        else:
            self.put_unit(tx, replace(held, unit=held.unit.tick(tx.now, self.timers)))

    # --- retention ------------------------------------------------------------------------------

    def forget_old(self, tx: Transaction) -> int:
        """Delete incidents past their period, with nothing of them owed; how many."""
        before = tx.now - timedelta(days=self.config.keep_days)
        old = [
            each
            for each in self.book.ended.values()
            if each.closed_at is not None and each.closed_at < before and not afterwards.owed(each)
        ]
        for each in old:
            self.book.forget_incident(tx, each)
            if each.incident_id in self._shown:
                tx.drop(self._shown, each.incident_id)
        return len(old)


def _office(ward: Ward) -> WardOffice:
    return WardOffice(
        code=ward.code,
        name=ward.name,
        phone=ward.phone,
        hours=OfficeHours(ward.opens, ward.closes, ward.closed),
        chief_name=ward.chief_name,
        chief_home_phone=ward.chief_home_phone,
        director_name=ward.director_name,
        director_home_phone=ward.director_home_phone,
    )


def named(incident: Incident) -> str:
    """An incident in the audit log: numbers only."""
    of = "" if incident.registration is None else f", registration {incident.registration}"
    return f"{incident.mode.value} incident {incident.number}{of}"
