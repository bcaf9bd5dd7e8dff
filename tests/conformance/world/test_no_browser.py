"""A machine without a browser: what needs one is left out, said to be, and never passed."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.left_out import NO_BROWSER
from net119_conformance.purpose import load_purposes
from net119_conformance.trial import Trial
from net119_conformance.verdict import ExitRule, Verdict
from net119_conformance.world import local
from net119_conformance.world.chromium import fingerprints
from net119_conformance.world.needs import Needs
from net119_conformance.world.smartphones import Smartphones
from net119_protocol.codes import FixSource
from net119_protocol.places import Fix
from net119_simulators.network.authority import Authority

from tests.conformance.engine.toy_world import ToyWorld, toy

HERE = Fix(lat=43.0, lon=141.6, accuracy_m=10.0, source=FixSource.GPS)
ALL = load_purposes(["net119_conformance.purposes"])
IN_BROWSER = {
    name for name, one in ALL.items() if isinstance(one.needs, Needs) and one.needs.browser
}


class Pages:
    """A driver that claims pages."""

    name = "pages"
    verbs = frozenset({Verb.PAGES})


class Without(Smartphones):
    """A world whose run has no browser."""

    patience = 1.0

    def __init__(self, trial: Trial, stack: AsyncExitStack) -> None:
        self.trial = trial
        self.driver = Pages()  # type: ignore[assignment]  # no more of a driver is asked for
        self._stack = stack


def test_the_purpose_does_not_apply_and_says_why(tmp_path: Path) -> None:
    async def nothing(_trial: Trial, _world: ToyWorld) -> None: ...

    async def ask(trial: Trial) -> None:
        async with AsyncExitStack() as stack:
            await Without(trial, stack).smartphone(HERE)

    with EvidenceLog(tmp_path / "evidence.jsonl") as evidence:
        trial = Trial(toy("TOY-BROWSER", nothing), evidence)
        with pytest.raises(TrialEnded):
            asyncio.run(ask(trial))
    assert trial.verdict() is Verdict.NOT_APPLICABLE
    assert [reason.en for reason in trial.reasons()] == [NO_BROWSER.en]


@pytest.mark.parametrize("required", [False, True])
def test_only_what_needs_a_browser_may_be_left_out(
    monkeypatch: pytest.MonkeyPatch, required: bool
) -> None:
    monkeypatch.setattr(local, "find_chromium", lambda: None)
    made = local.LocalEnvironment(ALL.values(), {"aoba": "127.0.0.2"}, require_browser=required)
    assert IN_BROWSER
    assert made.allowed_not_applicable == (frozenset() if required else IN_BROWSER)
    rule = ExitRule(allowed_not_applicable=made.allowed_not_applicable)
    name = min(IN_BROWSER)
    assert rule.blocks(name, Verdict.NOT_APPLICABLE) is required
    assert rule.blocks("ROUTE-OWN", Verdict.NOT_APPLICABLE)


def test_with_a_browser_nothing_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "find_chromium", lambda: "/usr/bin/chromium")
    made = local.LocalEnvironment(ALL.values(), {"aoba": "127.0.0.2"})
    assert made.allowed_not_applicable == frozenset()


def test_only_the_keys_beside_an_authority_are_trusted(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    authorities = [Authority(folder) for folder in (mine, other)]
    for each in authorities:
        each.issue("127.0.0.2")
    trusted = fingerprints([authorities[0].ca_file])
    assert len(trusted) == 2, "the authority's and the provider's"
    assert not set(trusted) & set(fingerprints([authorities[1].ca_file]))
