"""Opens the world of each purpose, in the workers of a run against providers on this machine."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from net119_protocol.codes import Mode
from net119_protocol.interconnect import PORT
from net119_simulators.handsets.chain import Roots
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec, Timers
from net119_simulators.network.authority import trusting
from net119_simulators.peer import SutEndpoint
from net119_simulators.person import jurisdictions

from net119_conformance.drivers.api import ApiDriver
from net119_conformance.drivers.crowd_side import CrowdSide
from net119_conformance.drivers.handset_side import HandsetSide
from net119_conformance.drivers.names import DriverName
from net119_conformance.drivers.pages import PageDriver
from net119_conformance.environment import Description, Sut
from net119_conformance.purpose import Purpose
from net119_conformance.strict import judge_strictly
from net119_conformance.trial import Trial
from net119_conformance.world.alarm_settings import alarm_settings
from net119_conformance.world.chromium import own_chromium
from net119_conformance.world.description import LocalDescription, estate_key
from net119_conformance.world.link_settings import dated_tls
from net119_conformance.world.load_settings import call_limit, not_claimed
from net119_conformance.world.mail import Mail
from net119_conformance.world.makers import Maker
from net119_conformance.world.needs import Needs
from net119_conformance.world.own import OwnSystem
from net119_conformance.world.plan import Estate
from net119_conformance.world.profiles import write_profiles
from net119_conformance.world.world import World

TIMERS = Timers(
    t1_s=1.0,
    offer_attempts=2,
    t2_s=4.0,
    silent_s=3.0,
    t3_s=3.0,
    heartbeat_s=0.5,
    reconnect_s=0.1,
    gap_s=0.3,
)
"""Short ones, so that a run takes a minute: what is judged is the order of things, not the wait."""

STOMP = {"client_certificates": True}
"""Peers are known by their address, and by a certificate besides."""
_DRIVERS: dict[DriverName, type[ApiDriver]] = {
    DriverName.API: ApiDriver,
    DriverName.PAGES: PageDriver,
}


def needs_of(purpose: Purpose) -> Needs:
    """What a purpose needs."""
    return purpose.needs if isinstance(purpose.needs, Needs) else Needs()


class LocalBench:
    """Opens worlds on the running providers; for a purpose that needs its own, starts one."""

    def __init__(self, local: LocalDescription, worker: int) -> None:
        self._local = local
        self._worker = worker

    @asynccontextmanager
    async def open(self, purpose: Purpose, sut: Sut, trial: Trial) -> AsyncIterator[World]:
        """The world of one purpose."""
        needs = needs_of(purpose)
        key = estate_key(purpose.id, sut.key)
        estate = self._local.estates[key]
        chromium = self._local.chromium
        for part in not_claimed(needs, self._local.capacity):
            trial.not_applicable(
                f'the profile claims nothing to be verified here: {part.value} = "none"',
                ja=f'この項目は申告されていません: {part.value} = "none"',
            )
        async with AsyncExitStack() as stack:
            if needs.own_system:
                driver, maker, signers = await self._own(stack, key, sut, estate, needs, trial)
                if needs.browser and chromium:
                    chromium = await stack.enter_async_context(own_chromium(signers))
            else:
                system = self._local.systems[sut.key]
                driver = self._driver(sut.key, trial)
                maker = Maker(
                    SutEndpoint(sut.key, system.host, system.stomp_port),
                    estate,
                    self._local.ca_file,
                    self._local.certificates,
                    self._local.mapping,
                )
            stack.push_async_callback(driver.close)
            partner = None
            partner_key = self._local.systems[sut.key].partner
            if needs.partner and partner_key:
                partner = self._driver(partner_key, trial)
                stack.push_async_callback(partner.close)
            world = World(
                trial,
                sut.key,
                driver,
                estate,
                TIMERS,
                maker,
                partner,
                stack,
                chromium=chromium,
                capacity=self._local.capacity,
            )
            yield world
            judge_strictly(trial, sut.key, world.unexpected())

    def _driver(self, key: str, trial: Trial) -> ApiDriver:
        system = self._local.systems[key]
        return _DRIVERS[self._local.driver](
            key,
            system.base_url,
            trusting(self._local.ca_file),
            system.admin_token,
            trial.evidence,
            mail=Mail(self._local.mail, system.host, key),
            side=self._side(system.base_url, system.plaintext_url, self._local.authorities),
            crowd=CrowdSide(system.base_url, self._local.ca_file.read_text("ascii")),
        )

    @staticmethod
    def _side(
        encrypted_url: str, plaintext: str | None, authorities: Sequence[Path]
    ) -> HandsetSide:
        return HandsetSide(encrypted_url, plaintext, Roots.of(*authorities))

    async def _own(
        self, stack: AsyncExitStack, key: str, sut: Sut, estate: Estate, needs: Needs, trial: Trial
    ) -> tuple[ApiDriver, Maker, Sequence[Path]]:
        """A provider for this purpose alone, which may be killed, and who signs for it."""
        folder = Path(tempfile.mkdtemp(prefix="own-", dir=self._local.folder))
        profiles = write_profiles([estate.home], folder / "profiles")
        peers = []
        if estate.peer is not None:
            peers.append(PeerSpec(estate.peer.operator, estate.peer_address, PORT))
        network = LocalNetwork(
            [ProviderSpec(sut.key, self._local.own_addresses[key], old_phones=needs.phones)],
            folder,
            directory=self._local.directory_file,
            timers=TIMERS,
            settings={
                "profiles": {"folder": str(profiles)},
                "interconnect": {"mapping": self._local.mapping},
                "stomp": STOMP,
                "mail": self._local.mail.settings(self._local.own_addresses[key]),
                **dated_tls(needs.modern_tls_in_days),
                **call_limit(needs, self._local.capacity),
                **alarm_settings(needs.alarms),
            },
            peers=peers,
            command=self._local.command,
            modes=Mode if needs.live else None,
        )
        if estate.peer is not None:
            network.ca.issue(estate.peer_address)
        await stack.enter_async_context(network)

        own = OwnSystem(network, sut.key, estate.home, profiles)
        driver = _DRIVERS[self._local.driver](
            sut.key,
            network.base_url(sut.key),
            network.tls,
            network.operation(sut.key).admin_token,
            trial.evidence,
            own.crash,
            own.restart,
            clock=True,
            revise=own.revise_terms if estate.home.profile else None,
            mail=Mail(self._local.mail, self._local.own_addresses[key], sut.key),
            side=self._side(
                network.base_url(sut.key),
                network.plaintext_url(sut.key),
                network.authorities,
            ),
            crowd=CrowdSide(network.base_url(sut.key), network.ca.ca_file.read_text("ascii")),
        )
        host, port = network.stomp_address(sut.key)
        maker = Maker(
            SutEndpoint(sut.key, host, port),
            estate,
            network.ca.ca_file,
            folder / "ca",
            self._local.mapping,
        )
        return driver, maker, network.authorities


def bench(description: Description, worker: int) -> LocalBench:
    """What the engine calls in each worker."""
    # Read now, once: several purposes at once would each read it, and keep their peers waiting.
    jurisdictions()
    return LocalBench(LocalDescription.model_validate(description), worker)
