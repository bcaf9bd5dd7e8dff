"""Interface H: signals of alarm units, and what is said through them."""

import asyncio
import contextlib
import functools
from dataclasses import replace
from uuid import uuid4

from net119_protocol.alarms.codes import IncidentKind, IncidentState, SignalKind
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.signals import (
    NewSignal,
    SignalTaken,
    UnitSaid,
    UnitSays,
    UnitSpeech,
)
from net119_protocol.codes import Mode, Refusal

from net119_reference.alarms import houses, machine, pressed
from net119_reference.alarms.machine import Raised
from net119_reference.alarms.ports import UnitIdentity
from net119_reference.alarms.units import Seen, is_late
from net119_reference.alarms.working_days import japan_day
from net119_reference.ports import Refused
from net119_reference.service.alarms.book import HeldUnit
from net119_reference.service.alarms.core import MOST_ENTRIES, AlarmCore
from net119_reference.service.registry import token_hash
from net119_reference.service.transaction import Transaction

_NOBODY_COMES = frozenset({IncidentState.INVESTIGATING, IncidentState.INFORMING})


class SignalDesk:
    """Takes what units send; a unit's alarm is never lost, and never taken twice."""

    def __init__(self, alarms: AlarmCore) -> None:
        self._alarms = alarms

    def identity(self, token: str) -> UnitIdentity:
        """The unit with this token.

        Raises:
            Refused: there is none (``not-authenticated``).
        """
        held = self._alarms.book.unit_of(token_hash(token))
        if held is None or not self._alarms.config.enabled:
            raise Refused(Refusal.NOT_AUTHENTICATED, "this is no token of an alarm unit")
        return UnitIdentity(held.unit.unit_id)

    async def take(self, who: UnitIdentity, signal: NewSignal) -> SignalTaken:
        """Take a signal; answered when it is durable.

        Raises:
            Refused: its mode is not accepted here.
        """
        accepted = self._alarms.core.config.modes.accepted
        # Practice never sends anybody (I5); what a unit has for practising is its test alarm.
        if signal.mode not in accepted or signal.mode is Mode.PRACTICE:
            taken = ", ".join(sorted(each.value for each in accepted - {Mode.PRACTICE}))
            raise Refused(
                Refusal.MODE_NOT_ACCEPTED,
                f"signals in mode {signal.mode.value} are not taken here, only: {taken}",
                field="mode",
            )
        return await self._alarms.kernel.run(functools.partial(self._take, who, signal))

    def _take(self, who: UnitIdentity, signal: NewSignal, tx: Transaction) -> SignalTaken:
        alarms = self._alarms
        held = self._held(who)
        had = held.unit.repeat_of(
            signal.n,
            signal.kind,
            tx.moment,
            alarms.timers,
            sent_at=signal.sent_at,
            replayed=signal.replayed,
        )
        if had is not None and not self._must_be_heard(tx, held, had, signal):
            alarms.put_unit(tx, replace(held, unit=held.unit.heard_again(tx.moment)))
            return self._taken(held, signal, had)
        number = self._incident(tx, held, signal) if signal.kind in machine.BEGINS else None
        held = alarms.book.units[who.unit_id]  # it may have something to say by now
        unit = held.unit.after(
            signal.n, signal.kind, number, tx.moment, signal.battery_percent, signal.sent_at
        )
        alarms.put_unit(tx, replace(held, unit=unit))
        return self._taken(held, signal, Seen(signal.n, signal.kind, number, tx.moment), new=True)

    def _held(self, who: UnitIdentity) -> HeldUnit:
        held = self._alarms.book.units.get(who.unit_id)
        if held is None:
            raise Refused(Refusal.NOT_AUTHENTICATED, "this unit is not known any more")
        return held

    def _must_be_heard(self, tx: Transaction, held: HeldUnit, had: Seen, signal: NewSignal) -> bool:
        """Whether what looks like a repeat of an alarm may be a new one, and nobody is coming.

        Without a clock of the unit the two cannot be told apart: in doubt it is an alarm.
        """
        if signal.kind is not SignalKind.ALARM or None not in (had.sent_at, signal.sent_at):
            return False
        incident = self._alarms.book.numbered(had.incident)
        if incident is None or not self._part(tx, held, signal, incident):
            return True
        return incident.state in _NOBODY_COMES

    def _part(self, tx: Transaction, held: HeldUnit, signal: NewSignal, of: Incident) -> bool:
        return pressed.belongs(
            of, signal.kind, signal.mode, held.whose, tx.moment, self._alarms.timers
        )

    def _incident(self, tx: Transaction, held: HeldUnit, signal: NewSignal) -> str:
        """The number of the incident that the signal begins or belongs to."""
        alarms = self._alarms
        for each in alarms.book.open_of(held.unit.unit_id):
            if self._part(tx, held, signal, each):
                again = pressed.pressed_again(each, signal.n, tx.moment, alarms.timers)
                # What is only counted stands in the incident; a stuck button is no access.
                if (again.signals, again.hails) != (each.signals, each.hails):
                    what = f"{each.kind.value} {each.number}"
                    alarms.audit(tx, f"unit {held.unit.unit_id}", "alarm-pressed-again", what)
                return alarms.put(tx, again).number
        ledger = alarms.book.ledgers.get(held.registration or 0)
        raised = Raised(
            incident_id=uuid4(),
            number=alarms.book.next_number(tx, f"{japan_day(tx.now):%Y%m%d}"),
            kind=signal.kind,
            mode=signal.mode,
            unit_id=held.unit.unit_id,
            registration=held.registration,
            center=alarms.config.center,
            station=ledger.station if ledger is not None else held.station,
            ward_office=held.ward_office,
            crew_area=held.station,
            n=signal.n,
            late=signal.replayed or is_late(signal.sent_at, tx.now, alarms.timers),
            replayed=signal.replayed,
        )
        began = machine.begin(raised, tx.moment, alarms.timers)
        begun = alarms.put(tx, houses.at_alarm(began, ledger, held.unit.unit_id))
        alarms.audit(
            tx, f"unit {held.unit.unit_id}", "alarm-raised", f"{begun.kind.value} {begun.number}"
        )
        return begun.number

    def _taken(
        self, held: HeldUnit, signal: NewSignal, had: Seen, *, new: bool = False
    ) -> SignalTaken:
        return SignalTaken(
            unit_id=held.unit.unit_id,
            n=signal.n,
            repeat=not new,
            taken_at=had.at,
            incident=had.incident,
            next_heartbeat_s=self._alarms.timers.heartbeat_s,
        )

    # --- what is said ---------------------------------------------------------------------------

    async def hears(self, who: UnitIdentity, after: int) -> UnitSpeech:
        """What the center says through the unit; waits for ``poll_s`` for something new."""
        alarms = self._alarms
        event = asyncio.Event()
        waiting = alarms.listening.setdefault(who.unit_id, set())
        waiting.add(event)
        try:
            if not self._spoken(who, after).spoken:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(alarms.config.timers.poll_s):
                        await event.wait()
            return self._spoken(who, after)
        finally:
            waiting.discard(event)

    def _spoken(self, who: UnitIdentity, after: int) -> UnitSpeech:
        held = self._held(who)
        return UnitSpeech(
            spoken=tuple(each for each in held.spoken if each.n > after), last_n=held.said
        )

    async def says(self, who: UnitIdentity, words: UnitSays) -> UnitSaid:
        """Somebody at the unit says something; answered when it is durable.

        What was said before is answered as it was then, also once its incident has ended: the
        first answer may have been lost.

        Raises:
            Refused: no incident of the unit is open, or not the one named.
        """

        def say(tx: Transaction) -> UnitSaid:
            had = self._said_before(who, words)
            if had is not None:
                return had
            incident = self._talking(who, words.incident)
            if entries(incident) >= MOST_ENTRIES:
                raise Refused(Refusal.TOO_MANY, f"incident {incident.number} is full of words")
            spoken = machine.speak(
                incident,
                "",
                words.text,
                tx.moment,
                self._alarms.timers,
                client_id=words.client_id,
            )
            stored = self._alarms.put(tx, spoken)
            return UnitSaid(incident=stored.number, at=tx.moment)

        return await self._alarms.kernel.run(say)

    def _said_before(self, who: UnitIdentity, words: UnitSays) -> UnitSaid | None:
        if words.client_id is None:
            return None
        own = [each for each in self._alarms.book.everything() if each.unit_id == who.unit_id]
        if words.incident is not None:
            own = [each for each in own if each.number == words.incident]
        else:
            # A unit may begin its names anew; of an older alarm they are no repeat, but new words.
            still = [each for each in own if each.open]
            own = still or sorted(own, key=lambda each: each.raised_at)[-1:]
        for incident in own:
            for each in incident.speech:
                if not each.by and each.client_id == words.client_id:
                    return UnitSaid(incident=incident.number, at=each.at, repeat=True)
        return None

    def _talking(self, who: UnitIdentity, number: str | None) -> Incident:
        whose = self._held(who).whose
        found = [each for each in self._alarms.book.open_of(who.unit_id) if whose.has(each)]
        if number is not None:
            named = [each for each in found if each.number == number]
            if named:
                return named[0]
            known = self._alarms.book.numbered(number)
            if known is not None and known.unit_id == who.unit_id and not known.open:
                raise Refused(Refusal.WRONG_STATE, f"incident {number} has ended")
            raise Refused(
                Refusal.NOT_FOUND, f"this unit has no incident {number}", field="incident"
            )
        # Somebody who has pressed the button talks about that, whatever is open beside it.
        found.sort(key=lambda each: each.kind is not IncidentKind.ALARM)
        if not found:
            raise Refused(Refusal.WRONG_STATE, "no incident of this unit is open; press the button")
        return found[0]


def entries(incident: Incident) -> int:
    """How much of what grows an incident holds."""
    lists = (incident.hails, incident.speech, incident.scene, incident.tellings)
    return sum(len(each) for each in lists)
