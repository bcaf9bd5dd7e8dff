"""The world of one purpose: its own departments, people, consoles and peer at one SUT."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from net119_protocol.api.staff import Credentials
from net119_protocol.codes import FixSource, Kind, Mode, PlaceChoice
from net119_protocol.person import RegistrantData
from net119_protocol.places import Fix
from net119_simulators.mailbox import Draft, Letter, Rule
from net119_simulators.network.specs import Timers
from net119_simulators.pages import Browser
from net119_simulators.peer.bad.shown import Shown
from net119_simulators.peer.messages import Received
from net119_simulators.peer.peer import SimulatedPeer
from net119_simulators.peer.raw import RawSession
from net119_simulators.person import make_person
from net119_simulators.registration import Account, Applicant, CallPageKeys, MailedKeys
from net119_simulators.registration.urls import secrets_in

from net119_conformance.capacity import REFERENCE, Capacity
from net119_conformance.drivers.actors import Console, Handset, HandsetCall
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.drivers.staff import Staff
from net119_conformance.errors import DriverFailed
from net119_conformance.still_offered import SURE
from net119_conformance.trial import Trial
from net119_conformance.world.auditing import Auditing
from net119_conformance.world.plan import Estate, Ground

T = TypeVar("T")

_LOOK_EVERY_S = 0.05
GPS_ACCURACY_M = 12.0
"""What a phone under open sky reports (68 %); its 95 % circle stays far inside a municipality."""


@dataclass(frozen=True)
class Registered:
    """A person registered with a department, with the log-in."""

    person: RegistrantData
    credentials: Credentials
    department: str


class PeerMaker(Protocol):
    """Makes the purpose's simulated peer, and raw sessions in its name."""

    def peer(self, world: "World") -> SimulatedPeer:
        """The peer, not started yet."""

    def raw(self, world: "World") -> RawSession:
        """A raw STOMP session from the peer's address, not started yet."""

    def wrong_certificates(self) -> Mapping[str, Shown]:
        """Certificates to show that are not the peer's own, by what is wrong with them."""


class World(Auditing):
    """What a purpose works with; everything made here ends with the purpose.

    ``timers`` and ``capacity`` are the SUT's; ``patience`` is for what the timers do not govern.
    """

    patience = 8.0

    def __init__(
        self,
        trial: Trial,
        sut: str,
        driver: Driver,
        estate: Estate,
        timers: Timers,
        maker: PeerMaker,
        partner: Driver | None,
        stack: AsyncExitStack,
        *,
        chromium: str = "",
        capacity: Capacity = REFERENCE,
    ) -> None:
        self.trial = trial
        trial.held_up = driver.owed
        self.sut = sut
        self.driver = driver
        self.estate = estate
        self.timers = timers
        self._maker = maker
        self._partner = partner
        self._stack = stack
        self._chromium = chromium
        self.capacity = capacity
        self._people = 0
        self._peers: list[SimulatedPeer] = []
        self._actors: dict[str, int] = {}

    # --- places -------------------------------------------------------------------------------

    @property
    def home(self) -> Ground:
        """The home department of this purpose's callers."""
        return self.estate.home

    def ground(self, name: str) -> Ground:
        """Another part of the estate: ``sibling``, ``peer``, ``unadopted``, ``partner``."""
        found = getattr(self.estate, name)
        if not isinstance(found, Ground):
            self.trial.require(f"the run offers a {name!r} department", None)
        return found  # type: ignore[no-any-return]  # a Ground, or the purpose has ended

    def fix_at(self, ground: Ground, accuracy_m: float = GPS_ACCURACY_M) -> Fix:
        """A good GPS fix in the middle of a department's area."""
        return Fix(lat=ground.lat, lon=ground.lon, accuracy_m=accuracy_m, source=FixSource.GPS)

    @property
    def t1_total(self) -> float:
        """After so many seconds an unanswered offer is over (T1 x attempts)."""
        return (self.timers.t1_s or 5.0) * (self.timers.offer_attempts or 2)

    # --- people -------------------------------------------------------------------------------

    def person(self, ground: Ground | None = None) -> RegistrantData:
        """A new person who lives in the department's area."""
        self._people += 1
        where = (ground or self.home).municipality
        return make_person(f"{self.trial.purpose.id}/{self.sut}/{self._people}", where)

    async def register(
        self, ground: Ground | None = None, person: RegistrantData | None = None
    ) -> Registered:
        """Register a person (a new one by default) with a department of the SUT."""
        self.claimed(Verb.STAFF)
        place = ground or self.home
        person = person or self.person(place)
        with self.trial.waiting(f"the registration with {place.department}"):
            credentials = await self.driver.register(place.department, person)
        return Registered(person, credentials, place.department)

    async def handset(self, registered: Registered | None = None) -> Handset:
        """A logged-in handset of a registrant (a new one by default)."""
        self.claimed(Verb.HANDSET)
        who = registered or await self.register()
        with self.trial.waiting("the handset's log-in"):
            return await self._stack.enter_async_context(
                self.driver.handset(
                    who.credentials, name=self._actor("phone"), wiretap=self.trial.evidence
                )
            )

    async def plaintext_handset(self, registered: Registered) -> Handset:
        """A registrant's handset, logged in over the plaintext link."""
        self.claimed(Verb.PHONE)
        with self.trial.waiting("the handset's log-in in plaintext"):
            return await self._stack.enter_async_context(
                self.driver.plaintext_handset(
                    registered.credentials,
                    name=self._actor("plaintext phone"),
                    wiretap=self.trial.evidence,
                )
            )

    async def console(self, ground: Ground | None = None) -> Console:
        """A dispatcher at a console of a department's center at the SUT."""
        self.claimed(Verb.CONSOLE)
        place = ground or self.home
        with self.trial.waiting(f"the console of {place.center}"):
            return await self._stack.enter_async_context(
                self.driver.console(
                    place.center, name=self._actor("dispatcher"), wiretap=self.trial.evidence
                )
            )

    def desk_unit(self) -> tuple[str, str]:
        """The center at whose desks people sit, and a name for the next of them."""
        return self.home.center, self._actor("dispatcher")

    async def staff(self, ground: Ground | None = None) -> Staff:
        """A staff member of a department of the SUT."""
        self.claimed(Verb.RECORDS)
        place = ground or self.home
        with self.trial.waiting(f"staff of {place.department}"):
            return await self._stack.enter_async_context(
                self.driver.staff(
                    place.department, name=self._actor("staff"), wiretap=self.trial.evidence
                )
            )

    async def partner_console(self) -> Console:
        """A dispatcher at the center of the partner's department, at the other real provider."""
        driver = self.trial.require("the run has a second real provider", self._partner)
        self.claimed(Verb.CONSOLE, driver)
        place = self.ground("partner")
        return await self._stack.enter_async_context(
            driver.console(
                place.center, name=self._actor("partner dispatcher"), wiretap=self.trial.evidence
            )
        )

    async def suspend(self, registered: Registered, reason: str) -> None:
        """Have no more calls of a registrant taken."""
        self.claimed(Verb.STAFF)
        await self.driver.suspend(registered.department, registered.credentials, reason)

    async def call_as_stranger(self, fix: Fix, token: str | None) -> UUID:
        """Call without any log-in, with an invented session or none."""
        self.claimed(Verb.HANDSET)
        return await self.driver.call_as_stranger(fix, token=token, wiretap=self.trial.evidence)

    async def applicant(self) -> Applicant:
        """Somebody who opens mailed URLs."""
        self.claimed(Verb.APPLICANT)
        return await self._stack.enter_async_context(
            self.driver.applicant(name=self._actor("applicant"), wiretap=self.trial.evidence)
        )

    async def account(self, keys: MailedKeys) -> Account:
        """The account of a registrant with these keys, not logged in yet."""
        self.claimed(Verb.ACCOUNT)
        self.trial.evidence.redact.hide(keys.password)
        return await self._stack.enter_async_context(
            self.driver.account(keys, name=self._actor("account"), wiretap=self.trial.evidence)
        )

    async def browser(self) -> Browser:
        """A browser on a device of its own."""
        self.claimed(Verb.PAGES)
        return await self._stack.enter_async_context(
            self.driver.browser(name=self._actor("browser"), wiretap=self.trial.evidence)
        )

    async def staff_browser(self, ground: Ground | None = None) -> Browser:
        """A browser in which a staff member of a department has logged in."""
        self.claimed(Verb.STAFF_PAGES)
        place = ground or self.home
        with self.trial.waiting(f"the log-in of staff of {place.department}"):
            return await self._stack.enter_async_context(
                self.driver.staff_browser(
                    place.department, name=self._actor("staff"), wiretap=self.trial.evidence
                )
            )

    async def call_page(self, keys: CallPageKeys) -> Handset:
        """A handset at its personal call page; a refusal is raised as ``CallRefused``."""
        self.claimed(Verb.HANDSET)
        return await self._stack.enter_async_context(
            self.driver.handset(keys, name=self._actor("call page"), wiretap=self.trial.evidence)
        )

    # --- mail ---------------------------------------------------------------------------------

    async def send_mail(self, draft: Draft) -> None:
        """Send a mail to the SUT as a person does."""
        self.claimed(Verb.MAILBOX)
        await self.driver.send_mail(draft, wiretap=self.trial.evidence)

    async def letters(
        self, address: str, within: float = 0.0, *, after: int = 0
    ) -> Sequence[Letter]:
        """Mail that the SUT sent to an address, after the first ``after``, oldest first.

        If there is none yet, the first one is waited for ``within`` seconds at most.
        """
        self.claimed(Verb.MAILBOX)
        found = await self.driver.letters(
            address, after=after, within=within, wiretap=self.trial.evidence
        )
        for secret in (secret for letter in found for secret in secrets_in(letter)):
            self.trial.evidence.redact.hide(secret)
        return found

    async def letter(
        self,
        address: str,
        wanted: Callable[[Letter], bool] = lambda _letter: True,
        *,
        after: int = 0,
    ) -> Letter:
        """The first mail to an address that fits, of those after the first ``after``.

        Raises:
            TimeoutError: none came within ``patience``; the text tells which mails did.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        seen: list[str] = []
        while (left := deadline - loop.time()) > 0:
            for letter in await self.letters(address, left, after=after):
                if wanted(letter):
                    return letter
                seen.append(letter.subject)
                after += 1
        raise TimeoutError(f"mails that came to {address}: {seen}")

    async def filter_mail(self, address: str, rule: Rule) -> None:
        """Have a carrier filter, refuse or lose the mail to an address."""
        self.claimed(Verb.MAILBOX)
        await self.driver.filter_mail(address, rule)

    async def call_from(
        self,
        phone: Handset,
        ground: Ground,
        *,
        kind: Kind = Kind.AMBULANCE,
        mode: Mode = Mode.TEST,
        place: PlaceChoice = PlaceChoice.CURRENT,
        fix: Fix | None = None,
    ) -> HandsetCall:
        """Call from the middle of a department's area with a good fix (or the one given)."""
        with self.trial.waiting("the SUT taking the call"):
            return await phone.call(kind, place, mode=mode, fix=fix or self.fix_at(ground))

    # --- interface B --------------------------------------------------------------------------

    async def peer(self) -> SimulatedPeer:
        """The purpose's simulated peer, with both sessions to the SUT up."""
        self.ground("peer")
        self.trial.offers_hold_s = SURE * self.t1_total
        peer = await self._stack.enter_async_context(self._maker.peer(self))
        self._peers.append(peer)
        with self.trial.waiting("the sessions between the SUT and the simulated peer"):
            await self.in_session(peer)
        await self.seen_running(peer.operator)
        return peer

    async def in_session(self, peer: SimulatedPeer) -> None:
        """Wait until the sessions between the SUT and a peer are up."""
        await peer.connected(within=self.patience)

    def unexpected(self) -> list[Received]:
        """What the simulated peers got that nothing accounts for; of bad ones nothing."""
        return [each for peer in self._peers for each in peer.unexpected()]

    def judges_itself(self, peer: SimulatedPeer) -> None:
        """A peer's misdeeds account for whatever it gets; the purpose judges all of it."""
        self._peers.remove(peer)

    async def raw(self) -> RawSession:
        """A raw STOMP session to the SUT's endpoint from the peer's address."""
        self.ground("peer")
        return await self._stack.enter_async_context(self._maker.raw(self))

    def wrong_certificates(self) -> Mapping[str, Shown]:
        """Certificates that the peer may show and that are not its own, by what is wrong."""
        self.ground("peer")
        return self._maker.wrong_certificates()

    async def partner_running(self) -> None:
        """Wait until the SUT counts the partner as running."""
        await self.seen_running(self.ground("partner").operator)

    async def seen_running(self, operator: str) -> None:
        """Wait until the SUT counts a peer as running; before, it would rightly route home."""
        with self.trial.waiting(f"the SUT to count {operator} as running"):
            await self._counted(operator, self.patience, running=True)

    async def seen_not_running(self, operator: str) -> None:
        """Wait until the SUT no longer counts a peer as running."""
        with self.trial.waiting(f"the SUT to notice that {operator} is gone"):
            limit = self.patience + (self.timers.t3_s or 30.0)
            await self._counted(operator, limit, running=False)

    async def _counted(self, operator: str, within: float, *, running: bool) -> None:
        async with asyncio.timeout(within):
            while True:
                peers = (await self.health()).peers
                if running is any(peer.operator == operator and peer.running for peer in peers):
                    return
                await asyncio.sleep(_LOOK_EVERY_S)

    # --- things that go on --------------------------------------------------------------------

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Let something go on beside the purpose; cancelled when the purpose ends.

        Where what operates the SUT fails at it, the purpose ends: what it waits for will not come.
        """
        task = asyncio.create_task(self._beside(work))
        self._stack.callback(task.cancel)
        return task

    async def _beside(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        except DriverFailed as failed:
            if not self.trial.break_off(failed):
                raise
            return await asyncio.Future()  # the purpose is being left, and cancels this

    async def ended(self, task: "asyncio.Task[T]") -> T:
        """The result of something started, without cancelling it when the wait is given up."""
        return await asyncio.shield(task)

    def _actor(self, kind: str) -> str:
        count = self._actors[kind] = self._actors.get(kind, 0) + 1
        return kind if count == 1 else f"{kind} {count}"
