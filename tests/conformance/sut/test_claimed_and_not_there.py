"""What is claimed and cannot be judged is INCONCLUSIVE: it never vanishes as not applicable."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.catalogue import Text
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.unclaimed import Unclaimed
from net119_conformance.errors import TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.left_out import NO_BROWSER
from net119_conformance.purpose import load_purposes
from net119_conformance.sut.profile import SutProfile
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world import standing
from net119_conformance.world.standing import StandingEnvironment
from net119_conformance.world.standing_world import StandingWorld

from tests.conformance.engine.toy_world import ToyWorld, toy

NOW = datetime(2026, 11, 29, tzinfo=UTC)
LACKS = Text(en="no certificate of it", ja="証明書がありません")
HOME: dict[str, Any] = {
    "sut": {"key": "acme", "name": "髙𠮷①", "vendor": "v", "version": "1"},
    "claims": {"roles": ["home"], "options": []},
    # Nothing listens at port 1.
    "addresses": {"base_url": "https://127.0.0.1:1", "stomp": "127.0.0.1:2"},
    "driver": {"kind": "api", "admin_token": "t"},
}


async def nothing(_trial: Trial, _world: ToyWorld) -> None: ...


class Can(Unclaimed):
    """A driver with a log-in for dispatchers, and no clock."""

    name = "can"
    verbs = frozenset({Verb.CONSOLE_PAGE, Verb.PAGES})


def ends(
    folder: Path,
    use: Callable[[StandingWorld], Awaitable[object]],
    *,
    lacks: Text | None = None,
    **profile: Any,
) -> tuple[Verdict, str, str]:
    """How a purpose ends that uses a world of this profile so."""

    async def go(trial: Trial) -> None:
        async with AsyncExitStack() as stack:
            driver: Any = Can()
            more: Any = {"people": (), "run": "1", "browser_lacks": lacks}
            world = StandingWorld(
                *(trial, "acme", driver, None, None, None, None, stack),
                profile=SutProfile.model_validate({**HOME, **profile}),
                ca_file=folder,
                **more,
            )
            await use(world)

    with EvidenceLog(folder / "evidence.jsonl") as evidence:
        trial = Trial(toy("TOY-CLAIMED", nothing), evidence)
        with pytest.raises(TrialEnded):
            asyncio.run(go(trial))
    (reason,) = trial.reasons()
    return reason.verdict, reason.en, reason.ja


@pytest.mark.parametrize(
    ("settable", "verdict", "says"),
    [
        (True, Verdict.INCONCLUSIVE, "offers 'clock'"),
        (False, Verdict.NOT_APPLICABLE, "clock.settable = false"),
    ],
)
def test_a_clock_that_nobody_can_set(
    settable: bool, verdict: Verdict, says: str, tmp_path: Path
) -> None:
    ended = ends(tmp_path, lambda w: w.set_clock(NOW), clock={"settable": settable})
    assert ended[0] is verdict
    assert says in ended[1]


def test_a_console_page_that_is_claimed_and_not_there(tmp_path: Path) -> None:
    async def look(world: StandingWorld) -> None:
        world.no_console_page()

    verdict, en, ja = ends(tmp_path, look)
    assert verdict is Verdict.INCONCLUSIVE
    assert "driver.verbs" in en
    assert "driver.verbs" in ja


def test_a_console_page_that_the_profile_leaves_out(tmp_path: Path) -> None:
    driver = {**HOME["driver"], "verbs": ["handset"]}
    verdict, en, _ = ends(tmp_path, lambda w: w.desk(), driver=driver)
    assert verdict is Verdict.NOT_APPLICABLE
    assert "driver.verbs" in en


def test_a_console_page_that_the_kind_of_driver_cannot_open(tmp_path: Path) -> None:
    driver = {"kind": "http-hook", "url": "http://127.0.0.1:1"}
    verdict, en, ja = ends(tmp_path, lambda w: w.desk(), driver=driver)
    assert verdict is Verdict.NOT_APPLICABLE
    assert "'http-hook' operates the system's own console" in en
    assert "http-hook" in ja


def test_a_browser_that_is_missing_although_there_had_to_be_one(tmp_path: Path) -> None:
    fix: Any = None
    for use in (lambda w: w.desk(), lambda w: w.smartphone(fix)):
        assert ends(tmp_path, use, lacks=LACKS) == (Verdict.INCONCLUSIVE, LACKS.en, LACKS.ja)
    assert ends(tmp_path, lambda w: w.desk())[:2] == (Verdict.NOT_APPLICABLE, NO_BROWSER.en)


@pytest.mark.parametrize(
    ("found", "required", "lacks"),
    [
        ("/usr/bin/chromium", False, "the certificate of https://127.0.0.1:1 could not be fetched"),
        (None, True, NO_BROWSER.en),
        (None, False, None),
    ],
)
def test_why_there_is_no_browser(
    found: str | None,
    required: bool,
    lacks: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standing, "find_chromium", lambda: found)
    asked = load_purposes(["net119_conformance.purposes"]).values()
    profile = SutProfile.model_validate({**HOME, "claims": {"roles": ["home", "receiving"]}})
    environment = StandingEnvironment(
        profile, tmp_path / "sut.toml", asked, require_browser=required
    )
    chromium, why = asyncio.run(environment._find_browser())
    assert not chromium
    assert (why is None) if lacks is None else (why is not None and lacks in why.en)
