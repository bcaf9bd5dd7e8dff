"""Alarms in drills: what people did at the alarm desk, the record, and the report."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from net119_protocol.alarms.codes import IncidentState
from net119_protocol.alarms.incident import Incident
from net119_protocol.codes import Mode
from net119_protocol.labels import Language
from net119_scenarios.acted import library
from net119_scenarios.acted.alarms.marks import marks_of
from net119_scenarios.drills.alarms.observing import BY_TIME, ENDED, PASSED, person_did
from net119_scenarios.drills.alarms.record import AlarmKept, MarkKept
from net119_scenarios.drills.casting import questions_of
from net119_scenarios.drills.expected import shown
from net119_scenarios.drills.record import DrillRecord, Pause, Taken
from net119_scenarios.drills.report.alarms import DISPATCHED, FIRST_WORD, GOING
from net119_scenarios.drills.report.analysis import analysed
from net119_scenarios.drills.report.as_html import page
from net119_scenarios.drills.report.compare import Earlier
from net119_scenarios.words import Words
from pydantic import ValidationError

from tests.scenarios.acted.test_alarms import BY_TIME as SENT_BY_TIME
from tests.scenarios.acted.test_alarms import OPEN, incident
from tests.scenarios.drills.drills import a_record, both

SCENARIO = library.load("alarm-no-answer-at-night")
STEPS = SCENARIO.timeline
NOTHING: dict[str, Any] = {
    **OPEN,
    "taken_by": "",
    "hails": incident().hails[:1],
    "speech": (),
    "finding": None,
    "dispatches": (),
    "helpers": (),
    "scene": (),
    "tellings": (),
    "ward_report": None,
    "home_station_report": None,
}
"""An alarm that nobody has done anything about."""


def number_of(step_id: str) -> int:
    return next(n for n, each in enumerate(STEPS) if each.id == step_id)


async def did(step_id: str, there: Incident) -> Words | str | None:
    """What came of waiting for a person; ``waiting`` if it goes on."""

    async def until(look: Callable[[], Any], _what: str, _within: float) -> Any:
        found = look()
        if found is None:
            raise TimeoutError
        return found

    company: Any = SimpleNamespace(until=until)
    alarm: Any = SimpleNamespace(incident=there, name="kiku")

    async def patience() -> None:
        """No more time than this is given."""

    try:
        return await person_did(company, STEPS, number_of(step_id), alarm, (), patience)
    except TimeoutError:
        return "waiting"


@pytest.mark.parametrize(
    ("step_id", "there", "expected"),
    [
        ("taken", {}, "waiting"),
        ("taken", {"taken_by": "佐藤"}, None),
        ("hailed", {"hails": incident().hails}, None),
        ("hailed", {"dispatches": incident().dispatches}, PASSED),
        ("sent", {"dispatches": SENT_BY_TIME, "finding": incident().finding}, BY_TIME),
        ("sent", {"dispatches": incident().dispatches, "finding": incident().finding}, None),
        ("helpers", {"dispatches": incident().dispatches}, "waiting"),
        ("helpers", {"helpers": incident().helpers[:1]}, None),
        ("helpers", {"scene": incident().scene}, "waiting"),
        ("ended", {"state": IncidentState.CLOSED}, None),
        ("arrived", {"state": IncidentState.CLOSED}, ENDED),
        ("reported", {"state": IncidentState.CLOSED}, ENDED),
    ],
)
def test_a_deed_is_done_passed_over_or_waited_for(
    step_id: str, there: dict[str, Any], expected: Words | str | None
) -> None:
    assert asyncio.run(did(step_id, incident(**(NOTHING | there)))) == expected


def kept(there: Incident, every_s: float = 10.0) -> AlarmKept:
    """An alarm of which something happens every so many seconds."""
    marks = tuple(
        MarkKept(at_s=n * every_s, what=each.what, number=each.number, detail=each.detail)
        for n, each in enumerate(marks_of(there))
    )
    return AlarmKept(
        name="kiku",
        user="kiku",
        user_name="髙橋　キク",
        place="京都市中京区①番",
        incident=there,
        marks=marks,
    )


def record(there: Incident, **parts: Any) -> DrillRecord:
    roles = (
        Taken(actor="kiku", role="alarm-user", name=both("髙橋　キクさん", "Kiku")),
        Taken(
            actor="desk",
            role="dispatcher",
            name=both("指令員", "desk"),
            center="kyoto",
            by="person",
        ),
    )
    given = {"alarms": (kept(there),), "roles": roles, "questions": questions_of(SCENARIO)}
    return a_record(**(given | parts))


def test_times_of_an_alarm_are_without_pauses() -> None:
    figures = analysed(record(incident(), pauses=(Pause(began_s=15.0, ended_s=20.0),)))
    (times,) = figures.alarms
    # raised 0, taken 10, hails 20 and 30 (the second is the dispatcher's), words 40 and 50, ...
    assert times.seconds(FIRST_WORD) == 25.0
    assert times.seconds(DISPATCHED) == 65.0
    assert times.seconds(GOING) == 105.0
    (nothing,) = analysed(record(incident(**NOTHING))).alarms
    assert [nothing.seconds(each) for each in (FIRST_WORD, DISPATCHED, GOING)] == [None] * 3


def test_what_was_said_over_the_unit_counts_as_asked() -> None:
    assert shown(record(incident())).missed == {"on-the-way", "stay-still"}
    assert shown(record(incident(speech=()))).missed == {"called-out", "on-the-way", "stay-still"}
    own = incident().speech[0].model_copy(update={"by": ""})
    assert "called-out" in shown(record(incident(speech=(own,)))).missed


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_report_tells_an_alarm_with_helpers_and_ward_report(language: Language) -> None:
    html = page(analysed(record(incident())), Earlier(), (), language)
    for text in ("髙橋　キク", "山本　節子", "聞こえますか。", "中京区役所", "京都市中京区①番"):
        assert text in html
    dispatched = "出動まで" if language == "ja" else "until the dispatch"
    assert dispatched in html
    nobody = page(analysed(record(incident(**NOTHING))), Earlier(), (), language)
    assert "山本　節子" not in nobody
    assert "中京区役所" not in nobody


def test_a_drill_has_no_live_alarm() -> None:
    with pytest.raises(ValidationError, match="no live alarms"):
        record(incident(mode=Mode.LIVE))
