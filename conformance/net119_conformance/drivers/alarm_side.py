"""How purposes move the home alarm service of a system: its desk, its register, its units.

They speak the documented API (docs/home-alarm.md); a driver for another one gives these objects
with the same methods.
"""

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_hex

from net119_protocol.alarms.sample import CENTER, SECTION
from net119_protocol.api.admin import Account, AccountRole
from net119_protocol.codes import Mode
from net119_simulators.alarms import AlarmDesk, AlarmUnit, RegisterOffice, Resident
from net119_simulators.staff_office import StaffOffice
from net119_simulators.wiretap import Wiretap

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
        name = f"alarm desk {token_hex(2)}"
        account = await self.add_account(AccountRole.DISPATCHER, CENTER, name)
        return AlarmDesk(
            self.base_url,
            self.tls,
            account.token,
            name=name,
            provider=self.operator,
            wiretap=self.wiretap,
        )

    async def office(self, unit: str = SECTION) -> RegisterOffice:
        """A new staff member of a station, or of the city section."""
        name = f"{unit} {token_hex(2)}"
        account = await self.add_account(AccountRole.STAFF, unit, name)
        return RegisterOffice(
            self.base_url,
            self.tls,
            account.token,
            name=name,
            provider=self.operator,
            wiretap=self.wiretap,
        )

    async def auditor(self) -> StaffOffice:
        """A new staff member of the city section, who reads the audit log."""
        name = f"auditor {token_hex(2)}"
        account = await self.add_account(AccountRole.STAFF, SECTION, name)
        return StaffOffice(
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
