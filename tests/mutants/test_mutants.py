"""The proof: every purpose fails a reference with a defect that it looks for, and no other."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from net119_conformance.left_out import NO_BROWSER
from net119_conformance.verdict import Verdict
from net119_conformance.world.local_bench import needs_of
from net119_conformance.world.world import World
from net119_simulators.network.forks import Forks

from tests.mutants.checks import never_reached
from tests.mutants.harness import (
    Running,
    ending_at,
    explained,
    in_browser,
    purposes,
    running,
    told_apart,
)
from tests.mutants.registry import CLEAN, Mutant, cover, load_mutants, part_of
from tests.turns import ALL as ALL_TURNS
from tests.turns import revision

ALL = purposes()
MUTANTS = load_mutants()
COVER = cover(MUTANTS)
"""As few as kill every purpose."""
PARTS = 48
RUN = {"all": MUTANTS, "cover": COVER}.get(
    os.environ.get("NET119_MUTANTS", ""),
    COVER if ALL_TURNS else part_of(MUTANTS, PARTS, revision()),
)
"""Those that are run: by default a part of all, another one for each commit, since all take
24 minutes (`make mutants`), and as few as kill every purpose seven."""
PATIENCE_S = 3.0
"""How long a mutant is waited for, once its smoke purpose has passed."""
AT_ONCE = 6
"""Purposes that judge the clean reference at the same time, beside the tests of another worker:
with eight an acceptance of the suite's own peer once came after T1, on a busy machine."""


@pytest.mark.parametrize("one", RUN.values(), ids=RUN.keys())
def test_mutant_is_killed(
    one: Mutant,
    forks: Forks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """It works well enough for its smoke purpose, and fails the named check of each other one."""
    chosen = [ALL[one.smoke], *(ALL[name] for name in one.kills)]
    chromium = ""
    if any(in_browser(each) for each in chosen):
        chromium = request.getfixturevalue("chromium")
        if not chromium:
            pytest.skip(NO_BROWSER.en)
    for attempt in range(2):
        folder = tmp_path / str(attempt)
        with running(forks, one.name, chosen, folder, chromium=chromium) as system:
            if _told(one, system, monkeypatch, last=attempt == 1):
                return


def _told(one: Mutant, system: Running, patch: pytest.MonkeyPatch, *, last: bool) -> bool:
    """Judge a mutant; False if the suite itself was too slow to tell, and this is not the last."""
    with patch.context() as patched:
        smoke = system.judge(ALL[one.smoke])
        if smoke.suspect and not last:
            return False
        assert smoke.verdict is Verdict.PASS, explained(smoke, system.log())
        # From here on what does not come is what is hoped for.
        patched.setattr(World, "patience", PATIENCE_S)
        for name, check in one.kills.items():
            with ending_at(check):
                record = system.judge(ALL[name])
            if record.suspect and not last:
                return False
            failed = {each.name for each in record.checks if not each.passed}
            story = f"{one.defect}\n{explained(record, system.log())}"
            assert record.verdict is Verdict.FAIL, f"not killed: {story}"
            assert check in failed, f"killed, but not on {check!r}: {story}"
    return True


def test_every_purpose_has_a_mutant() -> None:
    """A purpose that nothing was ever seen to fail proves nothing."""
    killed = {name for one in COVER.values() for name in one.kills}
    without = sorted(ALL.keys() - killed)
    assert not without, f"no mutant is killed by: {', '.join(without)}"
    unknown = sorted(killed - ALL.keys())
    assert not unknown, f"mutants name purposes that do not exist: {', '.join(unknown)}"


@pytest.mark.timeout(600)  # all of the suite
def test_clean_reference_passes(forks: Forks, tmp_path: Path, chromium: str) -> None:
    """Every purpose passes on the reference as it is, several at the same time.

    Without a browser those that need one do not apply; their mutants then tell, by skipping.
    """
    with (
        running(forks, CLEAN, ALL.values(), tmp_path, chromium=chromium) as system,
        ThreadPoolExecutor(AT_ONCE - 1) as pool,
        # A browser takes as much as all the others: two at once took 178 s in place of 141.
        ThreadPoolExecutor(1) as at_browser,
    ):
        judging = [
            (at_browser if in_browser(one) else pool).submit(system.judge, one)
            for one in ALL.values()
        ]
        records = [each.result() for each in judging]
        # Beside all others the suite once could not keep to the rate that it was to judge at, and
        # said so (INCONCLUSIVE): then a purpose of the load is judged again, alone.
        records = [
            system.judge(ALL[each.id])
            if each.verdict is Verdict.INCONCLUSIVE and needs_of(ALL[each.id]).capacity
            else each
            for each in records
        ]
        log = system.log()
    records = told_apart(forks, CLEAN, records, tmp_path, chromium=chromium)
    left_out = set() if chromium else {name for name, one in ALL.items() if in_browser(one)}
    wrong = [
        explained(each)
        for each in records
        if each.verdict is not Verdict.PASS
        and not (each.verdict is Verdict.NOT_APPLICABLE and each.id in left_out)
    ]
    assert not wrong, "\n".join([*wrong, log])
    assert {each.id for each in records} == ALL.keys()
    passed = [each for each in records if each.verdict is Verdict.PASS]
    assert not (lost := never_reached(MUTANTS, ALL.values(), passed)), "\n".join(lost)
