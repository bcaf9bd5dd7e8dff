"""Every shortcut that the console shows: it does what the help says, and elsewhere nothing."""

from collections.abc import Iterator

import pytest
from net119_protocol.codes import Kind, Mode
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.calling import Desk, PagedCall, caller
from tests.reference.pages.consoles import SATO, choose, connected, console, hire, in_queue
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser
TESTED = {
    *("F1", "F2", "F4", "Shift+F4", "F7", "F8", "F9", "F10"),
    *("Alt+1 … Alt+9", "Enter", "Esc", "?"),
}
"""What the help lists; whatever is added there needs a test here."""
ACTING = ("F2", "F7", "F8", "F9", "F10", "Alt+1", "Alt+9")
STATE = """() => { const C = net119Console, on = document.activeElement; return {
  chosen: C.store.selected && C.store.selected.id,
  focus: on.id || on.dataset.act || on.dataset.ready || on.dataset.call || on.tagName,
  open: [...document.querySelectorAll("dialog[open]")].map((each) => each.id).join(),
  lines: document.querySelectorAll("#log .line").length,
  calls: JSON.stringify([...C.store.calls.values()].map((each) => each.call.state)),
}; }"""


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        hire(running, SATO)
        yield running


class Keys:
    """A dispatcher whose hands stay on the keyboard, and what the page asks of the server then."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        page.on("request", self._saw)

    def _saw(self, request: object) -> None:
        method, url = getattr(request, "method", ""), getattr(request, "url", "")
        if method == "POST" and "/api/" in url:
            self.asked.append(url.rsplit("/", 1)[1])

    def nothing_by(self, *keys: str) -> None:
        """Each of these leaves the page and the calls as they are, and asks nothing."""
        for key in keys:
            before, asked = self.page.evaluate(STATE), list(self.asked)
            self.page.keyboard.press(key)
            # Whatever a key sends has left the page before this answer is back.
            self.page.evaluate("fetch('/static/icon.svg', { cache: 'no-store' }).then(() => 0)")
            assert self.page.evaluate(STATE) == before, f"{key} did something"
            assert self.asked == asked, f"{key} asked the server for something"

    def chosen(self) -> str:
        return str(self.page.evaluate(STATE)["chosen"])

    def focused(self, selector: str) -> None:
        expect(self.page.locator(selector)).to_be_focused()


def press_through(keys: Keys, key: str, times: int) -> list[str]:
    found = []
    for _ in range(times):
        keys.page.keyboard.press(key)
        expect(keys.page.locator(f"#queue [data-call='{keys.chosen()}']")).to_have_attribute(
            "aria-current", "true"
        )
        expect(keys.page.locator("#call-title")).to_be_focused()
        found.append(keys.chosen())
    return found


def test_every_shortcut_does_what_the_help_says(town: Site, browser: Browser) -> None:
    """A79: a dispatcher writes while looking at the radio; a key that does something else costs."""
    with console(browser, town, "tomakomai", SATO) as page:
        keys = Keys(page)
        keys.nothing_by("F4", "Shift+F4", *ACTING)
        the_help(keys)
        practice, first, second = (
            caller(town).call(kind=Kind.AMBULANCE, mode=mode)
            for mode in (Mode.PRACTICE, Mode.DRILL, Mode.DRILL)
        )
        for each in (practice, first, second):
            in_queue(page, "ringing", each)
        walk(keys)
        answer(keys, practice, first, second)
        focus_and_write(keys, first)
        reload(keys, practice, first)
        wrong_states(keys, town, practice, first)


def the_help(keys: Keys) -> None:
    page = keys.page
    for key in ("F1", "?"):
        page.keyboard.press(key)
        expect(page.locator("#keys")).to_be_visible()
        assert set(page.locator("#keys kbd").all_inner_texts()) == TESTED
        keys.nothing_by("F2", "F4", "F7", "F9", "F10", "Alt+1")
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()


def walk(keys: Keys) -> None:
    """F4 and Shift+F4 go through the open calls as they stand in the list, and around."""
    page = keys.page
    shown = page.locator("#queue [data-call]").evaluate_all(
        "all => all.map(each => each.dataset.call)"
    )
    assert len(shown) == 3
    assert press_through(keys, "F4", 4) == [*shown, shown[0]]
    assert press_through(keys, "Shift+F4", 3) == [shown[2], shown[1], shown[0]]
    # A call that rings and is looked at can be neither written to nor closed.
    keys.nothing_by("F7", "F8", "F9", "F10", "Alt+1", "Alt+9", "Control+F4", "Control+F10")
    assert keys.asked == []


def answer(keys: Keys, practice: PagedCall, first: PagedCall, second: PagedCall) -> None:
    """F2 takes the call that is looked at; else drills before practice, longest waiting first."""
    page = keys.page
    choose(page, second)
    page.keyboard.press("F2")
    in_queue(page, "mine", second)
    keys.focused("#text")
    # From within the field, with a call that is taken already: the next that rings.
    page.keyboard.press("F2")
    in_queue(page, "mine", first)
    in_queue(page, "ringing", practice)
    assert keys.chosen() == str(first.call_id)
    assert keys.asked == ["answer", "answer"]


def focus_and_write(keys: Keys, call: PagedCall) -> None:
    page = keys.page
    page.locator("#call-title").focus()
    page.keyboard.press("F7")
    keys.focused("#text")
    page.keyboard.type("?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("髙橋 𠮷子①")
    expect(page.locator("#text")).to_have_value("?\n髙橋 𠮷子①")
    page.keyboard.press("Enter")
    mine = page.locator("#log .line.dispatcher .text")
    expect(mine).to_have_text(["?\n髙橋 𠮷子①"])
    keys.nothing_by("Shift+F10")
    page.keyboard.press("F8")
    keys.focused("#ready li:first-child button")
    page.keyboard.press("F9")
    keys.focused("#acts button:visible >> nth=0")
    for digit in (9, 1):
        wanted = page.locator("#ready button").nth(digit - 1).locator("[lang=ja]").first
        text = wanted.inner_text()
        page.keyboard.press(f"Alt+{digit}")
        expect(mine.last).to_have_text(text)
        expect(page.locator("#log .line.pending")).to_have_count(0)
    assert call.stored()[0].text == "?\n髙橋 𠮷子①"
    assert len(call.stored()) == 3


def reload(keys: Keys, ringing: PagedCall, mine: PagedCall) -> None:
    """The call that one has is open again; one that rings is looked at by nobody's habit."""
    page = keys.page
    choose(page, ringing)
    page.reload()
    connected(page)
    in_queue(page, "mine", mine)
    expect(page.locator("#nothing")).to_be_visible()
    choose(page, mine)
    page.locator("#text").fill("書きかけ 𠮷")
    page.reload()
    keys.focused("#text")
    expect(page.locator("#text")).to_have_value("書きかけ 𠮷")
    assert keys.chosen() == str(mine.call_id)
    expect(page.locator("#log .line")).to_have_count(3)
    page.locator("#text").fill("")


def wrong_states(keys: Keys, town: Site, practice: PagedCall, first: PagedCall) -> None:
    page = keys.page
    # In a form all keys belong to the form; Esc closes it and nothing was done.
    page.keyboard.press("F10")
    expect(page.locator("#form h2")).to_have_text("通報を終える")
    page.locator("#form textarea").focus()  # F4 opens the list of a select, Esc shuts that first
    keys.nothing_by("F1", "F2", "F4", "Shift+F4", "F7", "F8", "F9", "F10", "Alt+1")
    page.keyboard.press("Escape")
    expect(page.locator("#form")).to_be_hidden()
    # A colleague's call: looked at, and no more.
    colleague = Desk(town)
    town.do(colleague.open)
    colleague.answer(practice)
    in_queue(page, "others", practice)
    choose(page, practice)
    expect(page.locator("#take-over")).to_be_visible()
    keys.nothing_by("F2", "F7", "F8", "F10", "Alt+1", "Alt+9")
    # One that was closed is passed by, and cannot be written to.
    choose(page, first)
    page.keyboard.press("F10")
    page.locator("#form select").select_option("practice-done")
    page.locator("#form button.main").click()
    in_queue(page, "closed", first)
    expect(page.locator("#form")).to_be_hidden()
    keys.nothing_by("F7", "F8", "F10", "Alt+1", "Alt+9")
    assert str(first.call_id) not in press_through(keys, "F4", 3)
    assert keys.asked == ["answer", "answer", "close"]
