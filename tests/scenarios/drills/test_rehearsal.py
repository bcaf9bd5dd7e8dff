"""Drills at a venue: simulated ones, good and bad, leave records that differ as they should."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_scenarios.acted.drill_part import Bad
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_file
from net119_scenarios.acted.understanding import mentions
from net119_scenarios.acted.venue import Venue
from net119_scenarios.drills import folder as folders
from net119_scenarios.drills.control import DrillState, NotNow
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.roles import RolePlay, bad

FILE = Path(__file__).parent / "faint.yaml"
SCENARIO = read_file(FILE)


class Place:
    """A venue with a loop of its own, for all drills of this file."""

    def __init__(self, scenario: Scenario) -> None:
        self.runner = asyncio.Runner()
        self.venue = Venue(scenario)
        self.runner.run(self.venue.__aenter__())

    def close(self) -> None:
        """Stop everything."""
        self.runner.run(self.venue.__aexit__(None, None, None))
        self.runner.close()


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """One for all drills here."""
    found = Place(SCENARIO)
    yield found
    found.close()


def rehearse(place: Place, folder: Path, play: RolePlay) -> tuple[DrillRecord, Rehearsal]:
    rehearsal = Rehearsal(
        SCENARIO, place.venue, {"tomakomai": play}, name="faint", folder=folder, pace=0
    )
    record = place.runner.run(rehearsal.run(start=True))
    assert rehearsal.state is DrillState.ENDED
    assert rehearsal.folder is not None
    assert folders.read(rehearsal.folder) == record
    assert folders.centers_with_frames(rehearsal.folder) == ("tomakomai",)
    return record, rehearsal


def missed(record: DrillRecord) -> set[str]:
    lines = [
        line
        for call in record.calls
        for screen in call.screens
        if screen.side == "console"
        for line in screen.lines
    ]
    asked = [line.said for line in lines if line.sender.value == "dispatcher"]
    return {
        each.id
        for each in record.questions
        if not any(mentions(text, each.words) for text in asked)
    }


def late(record: DrillRecord) -> set[str]:
    moments = record.moments
    return {
        aim.end
        for aim in record.aims
        if aim.end not in moments or moments[aim.end] - moments[aim.begin] > aim.seconds
    }


def failed(record: DrillRecord) -> set[str]:
    return {check.name for check in record.checks if not check.held}


@pytest.mark.slow
@pytest.mark.parametrize("by", ["simulator", "rule-based"])
def test_a_good_dispatcher_leaves_a_good_record(by: str, place: Place, tmp_path: Path) -> None:
    play = RolePlay("rule-based") if by == "rule-based" else RolePlay()
    record, rehearsal = rehearse(place, tmp_path, play)
    assert record.held, record.checks
    assert not missed(record)
    assert not late(record)
    assert not record.not_understood
    assert {call.mode.value for call in record.calls} == {"drill"}
    role = record.role("tomakomai")
    assert role is not None
    assert role.by == by
    states = {step.state for step in record.steps}
    assert states == {"done"}, record.steps
    assert [control.what for control in record.controls] == ["start"]
    with pytest.raises(NotNow):
        rehearsal.start()


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", SCENARIO.drill.bad if SCENARIO.drill else (), ids=lambda b: b.fault
)
def test_a_bad_dispatcher_leaves_a_record_that_says_so(
    entry: Bad, place: Place, tmp_path: Path
) -> None:
    record, _ = rehearse(place, tmp_path, bad(entry.fault))
    assert set(entry.missed) <= missed(record)
    assert late(record) == set(entry.late)
    assert failed(record) == set(entry.fails)
    role = record.role("tomakomai")
    assert role is not None
    assert (role.by, role.fault) == ("bad", entry.fault.value)
    if entry.fault.value == "jargon":
        assert [each.why for each in record.not_understood] == ["jargon", "jargon"]
