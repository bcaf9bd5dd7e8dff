"""Alarms in drills: what people did at the alarm desk, the record, and the report."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from net119_protocol.alarms.codes import AlarmOutcome, HelperAnswer, IncidentState
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import House
from net119_protocol.api.alarms import AlarmFrame, AlarmUnitFrame, UnitState
from net119_protocol.codes import Mode
from net119_protocol.labels import Language
from net119_scenarios.acted import library
from net119_scenarios.acted.alarms.company import Alarm, Company, Message
from net119_scenarios.acted.alarms.marks import Mark, marks_of
from net119_scenarios.acted.alarms.persons import helper_says
from net119_scenarios.acted.step import Step
from net119_scenarios.acted.timeline import Entry, Sort, Timeline
from net119_scenarios.drills.alarms.clearing import clear_alarms
from net119_scenarios.drills.alarms.observing import BY_TIME, ENDED, PASSED, person_did
from net119_scenarios.drills.alarms.record import AlarmKept, MarkKept
from net119_scenarios.drills.alarms.switchboard import NOBODY, Switchboard
from net119_scenarios.drills.casting import questions_of
from net119_scenarios.drills.expected import shown
from net119_scenarios.drills.frames import FramesOfCenters
from net119_scenarios.drills.record import DrillRecord, Pause, Taken
from net119_scenarios.drills.report.alarms import DISPATCHED, FIRST_WORD, GOING
from net119_scenarios.drills.report.analysis import analysed
from net119_scenarios.drills.report.as_html import page
from net119_scenarios.drills.report.compare import Earlier
from net119_scenarios.words import Words
from net119_simulators.alarms import AlarmDesk, make_user
from net119_simulators.errors import SimulatorError
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


async def did(
    step_id: str,
    there: Incident,
    steps: Sequence[Step] = STEPS,
    earlier: Sequence[Mark] = (),
) -> Words | str | None:
    """What came of waiting for a person; ``waiting`` if it goes on."""
    number = [n for n, each in enumerate(steps) if each.id == step_id][-1]

    async def until(look: Callable[[], Any], _what: str, _within: float) -> Any:
        found = look()
        if found is None:
            raise TimeoutError
        return found

    company: Any = SimpleNamespace(until=until)
    alarm: Any = SimpleNamespace(incident=there, name="kiku", seen=(*earlier, *marks_of(there)))

    async def patience() -> None:
        """No more time than this is given."""

    try:
        return await person_did(company, steps, number, alarm, (), patience)
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


def answered(*answers: HelperAnswer | None) -> dict[str, Any]:
    """An alarm with helpers who have said so."""
    asked = incident().helpers[0]
    helpers = tuple(
        asked.model_copy(update={"order": n, "answer": each}) for n, each in enumerate(answers, 1)
    )
    return NOTHING | {"dispatches": incident().dispatches, "helpers": helpers}


@pytest.mark.parametrize(
    ("answers", "earlier", "expected"),
    [
        ((HelperAnswer.GOES, None), (), "waiting"),
        ((HelperAnswer.NO_ANSWER, HelperAnswer.GOES, None), (), "waiting"),
        ((HelperAnswer.GOES, HelperAnswer.GOES, None), (), None),
        ((HelperAnswer.GOES, HelperAnswer.CANNOT, None), (), None),
        # Nobody is left whom one could ring up.
        ((HelperAnswer.GOES,), (), None),
        # Who went first has arrived, or could not go after all.
        ((HelperAnswer.ARRIVED, HelperAnswer.GOES, None), (Mark("answered", 0, "goes"),), None),
        ((HelperAnswer.CANNOT, None), (Mark("answered", 0, "goes"),), None),
        ((HelperAnswer.ARRIVED, None), (Mark("answered", 0, "goes"),), PASSED),
    ],
)
def test_helpers_are_rung_a_second_time(
    answers: tuple[HelperAnswer | None, ...],
    earlier: tuple[Mark, ...],
    expected: Words | str | None,
) -> None:
    """The second step is done before any later deed of the person."""
    (ring,) = (each for each in STEPS if each.id == "helpers")
    at = STEPS.index(ring)
    twice = (*STEPS[: at + 1], ring, *STEPS[at + 1 :])
    there = incident(**answered(*answers))
    assert asyncio.run(did("helpers", there, twice, earlier)) == expected


def test_two_who_arrive_do_not_hide_what_comes_after() -> None:
    told: list[Entry] = []
    troupe: Any = SimpleNamespace(
        scenario=SimpleNamespace(ward_offices=dict, dispatchers=dict),
        timeline=Timeline(told.append, lambda: datetime.now(UTC)),
        watcher=SimpleNamespace(titles={}),
        played_by_people=(),
    )
    company = Company(troupe)
    home: Any = SimpleNamespace(unit=SimpleNamespace(unit_id="K-1001"))
    company.homes["kiku"] = home
    goes, there = HelperAnswer.GOES, HelperAnswer.ARRIVED
    for answers in ((goes, goes), (there, goes), (there, there)):
        company._shown(incident(**answered(*answers)), datetime.now(UTC))
    (alarm,) = company.alarms.values()
    assert [each.answer for each in alarm.incident.helpers] == [there, there]
    over = {"state": IncidentState.CLOSED, "outcome": AlarmOutcome.DISPATCHED}
    ended = answered(there, there) | over
    company._shown(incident(**ended), datetime.now(UTC))
    assert not company.is_open


class Stuck(AlarmDesk):
    """A desk at which nothing can be done."""

    async def incident(self, incident_id: UUID) -> Any:
        raise self.wrong

    async def __aexit__(self, *_: object) -> None:
        """Nothing is to be closed."""

    def __init__(self, wrong: Exception) -> None:
        self.wrong = wrong


@pytest.mark.parametrize(
    "wrong", [SimulatorError("it was refused", "kyoto", "See why"), KeyError("髙𠮷①")]
)
@pytest.mark.parametrize("opens", [True, False])
def test_an_alarm_that_cannot_be_ended_is_told(wrong: Exception, opens: bool) -> None:
    async def desk(_name: str) -> AlarmDesk:
        if not opens:
            raise wrong
        return Stuck(wrong)

    told: list[Entry] = []
    alarm = SimpleNamespace(incident=incident(**NOTHING), name="kiku")
    troupe: Any = SimpleNamespace(
        company=SimpleNamespace(alarms={"kiku": alarm}, center=SimpleNamespace(desk=desk)),
        timeline=Timeline(told.append, lambda: datetime.now(UTC)),
    )
    asyncio.run(clear_alarms(troupe))
    (entry,) = told
    why = "it was refused" if isinstance(wrong, SimulatorError) else "KeyError('髙𠮷①')"
    for text in entry.words:
        assert "20261130-1" in text
        assert why in text


def test_what_is_cleared_away_after_a_drill_is_nobodys_deed() -> None:
    told: list[Entry] = []
    troupe: Any = SimpleNamespace(
        timeline=Timeline(told.append, lambda: datetime.now(UTC)),
        watcher=SimpleNamespace(titles={}),
        scenario=SCENARIO,
        played_by_people={"desk"},
        title_of=lambda name: name,
    )
    company = Company(troupe)
    alarm = Alarm("kiku", "kiku", incident())
    taken = Mark("taken", 0, "指令員1")
    company._tell(alarm, taken)
    company.clearing = True
    company._tell(alarm, taken)
    by_person, cleared = told
    assert (by_person.actor, cleared.actor, cleared.sort) == ("desk", "", Sort.STAGE)
    assert cleared.words.ja.startswith("後片付け")


def test_what_is_heard_by_telephone_is_told_in_both_languages() -> None:
    (spec,) = (SCENARIO.helpers()[each] for each in list(SCENARIO.helpers())[:1])
    says = helper_says(spec.model_copy(update={"answer": "cannot", "says": ""}))
    assert says.ja != says.en
    assert says.en.isascii()
    own = helper_says(spec.model_copy(update={"answer": "cannot", "says": "𠮷です。行けません"}))
    assert own == Words("𠮷です。行けません", "𠮷です。行けません")
    name = next(iter(SCENARIO.helpers()))
    company: Any = SimpleNamespace(
        messages=[
            Message(datetime.now(UTC), "phone", name, says.ja, says.en),
            Message(datetime.now(UTC), "phone", "中京区役所", NOBODY.ja, NOBODY.en),
            Message(datetime.now(UTC), "radio", "crew", "到着した"),
        ]
    )
    venue = SimpleNamespace(shown_at=lambda at: at)
    heard = Switchboard(
        cast("Any", SimpleNamespace(company=company, scenario=SCENARIO, venue=venue))
    ).heard()
    assert [each.text for each in heard] == [Words("到着した", "到着した"), NOBODY, says]
    assert heard[1].who == Words("中京区役所", "中京区役所")
    assert heard[2].who == Words(spec.name.ja, spec.name.en)


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
    # Over a unit much of the checklist is told, not asked.
    assert {"ja": "聞くこと・伝えること", "en": "asked or told"}[language] in html
    nobody = page(analysed(record(incident(**NOTHING))), Earlier(), (), language)
    assert "山本　節子" not in nobody
    assert "中京区役所" not in nobody


def test_a_drill_has_no_live_alarm() -> None:
    with pytest.raises(ValidationError, match="no live alarms"):
        record(incident(mode=Mode.LIVE))


def test_a_replay_has_the_alarms_that_began_with_the_drill_and_their_units() -> None:
    frames = FramesOfCenters()
    before, own = incident(), incident().model_copy(update={"incident_id": UUID(int=7)})

    def told(at_s: float, frame: AlarmFrame | AlarmUnitFrame) -> None:
        frames.add("observer", "kyoto", at_s, frame.model_dump(mode="json", by_alias=True))

    def unit(name: str) -> AlarmUnitFrame:
        return AlarmUnitFrame(unit=UnitState(unit_id=name))

    told(0.0, AlarmFrame(incident=before))
    person = make_user(1, "26104", "nakagyo", ())
    house = House(address=person.address, about="鍵箱①")
    in_house = own.model_copy(update={"unit_id": "K-7", "house": house, "moved": True})
    told(5.0, AlarmFrame(incident=in_house))
    told(6.0, AlarmFrame(incident=before))
    told(7.0, unit("K-7"))
    told(8.0, unit(before.unit_id))
    found = frames.of(())["kyoto"]
    assert [(each.at, each.frame["type"]) for each in found] == [
        (5.0, "alarm"),
        (7.0, "alarm-unit"),
    ]
    told_of: Any = found[0].frame["incident"]
    assert "house" not in told_of, "what is registered is no part of a replay"
    assert told_of["moved"]
