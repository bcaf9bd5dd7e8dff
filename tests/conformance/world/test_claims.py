"""What a driver does not claim: no purpose can use it, and none passes without it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from net119_conformance.at_alarms import kyoto
from net119_conformance.crowds import gathered
from net119_conformance.drivers.actors import Handset
from net119_conformance.drivers.api import ApiDriver
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.drivers.unclaimed import NotClaimed, Unclaimed
from net119_conformance.errors import TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world.plan import Estate, Ground
from net119_conformance.world.world import PeerMaker, Registered, World
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import FixSource, ProviderState
from net119_protocol.places import Fix
from net119_simulators.mailbox import Draft, Rule
from net119_simulators.network import Timers
from net119_simulators.person import make_person
from net119_simulators.registration import CallPageKeys, MailedKeys

from tests.conformance.engine.toy_world import ToyWorld, toy

NOON = datetime(2024, 4, 1, 3, tzinfo=UTC)
HERE = Fix(lat=43.0, lon=141.6, accuracy_m=10.0, source=FixSource.GPS)
HOME = Ground(
    department="home", municipality="01224", municipality_name="千歳市", lat=43.0, lon=141.6
)
LOG_IN = Credentials(registrant_id=UUID(int=1), login_id="someone", password="secret-1")
PERSON = make_person("claims", HOME.municipality)
KEYS = MailedKeys("https://127.0.0.1:9/my", "someone", "secret-1")
PAGE = CallPageKeys("https://127.0.0.1:9/c/0123456789abcdef", "device-0123456789")
DRAFT = Draft(sender="a@example.jp", to="r@example.jp")
SOMEONE = Registered(PERSON, LOG_IN, "home")


async def in_kyoto(world: World) -> object:
    """As purposes of the home alarm service begin."""
    async with kyoto(world.trial, world) as service:
        return service


THROUGH_WORLD: dict[str, tuple[Verb, Callable[[World], Awaitable[object]]]] = {
    "register": (Verb.STAFF, lambda w: w.register()),
    "suspend": (Verb.STAFF, lambda w: w.suspend(SOMEONE, "prank")),
    "handset": (Verb.HANDSET, lambda w: w.handset(SOMEONE)),
    "call_as_stranger": (Verb.HANDSET, lambda w: w.call_as_stranger(HERE, None)),
    "phone": (Verb.PHONE, lambda w: w.phone("docomo-sh903i", HOME)),
    "plaintext_handset": (Verb.PHONE, lambda w: w.plaintext_handset(SOMEONE)),
    "console": (Verb.CONSOLE, lambda w: w.console()),
    "desk": (Verb.CONSOLE_PAGE, lambda w: w.desk()),
    "partner_console": (Verb.CONSOLE, lambda w: w.partner_console()),
    "applicant": (Verb.APPLICANT, lambda w: w.applicant()),
    "account": (Verb.ACCOUNT, lambda w: w.account(KEYS)),
    "browser": (Verb.PAGES, lambda w: w.browser()),
    "staff_browser": (Verb.STAFF_PAGES, lambda w: w.staff_browser()),
    "smartphone": (Verb.PAGES, lambda w: w.smartphone(HERE)),
    "call_page": (Verb.HANDSET, lambda w: w.call_page(PAGE)),
    "send_mail": (Verb.MAILBOX, lambda w: w.send_mail(DRAFT)),
    "letters": (Verb.MAILBOX, lambda w: w.letters("a@example.jp", 1.0)),
    "letter": (Verb.MAILBOX, lambda w: w.letter("a@example.jp")),
    "filter_mail": (Verb.MAILBOX, lambda w: w.filter_mail("a@example.jp", Rule())),
    "staff_member": (Verb.RECORDS, lambda w: w.staff()),
    "audit_log": (Verb.AUDIT, lambda w: w.audit_log(HOME)),
    "load_directory": (Verb.DIRECTORY, lambda w: w.load_directory({})),
    "load_operators": (Verb.OPERATORS, lambda w: w.load_operators(())),
    "set_clock": (Verb.CLOCK, lambda w: w.set_clock(NOON)),
    "restart": (Verb.RESTART, lambda w: w.restart()),
    "revise_terms": (Verb.TERMS, lambda w: w.revise_terms(HOME, "2", "規約", "Terms")),
    "set_timers": (Verb.TIMERS, lambda w: w.set_timers(Timers())),
    "refused_inputs": (Verb.LOG, lambda w: w.refused_inputs()),
    "health": (Verb.HEALTH, lambda w: w.health()),
    "seen_not_running": (Verb.HEALTH, lambda w: w.seen_not_running("midori")),
    "set_state": (Verb.STATE, lambda w: w.set_state(ProviderState.MAINTENANCE)),
    "crash": (Verb.CRASH, lambda w: w.crash()),
    "alarms": (Verb.ALARMS, in_kyoto),
    "crowd": (Verb.CROWD, lambda w: gathered(w, 4, (HOME,), every_s=1.0, measure_s=2.0)),
}

ON_THE_DRIVER: dict[str, tuple[Verb, Callable[[Driver, Trial], object]]] = {
    "register": (Verb.STAFF, lambda d, _: d.register("home", PERSON)),
    "suspend": (Verb.STAFF, lambda d, _: d.suspend("home", LOG_IN, "prank")),
    "handset": (Verb.HANDSET, lambda d, t: d.handset(LOG_IN, name="p", wiretap=t.evidence)),
    "call_as_stranger": (
        Verb.HANDSET,
        lambda d, t: d.call_as_stranger(HERE, token=None, wiretap=t.evidence),
    ),
    "handset_side": (Verb.PHONE, lambda d, _: d.handset_side()),
    "plaintext_handset": (
        Verb.PHONE,
        lambda d, t: d.plaintext_handset(LOG_IN, name="p", wiretap=t.evidence),
    ),
    "console": (Verb.CONSOLE, lambda d, t: d.console("c", name="d", wiretap=t.evidence)),
    "console_keys": (Verb.CONSOLE_PAGE, lambda d, _: d.console_keys("c", "d")),
    "alarm_side": (Verb.ALARMS, lambda d, t: d.alarm_side(t.evidence)),
    "crowd_side": (Verb.CROWD, lambda d, _: d.crowd_side()),
    "handset_token": (Verb.CROWD, lambda d, _: d.handset_token(LOG_IN)),
    "console_token": (Verb.CROWD, lambda d, _: d.console_token("c")),
    "applicant": (Verb.APPLICANT, lambda d, t: d.applicant(name="a", wiretap=t.evidence)),
    "account": (Verb.ACCOUNT, lambda d, t: d.account(KEYS, name="r", wiretap=t.evidence)),
    "browser": (Verb.PAGES, lambda d, t: d.browser(name="b", wiretap=t.evidence)),
    "staff_browser": (
        Verb.STAFF_PAGES,
        lambda d, t: d.staff_browser("home", name="s", wiretap=t.evidence),
    ),
    "send_mail": (Verb.MAILBOX, lambda d, t: d.send_mail(DRAFT, wiretap=t.evidence)),
    "letters": (
        Verb.MAILBOX,
        lambda d, t: d.letters("a@example.jp", after=0, within=1.0, wiretap=t.evidence),
    ),
    "filter_mail": (Verb.MAILBOX, lambda d, _: d.filter_mail("a@example.jp", Rule())),
    "staff": (Verb.RECORDS, lambda d, t: d.staff("home", name="s", wiretap=t.evidence)),
    "audit_log": (Verb.AUDIT, lambda d, t: d.audit_log("home", name="a", wiretap=t.evidence)),
    "load_directory": (Verb.DIRECTORY, lambda d, _: d.load_directory({})),
    "load_operators": (Verb.OPERATORS, lambda d, _: d.load_operators(())),
    "set_clock": (Verb.CLOCK, lambda d, _: d.set_clock(NOON)),
    "restart": (Verb.RESTART, lambda d, _: d.restart()),
    "revise_terms": (Verb.TERMS, lambda d, _: d.revise_terms("home", "2", "規約", "Terms")),
    "set_timers": (Verb.TIMERS, lambda d, _: d.set_timers(Timers())),
    "refused_inputs": (Verb.LOG, lambda d, _: d.refused_inputs()),
    "health": (Verb.HEALTH, lambda d, _: d.health()),
    "set_state": (Verb.STATE, lambda d, _: d.set_state(ProviderState.MAINTENANCE)),
    "crash": (Verb.CRASH, lambda d, _: d.crash()),
}

API_ALWAYS = {
    "alarms",
    "handset",
    "console",
    "console-page",
    "staff",
    "records",
    "audit",
    "applicant",
    "account",
    "pages",
    "staff-pages",
    "directory",
    "operators",
    "log",
    "health",
    "state",
}


async def _purpose(trial: Trial, world: ToyWorld) -> None:
    """The body is in each test."""


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(toy("TOY-CLAIMS", _purpose), EvidenceLog(tmp_path / "evidence.jsonl"))


def test_every_verb_is_tried() -> None:
    assert {verb for verb, _ in THROUGH_WORLD.values()} == set(Verb)
    assert {verb for verb, _ in ON_THE_DRIVER.values()} == set(Verb)
    methods = {name for name in vars(Unclaimed) if callable(getattr(Unclaimed, name))}
    assert methods - {"close", "owed"} == set(ON_THE_DRIVER)


def _unclaimed_world(trial: Trial, stack: AsyncExitStack) -> World:
    return World(
        trial,
        "toy",
        Unclaimed(),
        Estate(home=HOME, partner=HOME),
        Timers(),
        cast(PeerMaker, None),
        Unclaimed(),
        stack,
    )


def test_a_clock_that_cannot_be_set_makes_a_purpose_not_applicable(trial: Trial) -> None:
    async def body() -> None:
        async with AsyncExitStack() as stack:
            await THROUGH_WORLD["set_clock"][1](_unclaimed_world(trial, stack))

    with pytest.raises(TrialEnded):
        asyncio.run(body())
    assert trial.verdict() is Verdict.NOT_APPLICABLE
    assert "clock" in trial.reasons()[0].en
    assert "時計を設定できません" in trial.reasons()[0].ja


@pytest.mark.parametrize("name", sorted(THROUGH_WORLD.keys() - {"set_clock"}))
def test_a_verb_that_is_not_claimed_ends_the_trial_as_inconclusive(name: str, trial: Trial) -> None:
    verb, use = THROUGH_WORLD[name]

    async def body() -> None:
        async with AsyncExitStack() as stack:
            await use(_unclaimed_world(trial, stack))

    with pytest.raises(TrialEnded, match=f"'unclaimed' offers '{verb.value}'"):
        asyncio.run(body())
    assert trial.verdict() is Verdict.INCONCLUSIVE
    assert f"'{verb.value}'" in trial.reasons()[0].en


@pytest.mark.parametrize("name", ON_THE_DRIVER)
def test_the_driver_itself_says_which_verb_it_does_not_claim(name: str, trial: Trial) -> None:
    verb, use = ON_THE_DRIVER[name]

    async def body() -> None:
        begun = use(Unclaimed(), trial)
        assert isinstance(begun, Awaitable), "a handset or console must be refused at once"
        await begun

    with pytest.raises(NotClaimed) as caught:
        asyncio.run(body())
    assert caught.value.verb is verb
    assert str(caught.value).startswith(
        f"driver unclaimed: the verb '{verb.value}' is not claimed. use a driver that claims it"
    )


async def _nothing() -> None:
    """Stands for killing or restarting a process."""


@pytest.mark.parametrize(
    ("crash", "restart", "clock", "more"),
    [
        (None, None, False, set[str]()),
        (_nothing, None, False, {"crash"}),
        (None, _nothing, False, {"restart"}),
        (_nothing, _nothing, True, {"crash", "restart", "clock"}),
    ],
)
def test_the_api_driver_claims_what_it_can_do_and_no_more(
    crash: Callable[[], Awaitable[None]] | None,
    restart: Callable[[], Awaitable[None]] | None,
    clock: bool,
    more: set[str],
    trial: Trial,
) -> None:
    async def body() -> None:
        driver = ApiDriver(
            "aoba", "http://127.0.0.1:9", None, "token", trial.evidence, crash, restart, clock=clock
        )
        try:
            assert {verb.value for verb in driver.verbs} == API_ALWAYS | more
            for name, (verb, use) in ON_THE_DRIVER.items():
                if verb in driver.verbs:
                    assert getattr(ApiDriver, name) is not getattr(Unclaimed, name)
                    continue
                with pytest.raises(NotClaimed, match=f"driver api: the verb '{verb.value}'"):
                    await cast(Awaitable[Handset], use(driver, trial))
        finally:
            await driver.close()

    asyncio.run(body())
