"""Where a registration is played: a provider with mail, everybody's mailboxes, two clerks."""

import asyncio
import secrets
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from net119_protocol.api.admin import StaffRole
from net119_protocol.directory import Department
from net119_simulators.mailbox import MailboxServer
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.ports import FreePorts
from net119_simulators.pages.browser import Browser
from net119_simulators.pages.staff import StaffAtPages
from net119_simulators.pages.window import new_browser
from net119_simulators.wiretap import Interface, Wiretap

from net119_scenarios.stage import START_WITHIN_S, loopback_addresses, served_by

CLERK, REVIEWER = "受付係（模擬）", "審査係（模擬）"


class RegistrationStage:
    """A department's provider and a simulated mail server, running while inside ``async with``.

    Raises:
        ProviderDidNotStart: on entering. Everything is stopped on leaving, however one leaves.
    """

    def __init__(self, department: Department, *, wiretap: Wiretap | None = None) -> None:
        self.provider, _ = served_by(department)
        self.address = next(iter(loopback_addresses()))
        self._department = department
        self._wiretap = wiretap
        self._exit = AsyncExitStack()
        self._network: LocalNetwork | None = None
        self.boxes = MailboxServer(self.address, wiretap=wiretap)
        self.inbound_port = 0
        self.seconds = 0.0

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

    @property
    def network(self) -> LocalNetwork:
        """The running network; RuntimeError outside ``async with``."""
        if self._network is None:
            raise RuntimeError("the stage is not entered")
        return self._network

    @property
    def base_url(self) -> str:
        """Where the pages are."""
        return self.network.base_url(self.provider)

    async def _set_up(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        folder = self._exit.enter_context(tempfile.TemporaryDirectory(prefix="net119-register-"))
        ports = FreePorts()
        self._exit.callback(ports.close)
        await self._exit.enter_async_context(self.boxes)
        self.inbound_port = ports.take(self.address)
        mail = {
            "enabled": True,
            "host": self.address,
            "port": self.inbound_port,
            "relay_host": self.address,
            "relay_port": self.boxes.port,
            "retry_s": 1.0,
        }
        spec = ProviderSpec(self.provider, self.address, settings={"mail": mail})
        network = LocalNetwork([spec], Path(folder), start_within_s=START_WITHIN_S)
        self._network = await self._exit.enter_async_context(network)
        self.seconds = round(loop.time() - began, 1)

    async def browser(self, name: str, interface: Interface = Interface.A) -> Browser:
        """A browser window of somebody, with cookies of its own."""
        return await self._exit.enter_async_context(
            new_browser(
                self.network.tls,
                name=name,
                provider=self.provider,
                interface=interface,
                wiretap=self._wiretap,
            )
        )

    async def staff(self, name: str, *roles: StaffRole) -> tuple[StaffAtPages, str]:
        """A new staff member in front of the staff pages, not logged in yet, and the password.

        Raises what `ApiClient.ask` raises.
        """
        password = secrets.token_urlsafe(12)
        operation = self.network.operation(self.provider)
        await operation.add_staff(self._department.code, name, password, roles)
        browser = await self.browser(name, Interface.C)
        browser.keep_secret(password)
        return StaffAtPages(browser, self.base_url), password
