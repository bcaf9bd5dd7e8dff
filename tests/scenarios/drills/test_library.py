"""Every drill of the library, unattended: played well nothing is missed, else it is told."""

import asyncio
import re
import tomllib
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from net119_protocol.alarms.codes import Finding
from net119_protocol.api.alarms import DecideIncident
from net119_protocol.chat import Option
from net119_scenarios.acted import library
from net119_scenarios.acted.alarms.deeds import Press
from net119_scenarios.acted.cast import Caller
from net119_scenarios.acted.deeds import Call
from net119_scenarios.acted.drill_part import Bad, Drill, Fault
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.understanding import NotUnderstood, mentions, questions, react
from net119_scenarios.acted.venue import Shape, Venue
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.report.analysis import Analysis, analysed
from net119_scenarios.drills.roles import RolePlay, bad, bad_actor
from net119_simulators.alarms import AlarmCenter

from tests.turns import revision

READY = (
    Path(__file__).parents[3] / "reference/net119_reference/web/pages/console/data/ready.ja.toml"
)
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


# Of the drills of the home alarm service one commit plays one.
ALARMS = [name for name in sorted(DRILLS) if DRILLS[name].alarm_users()]
IN_TURN = {*DRILLS} - {*ALARMS} | {ALARMS[revision() % len(ALARMS)]}
# Those that can share a network follow each other.
PLAYS = [
    Play(name, entry)
    for name in sorted(IN_TURN, key=lambda name: (str(Shape.of(DRILLS[name])), name))
    for entry in (None, *drill_of(name).bad)
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
            assert "すぐ見に行きます" in board.heard()[0].text
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


ILL = "asks by itself what has happened"
REACTS = "asks whether the person reacts, as the item does"
SAME_TOPIC = {
    ("what", "ill-or-hurt"): ILL,
    ("what", "what-happened"): ILL,
    ("place", "place-right"): "makes sure of the place",
    ("place", "landmark"): "the item is a landmark, by which the place is found",
    ("talks", "awake"): REACTS,
    ("conscious", "awake"): REACTS,
    ("do-not-return", "smoke"): "says not to go back",
    ("neighbour", "helper"): "asks to show somebody the screen",
    ("to-tap", "still-there"): "asks to tap a button",
    ("hurt", "where-pain"): "asks where it hurts, as the item does",
    ("out", "smoke"): "says to get out",
    ("not-back", "smoke"): "says not to go back",
    ("blood", "bleeding"): "the same question",
    ("people-inside-second", "people-inside"): "the same question, in another call",
    ("people-inside", "people-inside-second"): "the same question, in another call",
}
"""Item of a checklist, ready text or other item that counts for it: why that is right."""


def ready_texts() -> dict[str, str]:
    """Ready texts of the console for drills, by id."""
    ready = tomllib.loads(READY.read_text(encoding="utf-8"))["ready"]
    return {each["id"]: each["text"] for each in ready if "drill" in each.get("modes", ["drill"])}


@pytest.mark.parametrize("name", DRILLS)
def test_no_line_about_something_else_counts_as_asked(name: str) -> None:
    items, ready = drill_of(name).checklist, ready_texts()
    lines = [*ready.items(), *((item.id, item.ask) for item in items)]
    wrong = [
        f"{item.id}: {text}"
        for item in items
        for topic, text in lines
        if topic != item.id and (item.id, topic) not in SAME_TOPIC and mentions(text, item.words)
    ]
    assert wrong == []


def test_every_exception_is_needed() -> None:
    ready = ready_texts()
    items = [item for name in DRILLS for item in drill_of(name).checklist]
    texts = [*ready.items(), *((item.id, item.ask) for item in items)]
    needed = {
        (item.id, topic) for item in items for topic, text in texts if mentions(text, item.words)
    }
    assert set(SAME_TOPIC) <= needed


@pytest.mark.parametrize(
    ("name", "item_id", "text"),
    [
        ("taps-only", "ill-or-hurt", "助けが必要なのは、だれですか。"),
        ("town-without-net119", "what", "助けが必要なのは、だれですか。"),
        ("mountain-border", "what", "助けが必要なのは、だれですか。"),
        ("fire-next-door", "injured", "助けが必要なのは、だれですか。"),
        ("prank-call", "sure", "本当に助けが必要な人の妨げになります。"),
        ("mountain-border", "battery", "このまま画面を閉じないでください。"),
        ("three-calls", "asked-to-wait", "その場で待ってください。"),
        ("three-calls", "breathing", "息子さんは何歳ですか。"),
        ("tunnel-and-callback", "next-station", "次の駅に救急車が向かっています。"),
        ("silent-call", "on-the-way", "向かいの家の人を呼べますか。"),
    ],
)
def test_a_line_that_only_looks_like_it_does_not_count(name: str, item_id: str, text: str) -> None:
    assert not mentions(text, drill_of(name).item(item_id).words)


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


@pytest.mark.parametrize("name", DRILLS)
def test_callers_who_converse_understand_the_ready_texts_of_the_console(name: str) -> None:
    ready = tomllib.loads(READY.read_text(encoding="utf-8"))["ready"]
    scenario, seen = DRILLS[name], 0
    for step in scenario.timeline:
        actor = scenario.actors[step.actor] if isinstance(step, Call) and step.actor else None
        if not (isinstance(step, Call) and isinstance(actor, Caller) and actor.answers):
            continue
        for text in ready:
            if step.kind.value not in text.get("kinds", [step.kind.value]):
                continue
            if "drill" not in text.get("modes", ["drill"]):
                continue
            options = [
                Option(id=f"o{n}", label=each) for n, each in enumerate(text.get("options", []))
            ]
            made = react(text["text"], options, actor.answers, actor.otherwise, actor.hard_words)
            understood = not isinstance(made, NotUnderstood) or text["id"] == "not-understood"
            assert understood, f"{step.actor}: {text['text']} {made}"
            seen += 1
    assert seen >= 8 or not any(each.answers for each in scenario.callers().values())


REQUESTS = {"画面を見せ", "画面を閉じない"}
"""Words by which an item asks the caller to do something: there is nothing to answer."""


@pytest.mark.parametrize("name", DRILLS)
def test_what_the_checklist_counts_as_asked_a_caller_can_answer(name: str) -> None:
    """Who asks "何両目ですか" instead of "何号車ですか" must not hear "I do not understand"."""
    callers = DRILLS[name].callers()
    for item in drill_of(name).checklist:
        asked = [each for key, each in callers.items() if item.call in (None, key)]
        known = [word for each in asked for reply in each.answers for word in reply.to]
        if not known or not questions(item.ask):
            continue
        for word in set(item.words) - REQUESTS:
            assert mentions(word, known), f"{item.id}: nobody answers {word!r}"
