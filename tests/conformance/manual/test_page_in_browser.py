"""The page on which a person is asked: by keyboard, at 320 px, in two languages, with a picture."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TypeVar

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships none
from net119_conformance.catalogue import Text
from net119_conformance.manual.desk import About, Desk
from net119_conformance.manual.hosting import HostedDesk
from net119_conformance.manual.steps import Answer, Fact, Option, Outcome, Question, Step
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.conformance.engine.test_report_in_browser import CHROMIUM, SWITCHES

T = TypeVar("T")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None and CHROMIUM is None,
        reason="Chromium is not installed; see `make deps`",
    ),
]


def text(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


LOOK = Step(
    title=text("指令台の表示を見る", "Look at the console"),
    do=(text("下の通報を探してください。", "Look for the call below."),),
    facts=(Fact(label=text("通報者", "Caller"), value="髙橋 𠮷太郎①"),),
    why=text("正しい指令台に届くかを確かめます。", "It must reach the right console."),
    questions=(
        Question(
            name="shown",
            label=text("下の通報が出ている", "The call is shown"),
            options=(
                Option(value="yes", label=text("はい", "Yes")),
                Option(value="no", label=text("いいえ", "No")),
            ),
        ),
        Question(
            name="name", label=text("通報者の氏名", "The caller’s name"), only_if=("shown", "yes")
        ),
    ),
    limit_s=240,
    watched=True,
)
ABOUT = About(
    id="ROUTE-OWN",
    title=text("管内からの通報が届く", "A call from the own area arrives"),
    stimulus=text("通報する。", "A call."),
    expected=text("表示される。", "It is shown."),
    why=text("ほとんどの通報はこの形です。", "Most calls are like this."),
)


class Running:
    """A desk in a thread of its own, as in a run."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.hosted = HostedDesk({"ROUTE-OWN"}, 0, lambda _: None, stop=self.stopped.set)
        self.url = asyncio.run_coroutine_threadsafe(self.hosted.start(), self._loop).result(10)

    def do(self, act: Callable[[Desk], T]) -> T:
        async def go() -> T:
            return act(self.hosted.desk)

        return asyncio.run_coroutine_threadsafe(go(), self._loop).result(10)

    def answer(self, number: int) -> Answer:
        async def go() -> Answer:
            desk = self.hosted.desk
            case = desk.case(number)
            assert case is not None
            return await desk.watch.until(lambda: case.answer, "an answer", 10.0, str)

        return asyncio.run_coroutine_threadsafe(go(), self._loop).result(15)

    def end(self) -> None:
        asyncio.run_coroutine_threadsafe(self.hosted.stop(), self._loop).result(10)

    def close(self) -> None:
        self.end()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture
def desk() -> Iterator[Running]:
    made = Running()
    yield made
    made.close()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser.new_context(viewport={"width": 320, "height": 700}).new_page()
        browser.close()


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, f"{width} px are wider than the screen"


def test_a_step_is_done_at_the_page(desk: Running, page: Page) -> None:
    page.goto(desk.url)
    page.get_by_role("heading", name="いまお願いすることはありません").wait_for()
    accessible(page)
    desk.do(lambda at: at.begin(ABOUT))
    number = desk.do(lambda at: at.ask(LOOK))
    # It comes by itself, and the reader of the screen is there.
    page.get_by_role("heading", name="指令台の表示を見る").wait_for()
    expect(page.locator("#step")).to_be_focused()
    assert page.get_by_text("いまの試験 1 件目／全 1 件").is_visible()
    accessible(page)

    # Sent too early: what is missing is said, and what was typed stays.
    page.get_by_label("メモ").fill("一度目は遅れて出た")
    page.get_by_role("button", name="できた").click()
    page.get_by_role("alert").filter(has_text="まだ送られていません").wait_for()
    assert page.get_by_label("メモ").input_value() == "一度目は遅れて出た"
    accessible(page)
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="Look at the console").wait_for()
    accessible(page)

    # By keyboard alone.
    page.get_by_role("radio", name="Yes").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("髙橋 𠮷太郎①")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("a note")
    made = BytesIO()
    Image.new("RGB", (20, 10), (1, 2, 3)).save(made, "PNG")
    page.get_by_label("Screenshot").set_input_files(
        {"name": "画面 髙.png", "mimeType": "image/png", "buffer": made.getvalue()}
    )
    page.get_by_role("button", name="Done").focus()
    page.keyboard.press("Enter")
    answer = desk.answer(number)
    assert answer.outcome is Outcome.DONE
    assert answer.values == {"shown": "yes", "name": "髙橋 𠮷太郎①"}
    assert answer.note == "a note"
    assert answer.picture is not None
    with Image.open(BytesIO(answer.picture)) as kept:
        assert kept.size == (20, 10)
    nothing = page.get_by_role("heading", name="There is nothing for you to do now")
    nothing.wait_for()

    # What went otherwise, and the end of the run.
    number = desk.do(lambda at: at.ask(LOOK))
    page.get_by_text("Not possible, something else, leave").click()
    page.get_by_role("button", name="I did it and saw something else").click()
    page.get_by_text("Write what you saw").first.wait_for()
    page.get_by_label("What you saw, or why").fill("an empty list")
    accessible(page)
    page.get_by_role("button", name="I did it and saw something else").click()
    assert desk.answer(number).said == "an empty list"
    nothing.wait_for()  # else the click meant for the next step may hit the page of this one
    number = desk.do(lambda at: at.ask(LOOK))
    page.get_by_text("Not possible, something else, leave").click()
    page.get_by_role("button", name="Stop the whole run").click()
    assert desk.answer(number).outcome is Outcome.STOPPED
    assert desk.stopped.is_set()
    desk.end()
    page.get_by_role("heading", name="The run is over").wait_for()


def test_nobody_answers_without_the_secret(desk: Running) -> None:
    desk.do(lambda at: at.begin(ABOUT))
    number = desk.do(lambda at: at.ask(LOOK))
    root = desk.url.rsplit("/", 2)[0]
    with httpx.Client() as other:
        assert other.get(root).status_code == 404
        assert other.post(f"{root}/x/answer/{number}", data={"outcome": "done"}).status_code == 404
        foreign = other.get(desk.url, headers={"Host": "evil.example"})
        assert foreign.status_code == 400
        shown = other.get(desk.url)
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
        assert shown.headers["Cache-Control"] == "no-store"
        # No picture, too large, or nothing a person can say: the step stays, with words.
        sent = other.post(
            f"{desk.url}answer/{number}",
            data={"outcome": "done", "q-shown": "no"},
            files={"picture": ("x.png", b"<svg/>", "image/png")},
        )
        assert (sent.status_code, "画像として読めません" in sent.text) == (422, True)
        large = {"picture": ("x.png", b"x" * (12 * 1024 * 1024), "image/png")}
        sent = other.post(f"{desk.url}answer/{number}", data={"outcome": "done"}, files=large)
        assert (sent.status_code, "10 MB" in sent.text) == (413, True)
        sent = other.post(
            f"{desk.url}answer/{number}", data={"outcome": "expired"}, files={"x": ("", b"")}
        )
        assert (sent.status_code, "結果を選んでください" in sent.text) == (422, True)
    assert desk.do(lambda at: at.open_case) is not None


def test_who_looks_after_the_end_is_told_at_once(desk: Running) -> None:
    """Else the run would wait for that page, and end with a stack trace in the terminal."""
    desk.do(lambda at: at.end())
    version = desk.do(lambda at: at.version)
    with httpx.Client(timeout=3.0) as page:
        told = page.get(f"{desk.url}changes", params={"after": version}).json()
    assert told == {"version": version, "ended": True}
