"""Every drill of the library, unattended: played well nothing is missed, else it is told."""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from net119_protocol.alarms.codes import Finding
from net119_protocol.api.alarms import DecideIncident
from net119_scenarios.acted import library
from net119_scenarios.acted.alarms.deeds import Press
from net119_scenarios.acted.deeds import Call
from net119_scenarios.acted.drill_part import Bad, Drill, Fault
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.venue import Shape, Venue
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.report.analysis import Analysis, analysed
from net119_scenarios.drills.roles import RolePlay, bad, bad_actor
from net119_simulators.alarms import AlarmCenter

from tests.turns import part

DRILLS = {
    name: scenario for name in library.names() if (scenario := library.load(name)).drill is not None
}
WANTED = {
    "alarm-fall",
    "alarm-fire",
    "alarm-helper-first",
    "alarm-locked-door",
    "alarm-mistake",
    "alarm-no-answer-at-night",
    "alarm-user-moved",
    "alarm-ward-office-holiday",
    "fire-next-door",
    "first-call",
    "hiragana-only",
    "mountain-border",
    "prank-call",
    "service-outage",
    "silent-call",
    "taps-only",
    "three-calls",
    "town-without-net119",
    "transfer-to-other-provider",
    "tunnel-and-callback",
}


def test_the_list_is_in_the_order_of_the_guide() -> None:
    guide = (Path(__file__).parents[3] / "docs/drills.ja.md").read_text("utf-8")
    table = re.findall(r"^\| `([a-z0-9-]+)` \|", guide, re.MULTILINE)
    assert [name for name in library.drills() if name in table] == table
    assert set(table) >= WANTED


def drill_of(name: str) -> Drill:
    drill = DRILLS[name].drill
    assert drill is not None
    return drill


@dataclass(frozen=True)
class Play:
    """One way to play a drill: well, or with one of its faults."""

    name: str
    entry: Bad | None = None

    def __str__(self) -> str:
        return f"{self.name}-{self.entry.fault.value if self.entry else 'well'}"


def _faults(name: str) -> list[Bad]:
    faults = drill_of(name).bad
    # Those of the alarm drills are few, and their drill's turn comes seldom.
    return list(faults) if name in ALARMS else part(faults, 2)


# Of the drills of the home alarm service one commit plays one.
ALARMS = [name for name in sorted(DRILLS) if DRILLS[name].alarm_users()]
IN_TURN = {*DRILLS} - {*ALARMS} | {*part(ALARMS, len(ALARMS))}
# Those that can share a network follow each other. Each is played well and with half of its faults.
PLAYS = [
    Play(name, entry)
    for name in sorted(IN_TURN, key=lambda name: (str(Shape.of(DRILLS[name])), name))
    for entry in (None, *_faults(name))
]


class Theatre:
    """The venue in use, kept for the next drill of the same shape."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._venue: Venue | None = None

    def play(
        self, name: str, scenario: Scenario, roles: dict[str, RolePlay], to: Path
    ) -> DrillRecord:
        """Play a drill as fast as it goes."""
        return self._runner.run(self._play(name, scenario, roles, to))

    def run(self, doing: Coroutine[Any, Any, DrillRecord]) -> DrillRecord:
        """Do something on the loop of the venue."""
        return self._runner.run(doing)

    def venue(self, scenario: Scenario) -> Venue:
        """The venue for a scenario."""
        return self._runner.run(self._venue_for(scenario))

    def close(self) -> None:
        """Stop everything."""
        self._runner.run(self._leave())
        self._runner.close()

    async def _play(
        self, name: str, scenario: Scenario, roles: dict[str, RolePlay], to: Path
    ) -> DrillRecord:
        venue = await self._venue_for(scenario)
        return await Rehearsal(scenario, venue, roles, name=name, folder=to, pace=0).run(start=True)

    async def _venue_for(self, scenario: Scenario) -> Venue:
        venue = self._venue
        if venue is None or venue.spent or venue.shape != Shape.of(scenario):
            await self._leave()
            self._venue = venue = Venue(scenario)
            await venue.__aenter__()
        return venue

    async def _leave(self) -> None:
        venue, self._venue = self._venue, None
        if venue is not None:
            await venue.__aexit__(None, None, None)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    """One for all drills of this worker."""
    found = Theatre()
    yield found
    found.close()


def failed(record: DrillRecord) -> set[str]:
    return {check.name for check in record.checks if not check.held}


@pytest.mark.slow
@pytest.mark.parametrize("play", PLAYS, ids=str)
def test_the_record_says_how_it_was_played(play: Play, theatre: Theatre, tmp_path: Path) -> None:
    scenario = DRILLS[play.name]
    if play.entry is None:
        figures = analysed(theatre.play(play.name, scenario, {}, tmp_path))
        well_played(figures)
    else:
        roles = {bad_actor(scenario, play.entry.fault): bad(play.entry.fault)}
        figures = analysed(theatre.play(play.name, scenario, roles, tmp_path))
        badly_played(figures, play.entry)
    record = figures.record
    modes = [each.mode for each in record.calls] + [each.incident.mode for each in record.alarms]
    assert {each.value for each in modes} == {"drill"}


@pytest.mark.slow
def test_two_play_badly_in_one_drill(theatre: Theatre, tmp_path: Path) -> None:
    name = "service-outage"
    faults = (Fault.ASKS_NOTHING, Fault.ANNOUNCES_NOTHING)
    entries = [each for each in drill_of(name).bad if each.fault in faults]
    roles = {bad_actor(DRILLS[name], each): bad(each) for each in faults}
    assert roles.keys() == {"tomakomai", "office"}
    figures = analysed(theatre.play(name, DRILLS[name], roles, tmp_path))
    assert set(figures.missed) == {name for each in entries for name in each.missed}
    assert failed(figures.record) == {name for each in entries for name in each.fails}
    assert {each.fault for each in figures.record.roles if each.by == "bad"} == set(faults)


def well_played(figures: Analysis) -> None:
    record = figures.record
    assert record.held, [each for each in record.checks if not each.held]
    assert figures.missed == ()
    assert figures.late_aims == ()
    assert record.not_understood == ()
    assert {step.state for step in record.steps} == {"done"}


def badly_played(figures: Analysis, entry: Bad) -> None:
    required = {each.id for each in figures.record.questions if each.required}
    assert set(figures.missed) == set(entry.missed) & required
    assert set(entry.missed) <= {
        each.question.id for each in figures.checklist if each.state == "missed"
    }
    assert set(figures.late_aims) == set(entry.late)
    assert failed(figures.record) == set(entry.fails)


async def a_person_plays(rehearsal: Rehearsal, venue: Venue) -> DrillRecord:
    """Somebody takes an alarm, hears the user, rings a helper, and finds that it is a mistake."""
    running = asyncio.create_task(rehearsal.run(start=True))
    try:
        token = await venue.network.dispatcher_token("aoba", "kyoto", "窓")
        async with (
            venue.network.dispatcher("aoba", token) as screen,
            await AlarmCenter(venue.network, "aoba").desk("佐藤") as desk,
        ):
            id_ = (await screen.wait_for_alarm(lambda each: each.open, 60)).incident_id
            await desk.take(id_)
            await screen.wait_for_alarm(
                lambda each: each.incident_id == id_ and any(not e.by for e in each.speech), 60
            )
            board = rehearsal.switchboard
            assert board is not None
            board.ring(board.numbers()[0].key)
            assert "すぐ見に行きます" in board.heard()[0].text.ja
            why = DecideIncident(finding=Finding.MISTAKE, reason="本人が誤報と答えた")
            await desk.decide(id_, why)
            async with asyncio.timeout(60):
                return await running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.slow
def test_what_a_person_does_at_the_alarm_desk_is_recorded(theatre: Theatre, tmp_path: Path) -> None:
    name, scenario = "alarm-mistake", DRILLS["alarm-mistake"]
    venue = theatre.venue(scenario)
    roles = {"desk": RolePlay("person", "佐藤")}
    rehearsal = Rehearsal(scenario, venue, roles, name=name, folder=tmp_path, pace=0)
    record = theatre.run(a_person_plays(rehearsal, venue))
    figures = analysed(record)
    assert record.held, [each for each in record.checks if not each.held]
    assert set(figures.missed) == {"body", "sure", "again"}
    assert figures.late_aims == ()
    assert {"alarm", "taken", "decided"} <= set(record.moments)
    (alarm,) = record.alarms
    assert alarm.incident.taken_by == "佐藤"
    assert [each.state for each in record.steps if each.do == "classify"] == ["done"]


@pytest.mark.slow
def test_who_asks_by_rule_calls_no_honest_caller_a_prankster(
    theatre: Theatre, tmp_path: Path
) -> None:
    roles = {"chitose": RolePlay("rule-based")}
    record = theatre.play("prank-call", DRILLS["prank-call"], roles, tmp_path)
    said = {
        call.name: {
            line.said
            for screen in call.screens
            for line in screen.lines
            if line.sender.value == "dispatcher"
        }
        for call in record.calls
    }
    asked = {name: {text for text in texts if "いたずら" in text} for name, texts in said.items()}
    assert asked["prankster"]
    assert said["honest"]
    assert asked["honest"] == set()


@pytest.mark.parametrize("name", DRILLS)
def test_what_is_asked_in_a_drill_of_several_calls_says_in_which(name: str) -> None:
    scenario = DRILLS[name]
    calls = [step for step in scenario.timeline if isinstance(step, Call | Press)]
    loose = [item.id for item in drill_of(name).checklist if item.call is None]
    assert len(calls) == 1 or loose == []


def test_three_calls_ring_before_anybody_who_may_be_a_person_acts() -> None:
    scenario = DRILLS["three-calls"]
    people = drill_of("three-calls").people
    first = next(n for n, step in enumerate(scenario.timeline) if step.actor in people)
    calls = [n for n, step in enumerate(scenario.timeline) if isinstance(step, Call)]
    assert len(calls) == 3
    assert max(calls) < first


def test_the_library_holds_what_departments_asked_for() -> None:
    assert set(DRILLS) >= WANTED


@pytest.mark.parametrize("name", DRILLS)
def test_a_drill_has_all_that_its_leader_needs(name: str) -> None:
    scenario, drill = DRILLS[name], drill_of(name)
    assert len(drill.watch) >= 3
    assert len(drill.debrief) >= 3
    assert len(drill.injections) >= 2
    assert len(drill.bad) >= 2
    assert scenario.targets
    assert sum(item.required for item in drill.checklist) >= 3
    assert any(entry.missed for entry in drill.bad)
    assert scenario.mode == "drill"


@pytest.mark.parametrize("name", DRILLS)
def test_numbers_and_mail_addresses_reach_nobody(name: str) -> None:
    text = library.text_of(name)
    for number in re.findall(r"\d{2,4}-\d{2,4}-\d{4}", text):
        assert number.startswith("0000-")
    for domain in re.findall(r"[\w.-]+@([\w.-]+)", text):
        assert domain.endswith(".example")
