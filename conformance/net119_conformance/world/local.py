"""Runs the suite against providers that it starts on this machine: the reference, or a mutant.

The providers are separate processes, known by their URLs and their command line only.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from net119_protocol.directory import Directory, japan_date, load_directory
from net119_protocol.interconnect import PORT
from net119_protocol.interconnect.mapping import PROFILE_NAME, UnknownMapping, load_mapping
from net119_simulators.mailbox.hosting import HostedMailboxes
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.forks import Forks
from net119_simulators.person import jurisdictions

from net119_conformance.capacity import REFERENCE as CLAIMED
from net119_conformance.capacity import Capacity
from net119_conformance.catalogue import Text
from net119_conformance.drivers.names import DriverName
from net119_conformance.environment import Description, Sut
from net119_conformance.errors import ConformanceError
from net119_conformance.purpose import Purpose
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.alarm_settings import alarm_settings
from net119_conformance.world.chromium import (
    HostedChromium,
    find_chromium,
    fingerprints,
)
from net119_conformance.world.description import LocalDescription, System, estate_key
from net119_conformance.world.load_settings import more_centers, not_claimed
from net119_conformance.world.local_bench import STOMP, TIMERS, needs_of
from net119_conformance.world.mail import MAIL_PORT, MailDescription
from net119_conformance.world.makers import issue_for_peer
from net119_conformance.world.plan import Claim, WorldPlan, plan_world
from net119_conformance.world.profiles import write_profiles

HTTPS_PORT = 8443
BENCH = "net119_conformance.world.local_bench:bench"


class LocalEnvironment:
    """Starts one or two providers on loopback addresses, with a world that the purposes need.

    ``operators`` maps each provider's operator code to its address; each is judged by all
    purposes, and the other one is its partner.  ``command`` starts a provider (default: forks of
    the reference, which start in milliseconds); ``judged`` names those that are judged (default:
    all).  ``chromium`` is the URL of a real browser that runs
    already; by default one is started if a purpose needs it and the machine has one.  Where it
    has none, such purposes may come out as not applicable, unless ``require_browser``; so may
    those that verify a part of ``capacity`` that is not claimed.
    """

    bench = BENCH

    def __init__(
        self,
        purposes: Iterable[Purpose],
        operators: Mapping[str, str],
        *,
        command: Sequence[str] = (),
        commands: Mapping[str, Sequence[str]] | None = None,
        judged: Sequence[str] | None = None,
        allowed_not_applicable: frozenset[str] = frozenset(),
        name: str = "NET119 testbed reference",
        driver: DriverName = DriverName.API,
        chromium: str = "",
        require_browser: bool = False,
        mapping: str = PROFILE_NAME,
        capacity: Capacity = CLAIMED,
    ) -> None:
        self._purposes = list(purposes)
        in_browser = frozenset(each.id for each in self._purposes if needs_of(each).browser)
        self._chromium = chromium
        self._starts_browser = bool(in_browser and not chromium and find_chromium())
        self._browser: HostedChromium | None = None
        if not (chromium or self._starts_browser or require_browser):
            allowed_not_applicable |= in_browser
        allowed_not_applicable |= frozenset(
            each.id for each in self._purposes if not_claimed(needs_of(each), capacity)
        )
        self._capacity = capacity
        self._alarms = any(needs_of(each).alarms for each in self._purposes)
        self.allowed_not_applicable: frozenset[str] | None = allowed_not_applicable
        self._operators = dict(operators)
        self._judged = tuple(judged or operators)
        self._given_command = self._command = tuple(command)
        self._other_commands = dict(commands or {})
        self._forks: Forks | None = None
        self._name = name
        self._driver = driver
        self._mapping = mapping
        try:
            self._mapping_version = load_mapping(mapping).version
        except UnknownMapping as unknown:
            raise ConformanceError(
                Text(en=str(unknown), ja=f"{mapping!r} というマッピングはありません"),
                "--mapping",
                Text(
                    en="name a mapping that is there",
                    ja="用意されているマッピングを指定してください",
                ),
            ) from None
        self._folder: Path | None = None
        self._block: AddressBlock | None = None
        self._network: LocalNetwork | None = None
        self._mailboxes = HostedMailboxes()  # also stopped if never started

    def suts(self) -> Sequence[Sut]:
        """The providers that are judged."""
        return [
            Sut(
                key=key,
                name=f"{self._name} ({key})",
                derived_binds=True,
                details={
                    "address": self._operators[key],
                    "driver": self._driver.value,
                    "mapping": f"{self._mapping} {self._mapping_version}",
                },
            )
            for key in self._judged
        ]

    def suts_for(self, purpose: Purpose) -> Sequence[str]:
        """Every judged provider; one for a purpose to which it makes no difference which."""
        needs = needs_of(purpose)
        return self._judged[:1] if needs.own_system or needs.once else self._judged

    def time_limit(self, purpose: Purpose) -> float:
        """The purpose's own: it was set for our timers."""
        return purpose.timeout_s

    def alone(self, purpose: Purpose) -> bool:
        """Never: whoever disturbs others has a provider of its own."""
        return False

    async def start(self) -> Description:
        """Plan the world and start the providers in it."""
        if not self._given_command:
            # It gets ready while the world is planned.
            self._forks = Forks()
            self._forks.start()
            self._command = self._forks.command()
        self._folder = folder = Path(tempfile.mkdtemp(prefix="net119-conformance-"))
        self._block = block = AddressBlock()
        self._mailboxes = HostedMailboxes()
        mail = MailDescription.of(self._mailboxes.start())
        index = jurisdictions()
        addresses = block.peers()
        plan = plan_world(
            self._claims(),
            index,
            load_directory(index.municipalities),
            addresses,
            japan_date(datetime.now(UTC)),
        )
        directory = Directory.from_json(plan.directory, index.municipalities)
        profiles = write_profiles(
            (estate.home for estate in plan.estates.values()), folder / "profiles"
        )
        asked = {estate_key(one.id, key): one for one in self._purposes for key in self._judged}
        strict = {
            estate.home.department: {"silent_is_disaster": True}
            for key, estate in plan.estates.items()
            if needs_of(asked[key]).silent_is_disaster
        }
        self._network = network = LocalNetwork(
            [self._spec(key, plan, mail) for key in self._operators],
            folder,
            directory=directory,
            timers=TIMERS,
            settings={
                "profiles": {"folder": str(profiles)},
                "interconnect": {"mapping": self._mapping},
                "stomp": STOMP,
                "homes": strict,
            },
        )
        for key, estate in plan.estates.items():
            home = estate.home
            self._mailboxes.route(home.mail_domain, self._operators[home.operator], MAIL_PORT)
            other = self._operators[home.operator]
            issue_for_peer(network.ca, folder / "ca", estate, other, needs_of(asked[key]))
        if self._forks is not None:
            await asyncio.to_thread(self._forks.wait_until_ready)
        await network.__aenter__()
        if self._starts_browser:
            self._browser = HostedChromium(fingerprints(network.authorities))
            self._chromium = await asyncio.to_thread(self._browser.start)
        codes = list(self._operators)
        own = {
            key: address
            for key, address in zip(plan.estates, islice(addresses, len(plan.estates)), strict=True)
        }
        description = LocalDescription(
            systems={key: self._system(network, key, codes) for key in codes},
            estates=plan.estates,
            ca_file=network.ca.ca_file,
            authorities=network.authorities,
            certificates=folder / "ca",
            directory_file=folder / "directory.json",
            folder=folder,
            command=self._command_of(self._judged[0]),
            own_addresses=own,
            mail=mail,
            driver=self._driver,
            chromium=self._chromium,
            mapping=self._mapping,
            capacity=self._capacity,
        )
        return description.model_dump(mode="json")

    async def renew(self) -> Description:
        """Start everything anew."""
        await self.stop()
        return await self.start()

    def _claims(self) -> list[Claim]:
        claims = []
        for key in self._judged:
            partner = next((code for code in self._operators if code != key), "")
            for purpose in self._purposes:
                if key not in self.suts_for(purpose):
                    continue
                needs = needs_of(purpose)
                claims.append(
                    Claim(
                        estate_key(purpose.id, key),
                        key,
                        needs,
                        partner,
                        more_centers(needs, self._capacity),
                    )
                )
        return claims

    def _spec(self, key: str, plan: WorldPlan, mail: MailDescription) -> ProviderSpec:
        """A provider that knows the others, and the peers of the purposes that judge it only."""
        shared = {estate_key(one.id, key): not needs_of(one).own_system for one in self._purposes}
        peers = [
            {"operator": code, "address": address, "port": PORT}
            for code, address in self._operators.items()
            if code != key
        ]
        peers += [
            {"operator": estate.peer.operator, "address": estate.peer_address, "port": PORT}
            for at, estate in plan.estates.items()
            if estate.peer is not None and estate.home.operator == key and shared[at]
        ]
        return ProviderSpec(
            key,
            self._operators[key],
            http_port=HTTPS_PORT,
            stomp_port=PORT,
            command=self._command_of(key),
            settings={
                "peers": peers,
                "mail": mail.settings(self._operators[key]),
                **alarm_settings(key in self._judged and self._alarms),
            },
            old_phones=any(needs_of(each).phones for each in self._purposes),
        )

    def _command_of(self, key: str) -> tuple[str, ...]:
        return tuple(self._other_commands.get(key, self._command))

    def _system(self, network: LocalNetwork, key: str, codes: Sequence[str]) -> System:
        host, port = network.stomp_address(key)
        return System(
            base_url=network.base_url(key),
            plaintext_url=network.plaintext_url(key),
            admin_token=network.operation(key).admin_token,
            host=host,
            stomp_port=port,
            partner=next((code for code in codes if code != key), ""),
        )

    async def stop(self) -> None:
        """Stop the providers and remove what they wrote."""
        if self._browser is not None:
            await asyncio.to_thread(self._browser.stop)
        if self._network is not None:
            await self._network.stop()
        if self._forks is not None:
            await asyncio.to_thread(self._forks.stop)
        self._mailboxes.stop()
        if self._block is not None:
            self._block.release()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def log_tail(self, key: str) -> str:
        """The last lines that a provider logged, for a reader who wants to know why."""
        if self._network is None:
            return ""
        return self._network.supervisor(key).log_tail()
