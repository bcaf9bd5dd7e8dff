"""The systems of a run put together: one directory, and between every two of them a recorded way.

Each system is told of the others at addresses of the suite, which stands between them; so what the
two say to each other is seen, and neither is asked for anything it would not do with a real peer.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from ipaddress import IPv4Network
from itertools import cycle
from pathlib import Path
from typing import Any

from net119_protocol.api.admin import PeerOperator
from net119_protocol.directory import japan_date, load_directory
from net119_protocol.interconnect.mapping import load_mapping
from net119_simulators.errors import SimulatorError
from net119_simulators.network.authority import trusting
from net119_simulators.peer import SimulatedPeer, SutEndpoint
from net119_simulators.peer.crossing import Bank, Crossing
from net119_simulators.person import jurisdictions
from net119_simulators.safety import declare_test_systems
from net119_simulators.wiretap import Silence

from net119_conformance.catalogue import Role, Text
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import ConformanceError, DriverFailed, SutUnavailable
from net119_conformance.interop.cells import judged_pairs, pair_key
from net119_conformance.interop.links import Links
from net119_conformance.interop.mailing import Mailing
from net119_conformance.interop.members import Given, Member, Source
from net119_conformance.interop.simulated import SimulatedSystem
from net119_conformance.interop.tape import Tape
from net119_conformance.purpose import Purpose
from net119_conformance.sut.applies import needs_of
from net119_conformance.sut.drivers import ask_what_it_offers, make_driver
from net119_conformance.sut.way import endpoint_of
from net119_conformance.world.addresses import peer_addresses
from net119_conformance.world.description import estate_key
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import Claim, Ground, WorldPlan, plan_world

HEART_BEAT_MS = 500
SET_UP_S = 30.0
CONNECT_S = 10.0
"""For two systems to connect, besides the pause that they make before they try again."""


class PairNetwork:
    """Starts what is to be started, tells everybody of everybody, and stands between them."""

    def __init__(self, sources: Sequence[Source], purposes: Sequence[Purpose], folder: Path):
        self._sources = list(sources)
        self._purposes = list(purposes)
        self._folder = folder
        self._stack = AsyncExitStack()
        self._addresses: dict[tuple[str, str], str] = {}
        self.members: dict[str, Member] = {}
        self.plan: WorldPlan | None = None
        self._mailing: Mailing | None = None
        self.links = Links()
        self.tape = Tape()

    async def start(self) -> None:
        """Have everything run.

        Raises:
            ConformanceError: it cannot be: two systems have one name, an address is missing. One
                that does not start is kept, with the reason as ``not_set_up``.
        """
        for source in self._sources:
            self._stack.push_async_callback(source.stop)
        _different(self._sources)
        self.plan = self._planned()
        self._take_mail()
        for number, source in enumerate(self._sources):
            homes = self._homes(source.profile.sut.code)
            given = Given(homes, self._mailing)
            member = await _started(source, self._folder / str(number), given)
            self.members[member.key] = member
            if Role.HOME in member.profile.claims.roles:
                self.links.originators.add(member.code)
            if not member.started:
                continue
            declare_test_systems(member.profile.addresses.test_systems)
            if self._mailing is not None and member.no_mail is None:
                self._mailing.route(member.profile, homes)
        self._find_addresses()
        for member in self.members.values():
            if member.simulated is None:
                await self._hand_over(member)
        await self._stand_between()

    async def stop(self) -> None:
        """End everything that was begun."""
        await self._stack.aclose()

    # --- the world ----------------------------------------------------------------------------

    def _planned(self) -> WorldPlan:
        systems = [source.system() for source in self._sources]
        sources = {each.profile.sut.key: each for each in self._sources}
        codes = {key: each.profile.sut.code for key, each in sources.items()}
        wanted = {needs_of(each).profile for each in self._purposes} - {""}
        known = {
            (key, profile): cycle(found)
            for key, each in sources.items()
            for profile in wanted
            if (found := each.own_homes(profile))
        }
        claims = []
        for one, other in judged_pairs(systems):
            for purpose in self._purposes:
                needs = Needs(partner=True, profile=needs_of(purpose).profile)
                key = estate_key(purpose.id, pair_key(one, other))
                home = next(known.get((one, needs.profile), iter(())), None)
                claims.append(Claim(key, codes[one], needs, codes[other], home=home))
        index = jurisdictions()
        base = load_directory(index.municipalities)
        return plan_world(claims, index, base, iter(()), japan_date(datetime.now(UTC)))

    def _homes(self, code: str) -> tuple[Ground, ...]:
        """The departments at which an operator registers people."""
        estates = self.plan.estates.values() if self.plan is not None else ()
        return tuple(each.home for each in estates if each.home.operator == code)

    def _take_mail(self) -> None:
        """People's mailboxes, where a purpose needs them."""
        if any(needs_of(each).profile for each in self._purposes):
            self._mailing = Mailing()
            self._stack.callback(self._mailing.stop)

    def _find_addresses(self) -> None:
        """Give each system an address for each of the others, in its own network for peers."""
        taken = {host for member in self._real() for host in member.profile.hosts()}
        for member in self._real():
            network = member.profile.addresses.peers
            free = (each for each in peer_addresses(IPv4Network(network)) if each not in taken)
            for other in self.members.values():
                if other is member:
                    continue
                address = next(free, None)
                if address is None:
                    raise ConformanceError(
                        Text(
                            en="the network has too few addresses for the other systems",
                            ja="ほかのシステムに割り当てるアドレスが足りません",
                        ),
                        f"{member.key}, addresses.peers {network}",
                        Text(
                            en="give a larger network, such as 127.20.0.0/16 on this machine",
                            ja="もっと広いネットワークを書いてください（この機器なら "
                            "127.20.0.0/16 など）",
                        ),
                    )
                taken.add(address)
                self._addresses[other.key, member.key] = address

    def _real(self) -> Iterator[Member]:
        """Those that run and are not played."""
        return (each for each in self.members.values() if each.site is not None)

    def operators(self, member: Member) -> list[dict[str, Any]]:
        """The other systems as the list of operators of one has them."""
        return [
            {
                "operator": other.code,
                "address": self._addresses[other.key, member.key],
                "port": member.profile.addresses.peer_port,
            }
            for other in self.members.values()
            if other is not member
        ]

    async def _hand_over(self, member: Member) -> None:
        """Give a system the directory and its peers; what went wrong is kept for the verdicts."""
        if member.site is None or self.plan is None:
            return
        driver = make_driver(member.site, Silence())
        try:
            await ask_what_it_offers(driver)
            lacks = [verb for verb in (Verb.DIRECTORY, Verb.OPERATORS) if verb not in driver.verbs]
            if lacks:
                member.not_set_up = _cannot_load(member.key, ", ".join(lacks))
                return
            await driver.load_directory(json.loads(self.plan.directory))
            rows = [PeerOperator.model_validate(row) for row in self.operators(member)]
            await driver.load_operators(rows)
        except (DriverFailed, ConformanceError) as failed:
            member.not_set_up = _not_taken(member.key, str(failed), failed.ja)
        except (SutUnavailable, SimulatorError, TimeoutError) as problem:
            why = str(problem) or type(problem).__name__
            member.not_set_up = _not_taken(member.key, why, why)
        finally:
            await driver.close()

    # --- the ways between ---------------------------------------------------------------------

    async def _stand_between(self) -> None:
        members = list(self.members.values())
        for place, one in enumerate(members):
            for other in members[place + 1 :]:
                if not all(_on_the_wire(each) for each in (one, other)):
                    continue
                pair = frozenset({one.code, other.code})
                if one.simulated is None and other.simulated is None:
                    both = (self._crossing(one, other), self._crossing(other, one))
                    for crossing in both:
                        await self._enter(crossing)
                    self.links.crossings[pair] = both
                elif one.simulated is None:
                    self.links.played[pair] = await self._played(other, one)
                elif other.simulated is None:
                    self.links.played[pair] = await self._played(one, other)

    async def _enter(self, one: Crossing | SimulatedPeer) -> None:
        try:
            await self._stack.enter_async_context(one)
        except SimulatorError as problem:
            raise ConformanceError(problem.what, problem.where, problem.what_to_do) from problem

    def _crossing(self, client: Member, server: Member) -> Crossing:
        """The way of one system's client to another's endpoint."""
        here = self._addresses[server.key, client.key]
        source = self._addresses[client.key, server.key]
        shown = _authority(client).issue(here, stem=f"interop-{here}")
        own = _authority(server).issue(source, stem=f"interop-{source}")
        endpoint, known = endpoint_of(server.profile), endpoint_of(client.profile)
        return Crossing(
            Bank(
                client.code,
                here,
                client.profile.addresses.peer_port,
                _authority(client).server_context(shown),
            ),
            Bank(
                server.code,
                endpoint.host,
                endpoint.port,
                trusting(_ca_file(server), own),
                endpoint.tls_name,
                source,
            ),
            is_client=known.connects_from,
            wiretap=self.tape,
            mapping=load_mapping(client.profile.mapping),
            declared_test_hosts=server.profile.addresses.test_systems,
        )

    async def _played(self, played: Member, partner: Member) -> SimulatedSystem:
        """A simulated system as one partner meets it."""
        address = self._addresses[played.key, partner.key]
        own = _authority(partner).issue(address, stem=f"interop-{address}")
        endpoint = endpoint_of(partner.profile)
        peer = SimulatedPeer(
            played.code,
            address,
            sut=SutEndpoint(
                endpoint.operator,
                endpoint.host,
                endpoint.port,
                endpoint.server_name,
                endpoint.source,
            ),
            tls_server=_authority(partner).server_context(own),
            tls_client=trusting(_ca_file(partner), own),
            port=partner.profile.addresses.peer_port,
            wiretap=self.tape,
            heart_beat_ms=HEART_BEAT_MS,
            declared_test_hosts=partner.profile.addresses.test_systems,
            mapping=load_mapping(partner.profile.mapping),
        )
        await self._enter(peer)
        timers = partner.profile.timers
        if played.simulated is None:
            raise ValueError(f"{played.key} is no simulated system")
        system = SimulatedSystem(
            peer, played.simulated.defect, t1_total_s=timers.t1_s * timers.offer_attempts
        )
        self._stack.push_async_callback(system.end)
        return system


def _on_the_wire(member: Member) -> bool:
    on_it = member.simulated is not None or member.profile.addresses.stomp is not None
    return member.started and on_it


async def _started(source: Source, folder: Path, given: Given) -> Member:
    """The member of a source; one that does not start is one whose cells say so."""
    key = source.profile.sut.key
    try:
        return await source.start(folder, given)
    except ConformanceError as problem:
        return Member(source.profile, not_set_up=_not_started(key, str(problem), problem.ja))
    except Exception as problem:
        # Whatever it was: the systems that did start can still be judged.
        why = str(problem) or type(problem).__name__
        if not isinstance(problem, SutUnavailable | SimulatorError):
            why = f"{type(problem).__name__}: {problem}"
        return Member(source.profile, not_set_up=_not_started(key, why, why))


def _authority(member: Member) -> Any:
    if member.authority is None:
        raise ValueError(f"{member.key} has no authority")
    return member.authority


def _ca_file(member: Member) -> Path:
    if member.site is None:
        raise ValueError(f"{member.key} has no site")
    return member.site.ca_file


def _different(sources: Sequence[Source]) -> None:
    """Raises ConformanceError where two systems could not be told apart."""
    if len(sources) < 2:
        raise ConformanceError(
            Text(
                en=f"there is {len(sources) or 'no'} system, and a pair needs two",
                ja=f"システムが {len(sources)} 件しかありません。組み合わせには二つ以上が必要です",
            ),
            "interop",
            Text(
                en="name systems by --sut, --images, --reference or --simulated",
                ja="--sut、--images、--reference、--simulated でシステムを指定してください",
            ),
        )
    if all(source.system().simulated for source in sources):
        raise ConformanceError(
            Text(
                en="the suite plays all of these systems, so that there is none to judge",
                ja="どれも試験側が演じるシステムで、判定するものがありません",
            ),
            "interop",
            Text(
                en="name a system by --sut, --images or --reference",
                ja="--sut、--images、--reference のいずれかでシステムを加えてください",
            ),
        )
    for what in ("key", "code"):
        names = [str(getattr(source.profile.sut, what)) for source in sources]
        twice = {each for each in names if names.count(each) > 1}
        if twice:
            raise ConformanceError(
                Text(
                    en=f"{len(names)} systems, and two of them are called "
                    f"{', '.join(sorted(twice))}",
                    ja=f"{len(names)} 件のシステムのうち、二つの名前が同じです: "
                    f"{', '.join(sorted(twice))}",
                ),
                f"sut.{'key' if what == 'key' else 'operator'}",
                Text(
                    en="give each its own in its profile, or name it once",
                    ja="プロファイルで別の名前にするか、一度だけ指定してください",
                ),
            )


def _not_started(key: str, en: str, ja: str) -> Text:
    return Text(
        en=f"{key}: it did not start, so that nothing of it could be judged: {en}",
        ja=f"{key}: 起動しなかったため、何も判定できません: {ja}",
    )


def _cannot_load(key: str, verbs: str) -> Text:
    return Text(
        en=f"{key}: its driver does not offer {verbs}, so that it cannot be told of the others: "
        "have the driver offer it (docs/interop.md)",
        ja=f"{key}: ドライバーが {verbs} に対応しておらず、ほかのシステムを知らせられません。"
        "対応させてください（docs/interop.ja.md）",
    )


def _not_taken(key: str, en: str, ja: str) -> Text:
    return Text(
        en=f"{key}: it did not take its directory and peers: {en}",
        ja=f"{key}: 管轄表と事業者の一覧を読み込ませることができませんでした: {ja}",
    )
