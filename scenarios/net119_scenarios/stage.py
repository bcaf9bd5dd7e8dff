"""Where a scenario is played: its own providers on free loopback addresses, its people."""

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from net119_protocol.api.staff import Credentials
from net119_protocol.directory import Department
from net119_protocol.person import RegistrantData
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.radio import RadioProxy, load_radios
from net119_simulators.rule_based import RuleBasedDispatcher
from net119_simulators.smartphone import Smartphone
from net119_simulators.wiretap import Silence, Wiretap

from net119_scenarios.happening import Happening, Role, What

# Slow machines start two providers in half a minute; a provider that cannot start ends at once.
START_WITHIN_S = 90.0


class Stage:
    """The providers of some departments, running while inside ``async with``.

    ``tell`` gets what is done while it is set up, ``wiretap`` the traffic of phones and consoles.
    Everything is stopped, and its temporary folder deleted, on leaving, however one leaves.

    Raises:
        ProviderDidNotStart, Waited: on entering, see `LocalNetwork`.
    """

    def __init__(
        self,
        departments: Iterable[Department],
        *,
        tell: Callable[[Happening], None] = lambda _: None,
        wiretap: Wiretap | None = None,
    ) -> None:
        self.providers = tuple(dict.fromkeys(served_by(each)[0] for each in departments))
        self._tell = tell
        self._wiretap = wiretap or Silence()
        self._exit = AsyncExitStack()
        self._network: LocalNetwork | None = None

    @property
    def network(self) -> LocalNetwork:
        """The running network; RuntimeError outside ``async with``."""
        if self._network is None:
            raise RuntimeError("the stage is not entered")
        return self._network

    async def __aenter__(self) -> Self:
        try:
            await self._set_up()
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._exit.aclose()

    async def resident(self, department: Department, person: RegistrantData) -> Credentials:
        """Have the department's staff register a person; raises what `ApiClient.ask` raises."""
        provider, _ = served_by(department)
        return await self.network.register(provider, department.code, person)

    async def dispatcher(
        self,
        department: Department,
        name: str,
        *,
        answer_after_s: float,
        patience_s: float = 10.0,
    ) -> RuleBasedDispatcher:
        """A dispatcher by rule at the department's center, with the console open.

        ``patience_s`` is how long a reply is waited for.

        Raises:
            CallRefused, Unreachable, UnexpectedAnswer: the console was not opened.
        """
        provider, center = served_by(department)
        token = await self.network.dispatcher_token(provider, center, name)
        return await self._exit.enter_async_context(
            RuleBasedDispatcher(
                self.network.base_url(provider),
                self.network.tls,
                token,
                answer_after_s=answer_after_s,
                patience_s=patience_s,
                action_s=20.0,
                name=name,
                provider=provider,
                wiretap=self._wiretap,
            )
        )

    async def radio(self, department: Department, code: str, seed: int) -> RadioProxy:
        """A radio before the department's provider; its course has not begun."""
        provider, _ = served_by(department)
        profile = load_radios()[code]
        radio = self.network.radio(provider, profile, seed=seed, wiretap=self._wiretap)
        return await self._exit.enter_async_context(radio)

    async def phone(
        self, department: Department, owner: Credentials, radio: RadioProxy | None = None
    ) -> Smartphone:
        """A registrant's smartphone, logged in; raises what entering `Smartphone` raises."""
        provider, _ = served_by(department)
        phone = self.network.phone(provider, owner, wiretap=self._wiretap, radio=radio)
        return await self._exit.enter_async_context(phone)

    async def _set_up(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._tell(Happening(What.STARTING, Role.STAGE, None, {"providers": self.providers}))
        folder = self._exit.enter_context(tempfile.TemporaryDirectory(prefix="net119-call-"))
        specs = [
            ProviderSpec(code, address)
            for code, address in zip(self.providers, loopback_addresses(), strict=False)
        ]
        network = LocalNetwork(specs, Path(folder), start_within_s=START_WITHIN_S)
        self._network = await self._exit.enter_async_context(network)
        for code in self.providers:
            peers = [other for other in self.providers if other != code]
            await network.wait_until_peers_run(code, peers, within=START_WITHIN_S)
        addresses = {code: network.specs[code].address for code in self.providers}
        seconds = round(loop.time() - began, 1)
        self._tell(
            Happening(What.STARTED, Role.STAGE, None, {"addresses": addresses, "seconds": seconds})
        )


def served_by(department: Department) -> tuple[str, str]:
    """Provider and center of a department; ValueError if it has not adopted NET119."""
    if department.provider is None or department.center is None:
        raise ValueError(f"department {department.code} has not adopted NET119")
    return department.provider, department.center


def loopback_addresses() -> Iterable[str]:
    """Loopback addresses that another run hardly uses at the same time; ports are free ones."""
    middle = f"{64 + secrets.randbelow(64)}.{secrets.randbelow(256)}"
    return (f"127.{middle}.{last}" for last in range(1, 255))
