"""An alarm center of a local network: its accounts, its users, and their units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from net119_protocol.alarms.people import AlarmUser, Helper
from net119_protocol.alarms.sample import CENTER, SECTION, kyoto
from net119_protocol.api import alarm_register as register
from net119_protocol.codes import Mode

from net119_simulators.alarms.desk import AlarmDesk
from net119_simulators.alarms.register import RegisterOffice
from net119_simulators.alarms.residents import Resident
from net119_simulators.alarms.unit import AlarmUnit, Clock
from net119_simulators.network.local import LocalNetwork
from net119_simulators.network.specs import ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.wiretap import Wiretap


def kyoto_spec(
    operator: str, address: str, *, timers: Mapping[str, float] | None = None
) -> ProviderSpec:
    """A provider with Kyoto's alarm center; ``timers``: those of ``[alarms.timers]``, seconds."""
    alarms: dict[str, Any] = {**kyoto(), "timers": dict(timers or {})}
    return ProviderSpec(operator, address, settings={"alarms": alarms})


def make_user(seed: int, ward: str, office: str, helpers: Sequence[Helper]) -> AlarmUser:
    """A made-up user in a ward (JIS code), the same for the same seed."""
    person = make_person(seed, ward)
    return AlarmUser(
        name=person.name,
        kana=person.kana or "",
        birth_date=person.birth_date,
        sex=person.sex,
        address=person.address,
        ward_office=office,
        helpers=tuple(helpers),
    )


@dataclass(frozen=True)
class AlarmCenter:
    """One center of a network that runs."""

    network: LocalNetwork
    operator: str
    wiretap: Wiretap | None = None

    async def desk(self, name: str = "指令員") -> AlarmDesk:
        """A new dispatcher, to be entered; raises what `ApiClient.ask` raises."""
        token = await self.network.dispatcher_token(self.operator, CENTER, name)
        return AlarmDesk(
            self._url,
            self.network.tls,
            token,
            name=name,
            provider=self.operator,
            wiretap=self.wiretap,
        )

    async def office(self, unit: str = SECTION, name: str = "係員") -> RegisterOffice:
        """A new staff member of a station or of the city section, to be entered."""
        token = await self.network.staff_token(self.operator, unit, name)
        return RegisterOffice(
            self._url,
            self.network.tls,
            token,
            name=f"{unit} {name}",
            provider=self.operator,
            wiretap=self.wiretap,
        )

    async def put_up(
        self,
        registration: int,
        user: AlarmUser,
        on: date,
        *,
        resident: Resident | None = None,
        mode: Mode = Mode.DRILL,
        clock: Clock | None = None,
    ) -> AlarmUnit:
        """Register a user with all papers done, and put up their unit, to be entered."""
        async with await self.office() as section:
            await section.enter(
                register.NewCard(registration=registration, user=user, received_on=on)
            )
            household = f"S-{registration}"
            await section.give_back(registration, 1, register.GiveBack(household=household, on=on))
            await section.at_section(registration, register.LedgerMoves(on=on))
            await section.at_station(registration, register.LedgerMoves(on=on))
            unit_id = f"K-{registration}"
            put = register.InstallUnit(unit_id=unit_id, on=on)
            installed = await section.install(registration, put)
        return AlarmUnit(
            self._url,
            self.network.tls,
            installed.token,
            unit_id,
            mode=mode,
            resident=resident,
            clock=clock,
            center=self.operator,
            wiretap=self.wiretap,
        )

    @property
    def _url(self) -> str:
        return self.network.base_url(self.operator)
