"""Trying a phone at a provider that somebody else runs: nobody is registered here."""

import ssl
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from net119_protocol.api.console import ConsoleCall

from net119_simulators.dispatcher import Dispatcher
from net119_simulators.handsets.chain import Roots
from net119_simulators.handsets.model import Handset
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.position import Measured
from net119_simulators.handsets.trial import Happened, Trial, TrialResult
from net119_simulators.registration.urls import MailedKeys
from net119_simulators.safety import check_target
from net119_simulators.wiretap import Wiretap


@dataclass(frozen=True)
class Elsewhere:
    """A running provider, and what is known of it.

    ``ca_file`` is the authority of its certificates; without one the machine's own are trusted.
    Without ``login_id`` the trial ends before the log-in, without ``dispatcher_token`` (of a
    console with our documented API) before the call, which nobody could confirm.
    """

    base_url: str
    plaintext_url: str | None = None
    ca_file: Path | None = None
    login_id: str = ""
    password: str = field(default="", repr=False)
    dispatcher_token: str = field(default="", repr=False)
    test_hosts: Collection[str] = ()

    def __post_init__(self) -> None:
        for url in filter(None, (self.base_url, self.plaintext_url)):
            check_target(url, self.test_hosts)

    def trusted(self) -> Roots:
        """The authorities that a phone is to know; OSError, ValueError for an unreadable file."""
        file = self.ca_file or Path(ssl.get_default_verify_paths().cafile or "")
        return Roots.of(file)

    def context(self) -> ssl.SSLContext:
        """The same for the console."""
        return ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)


class _RemoteDesk:
    """The provider's side of a trial (`Desk`)."""

    def __init__(self, where: Elsewhere, dispatcher: Dispatcher | None) -> None:
        self._where = where
        self.base_url = where.base_url.rstrip("/")
        self.plaintext_url = where.plaintext_url.rstrip("/") if where.plaintext_url else None
        self.dispatcher = dispatcher
        self.name = ""

    def is_mine(self, call: ConsoleCall) -> bool:
        """Every new call: on a test system nobody else calls meanwhile."""
        return True

    async def register(self, phone: Phone, base_url: str) -> MailedKeys | None:
        """Not done here: its mail is not ours."""
        return None

    async def keys(self) -> MailedKeys | None:
        """The log-in that was given."""
        if not self._where.login_id:
            return None
        return MailedKeys(f"{self.base_url}/my", self._where.login_id, self._where.password)


async def try_elsewhere(
    where: Elsewhere,
    handset: Handset,
    here: Measured,
    tell: Callable[[Happened], None] = lambda _: None,
    *,
    wiretap: Wiretap | None = None,
) -> TrialResult:
    """Try a phone there.

    Raises:
        SafetyInterlock: a host is neither loopback nor declared a test system.
        Unreachable, CallRefused: the console was not opened. OSError, ValueError: ``ca_file``.
    """
    async with AsyncExitStack() as opened:
        dispatcher = None
        if where.dispatcher_token:
            dispatcher = await opened.enter_async_context(
                Dispatcher(
                    where.base_url,
                    where.context(),
                    where.dispatcher_token,
                    wiretap=wiretap,
                    declared_test_hosts=where.test_hosts,
                )
            )
        phone = Phone(
            handset,
            where.trusted(),
            here,
            name=handset.name,
            wiretap=wiretap,
            declared_test_hosts=where.test_hosts,
        )
        await opened.enter_async_context(phone)
        return await Trial(phone, _RemoteDesk(where, dispatcher), tell).run()
