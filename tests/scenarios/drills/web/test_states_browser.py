"""The leader's pages in the states that a drill rarely shows: WCAG 2.2 AA in both languages.

The browser's requests go to the application itself: no network of providers is started for it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from net119_scenarios.drills.alarms.switchboard import NOBODY, Heard, Number
from net119_scenarios.drills.control import DrillState
from net119_scenarios.drills.view import Bilingual, Can, InterlockView, Reason
from net119_scenarios.drills.web.app import leader_app
from net119_scenarios.drills.web.hall import Hall, providers_of
from net119_scenarios.drills.web.house import House
from net119_scenarios.drills.web.offered import find
from net119_scenarios.drills.web.ports import Ports
from net119_scenarios.words import Words
from net119_simulators.errors import SimulatorError
from playwright.sync_api import Browser, Page, Route, expect

from tests.reference.pages.looking import look, tab
from tests.scenarios.drills.web.browsing import Visitor
from tests.scenarios.drills.web.test_control import FIRST, VIEW

pytestmark = pytest.mark.browser
ORIGIN = "http://localhost:8119"
SAID = Bilingual(ja="指令台に本番の通報があります", en="A console shows a live call")
UNSAFE = VIEW.model_copy(
    update={
        "can": Can(end=True),
        "interlock": InterlockView(safe=False, reasons=(Reason(code="live-call", what=SAID),)),
    }
)
WRONG = SimulatorError("the port 8120 is taken", "127.0.0.1:8120", "end what listens there")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(Hall(FIRST, Ports.of(8119, providers_of(FIRST))), tmp_path, "tomakomai")


@pytest.fixture
def page(house: House, browser: Browser) -> Iterator[Page]:
    visitor = Visitor(leader_app(house), ORIGIN)

    def answer(route: Route) -> None:
        asked = route.request
        # Playwright's own loop is running here.
        found = elsewhere.submit(visitor.get, asked.url.removeprefix(ORIGIN)).result()
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

    with ThreadPoolExecutor(1) as elsewhere, tab(browser, ORIGIN) as opened:
        opened.route("**/*", answer)
        yield opened


def opening(house: House, patch: pytest.MonkeyPatch) -> str:
    patch.setattr(type(house.leader), "busy", property(lambda _leader: True))
    patch.setattr(house.leader, "offered", find(house.folder, "first-call"))
    return "/now"


def failed(house: House, patch: pytest.MonkeyPatch) -> str:
    patch.setattr(house.leader, "failed", WRONG)
    return "/now"


def broken(house: House, _patch: pytest.MonkeyPatch) -> str:
    place = house.folder / "20261129-100000-first-call"
    place.mkdir()
    (place / "record.json").write_text("{", "utf-8")
    return f"/past/{place.name}"


def gone(_house: House, _patch: pytest.MonkeyPatch) -> str:
    return "/past/20261129-100000-none"


def interlock(house: House, patch: pytest.MonkeyPatch) -> str:
    patch.setattr(house.leader, "view", lambda: UNSAFE)
    return "/now"


def telephone(house: House, patch: pytest.MonkeyPatch) -> str:
    numbers = (
        Number("0000-75-4012", "髙島　一郎", Words("協力員1番（5分、鍵あり）", "helper 1 (5 min)")),
        Number("0000-75-0001", "𠮷田①区役所", Words("区役所（開庁時間）", "ward office, in hours")),
    )
    heard = (
        Heard("09:00:05", "phone", Words("髙島　一郎", "Ichiro Takashima"), NOBODY),
        Heard("09:00:01", "radio", Words("救急1", "ambulance 1"), Words("到着した", "到着した")),
    )
    board = SimpleNamespace(numbers=lambda: numbers, heard=lambda: heard)
    drill = SimpleNamespace(switchboard=board, state=DrillState.RUNNING)
    patch.setattr(type(house.leader), "busy", property(lambda _leader: True))
    patch.setattr(house.leader, "rehearsal", drill)
    return "/telephone"


def no_telephone(_house: House, _patch: pytest.MonkeyPatch) -> str:
    return "/telephone"


STATES: tuple[tuple[Callable[[House, pytest.MonkeyPatch], str], SimpleNamespace], ...] = (
    (opening, SimpleNamespace(ja="準備しています", en="is being prepared")),
    (failed, SimpleNamespace(ja="準備できませんでした", en="could not be prepared")),
    (broken, SimpleNamespace(ja="記録を読めません", en="The record cannot be read")),
    (gone, SimpleNamespace(ja="このページはありません", en="no such page")),
    (interlock, SimpleNamespace(ja=SAID.ja, en=SAID.en)),
    (telephone, SimpleNamespace(ja=NOBODY.ja, en=f"Ichiro Takashima (髙島　一郎) {NOBODY.en}")),
    (no_telephone, SimpleNamespace(ja="ここから電話をかけられます", en="you can ring people up")),
)


def test_every_rare_state_can_be_read_by_everybody(house: House, page: Page) -> None:
    for state, words in STATES:
        with pytest.MonkeyPatch.context() as patch:
            path = state(house, patch)
            for lang in ("en", "ja"):
                page.goto(f"{path}?lang={lang}")
                expect(page.locator("main")).to_contain_text(getattr(words, lang))
                look(page, f"drill-{state.__name__}", widths=(320, 1280))


def test_the_page_goes_on_by_itself_once_the_drill_is_prepared(house: House, page: Page) -> None:
    """Without a page that loads itself anew under the hands of who reads it (WCAG 2.2.1)."""
    with pytest.MonkeyPatch.context() as patch:
        page.goto(opening(house, patch) + "?lang=ja")
        expect(page.locator("main [role=status]")).to_contain_text("準備しています")
        assert page.locator("meta[http-equiv]").count() == 0
        patch.setattr(house.leader, "view", lambda: VIEW)
        expect(page.locator("#word")).to_have_attribute("data-state", "running")
