"""The leader's pages before anything runs: what they show, and what they refuse."""

import re
from pathlib import Path

import pytest
from net119_scenarios.acted import library
from net119_scenarios.drills.roles import RolePlay
from net119_scenarios.drills.web.app import leader_app
from net119_scenarios.drills.web.hall import Hall, first_for, providers_of
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.offered import Offered, offered, play_of
from net119_scenarios.drills.web.ports import Ports

from tests.scenarios.drills.web.browsing import Visitor

HERE = "http://localhost:8119"
FIRST = first_for("tomakomai")


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    house = House(Hall(FIRST, Ports.of(8119, providers_of(FIRST))), tmp_path, "tomakomai")
    return Visitor(leader_app(house), HERE)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{32})"', page)
    assert found is not None
    return found[1]


def post(visitor: Visitor, path: str, **fields: str) -> tuple[int, str]:
    answer = visitor.post(path, data=fields, headers={"Origin": HERE})
    return answer.status_code, answer.text


def test_the_start_page_says_that_it_prepares(visitor: Visitor) -> None:
    page = visitor.get("/").text
    assert "準備中です" in page
    assert 'http-equiv="refresh"' in page
    assert "being prepared" in visitor.get("/?lang=en").text
    # Remembered.
    assert "being prepared" in visitor.get("/").text


def test_a_departments_own_files_are_offered_and_wrong_ones_named(
    visitor: Visitor, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text(library.text_of("first-call"))
    (tmp_path / "wrong.yaml").write_text("format: 1\ntitel: x\n")
    (tmp_path / "no-drill.yaml").write_text(library.text_of("silent-caller"))
    page = visitor.get("/drills").text
    assert '<a href="/drills/own-mine">' in page
    assert "wrong.yaml" in page
    assert "titel" in page
    assert "drill: の部分がない" in page
    found, wrong = offered(tmp_path, "chitose")
    assert next(each.name for each in found) == "own-mine"
    assert {each.file for each in wrong} == {"wrong.yaml", "no-drill.yaml"}
    assert "chitose" in found[1].centers()


def test_every_drill_has_a_page_and_one_to_hand_out(visitor: Visitor) -> None:
    names = re.findall(r'href="/drills/([a-z0-9-]+)"', visitor.get("/drills").text)
    assert len(names) >= 12
    for name in names:
        page = visitor.get(f"/drills/{name}")
        assert page.status_code == 200
        # Of a home alarm only the dispatcher is a role for people: a unit is a machine.
        assert page.text.count('name="by-') >= (1 if name.startswith("alarm-") else 2), name
    handed = visitor.get("/drills/first-call/briefing")
    assert handed.status_code == 200
    assert "script-src" not in handed.headers["content-security-policy"]
    assert "default-src 'none'" in handed.headers["content-security-policy"]
    for missing in ("/drills/none", "/drills/none/briefing", "/past/none", "/caller/none", "/x"):
        assert visitor.get(missing).status_code == 404, missing


def test_a_drill_is_prepared_by_this_browsers_form_only(visitor: Visitor) -> None:
    token = token_of(visitor.get("/drills/first-call").text)
    status, page = post(visitor, "/drills/first-call", csrf="0" * 32, pace="1")
    assert (status, "もう一度押してください" in page) == (409, True)
    status, page = post(visitor, "/drills/first-call", csrf=token, pace="1")
    assert (status, "まだ準備中です" in page) == (409, True)
    status, page = post(visitor, "/now/act", csrf=token, what="start")
    assert (status, visitor.get("/now?refused=not-now").status_code) == (303, 200)


@pytest.mark.parametrize(
    ("what", "token", "words"),
    [
        ("start", True, "いまはできません"),
        ("explode", True, "いまはできません"),
        ("end", False, "もう一度押してください"),
    ],
)
def test_what_is_pressed_without_a_drill_is_refused_in_words(
    visitor: Visitor, what: str, token: bool, words: str
) -> None:
    own = token_of(visitor.get("/drills/first-call").text)
    answer = visitor.post(
        "/now/act",
        data={"csrf": own if token else "x", "what": what},
        headers={"Origin": HERE, "Accept": "application/json"},
    )
    assert answer.status_code == 409
    assert words in answer.json()["refused"]


@pytest.mark.parametrize(
    "name", ["../secret", "%2e%2e", "20261129-150925-x%2f..%2f..", "comments.json"]
)
def test_only_names_of_drills_are_looked_for_on_the_disk(visitor: Visitor, name: str) -> None:
    assert visitor.get(f"/past/{name}").status_code == 404


def test_who_can_play_whom() -> None:
    drill = Offered("x", library.load("tunnel-and-callback"), "")
    (caller,) = drill.scenario.callers()
    dispatcher = next(iter(drill.scenario.dispatchers()))
    assert drill.choices(caller) == ("simulator", "person")
    assert drill.choices(dispatcher)[:3] == ("person", "simulator", "rule-based")
    assert "bad:ignores-silence" in drill.choices(dispatcher)
    assert play_of("person", "佐藤") == RolePlay("person", "佐藤")
    for label in drill.choices(dispatcher):
        assert play_of(label).label == label
    with pytest.raises(ValueError, match="nobody"):
        play_of("anybody")
