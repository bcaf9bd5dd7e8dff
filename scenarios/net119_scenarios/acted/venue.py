"""Where scenarios are acted out: providers of a network, people's mailboxes, and their clocks."""

import asyncio
import itertools
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from net119_protocol.alarms.sample import kyoto
from net119_protocol.codes import Mode, ProviderState
from net119_protocol.directory import Directory, DirectoryError, DirectoryView, load_directory
from net119_protocol.directory.model import JAPAN
from net119_protocol.profile.load import load_profiles
from net119_simulators.errors import SimulatorError
from net119_simulators.mailbox import MailboxServer, Rule
from net119_simulators.mailbox.situations import load_situations
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec, Timers
from net119_simulators.network.config import merged
from net119_simulators.network.ports import FreePorts
from net119_simulators.peer import SimulatedPeer, SutEndpoint
from net119_simulators.person import jurisdictions
from net119_simulators.wiretap import Wiretap

from net119_scenarios.acted.cast import Network, Peer
from net119_scenarios.acted.deeds import Clock
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.starts import next_such
from net119_scenarios.stage import loopback_addresses
from net119_scenarios.words import Words

# Slow machines start several providers in half a minute; one that cannot start ends at once.
START_WITHIN_S = 90.0
TIMERS = Timers(
    t1_s=2.0,
    offer_attempts=2,
    t2_s=60.0,
    t3_s=5.0,
    heartbeat_s=0.5,
    reconnect_s=0.1,
    gap_s=0.2,
)
"""Short, so that nobody waits; long enough for a busy machine."""
_HEART_BEAT_MS = 500


@dataclass(frozen=True)
class Shape:
    """What a scenario needs of its venue; those of the same shape can share one."""

    network: str
    peers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, scenario: Scenario) -> "Shape":
        """The shape of a scenario's venue."""
        peers = sorted((each.provider, each.to) for each in scenario.peers().values())
        network = scenario.network.model_copy(
            # When it starts is set anew for each scenario.
            update={"providers": tuple(sorted(scenario.network.providers)), "starts": None}
        )
        return cls(network.model_dump_json(), tuple(peers))


def moves_clock(scenario: Scenario) -> bool:
    """Whether it sets clocks: a venue cannot be used after it, as no clock goes back."""
    moved = any(isinstance(step, Clock) for step in scenario.timeline)
    return moved or scenario.network.clock is not None


class Venue:
    """The running network of a shape, inside ``async with``; many scenarios may use it in turn.

    ``doors``: further settings of providers, by their codes, such as how people reach them besides
    the actors.

    Raises:
        ProviderDidNotStart, Waited: on entering, see `LocalNetwork`.
    """

    def __init__(
        self, scenario: Scenario, *, doors: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self._doors = doors or {}
        self.shape = Shape.of(scenario)
        self.settings = scenario.network
        self._peers = tuple(dict.fromkeys(each.provider for each in scenario.peers().values()))
        self._exit = AsyncExitStack()
        self._network: LocalNetwork | None = None
        addresses = iter(loopback_addresses())
        self.boxes = MailboxServer(next(addresses))
        self._addresses = {
            code: next(addresses) for code in (*self.settings.providers, *self._peers)
        }
        self._stated: set[str] = set()
        self.spent = False
        """Its clocks were set: no other scenario can use it."""
        self._ahead = timedelta()
        self.registrations = itertools.count(1001)
        """Registration numbers of alarm users, each once."""
        self.directory = directory_of(self.settings)
        self._situations = load_situations()

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
            raise RuntimeError("the venue is not entered")
        return self._network

    @property
    def now(self) -> datetime:
        """What the providers' clocks show, as far as the venue set them."""
        return datetime.now(UTC) + self._ahead

    @property
    def ahead_s(self) -> float:
        """How far the providers' clocks are ahead of the machine's, seconds."""
        return self._ahead.total_seconds()

    def shown_at(self, moment: datetime) -> datetime:
        """What the providers' clocks showed at a moment of the machine's, since they were set."""
        return moment + self._ahead

    @property
    def today(self) -> date:
        """The day in Japan by the providers' clocks."""
        return self.now.astimezone(JAPAN).date()

    async def begin(self, network: Network) -> None:
        """Have the clocks show what a scenario begins with; raises as `set_clock`.

        After a time of day the venue can be used again: the next such moment always comes.
        """
        if network.clock is not None:
            await self.set_clock(network.clock)
        elif network.starts is not None:
            before = self.spent
            await self.set_clock(next_such(network.starts, self.now))
            self.spent = before
        else:
            return
        await self.until_connected()

    def view(self) -> DirectoryView:
        """What the directory says now."""
        return self.directory.at(self.now)

    def situation(self, code: str) -> Rule:
        """What befalls mail in a named situation; KeyError without one."""
        return self._situations[code].rule

    async def set_clock(self, moment: datetime) -> None:
        """Have the clocks of all running providers go on from a moment.

        Raises:
            CallRefused, Unreachable: see `Operation.set_clock`.
        """
        for code in self.settings.providers:
            if self.network.supervisor(code).pid is not None:
                await self.network.operation(code).set_clock(moment)
        self.spent = True
        self._ahead = moment - datetime.now(UTC)

    def played(self, peer: Peer, name: str, wiretap: Wiretap) -> SimulatedPeer:
        """The provider that an actor plays, to be entered."""
        network, address = self.network, self._addresses[peer.provider]
        host, port = network.stomp_address(peer.to)
        return SimulatedPeer(
            peer.provider,
            address,
            port=network.stomp_address(peer.provider)[1],
            sut=SutEndpoint(peer.to, host, port),
            tls_server=network.ca.server_context(network.ca.issue(address)),
            tls_client=network.ca.client_context(),
            heart_beat_ms=_HEART_BEAT_MS,
            name=name,
            state=peer.state,
            wiretap=wiretap,
        )

    async def set_state(self, provider: str, state: ProviderState) -> None:
        """Have a provider say how it is; raises as `set_clock`."""
        self._stated.add(provider)
        await self.network.operation(provider).set_state(state)

    async def restore(self) -> None:
        """Make every provider as it was, for the next scenario; raises as on entering.

        Nothing is restored for a scenario that there cannot be: at a venue that is ``spent``.
        """
        if self.spent:
            return
        codes = self.settings.providers
        dead = [each for each in codes if self.network.supervisor(each).pid is None]
        await asyncio.gather(*(self.network.start(each) for each in dead))
        stated, self._stated = self._stated, set()
        for code in sorted(stated):
            await self.network.operation(code).set_state(ProviderState.NORMAL)
        if dead or stated:
            await self.until_connected()

    async def until_connected(self) -> None:
        """Wait until all running providers see each other; raises `Waited`."""
        codes = self.settings.providers
        for code in codes:
            others = [other for other in codes if other != code]
            await self.network.wait_until_peers_run(code, others, within=START_WITHIN_S)

    async def _set_up(self) -> None:
        folder = Path(
            self._exit.enter_context(tempfile.TemporaryDirectory(prefix="net119-scenario-"))
        )
        await self._exit.enter_async_context(self.boxes)
        ports = FreePorts()
        self._exit.callback(ports.close)
        mail = {code: self._mail(code, ports) for code in self.settings.providers}
        self._return_reports(mail)
        specs = [
            ProviderSpec(
                code,
                self._addresses[code],
                settings=merged(
                    {"mail": mail[code]} | self._alarms(code), self._doors.get(code, {})
                ),
                old_phones=True,
            )
            for code in self.settings.providers
        ]
        network = LocalNetwork(
            specs,
            folder,
            directory=self.directory,
            timers=self._timers(),
            settings={
                "homes": {
                    code: {"silent_is_disaster": True} for code in self.settings.silent_is_disaster
                }
            },
            modes=(Mode.PRACTICE, Mode.DRILL, Mode.TEST),
            peers=[PeerSpec(code, self._addresses[code]) for code in self._peers],
            start_within_s=START_WITHIN_S,
        )
        self._network = await self._exit.enter_async_context(network)
        await self.until_connected()

    def _alarms(self, code: str) -> dict[str, Any]:
        """Kyoto's home alarm service, at the provider that has it."""
        service = self.settings.alarms
        if service is None or service.provider != code:
            return {}
        timers = service.timers.model_dump(exclude_none=True)
        return {"alarms": {**kyoto(), "timers": timers}}

    def _mail(self, code: str, ports: FreePorts) -> dict[str, Any]:
        address = self._addresses[code]
        return {
            "enabled": True,
            "host": address,
            "port": ports.take(address),
            "relay_host": self.boxes.host,
            "relay_port": self.boxes.port,
            "retry_s": 0.5,
            "retry_max_s": 1.0,
        }

    def _return_reports(self, mail: Mapping[str, Mapping[str, Any]]) -> None:
        """Delivery reports go to the provider of the department whose address sent the mail."""
        departments = self.view().departments
        for code, profile in load_profiles().items():
            settings = mail.get(departments[code].provider or "") if code in departments else None
            if settings is not None:
                domain = profile.mail.service_sender.partition("@")[2]
                self.boxes.route(domain, settings["host"], settings["port"])

    def _timers(self) -> Timers:
        given = self.settings.timers.model_dump(exclude_none=True)
        return Timers(**(TIMERS.settings() | given))


class WrongNetwork(ValueError):
    """The directory cannot be changed so; ``problems`` say why."""

    def __init__(self, problems: Sequence[Words]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(each.en for each in problems))


def directory_of(network: Network) -> Directory:
    """The directory with a scenario's changes.

    Raises:
        WrongNetwork: a change names no department, or breaks a rule of the directory.
    """
    known = jurisdictions().municipalities
    directory = load_directory(known)
    content = directory.content
    codes = {row.code for row in content.departments}
    if strange := sorted(set(network.departments) - codes):
        raise WrongNetwork(
            [
                Words(
                    f"管轄の一覧に消防本部「{code}」はありません",
                    f"the directory has no department {code!r}",
                )
                for code in strange
            ]
        )
    rows = tuple(
        row.model_copy(update=network.departments[row.code].model_dump(exclude_unset=True))
        if row.code in network.departments
        else row
        for row in content.departments
    )
    stops = [stop.model_dump() for stop in network.stops]
    data = content.model_copy(update={"departments": rows}).model_dump(mode="json")
    data["stops"] = [
        {key: value for key, value in stop.items() if value not in ("", None)} for stop in stops
    ]
    if stops or network.departments:
        data["version"] = f"{content.version}+scenario"
    try:
        return Directory.from_mapping(data, known, "network")
    except DirectoryError as wrong:
        raise WrongNetwork(
            [Words(f"{each.row}: {each.text_ja}", str(each)) for each in wrong.findings]
        ) from None


__all__ = ["Shape", "SimulatorError", "Venue", "directory_of"]
