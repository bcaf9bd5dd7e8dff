"""How purposes move the home alarm service of a system: its desk, its register, its units.

They speak the documented API (docs/home-alarm.md); a driver for another one gives these objects
with the same methods.
"""

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import TypeVar

from net119_protocol.alarms.sample import CENTER, SECTION
from net119_protocol.api.admin import Account, AccountRole
from net119_protocol.codes import Mode
from net119_simulators.alarms import AlarmDesk, AlarmUnit, RegisterOffice, Resident
from net119_simulators.staff_office import StaffOffice
from net119_simulators.wiretap import Wiretap

T = TypeVar("T")
AddAccount = Callable[[AccountRole, str, str], Awaitable[Account]]
"""Makes an account with a role at a unit, under a name."""


@dataclass(frozen=True)
class AlarmSide:
    """The alarm service of one system; everything it gives is to be entered."""

    base_url: str
    tls: ssl.SSLContext | None
    operator: str
    wiretap: Wiretap
    add_account: AddAccount

    async def desk(self) -> AlarmDesk:
        """A new dispatcher of the alarm center."""
        return await self._new(AlarmDesk, AccountRole.DISPATCHER, CENTER, "alarm desk")

    async def office(self, unit: str = SECTION) -> RegisterOffice:
        """A new staff member of a station, or of the city section."""
        return await self._new(RegisterOffice, AccountRole.STAFF, unit, unit)

    async def auditor(self) -> StaffOffice:
        """A new staff member of the city section, who reads the audit log."""
        return await self._new(StaffOffice, AccountRole.STAFF, SECTION, "auditor")

    async def _new(self, kind: Callable[..., T], role: AccountRole, unit: str, who: str) -> T:
        """Somebody with a new account, whose name nobody else has."""
        name = f"{who} {token_hex(2)}"
        account = await self.add_account(role, unit, name)
        return kind(
            self.base_url,
            self.tls,
            account.token,
            name=name,
            provider=self.operator,
            wiretap=self.wiretap,
        )

    def unit(self, token: str, unit_id: str, resident: Resident | None = None) -> AlarmUnit:
        """An alarm unit with this token, and who is beside it."""
        return AlarmUnit(
            self.base_url,
            self.tls,
            token,
            unit_id,
            mode=Mode.TEST,
            resident=resident,
            center=self.operator,
            wiretap=self.wiretap,
        )
