"""The driver for a system whose vendor answers a few simple HTTP requests (`docs/http-hook.md`)."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from net119_protocol.api.admin import Health, PeerHealth, PeerOperator, RefusedInput
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, PlaceChoice, ProviderState
from net119_protocol.model import WireModel
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix
from net119_simulators.network import Timers
from net119_simulators.recorder import Recorder
from net119_simulators.registration import CallPageKeys
from net119_simulators.wiretap import Interface, Wiretap
from pydantic import BaseModel, ConfigDict, Field

from net119_conformance.drivers import http_hook_operation as operation
from net119_conformance.drivers import http_hook_wire as wire
from net119_conformance.drivers.actors import Console, Handset
from net119_conformance.drivers.http_hook_client import HookClient
from net119_conformance.drivers.http_hook_console import HookConsole
from net119_conformance.drivers.http_hook_handset import HookHandset
from net119_conformance.drivers.http_hook_log import HookAudit
from net119_conformance.drivers.http_hook_requests import POSSIBLE, verbs_of
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.staff import AuditLog
from net119_conformance.drivers.unclaimed import NotClaimed, Unclaimed
from net119_conformance.errors import DriverFailed

Answer = TypeVar("Answer", bound=WireModel)

_NONE = "none"  # a hook logs its registrants in by itself


class HookSettings(BaseModel):
    """What the driver must know of a hook."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://[^\s/]+(/\S*)?$")
    """Where it listens: ``http://127.0.0.1:9119``."""
    poll_s: float = Field(default=0.1, gt=0, le=2)
    """Seconds between two looks at a screen."""
    slack: float = Field(default=1.0, gt=0, le=10)
    """Factor on the time limits of all requests, for a hook on a slow machine."""


class HookDriver(Unclaimed):
    """Operates a system through its vendor's hook.

    ``verbs`` are all that a hook may serve until `look` has asked which of them this one does.
    ``declared_test_hosts``: hosts other than loopback that are declared to be test systems.

    Raises:
        SafetyInterlock: the hook is on another machine that is not declared a test system.
        DriverFailed: from every verb, when the hook fails.
    """

    name = "http-hook"

    def __init__(
        self,
        settings: HookSettings,
        operator: str,
        wiretap: Wiretap,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.operator = operator
        self.verbs = POSSIBLE
        self._settings = settings
        self._issued: dict[str, str] = {}
        self._offered: frozenset[str] | None = None
        self._client = HookClient(
            settings.url, declared_test_hosts=declared_test_hosts, slack=settings.slack
        )
        self._admin = Recorder(wiretap, Interface.ADMIN, "harness", operator)

    async def look(self) -> wire.Offered:
        """What the hook offers; of ``verbs`` those stay that can be served with it."""
        offered = await self._client.look(self._admin)
        self._offered = frozenset(offered.requests)
        self.verbs &= verbs_of(set(offered.requests))
        return offered

    async def register(self, department: str, person: RegistrantData) -> Credentials:
        """Register a person, approved; the log-in is the hook's own name of the registration."""
        body = wire.Register(department=department, person=person)
        done = await self._ask("register", body, wire.Registered)
        made = Credentials(
            registrant_id=uuid5(NAMESPACE_URL, f"{self._client.url}/{done.registrant}"),
            login_id=done.registrant,
            password=done.password or _NONE,
        )
        self._issued[made.login_id] = made.password
        return made

    async def suspend(self, department: str, credentials: Credentials, reason: str) -> None:
        """Refuse the registrant's further calls."""
        body = wire.Suspend(registrant=credentials.login_id, department=department, reason=reason)
        await self._ask("suspend", body, wire.Empty)

    def handset(
        self, credentials: Credentials | CallPageKeys, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """A registrant's handset, logged in on entering."""
        if isinstance(credentials, CallPageKeys):
            raise NotClaimed(Verb.ACCOUNT, self.name)
        return self._handset(credentials, name, wiretap)

    async def call_as_stranger(self, fix: Fix, *, token: str | None, wiretap: Wiretap) -> UUID:
        """Call without any log-in, with an invented session or none."""
        recorder = Recorder(wiretap, Interface.A, "stranger", self.operator)
        phone = HookHandset(
            self._client, recorder, None, "stranger", self._settings.poll_s, session=token
        )
        return await phone.dial(Kind.OTHER, PlaceChoice.CURRENT, fix=fix)

    @asynccontextmanager
    async def _handset(
        self, who: Credentials, name: str, wiretap: Wiretap
    ) -> AsyncIterator[Handset]:
        recorder = Recorder(wiretap, Interface.A, name, self.operator)
        await self._log_in(who, recorder)
        phone = HookHandset(self._client, recorder, who.login_id, name, self._settings.poll_s)
        try:
            yield phone
        finally:
            await phone.put_away()

    async def _log_in(self, who: Credentials, recorder: Recorder) -> None:
        """Log in where the hook can; where it cannot, only whom the system registered passes."""
        known = self._issued.get(who.login_id) == who.password
        if known and self._offered is not None and "log-in" not in self._offered:
            return
        recorder.keep_secret(who.password)
        password = None if who.password == _NONE else who.password
        body = wire.LogIn(registrant=who.login_id, password=password)
        await self._client.ask("log-in", body, wire.Empty, recorder)

    @asynccontextmanager
    async def console(self, center: str, *, name: str, wiretap: Wiretap) -> AsyncIterator[Console]:
        """A console of a center, open while entered."""
        recorder = Recorder(wiretap, Interface.C, name, self.operator)
        console = HookConsole(
            self._client,
            recorder,
            center,
            name,
            self._settings.poll_s,
            records=self._offered is not None and "record" in self._offered,
        )
        await console.open()
        try:
            yield console
        finally:
            await console.leave()

    @asynccontextmanager
    async def audit_log(
        self, department: str, *, name: str, wiretap: Wiretap
    ) -> AsyncIterator[AuditLog]:
        """The audit log of a department."""
        recorder = Recorder(wiretap, Interface.C, name, self.operator)
        yield HookAudit(self._client, recorder, department)

    async def load_directory(self, content: Mapping[str, Any]) -> None:
        """Replace the SUT's directory, for new calls."""
        await self._ask("directory", operation.LoadDirectory(directory=dict(content)), wire.Empty)

    async def load_operators(self, peers: Sequence[PeerOperator]) -> None:
        """Replace the SUT's list of peers."""
        await self._ask("operators", operation.LoadOperators(peers=tuple(peers)), wire.Empty)

    async def set_state(self, state: ProviderState) -> None:
        """Put the SUT into an operating state."""
        await self._ask("state", operation.SetState(state=state), wire.Empty)

    async def set_clock(self, moment: datetime) -> None:
        """Have the SUT's clock go on from a moment."""
        await self._ask("clock", operation.SetClock(now=moment), wire.Empty)

    async def set_timers(self, timers: Timers) -> None:
        """Set those of the SUT's timers that are given."""
        known = operation.SetTimers.model_fields
        given = {name: value for name, value in timers.settings().items() if name in known}
        await self._ask("timers", operation.SetTimers.model_validate(given), wire.Empty)

    async def health(self) -> Health:
        """The SUT's state, its peers among it."""
        state = await self._ask("health", wire.Empty(), operation.State)
        return Health(
            status="up",
            operator=state.operator,
            version=state.version,
            catalogue_profile="",
            directory_version=state.directory_version,
            open_calls=state.open_calls,
            peers=tuple(
                PeerHealth(
                    operator=each.operator,
                    session_up=each.running,
                    state=each.state,
                    running=each.running,
                )
                for each in state.peers
            ),
        )

    async def refused_inputs(self, after: int = 0) -> tuple[RefusedInput, ...]:
        """What the SUT logged as refused."""
        answer = await self._ask(
            "refused", operation.AskRefused(after=after), operation.RefusedEntries
        )
        return answer.entries

    async def restart(self) -> None:
        """Stop the SUT in good order and start it again."""
        await self._ask("restart", wire.Empty(), wire.Empty)

    async def crash(self) -> None:
        """Kill the SUT and start it again."""
        await self._ask("crash", wire.Empty(), wire.Empty)

    def owed(self) -> DriverFailed | None:
        """The request that the hook has not answered for long, if there is one."""
        return self._client.owed()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, name: str, body: WireModel, answer: type[Answer]) -> Answer:
        done, _ = await self._client.ask(name, body, answer, self._admin)
        return done
