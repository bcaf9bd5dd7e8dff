"""The actors of a scenario on their places: phones, consoles and played providers."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID, uuid4

from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Mode, RejectReason
from net119_protocol.directory import Department, DirectoryView
from net119_protocol.person import RegistrantData
from net119_simulators.dispatcher import Dispatcher as Console
from net119_simulators.peer import (
    Accepting,
    Answering,
    Behaviour,
    LateAccepting,
    Rejecting,
    Silent,
    SimulatedPeer,
)
from net119_simulators.phone_call import PhoneCall
from net119_simulators.radio import RadioProxy, load_radios
from net119_simulators.rule_based import RuleBasedDispatcher
from net119_simulators.smartphone import Smartphone
from net119_simulators.wiretap import Wiretap

from net119_scenarios.acted.alarms.cast import ALARM_ACTORS, ALARM_CENTER
from net119_scenarios.acted.alarms.company import Company
from net119_scenarios.acted.alarms.persons import center_names
from net119_scenarios.acted.answering import Misread
from net119_scenarios.acted.base import Spot
from net119_scenarios.acted.cast import Caller, Dispatcher, Handset, Peer
from net119_scenarios.acted.chronicle import Chronicle, Tee
from net119_scenarios.acted.feature_phone import FeaturePhone, PageCall
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.people import person_of
from net119_scenarios.acted.timeline import Timeline
from net119_scenarios.acted.venue import Venue
from net119_scenarios.acted.watcher import Watcher

Entered = TypeVar("Entered")
PEER_DISPATCHER = "simulated dispatcher"
"""Under this name played providers write, by default."""


async def _no_time(_text: str) -> None:
    """Nothing takes time."""


@dataclass
class Person:
    """A caller with a phone. ``used`` are callback URLs opened already."""

    actor: Caller
    data: RegistrantData
    home: Department
    credentials: Credentials
    phone: Smartphone | FeaturePhone
    position: Spot
    radio: RadioProxy | None = None
    used: set[str] = field(default_factory=set)
    logged_in: bool = False
    asked: int = 0
    """How many requests for the position the phone has answered."""
    card: tuple[str, ...] = ()
    """What the page to be read aloud said when it was shown last."""


@dataclass
class Placed:
    """A call: all views of it that its caller's phone had, the newest last."""

    name: str
    id: UUID
    caller: str
    mode: Mode
    phones: list[PhoneCall | PageCall] = field(default_factory=list)

    @property
    def phone(self) -> PhoneCall | PageCall:
        """The call as its caller has it now; LookupError for one that a peer anchors."""
        if not self.phones:
            raise LookupError(f"call {self.name} has no phone here")
        return self.phones[-1]

    @property
    def smartphone(self) -> PhoneCall:
        """The same at a phone with the API; LookupError for one at the plain pages."""
        phone = self.phone
        if isinstance(phone, PageCall):
            raise LookupError(f"{self.caller} has a feature phone, which cannot do this")
        return phone


class Troupe:
    """All actors, ready while inside ``async with``; raises what opening phones and consoles does.

    ``calls`` are the placed calls by name, oldest first; ``chronicle`` gets every message, too.
    Of actors ``played_by_people`` a dispatcher's console here only looks on, and a caller's phone
    stays out of use.
    """

    def __init__(
        self,
        scenario: Scenario,
        venue: Venue,
        timeline: Timeline,
        chronicle: Chronicle | None = None,
        *,
        played_by_people: Collection[str] = (),
    ) -> None:
        self.scenario = scenario
        self.played_by_people = frozenset(played_by_people)
        self.venue = venue
        self.timeline = timeline
        self.watcher = Watcher(
            timeline, scenario.callers(), scenario.dispatchers(), scenario.peers()
        )
        self.watcher.people = self.played_by_people & frozenset(scenario.dispatchers())
        self.chronicle = chronicle
        self.company = Company(self)
        """The home alarm service's part of it."""
        kept = [chronicle] if chronicle is not None else []
        self.tap: Wiretap = Tee([self.watcher, self.company, *kept])
        self.people: dict[str, Person] = {}
        self.consoles: dict[str, Console] = {}
        self.peers: dict[str, SimulatedPeer] = {}
        self.late: dict[str, asyncio.Event] = {}
        self.calls: dict[str, Placed] = {}
        self.earlier: dict[str, frozenset[UUID]] = {}
        """By console: the calls that it knew when it was opened, of scenarios before."""
        self.announced: dict[str, frozenset[UUID]] = {}
        """By department with staff of the cast: what was announced before, of other scenarios."""
        self.misread: Callable[[Misread], None] = lambda _: None
        """Told of each line that a caller did not understand."""
        self.takes: Callable[[str], Awaitable[None]] = _no_time
        """Awaited before a caller's reply is sent: reading and writing take time."""
        self.patient = False
        """Who converses waits for people, as long as they take."""
        self._exit = AsyncExitStack()
        self._run = uuid4().hex[:8]

    async def __aenter__(self) -> Self:
        try:
            for name, peer in self.scenario.peers().items():
                await self._play(name, peer)
            for name, caller in self.scenario.callers().items():
                await self._register(name, caller)
            for name, dispatcher in self.scenario.dispatchers().items():
                if dispatcher.present:
                    await self.open_console(name)
            await self.company.enter()
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

    def call(self, name: str | None) -> Placed:
        """The call of this name, or the one placed last; LookupError if there is none."""
        if name is not None:
            return self.calls[name]
        if not self.calls:
            raise LookupError("no call was placed")
        return next(reversed(self.calls.values()))

    def placed(self, name: str, caller: str, call_id: UUID, mode: Mode | None = None) -> Placed:
        """Note a new call; ``mode`` is the scenario's if it has none of its own."""
        self.watcher.named(call_id, name)
        self.watcher.callers[call_id] = caller
        if self.chronicle is not None:
            self.chronicle.placed(call_id, name, caller)
        self.calls[name] = Placed(name, call_id, caller, mode or self.scenario.exercise)
        return self.calls[name]

    def view(self) -> DirectoryView:
        """What the directory says now, by the scenario's clock."""
        return self.venue.view()

    async def open_console(self, name: str) -> None:
        """Open a dispatcher's console; no-op if it is open."""
        known = self.consoles.get(name)
        if known is not None:
            if not known.connected:
                await known.resume()
            return
        actor = self.scenario.dispatchers()[name]
        if actor.center == ALARM_CENTER:
            provider = self.company.provider
        else:
            provider = self.view().centers[actor.center].provider
        network = self.venue.network
        title = self.title_of(name)
        if name in self.played_by_people:
            title = f"{title}（訓練の見守り）"  # it never says anything
        else:
            # Who says what is known by this name: two of a kind stay unnamed in the timeline.
            twice = self.watcher.titles.get(title, name) != name
            self.watcher.titles[title] = "" if twice else name
        token = await network.dispatcher_token(provider, actor.center, title)
        kind = RuleBasedDispatcher if actor.mind == "rule-based" else Console
        console = kind(
            network.base_url(provider),
            network.tls,
            token,
            name=name,
            provider=provider,
            wiretap=self.tap,
            timeout_s=30.0,
        )
        self.consoles[name] = await self._exit.enter_async_context(console)
        self.earlier[name] = frozenset(each.id for each in console.calls)

    async def enter(self, thing: AbstractAsyncContextManager[Entered]) -> Entered:
        """Keep another phone, or whatever it is, open until the end."""
        return await self._exit.enter_async_context(thing)

    def title_of(self, name: str) -> str:
        """The name of a dispatcher at the console."""
        actor = self.scenario.dispatchers()[name]
        if actor.name:
            return actor.name.ja
        if actor.center == ALARM_CENTER:
            return center_names()[0]
        return self.view().centers[actor.center].name_ja

    def of_alarms(self, name: str) -> bool:
        """Whether an actor is of the home alarm service."""
        actor = self.scenario.actors[name]
        if isinstance(actor, Dispatcher):
            return actor.center == ALARM_CENTER
        return isinstance(actor, ALARM_ACTORS)

    async def _register(self, name: str, caller: Caller) -> None:
        home = self.view().department(caller.home)
        if home.provider is None:
            raise LookupError(
                f"{home.code} has not adopted NET119, so {name} is registered nowhere"
            )
        person = person_of(caller, home.municipalities[0])
        if "mail" not in caller.profile:
            user, _, domain = person.mail.partition("@")
            person = person.model_copy(update={"mail": f"{user}-{self._run}@{domain}"})
        network = self.venue.network
        self.venue.boxes.set_rule(person.mail, self.venue.situation(caller.mailbox))
        credentials = await network.register(home.provider, home.code, person)
        radio: RadioProxy | None = None
        phone: Smartphone | FeaturePhone
        if caller.handset is Handset.FEATURE_PHONE:
            phone = FeaturePhone(
                network.base_url(home.provider),
                network.authorities,
                credentials,
                caller.position,
                name=name,
                provider=home.provider,
                timeline=self.timeline,
                view=self.view,
            )
        elif caller.handset is Handset.SMARTPHONE:
            if caller.radio:
                profile = load_radios()[caller.radio]
                radio = await self._exit.enter_async_context(
                    network.radio(home.provider, profile, seed=caller.seed, wiretap=self.tap)
                )
            phone = network.phone(
                home.provider, credentials, name=name, wiretap=self.tap, radio=radio
            )
        else:
            url = network.plaintext_url(home.provider)
            if url is None:
                raise LookupError(f"{home.provider} has no listener for phones without encryption")
            phone = Smartphone(
                url, None, credentials, name=name, provider=home.provider, wiretap=self.tap
            )
        self.people[name] = Person(caller, person, home, credentials, phone, caller.position, radio)

    async def _play(self, name: str, peer: Peer) -> None:
        played = self.venue.played(peer, name, self.tap)
        self.peers[name] = await self._exit.enter_async_context(played)
        self.watcher.titles.setdefault(PEER_DISPATCHER, name)
        played.behave(self._behaviour(name, peer))
        await self.venue.network.wait_until_peers_run(peer.to, [peer.provider], within=30.0)

    def _behaviour(self, name: str, peer: Peer) -> Behaviour:
        match peer.behaviour:
            case "accept":
                return Accepting()
            case "answer":
                return Answering()
            case "reject":
                return Rejecting(RejectReason(peer.reason))
            case "silent":
                return Silent()
            case "late":
                self.late[name] = asyncio.Event()
                return LateAccepting(self.late[name])
