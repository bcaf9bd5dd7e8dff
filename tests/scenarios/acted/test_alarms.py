"""Alarms in scenarios: what is wrong in a file, what must hold, and when they begin."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.alarms.codes import (
    Accident,
    AlarmOutcome,
    Desk,
    Finding,
    HelperAnswer,
    IncidentKind,
    IncidentState,
    Recipient,
    SceneEvent,
)
from net119_protocol.alarms.incident import (
    DispatchOrder,
    Hail,
    HelperAsked,
    HomeStationReport,
    Incident,
    SceneReport,
    Speech,
    Telling,
    WardReport,
)
from net119_protocol.codes import Mode
from net119_protocol.directory.model import JAPAN
from net119_scenarios.acted import library
from net119_scenarios.acted.alarms.judging import always_of_alarms, held
from net119_scenarios.acted.alarms.marks import Mark, machine_acted, marks_of, words_of
from net119_scenarios.acted.alarms.persons import helper_of, registered
from net119_scenarios.acted.cast import Start
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.acted.starts import next_such

from tests.scenarios.acted.wrong import found

NAME = "alarm-no-answer-at-night"
TEXT = library.text_of(NAME)
SCENARIO = library.load(NAME)
AT = datetime(2026, 11, 29, 17, 10, tzinfo=UTC)

WRONG = [
    ("  alarms: {provider: aoba}\n", "", "is of the home alarm service, which no provider runs"),
    ("alarms: {provider: aoba}", "alarms: {provider: akane}", "'akane' does not run"),
    ('ward: "26104"', 'ward: "01213"', "Kyoto has no ward 01213"),
    ("office: nakagyo\n", "office: nakagyou\n", "there is no ward office 'nakagyou'"),
    ("[takashima, yamamoto]", "[takashima, crew]", "'crew' is no helper"),
    ("[takashima, yamamoto]", "[takashima]", "the helpers are too few"),
    ("phone: 0000-75-4013", "phone: 0000-75-4012", "takashima has the same telephone"),
    ("helper: yamamoto}\n", "helper: crew}\n", "'crew' is no helper"),
    (
        "by: crew, text: 台所で倒れていた",
        "by: kiku, text: 台所で倒れていた",
        "is no crew and no helper",
    ),
    ("actor: desk, do: hail}", "actor: crew, do: hail}", "a crew cannot do this"),
    (
        "actor: desk, do: hail}",
        "actor: desk, do: transfer, to: aso}",
        "alarm center cannot do this",
    ),
    ("actor: desk, do: hail}", "actor: desk, do: see}", "this waits for nothing"),
    (
        "do: ward-report, other: 協力員",
        "do: ward-report, others: 協力員",
        "there is no key 'others'",
    ),
    ("  starts: {", '  clock: "2040-01-01T00:00:00"\n  starts: {', "`clock` and `starts`"),
    ('time: "02:10"', 'time: "26:10"', "network.starts.time"),
    ("name: 髙橋　キク\n", "name: 髙橋　キク\n      helpers: x\n", "profile:"),
    (
        "{helper: takashima, answer: no-answer}",
        "{helper: takasima}",
        "there is no actor 'takasima'",
    ),
    ("office: nakagyo, accident", "office: kyoto, accident", "there is no ward office 'kyoto'"),
]


@pytest.mark.parametrize(("before", "after", "told"), WRONG)
def test_what_is_wrong_with_alarms_is_told_in_both_languages(
    before: str, after: str, told: str
) -> None:
    assert before in TEXT
    error = found(TEXT.replace(before, after, 1))
    assert any(told in str(each) for each in error.problems), str(error)


def incident(**parts: Any) -> Incident:
    """One as it stands when all has gone well."""
    given: dict[str, Any] = {
        "incident_id": UUID(int=1),
        "number": "20261130-1",
        "kind": IncidentKind.ALARM,
        "mode": Mode.DRILL,
        "state": IncidentState.CLOSED,
        "outcome": AlarmOutcome.DISPATCHED,
        "unit_id": "K-1001",
        "registration": 1001,
        "center": "kyoto",
        "station": "sakyo",
        "ward_office": "nakagyo",
        "crew_area": "nakagyo",
        "raised_at": AT,
        "signals": (1,),
        "taken_by": "指令員1",
        "hails": (Hail(at=AT), Hail(at=AT, by="指令員1")),
        "speech": (Speech(at=AT, by="指令員1", text="聞こえますか。"), Speech(at=AT, text="はい")),
        "finding": Finding.NO_ANSWER,
        "dispatches": (
            DispatchOrder(
                at=AT + timedelta(seconds=25),
                by="指令員1",
                units="救急1",
                because=Finding.NO_ANSWER,
            ),
        ),
        "helpers": (
            HelperAsked(
                order=1,
                name="髙島　一郎",
                phone="0000-75-4012",
                asked_at=AT,
                answer=HelperAnswer.NO_ANSWER,
            ),
            HelperAsked(
                order=2,
                name="山本　節子",
                phone="0000-75-4013",
                asked_at=AT,
                answer=HelperAnswer.ARRIVED,
            ),
        ),
        "scene": (SceneReport(at=AT, event=SceneEvent.FORCED_ENTRY, by="救急1", witness="管理人"),),
        "tellings": (telling(1, reached=True),),
        "ward_report": WardReport(
            ward_office="nakagyo",
            happened_at=AT,
            registration=1001,
            name="髙橋　キク",
            accident=Accident.ILLNESS,
            helpers_acted=True,
            due=AT,
        ),
        "home_station_report": HomeStationReport(
            station="sakyo", what="搬送した", sent_at=AT, by="指令員1"
        ),
        "closed_at": AT,
    }
    return Incident(**(given | parts))


def telling(number: int, *, reached: bool | None, desk: Desk = Desk.CHIEF_AT_HOME) -> Telling:
    return Telling(
        number=number,
        recipient=Recipient.WARD_OFFICE,
        desk=desk,
        what="用件",
        urgent=True,
        due=AT,
        reached=reached,
    )


def judged(must: str, shown: Incident, heard: tuple[str, ...] = ()) -> bool:
    """Whether a check holds of an incident; what there is instead is told in both languages."""
    # The part `drill:` names checks of the library's own.
    head = TEXT[: TEXT.index("must:\n")]
    scenario: Scenario = read_scenario(f"{head}must:\n  - {{check: {must}}}\n", "x.yaml")

    async def changes(_: object) -> tuple[Any, ...]:
        return tuple(SimpleNamespace(what=each, to_tell=("city-section",)) for each in heard)

    alarm = SimpleNamespace(incident=shown, name="kiku", user="kiku")
    company = SimpleNamespace(alarms={"kiku": alarm}, heard_changes=changes)
    troupe: Any = SimpleNamespace(company=company, scenario=scenario)
    look = asyncio.run(held(troupe, scenario.must[0]))
    assert look.held or (look.seen.ja and look.seen.en)
    return look.held


OPEN = {"state": IncidentState.HAILING, "outcome": None, "closed_at": None}
BY_TIME = (DispatchOrder(at=AT, units="救急1", because=Finding.NO_ANSWER),)
CASES = [
    ("alarm-state, state: closed, outcome: dispatched", OPEN),
    ("alarm-state, state: closed, outcome: dispatched", {"outcome": AlarmOutcome.MISTAKE}),
    ("alarm-dispatched, because: no-answer", {"dispatches": BY_TIME}),
    ("alarm-dispatched, because: no-answer", {"dispatches": ()}),
    (
        "alarm-dispatched, because: no-answer, within: 30",
        {"raised_at": AT - timedelta(seconds=60)},
    ),
    (
        "helpers-asked, helpers: [{helper: takashima}, {helper: yamamoto, answer: arrived}]",
        {"helpers": ()},
    ),
    ("scene-reported, event: forced-entry, witness: true", {"scene": ()}),
    (
        "scene-reported, event: forced-entry, witness: true",
        {"scene": (SceneReport(at=AT, event=SceneEvent.FORCED_ENTRY, by="救急1"),)},
    ),
    (
        "alarm-told, recipient: ward-office, desk: chief-at-home",
        {"tellings": (telling(1, reached=False),)},
    ),
    (
        "nobody-told, desk: director-at-home",
        {"tellings": (telling(1, reached=True, desk=Desk.DIRECTOR_AT_HOME),)},
    ),
    (
        "ward-reported, office: nakagyo, accident: illness, helpers_acted: true, sent: false",
        {"ward_report": None},
    ),
    ("home-station-told, station: sakyo", {"home_station_report": None}),
]


@pytest.mark.parametrize(("must", "spoilt"), CASES)
def test_a_check_holds_of_what_it_says_and_of_nothing_else(
    must: str, spoilt: dict[str, Any]
) -> None:
    assert judged(must, incident())
    assert not judged(must, incident(**spoilt))


@pytest.mark.parametrize("field", ["accident", "helpers_acted", "sent_at", "ward_office", "name"])
def test_a_report_that_says_something_else_is_not_the_one(field: str) -> None:
    other = {
        "accident": Accident.FIRE,
        "helpers_acted": False,
        "sent_at": AT,
        "ward_office": "sakyo",
        "name": "",
    }
    made = incident().ward_report
    assert made is not None
    changed = made.model_copy(update={field: other[field]})
    must = "ward-reported, office: nakagyo, accident: illness, helpers_acted: true, sent: false"
    assert not judged(must, incident(ward_report=changed))


def test_that_nobody_was_sent_needs_a_reason() -> None:
    nobody = {"dispatches": (), "outcome": AlarmOutcome.MISTAKE}
    assert judged("alarm-not-dispatched", incident(**nobody, reason="誤報"))
    assert not judged("alarm-not-dispatched", incident(**nobody))
    assert not judged("alarm-not-dispatched", incident(reason="誤報"))


def test_a_change_that_was_heard_stands_in_the_ledger() -> None:
    assert judged("change-heard, text: 転居", incident(), ("先週、転居した。",))
    assert not judged("change-heard, text: 転居", incident(), ("電話番号",))


def always(shown: Incident) -> dict[str, bool]:
    company = SimpleNamespace(alarms={"kiku": SimpleNamespace(incident=shown)})
    troupe: Any = SimpleNamespace(company=company, scenario=SCENARIO)
    return {name: asyncio.run(_(look)).held for name, _w, look in always_of_alarms(troupe)}


async def _(look: Any) -> Any:
    return await look()


def test_what_must_hold_of_every_alarm() -> None:
    assert always(incident()) == {"reason": True, "test-alarms": True, "mode": True}
    assert not always(incident(dispatches=()))["reason"]
    assert not always(incident(kind=IncidentKind.TEST))["test-alarms"]
    assert not always(incident(mode=Mode.TEST))["mode"]


def test_every_mark_has_words_in_both_languages() -> None:
    shown = incident(signals=(1, 2), tellings=(telling(1, reached=True), telling(2, reached=None)))
    for mark in marks_of(shown):
        words = words_of(mark, shown)
        assert words.ja, mark
        assert words.en, mark
    assert len(set(marks_of(shown))) == len(marks_of(shown))


def test_what_time_alone_has_decided_is_the_machines() -> None:
    by_time = incident(dispatches=BY_TIME, taken_by="")
    found_, sent = Mark("found", 0, "no-answer"), Mark("dispatched")
    assert machine_acted(found_, by_time)
    assert machine_acted(sent, by_time)
    assert not machine_acted(found_, incident())
    assert not machine_acted(sent, incident())
    assert "時間切れ" in words_of(sent, by_time).ja


@pytest.mark.parametrize(
    ("time", "day", "expected"),
    [
        # 29 November 2026 is a Sunday; it is 02:10 on Monday, in Japan.
        ("02:10", "working-day", "2026-12-01 02:10"),
        ("02:11", "working-day", "2026-11-30 02:11"),
        ("11:00", "holiday", "2026-12-05 11:00"),
        ("02:10", "any", "2026-12-01 02:10"),
    ],
)
def test_the_next_such_moment(time: str, day: Any, expected: str) -> None:
    moment = next_such(Start(time=time, day=day), AT)
    assert f"{moment.astimezone(JAPAN):%Y-%m-%d %H:%M}" == expected
    assert moment > AT


def test_the_turn_of_the_year_is_a_holiday() -> None:
    december = datetime(2026, 12, 28, 3, 0, tzinfo=UTC)
    assert (
        next_such(Start(time="11:00", day="holiday"), december).date().isoformat() == "2026-12-29"
    )
    working = next_such(Start(time="09:00", day="working-day"), december)
    assert working.astimezone(JAPAN).date().isoformat() == "2027-01-04"


ALARM_DRILLS = [each for each in library.names() if each.startswith("alarm-")]
PLAYED = {
    "KYO-08": r"finding: fire-service",
    "KYO-11": r"do: scene, event: (forced-entry|helper-injured|urgent-contact)",
    "KYO-22": r"do: visit",
    "KYO-23": r"button: consultation",
}
"""How it is played what is easily claimed."""


@pytest.mark.parametrize("name", ALARM_DRILLS)
def test_a_drill_claims_what_it_plays_and_names_no_age_that_goes_by(name: str) -> None:
    text = library.text_of(name)
    assert not re.search(r"\d歳|(?:man|woman) of \d|\d years old", text)
    claimed = set(library.load(name).shows)
    assert {each for each, how in PLAYED.items() if re.search(how, text)} == claimed & set(PLAYED)


def test_a_users_house_is_described_as_the_address_says() -> None:
    """Who plays the dispatcher reads both: a house of one's own has no room on the third floor."""
    seen = 0
    for name in (each for each in library.names() if each.startswith("alarm-")):
        scenario = library.load(name)
        for user in scenario.alarm_users().values():
            known = registered(
                user, [helper_of(scenario.helpers()[each]).registered() for each in user.helpers]
            )
            room = re.search(r"(\d+)\d\d号室", known.address.one_line())
            floor = re.search(r"集合住宅の(\d+)階", known.house)
            if not known.house or "転居" in known.house:
                continue
            seen += 1
            assert (room and room[1]) == (floor and floor[1]), (name, known.address, known.house)
    assert seen >= 7
