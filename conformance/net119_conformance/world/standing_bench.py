"""Opens the world of each purpose at a system that somebody else started."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NoReturn

from net119_simulators.peer import SutEndpoint
from net119_simulators.person import jurisdictions
from net119_simulators.safety import declare_test_systems

from net119_conformance.catalogue import Side, Text
from net119_conformance.drivers.interface import Driver
from net119_conformance.drivers.manual import Ground
from net119_conformance.drivers.manual_staff import Registrant
from net119_conformance.environment import Description, Sut
from net119_conformance.errors import TrialEnded
from net119_conformance.masking import Masker
from net119_conformance.masking_words import read_listed
from net119_conformance.purpose import Purpose
from net119_conformance.strict import judge_strictly
from net119_conformance.sut.applies import missing_claim
from net119_conformance.sut.drivers import AsksPeople, ask_what_it_offers, make_driver
from net119_conformance.sut.findings import Finding
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.reading import read_profile
from net119_conformance.sut.time_limits import work_limit_by_hand
from net119_conformance.sut.way import endpoint_of, identity, to_http, to_stomp
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world.description import estate_key
from net119_conformance.world.makers import Maker
from net119_conformance.world.plan import Estate
from net119_conformance.world.prepared import DIRECTORY_FILE, read_folder, read_prepared
from net119_conformance.world.standing_description import StandingDescription, site_of
from net119_conformance.world.standing_world import StandingWorld
from net119_conformance.world.world import World


class StandingBench:
    """Opens worlds on the one system; before each it looks whether the system answers."""

    def __init__(self, given: StandingDescription, profile: SutProfile) -> None:
        self._given = given
        self._profile = profile
        self._prepared = read_prepared(profile)
        self._directory = (read_folder(profile) / DIRECTORY_FILE).read_text("utf-8")
        self._site = site_of(profile, given.mail)
        self._known = False
        """Whether the system has said who it is."""
        self._typed: set[str] = set()
        """Names that people typed in the purposes before, and that the suite did not make up."""

    @asynccontextmanager
    async def open(self, purpose: Purpose, sut: Sut, trial: Trial) -> AsyncIterator[World]:
        """The world of one purpose."""
        missing = missing_claim(purpose, self._profile)
        if missing is not None:
            trial.not_applicable(missing.en, ja=missing.ja)
        estate = self._prepared.estates[estate_key(purpose.id, sut.key)]
        async with AsyncExitStack() as stack:
            driver = make_driver(self._site, trial.evidence)
            stack.push_async_callback(driver.close)
            self._seat(driver, trial, estate)
            masker = self._tell_masker(trial)  # before the system says its first word
            # A name that somebody types is not kept of any later purpose either.
            stack.callback(lambda: self._typed.update(masker.typed))
            await self._reach(purpose, driver, trial)
            if self._given.not_set_up is not None:
                _stop(trial, self._given.not_set_up)
            world = StandingWorld(
                trial,
                sut.key,
                driver,
                estate,
                self._profile.timers.timers(),
                self._maker(estate),
                None,
                stack,
                chromium=self._given.chromium,
                capacity=self._profile.capacity,
                profile=self._profile,
                ca_file=self._site.ca_file,
                run=self._given.run,
                people=self._prepared.people,
                browser_lacks=self._given.browser_lacks,
            )
            yield world
            judge_strictly(trial, self._profile.sut.code, world.unexpected())

    def _seat(self, driver: Driver, trial: Trial, estate: Estate) -> None:
        """Tell a driver that asks people where they are asked, and of whom and what it speaks."""
        if not isinstance(driver, AsksPeople) or not self._given.desk:
            return
        places = (estate.home, estate.sibling, estate.peer, estate.unadopted, estate.partner)
        grounds = [
            Ground(center=each.center, department=each.reference)
            for each in places
            if each is not None
        ]
        names = {one.credentials.login_id: one.person.name for one in self._prepared.people}
        with_peer = estate.peer is not None
        trial.work_limit_s = work_limit_by_hand(trial.purpose, self._profile.timers.timers())
        registered = {
            one.credentials.registrant_id: Registrant(one.person.name, one.credentials)
            for one in self._prepared.people
        }
        driver.sit_down(
            self._given.desk, trial, grounds, names, with_peer=with_peer, people=registered
        )

    def _tell_masker(self, trial: Trial) -> Masker:
        """Mask real people's data that the system tells; what was prepared is made up.

        A telephone number of the directory that was masked would make a message unreadable to
        whoever judges it later.
        """
        masker = trial.evidence.mask_people(self._profile.sut.code)
        masker.learn(self._directory)
        for one in self._prepared.people:
            masker.learn(one.person.model_dump_json(by_alias=True))
        listed = self._profile.masking.file
        words = () if listed is None else read_listed(self._profile.path(listed))
        masker.mask_listed((*words, *self._typed))
        return masker

    async def _reach(self, purpose: Purpose, driver: Driver, trial: Trial) -> None:
        """Look whether the system answers, and once whether it is one; else nothing is judged.

        A program that is no NET119 system refuses many things, as some purposes want it to.
        """
        ca_file = self._site.ca_file
        async for finding in to_http(self._profile, ca_file):
            _go_on(trial, finding)
        if Side.PROVIDER in purpose.interfaces:
            async for finding in to_stomp(self._profile, ca_file):
                _go_on(trial, finding)
        # Before anything is asked of it: what it does not offer is no verb of its driver.
        await ask_what_it_offers(driver)
        if not self._known:
            said = await identity(self._profile, driver)
            if said is not None:
                _go_on(trial, said)
            self._known = True

    def _maker(self, estate: Estate) -> Maker:
        profile = self._profile
        # Without an endpoint no purpose has a peer.
        nowhere = SutEndpoint(profile.sut.code, "127.0.0.1", 1)
        return Maker(
            endpoint_of(profile) if profile.addresses.stomp else nowhere,
            estate,
            self._site.ca_file,
            read_folder(profile) / "ca",
            profile.mapping,
            profile.addresses.peer_port,
        )


def _go_on(trial: Trial, finding: Finding) -> None:
    if not finding.ok:
        _stop(trial, finding.sentence())


def _stop(trial: Trial, reason: Text) -> NoReturn:
    trial.conclude(Verdict.INCONCLUSIVE, en=reason.en, ja=reason.ja)
    raise TrialEnded(reason.en)


def bench(description: Description, worker: int) -> StandingBench:
    """What the engine calls in each worker."""
    given = StandingDescription.model_validate(description)
    profile = read_profile(given.profile)
    declare_test_systems(profile.addresses.test_systems)
    # Read now: read by the first purpose, it would keep its peers silent for longer than T3.
    jurisdictions()
    return StandingBench(given, profile)
