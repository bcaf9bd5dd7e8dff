"""Opens the world of each purpose of a pair, and looks at the end what each side did wrong."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from secrets import token_hex
from typing import Any, NoReturn

from net119_protocol.interconnect.mapping import load_mapping
from net119_simulators.network.specs import Timers
from net119_simulators.peer import RawSession, SimulatedPeer
from net119_simulators.peer.bad.shown import Shown
from net119_simulators.peer.crossing import NO_FRAME

from net119_conformance.catalogue import Role, Text
from net119_conformance.drivers.interface import Driver
from net119_conformance.environment import Sut
from net119_conformance.errors import ConformanceError, TrialEnded
from net119_conformance.interop.blame import Fault, Side
from net119_conformance.interop.cells import BETWEEN
from net119_conformance.interop.members import Member
from net119_conformance.interop.network import CONNECT_S, PairNetwork
from net119_conformance.interop.simulated import SimulatedDriver
from net119_conformance.interop.wire import PairWire
from net119_conformance.interop.world import PairWorld
from net119_conformance.purpose import Purpose
from net119_conformance.sut.drivers import ask_what_it_offers, make_driver
from net119_conformance.sut.way import identity, to_http, to_stomp
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.wire_rules import judge_wire
from net119_conformance.world.description import estate_key
from net119_conformance.world.plan import Estate, Ground
from net119_conformance.world.world import World

_ROLE = {Side.ORIGINATING: Role.HOME, Side.RECEIVING: Role.RECEIVING}
_WORDS = {
    Side.ORIGINATING: Text(en="originates calls", ja="通報を送る側"),
    Side.RECEIVING: Text(en="receives calls of others", ja="通報を受ける側"),
}


class PairBench:
    """Opens worlds on a network; ``faults`` holds, by item, the sides found at fault."""

    def __init__(self, network: PairNetwork) -> None:
        self._network = network
        self._run = token_hex(4)
        self.faults: dict[str, list[Fault]] = {}

    @asynccontextmanager
    async def open(self, purpose: Purpose, sut: Sut, trial: Trial) -> AsyncIterator[PairWorld]:
        """The world of one purpose of one pair."""
        one, _, other = sut.key.partition(BETWEEN)
        members = {
            Side.ORIGINATING: self._network.members[one],
            Side.RECEIVING: self._network.members[other],
        }
        a, b = members.values()
        for member in (a, b):
            if not member.started and member.not_set_up is not None:
                _stop(trial, "", member.not_set_up)
        faults = self.faults.setdefault(estate_key(purpose.id, sut.key), [])
        for missing in _not_claimed(purpose, members):
            trial.not_applicable(missing.en, ja=missing.ja)
        estate = self._estate(estate_key(purpose.id, sut.key))
        pair = frozenset({a.code, b.code})
        wire = PairWire(a.code, b.code, load_mapping(a.profile.mapping))
        self._network.tape.begin(trial.evidence, wire, pair)
        try:
            async with AsyncExitStack() as stack:
                drivers = {}
                for side, member in members.items():
                    self._tell_masker(trial, member)
                    drivers[side] = await self._driver(trial, stack, side, member, estate, pair)
                within = CONNECT_S + max(each.profile.timers.reconnect_s for each in (a, b))
                world = PairWorld(
                    trial,
                    a.key,
                    drivers[Side.ORIGINATING],
                    estate,
                    _longer(a.profile.timers.timers(), b.profile.timers.timers()),
                    _NoPeer(),
                    drivers[Side.RECEIVING],
                    stack,
                    profile=a.profile,
                    ca_file=a.site.ca_file if a.site is not None else None,
                    run=self._run,
                    people=(),
                    originating=a,
                    receiving=b,
                    wire=wire,
                    faults=faults,
                    states=self._network.tape.states,
                    links=self._network.links,
                    again_s=within,
                )
                yield world
                _rules(trial, members, faults)
                _frames(trial, members, faults)
        finally:
            self._network.tape.end()

    def _estate(self, key: str) -> Estate:
        plan = self._network.plan
        if plan is None:
            raise ConformanceError("nothing is planned", key, "start the network first")
        return plan.estates[key]

    def _tell_masker(self, trial: Trial, member: Member) -> None:
        """Mask the data of real people that a system tells; the directory's are made up."""
        plan = self._network.plan
        if member.simulated is None and plan is not None:
            trial.evidence.mask_people(member.code).learn(plan.directory)

    async def _driver(
        self,
        trial: Trial,
        stack: AsyncExitStack,
        side: Side,
        member: Member,
        estate: Estate,
        pair: frozenset[str],
    ) -> Driver:
        """Who moves the people of one side; ends the purpose if the system does not answer."""
        if member.simulated is not None:
            grounds = _both(estate)
            if side is Side.RECEIVING:
                grounds.reverse()
            own, there = grounds
            return SimulatedDriver(self._network.links.played[pair], own, there)
        if member.site is None:
            raise ConformanceError("the system has no site", member.key, "start it first")
        driver = make_driver(member.site, trial.evidence)
        stack.push_async_callback(driver.close)
        async for finding in to_http(member.profile, member.site.ca_file):
            if not finding.ok:
                _stop(trial, member.key, finding.sentence())
        async for finding in to_stomp(member.profile, member.site.ca_file):
            if not finding.ok:
                _stop(trial, member.key, finding.sentence())
        await ask_what_it_offers(driver)
        said = await identity(member.profile, driver)
        if said is not None and not said.ok:
            _stop(trial, member.key, said.sentence())
        if member.not_set_up is not None:
            _stop(trial, "", member.not_set_up)
        return driver


class _NoPeer:
    """There is no simulated peer beside a pair."""

    def peer(self, world: World) -> SimulatedPeer:
        """None: a purpose of a pair has no third."""
        raise ConformanceError("a pair has no simulated peer", world.sut, "use the pair's systems")

    def raw(self, world: World) -> RawSession:
        """As `peer`."""
        raise ConformanceError("a pair has no simulated peer", world.sut, "use the pair's systems")

    def wrong_certificates(self) -> dict[str, Shown]:
        """None."""
        return {}


def _both(estate: Estate) -> list[Ground]:
    if estate.partner is None:
        raise ConformanceError("the pair has one department", "estate", "plan it with a partner")
    return [estate.home, estate.partner]


def _not_claimed(purpose: Purpose, members: dict[Side, Member]) -> Iterator[Text]:
    """Why a purpose does not apply to a pair, with the line of the profile."""
    for side, member in members.items():
        role, claims = _ROLE[side], member.profile.claims
        if role not in claims.roles:
            yield Text(
                en=f"{member.key}: the profile's roles do not claim {role.value!r}, so it "
                f"is none that {_WORDS[side].en}",
                ja=f"{member.key}: プロファイルの roles に {role.value!r} がないため、"
                f"{_WORDS[side].ja}にはなりません",
            )
        elif member.simulated is None and member.profile.addresses.stomp is None:
            yield Text(
                en=f"{member.key}: the profile names no addresses.stomp",
                ja=f"{member.key}: プロファイルに addresses.stomp がありません",
            )


def _rules(trial: Trial, members: dict[Side, Member], faults: list[Fault]) -> None:
    """Every message that either sent has to keep the rules of the interface."""
    lines = trial.evidence.spoken()
    for side, member in members.items():
        for breach in judge_wire(lines, member.code).breaches:
            said = f"broke the rule {breach.rule!r}: {breach.text.en}"
            ja = f"電文の規則「{breach.rule}」に反しました: {breach.text.ja}"
            faults.append(Fault(side, Text(en=said, ja=ja)))
            trial.check(
                f"every message at interface B follows the rules: {breach.rule}",
                False,
                expected="a message as the interconnect profile asks for it",
                seen=f"{breach.text.en}; at fault: {member.key} ({side.value})",
                offending=trial.evidence.numbered(breach.message),
                ja=f"事業者間のどの電文も規則に従っている: {breach.rule}",
            )


def _frames(trial: Trial, members: dict[Side, Member], faults: list[Fault]) -> None:
    """What either wrote has to be STOMP frames."""
    for line in trial.evidence.spoken():
        if not str(line.get("payload", "")).startswith(NO_FRAME):
            continue
        for side, member in members.items():
            if line["source"] != member.code:
                continue
            said = Text(
                en=f"wrote what is no STOMP frame ({line['payload']})",
                ja=f"STOMP のフレームでないものを送りました（{line['payload']}）",
            )
            faults.append(Fault(side, said))
            trial.check(
                "everything at interface B is a STOMP frame",
                False,
                expected="a frame as STOMP 1.2 asks for it",
                seen=f"{line['payload']}; at fault: {member.key} ({side.value})",
                offending=trial.evidence.numbered(line["n"]),
                ja="事業者間で送られるものはすべて STOMP のフレームである",
            )


def _longer(one: Timers, other: Timers) -> Timers:
    """The longer of the timers of two systems."""
    mine, theirs = one.settings(), other.settings()
    longer: dict[str, Any] = {name: max(mine[name], theirs[name]) for name in mine}
    return Timers(**longer)


def _stop(trial: Trial, key: str, reason: Text) -> NoReturn:
    at = f"{key}: " if key else ""
    trial.conclude(Verdict.INCONCLUSIVE, en=f"{at}{reason.en}", ja=f"{at}{reason.ja}")
    raise TrialEnded(reason.en)
