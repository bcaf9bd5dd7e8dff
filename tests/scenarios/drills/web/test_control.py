"""The control page shows what the drill shows of itself, and nothing of it acts as markup."""

from pathlib import Path
from uuid import uuid4

import pytest
from net119_scenarios.drills.control import DrillState, StepState
from net119_scenarios.drills.view import (
    Bilingual,
    CallNow,
    Can,
    DrillView,
    EntryView,
    InterlockView,
    Reason,
    RoleView,
    StepView,
)
from net119_scenarios.drills.web.app import leader_app
from net119_scenarios.drills.web.hall import Hall, first_for, providers_of
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.ports import Ports

from tests.scenarios.drills.web.browsing import Visitor

HOSTILE = "<script>alert(1)</script>髙𠮷①"
FIRST = first_for("tomakomai")
SAID = Bilingual(ja=HOSTILE, en=HOSTILE)
VIEW = DrillView(
    state=DrillState.RUNNING,
    ready=True,
    name="x",
    title=SAID,
    mode="drill",
    minutes=10,
    elapsed_s=65.4,
    script_s=65.4,
    pace=2.0,
    current=1,
    roles=(RoleView(actor="rider", called=SAID, role="caller", by="person", who=HOSTILE),),
    steps=(
        StepView(
            number=1, actor="rider", do="say", what=SAID, state=StepState.AWAITED, person=True
        ),
    ),
    injections=(),
    calls=(CallNow(name="call", call_id=uuid4(), caller="rider", mode="drill", state="answered"),),
    log=(),
    interlock=InterlockView(safe=True),
    can=Can(pause=True, set_pace=True, skip=True, inject=True, end=True),
    entries=(
        EntryView(seconds=5.0, actor="rider", called=SAID, sort="line", words=SAID, call="call"),
    ),
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(Hall(FIRST, Ports.of(8119, providers_of(FIRST))), tmp_path, "tomakomai")


def seen(house: House, view: DrillView, lang: str = "ja") -> tuple[str, dict[str, object]]:
    """The page and the state for its script."""
    visitor = Visitor(leader_app(house), "http://localhost:8119")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.leader, "view", lambda: view)
        page = visitor.get(f"/now?lang={lang}")
        told = visitor.get("/now/state")
    assert (page.status_code, told.status_code) == (200, 200)
    return page.text, told.json()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_people_wrote_is_text(house: House, lang: str) -> None:
    page, told = seen(house, VIEW, lang)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;髙𠮷①" in page
    regions = told["regions"]
    assert isinstance(regions, dict)
    assert all("<script>" not in each for each in regions.values())
    assert "髙𠮷①" in regions["entries"]


def test_what_can_be_done_now_can_be_pressed(house: House) -> None:
    page, told = seen(house, VIEW)
    assert told["can"] == {
        "start": False,
        "pause": True,
        "resume": False,
        "skip": True,
        "inject": True,
        "end": True,
        "pace": True,
    }
    assert (told["elapsed"], told["pace"], told["current"]) == ("1:05", "2", 1)
    assert '<button class="main" disabled>開始</button>' in page
    assert '<button class="">一時停止</button>' in page


def test_a_drill_without_open_calls_says_how_to_end_it(house: House) -> None:
    over = VIEW.model_copy(
        update={"calls": (VIEW.calls[0].model_copy(update={"state": "closed"}),)}
    )
    assert 'data-told="all-closed"' in seen(house, over)[0]
    assert 'data-told="all-closed"' not in seen(house, VIEW)[0]
    none = VIEW.model_copy(update={"calls": ()})
    assert 'data-told="all-closed"' not in seen(house, none)[0]


def test_an_unsafe_drill_says_why(house: House) -> None:
    reason = Reason(
        code="live-call", what=Bilingual(ja="実際の通報が開いています", en="a live call")
    )
    unsafe = VIEW.model_copy(
        update={"interlock": InterlockView(safe=False, reasons=(reason,)), "can": Can(end=True)}
    )
    page, _ = seen(house, unsafe)
    assert "訓練を進められません" in page
    assert "実際の通報が開いています" in page
    assert "安全です。" not in page


def test_a_drill_that_went_wrong_says_so(house: House) -> None:
    wrong = VIEW.model_copy(update={"state": DrillState.ENDED, "failed": "the venue is gone"})
    page, told = seen(house, wrong)
    assert "the venue is gone" in page
    assert told["state"] == "ended"
    assert "振り返りを開く" not in page
