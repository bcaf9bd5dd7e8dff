"""What a bad peer is let loose on: a system, a console and people there, and the peer itself."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from net119_protocol.api.admin import Health, RefusedInput
from net119_protocol.directory import (
    Department,
    japan_date,
    load_directory,
    load_municipalities,
)
from net119_protocol.interconnect.mapping import PROFILE_NAME, load_mapping
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import Point

from net119_simulators.errors import SimulatorError, Waited
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec, Timers
from net119_simulators.peer.bad.access import Access, Desk, Phone
from net119_simulators.peer.bad.model import BadPeer, PeerRole, Words
from net119_simulators.peer.bad.shown import Shown, make_shown, read_shown
from net119_simulators.peer.peer import SimulatedPeer
from net119_simulators.peer.specs import Duties, SutEndpoint
from net119_simulators.person import make_person
from net119_simulators.smartphone import Smartphone
from net119_simulators.wiretap import Wiretap

TIMERS = Timers(
    t1_s=0.5,
    offer_attempts=2,
    t2_s=20.0,
    t3_s=2.5,
    heartbeat_s=0.25,
    reconnect_s=0.1,
    gap_s=0.2,
)
"""Of a system that is started for the purpose: short, so that all bad peers take a minute."""
SYSTEM, PEER = "akane", "aoba"
SYSTEM_ADDRESS, PEER_ADDRESS, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.9"
HEART_BEAT_MS = 250
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True)
class Side:
    """A department of one of the two, with a municipality in which its people live.

    ``at`` is where calls from its area are made; without one, each is made at somebody's address.
    """

    reference: DepartmentRef
    center: str
    municipality: str
    at: Point | None = None

    @classmethod
    def of(cls, department: Department) -> "Side":
        """A department as the directory has it."""
        return cls(
            DepartmentRef(
                code=department.code,
                name_ja=department.name_ja,
                name_en=department.name_en,
                phone=department.phone,
            ),
            department.center or department.code,
            department.municipalities[0],
        )

    @property
    def code(self) -> str:
        """The department's code."""
        return self.reference.code

    def person(self, seed: str) -> RegistrantData:
        """Somebody who lives there."""
        return make_person(seed, self.municipality)


class LocalAccess:
    """The way to a system of a `LocalNetwork`; see `Access`."""

    def __init__(self, network: LocalNetwork, system: str, department: str) -> None:
        self._network = network
        self._system = system
        self._department = department

    @asynccontextmanager
    async def phone(self, person: RegistrantData) -> AsyncIterator[Smartphone]:
        """The phone of a new registrant."""
        credentials = await self._network.register(self._system, self._department, person)
        async with self._network.phone(self._system, credentials) as phone:
            yield phone

    async def health(self) -> Health:
        """The system's state."""
        return await self._network.health(self._system)

    async def refused_inputs(self) -> tuple[RefusedInput, ...]:
        """What it logged as refused."""
        return await self._network.operation(self._system).refused_inputs()


@dataclass
class Bench:
    """One system, with a console that is open, and one peer of it, good until a run spoils it.

    ``system`` is the system's operator code; ``stranger`` an address of no operator; ``t1_total``
    T1 x attempts and ``t3_s`` T3 of the system, seconds; ``patience`` how long anything else is
    waited for, and ``back_s`` how much longer the system may take to connect again, after
    failures that made its pauses grow.  ``certificates`` are those to show that are not the peer's,
    by the name of the bad peer; ``asks_for_certificates``: the system's endpoint demands one.
    """

    access: Access
    system: str
    peer: SimulatedPeer
    console: Desk
    home: Side
    there: Side
    stranger: str = STRANGER
    t1_total: float = (TIMERS.t1_s or 5.0) * (TIMERS.offer_attempts or 2)
    t3_s: float = TIMERS.t3_s or 30.0
    patience: float = 8.0
    back_s: float = 0.0
    certificates: Mapping[str, Shown] = field(default_factory=dict)
    asks_for_certificates: bool = False

    def __post_init__(self) -> None:
        self._people = count(1)
        self._run = uuid4().hex[:8]  # a system that runs on knows the people of earlier runs

    def person(self, side: Side) -> RegistrantData:
        """A new person who lives on this side."""
        return side.person(f"bad peers/{self._run}/{next(self._people)}")

    def phone(self) -> AbstractAsyncContextManager[Phone]:
        """The phone of a new registrant of the system, to be entered."""
        return self.access.phone(self.person(self.home))

    def lacks(self, peer: BadPeer, role: PeerRole) -> Words | None:
        """What is missing here for this peer in this role; ``None`` if it can be played."""
        if not peer.by_certificate:
            return None
        if peer.name not in self.certificates:
            return Words(
                f"見せる証明書がありません（certificates.{peer.name}）",
                f"there is no certificate to show (certificates.{peer.name})",
            )
        if role is PeerRole.ORIGINATES and not self.asks_for_certificates:
            return Words(
                "このシステムは、接続してくる相手に証明書を求めません",
                "this system demands no certificate of who connects to it",
            )
        return None

    async def settle(self) -> None:
        """Make the peer a good one again, and wait until the system counts it as running.

        Raises:
            Waited: that does not come about.
        """
        for name, value in vars(Duties()).items():
            setattr(self.peer.duties, name, value)
        self.peer.habits.lay_off()
        self.peer.behave(None)
        await self.peer.endpoint_shows()
        await self.peer.endpoint_on()
        await self.peer.client_on()
        within = self.patience + self.back_s
        await self.peer.connected(within=within)
        await self._counted(within, running=True)

    async def until_not_running(self) -> None:
        """Return once the system no longer counts the peer as running; raises Waited."""
        await self._counted(self.patience + 2 * self.t3_s, running=False)

    async def _counted(self, within: float, *, running: bool) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            peers = (await self.access.health()).peers
            seen = any(each.operator == self.peer.operator and each.running for each in peers)
            if seen is running:
                return
            if loop.time() >= deadline:
                wanted = "running" if running else "not running"
                told = "it runs" if seen else "it does not run"
                raise Waited(f"{self.peer.operator} {wanted}", within, told)
            await asyncio.sleep(_LOOK_EVERY_S)


def sides(system: str = SYSTEM, peer: str = PEER) -> tuple[Side, Side]:
    """The first department of each of two operators, in the directory that comes with us.

    Raises:
        SimulatorError: one of them serves no department there.
    """
    today = load_directory(load_municipalities()).on(japan_date(datetime.now(UTC)))

    def side(operator: str) -> Side:
        department = next((each for each in today.adopted() if each.provider == operator), None)
        if department is None:
            raise SimulatorError(
                f"{operator} serves no department",
                "operator",
                "Use an operator of the directory that comes with the testbed",
            )
        return Side.of(department)

    return side(system), side(peer)


@asynccontextmanager
async def local_bench(
    folder: Path, wiretap: Wiretap | None = None, *, mapping: str = PROFILE_NAME
) -> AsyncIterator[Bench]:
    """A bench with the reference, started here and stopped at the end.

    Args:
        mapping: how the reference and the peer write their messages (docs/mappings.md).

    Raises:
        UnknownMapping: there is none of this name.
        ProviderDidNotStart: it does not start.
        Waited: the peer and it do not come together.
    """
    network = LocalNetwork(
        [ProviderSpec(SYSTEM, SYSTEM_ADDRESS)],
        folder,
        peers=[PeerSpec(PEER, PEER_ADDRESS)],
        timers=TIMERS,
        settings={
            "interconnect": {"mapping": mapping},
            "stomp": {"client_certificates": True},
        },
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(network)
        certificate = network.ca.issue(PEER_ADDRESS)
        host, port = network.stomp_address(SYSTEM)
        peer = SimulatedPeer(
            PEER,
            PEER_ADDRESS,
            port=network.stomp_address(PEER)[1],
            sut=SutEndpoint(SYSTEM, host, port),
            tls_server=network.ca.server_context(certificate),
            tls_client=network.ca.client_context(certificate),
            heart_beat_ms=HEART_BEAT_MS,
            wiretap=wiretap,
            mapping=load_mapping(mapping),
        )
        bench = await furnish(stack, network, SYSTEM, peer, *sides())
        make_shown(folder / "shown", network.ca, PEER_ADDRESS, other=SYSTEM_ADDRESS)
        bench.certificates = read_shown(folder / "shown", network.ca.ca_file)
        bench.asks_for_certificates = True
        yield bench


async def furnish(
    stack: AsyncExitStack,
    network: LocalNetwork,
    system: str,
    peer: SimulatedPeer,
    home: Side,
    there: Side,
    *,
    back_s: float = 0.0,
) -> Bench:
    """Open the console and the peer, and wait until system and peer know each other."""
    token = await network.dispatcher_token(system, home.center, f"bad peers {uuid4().hex[:8]}")
    console = await stack.enter_async_context(network.dispatcher(system, token))
    await stack.enter_async_context(peer)
    access = LocalAccess(network, system, home.code)
    bench = Bench(access, system, peer, console, home, there, back_s=back_s)
    await bench.settle()
    return bench
