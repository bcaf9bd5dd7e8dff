"""Whose register it is: a station sees the ledgers of its area, the city section all (KYO-16)."""

import functools
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from net119_protocol.alarms.people import AlarmUser, Ledger
from net119_protocol.api.alarm_register import NewCard
from net119_protocol.codes import Refusal

from net119_reference.alarms.ledger import NotEntered
from net119_reference.alarms.whom_to_tell import WardOffice
from net119_reference.alarms.working_days import japan_day
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.service.alarms.core import AlarmCore
from net119_reference.service.transaction import Transaction

T = TypeVar("T")
OLDEST = timedelta(days=3_660)
"""Days that are entered lie not further back."""


class RegisterOffice:
    """What all work with the register needs."""

    def __init__(self, alarms: AlarmCore) -> None:
        self._alarms = alarms
        self._book = alarms.book

    # --- who may --------------------------------------------------------------------------------

    def _check(self, who: StaffIdentity) -> None:
        self._alarms.check_enabled()
        if not self._section(who) and who.department not in self._alarms.stations:
            raise Refused(
                Refusal.FORBIDDEN,
                f"{who.department} is neither a station of the alarm service nor its city section",
            )

    def _section(self, who: StaffIdentity) -> bool:
        return who.department == self._alarms.config.section

    def _only_section(self, who: StaffIdentity) -> None:
        self._check(who)
        if not self._section(who):
            raise Refused(
                Refusal.FORBIDDEN,
                f"that is the work of the city section, {self._alarms.config.section} (KYO-19)",
            )

    def _only_station(self, who: StaffIdentity) -> None:
        self._check(who)
        if self._section(who):
            raise Refused(Refusal.FORBIDDEN, "that is a station's work (KYO-17)")

    def _sees(self, who: StaffIdentity, ledger: Ledger) -> bool:
        return self._section(who) or ledger.station == who.department

    def _ledger(self, who: StaffIdentity, registration: int) -> Ledger:
        found = self._book.ledgers.get(registration)
        if found is None or not self._sees(who, found):
            raise Refused(Refusal.NOT_FOUND, f"{who.department} has no ledger {registration}")
        return found

    # --- commands -------------------------------------------------------------------------------

    async def _run(self, who: StaffIdentity, work: Callable[[Transaction], T]) -> T:
        self._check(who)
        return await self._alarms.kernel.run(work)

    async def _change(
        self,
        who: StaffIdentity,
        registration: int,
        action: str,
        change: Callable[[Ledger, Transaction], Ledger],
    ) -> Ledger:
        return await self._run(
            who, functools.partial(self._changed, who, registration, action, change)
        )

    def _changed(
        self,
        who: StaffIdentity,
        registration: int,
        action: str,
        change: Callable[[Ledger, Transaction], Ledger],
        tx: Transaction,
    ) -> Ledger:
        ledger = self._ledger(who, registration)
        try:
            after = change(ledger, tx)
        except NotEntered as no:
            raise Refused(Refusal.WRONG_STATE, str(no)) from None
        self._book.put_ledger(tx, after)
        self._audit(tx, who, action, registration)
        return after

    def _audit(
        self,
        tx: Transaction,
        who: StaffIdentity,
        action: str,
        registration: int | None,
        what: str = "",
        purpose: str = "alarm service",
    ) -> None:
        of = "" if registration is None else f"registration {registration}"
        told = ": ".join(each for each in (who.department, of, what) if each)
        self._alarms.audit(tx, who.name, action, told, purpose)

    # --- what is entered ------------------------------------------------------------------------

    def _today(self) -> date:
        return japan_day(self._alarms.kernel.now())

    def _day(self, day: date, field: str) -> date:
        """A day that can have been.

        Raises:
            Refused: it lies in the future, or ten years back.
        """
        today = self._today()
        if not today - OLDEST <= day <= today:
            raise Refused(
                Refusal.INVALID,
                f"{day} is later than today ({today} in Japan) or more than ten years ago",
                field=field,
            )
        return day

    def _office(self, code: str, field: str) -> WardOffice:
        found = self._alarms.offices.get(code)
        if found is None:
            raise Refused(Refusal.INVALID, f"there is no ward office {code} here", field=field)
        return found

    def _closed(self, user: AlarmUser | None) -> frozenset[date]:
        """Days on which the user's ward office does not work beside the usual ones."""
        if user is None:
            return frozenset()
        return frozenset(self._office(user.ward_office, "user.wardOffice").hours.closed)

    def _station_for(self, who: StaffIdentity, body: NewCard) -> str:
        """The station in charge of a new user."""
        ward = body.user.address.municipality_code
        own = None if self._section(who) else who.department
        station = body.station or own or self._alarms.config.station_of(ward)
        if station is None or station not in self._alarms.stations:
            raise Refused(
                Refusal.INVALID,
                f"no station here is {station or 'that of ward ' + ward}; name one of ours",
                field="station",
            )
        if own is not None and station != own:
            raise Refused(
                Refusal.INVALID, f"a station enters its own users, not {station}'s", field="station"
            )
        return station
