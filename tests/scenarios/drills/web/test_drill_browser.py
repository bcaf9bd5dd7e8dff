"""A whole drill in real browsers: led from its page, played at two consoles, looked back on."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_scenarios.drills.folder import drills_in, read
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.consoles import DESK_SIZE, connected
from tests.reference.pages.looking import look, tab
from tests.reference.pages.test_console_calls_browser import act
from tests.scenarios.drills.web.running import RunningHouse

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TABLET = 1024
SIZES = (TABLET, 1280)


def look_here(page: Page, name: str) -> None:
    """Axe and widths in both languages, where the page is and stays."""
    here = page.url
    for lang in ("en", "ja"):
        page.goto(f"{here}?lang={lang}")
        look(page, name, widths=SIZES)
    page.goto(here)
    page.set_viewport_size(DESK_SIZE)


@contextlib.contextmanager
def desk(browser: Browser, house: RunningHouse, number: int) -> Iterator[Page]:
    """A dispatcher with a browser of its own, whose network can be cut."""
    given = house.house.own_desks()[number]
    origin, _, path = given.url.partition("/console")
    with tab(browser, origin, offline=True) as page:
        page.set_viewport_size(DESK_SIZE)
        page.goto(f"/console{path}")
        page.locator("input[name=password]").fill(given.password)
        page.locator("#log-in button[value=log-in]").click()
        connected(page)
        yield page


def press(leader: Page, what: str) -> None:
    """Press one of the leader's buttons, once it can be pressed."""
    button = leader.locator(f"form[data-act={what}] button")
    expect(button).to_be_enabled()
    button.click()


def state_is(leader: Page, state: str) -> None:
    expect(leader.locator("#word")).to_have_attribute("data-state", state)


def say(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")


def heard(page: Page, text: str) -> None:
    expect(page.locator("#log .line.caller .text").filter(has_text=text)).to_have_count(1)


def prepare(leader: Page) -> None:
    leader.goto("/drills")
    look_here(leader, "drill-choose")
    leader.get_by_role("link", name="トンネルで切れた通報を呼び返す").click()
    look_here(leader, "drill-prepare")
    expect(leader.locator("#by-desk")).to_have_value("person")
    leader.locator("#who-desk").fill("佐藤・鈴木")
    leader.get_by_role("button", name="この役で準備する").click()
    leader.wait_for_url("**/now")
    expect(leader.locator("form[data-act=start] button")).to_be_enabled()
    state_is(leader, "prepared")
    look_here(leader, "drill-prepared")


def test_callback_from_a_tunnel_with_two_dispatchers(house: RunningHouse, browser: Browser) -> None:
    shutil.copy(Path(__file__).parent / "tunnel.yaml", house.house.folder)
    with (
        tab(browser, house.url, offline=True) as leader,
        desk(browser, house, 0) as first,
        desk(browser, house, 1) as second,
    ):
        leader.set_viewport_size(DESK_SIZE)
        prepare(leader)
        press(leader, "start")
        state_is(leader, "running")
        # One answers, the other sees who.
        expect(first.locator("#queue-ringing li")).to_have_count(1)
        expect(first.locator("#queue-ringing .mark")).to_contain_text("訓練")
        first.keyboard.press("F2")
        expect(first.locator("#queue-mine li")).to_have_count(1)
        second.locator("#queue-others li [data-call], #queue-others li[data-call]").first.click()
        expect(second.locator("#take-told")).to_contain_text("指令員1")
        expect(second.locator("#say")).to_be_hidden()
        say(first, "119番です。場所はどこですか。")
        heard(first, "札幌へ向かう列車です")
        expect(leader.locator("#calls")).to_contain_text("指令員1")
        # A pause stops the simulated people, not the clocks of what was said.
        press(leader, "pause")
        state_is(leader, "paused")
        look(leader, "drill-paused", widths=SIZES)
        leader.set_viewport_size(DESK_SIZE)
        press(leader, "resume")
        leader.locator("#pace").select_option("8")
        press(leader, "pace")
        expect(leader.locator("#log")).to_contain_text("待ち時間の速さ 8")
        # The leader's page says at once that it is cut off, and goes on by itself.
        leader.context.set_offline(True)
        expect(leader.locator("#lost")).to_be_visible()
        look(leader, "drill-lost", widths=SIZES)
        leader.set_viewport_size(DESK_SIZE)
        leader.context.set_offline(False)
        expect(leader.locator("#lost")).to_be_hidden()
        press(leader, "inject")
        expect(leader.locator("#log")).to_contain_text("出来事を起こす")
        # The caller is lost in the tunnel; a reload in the middle loses nothing.
        expect(first.locator("#presence")).to_contain_text("切れています")
        first.reload()
        connected(first)
        heard(first, "札幌へ向かう列車です")
        # Hand-over to the colleague, who calls back.
        second.locator("#take-over").click()
        second.locator("#form button.main").click()
        expect(second.locator("#queue-mine li")).to_have_count(1)
        expect(first.locator("#queue-others li")).to_have_count(1)
        act(second, "call-back")
        expect(second.locator("#presence")).to_contain_text("つながっています")
        # The network of the one who has the call is cut while writing.
        second.context.set_offline(True)
        expect(second.locator("#lost")).to_be_visible()
        say(second, "息はありますか。")
        expect(second.locator("#log .pending")).to_have_count(1)
        second.context.set_offline(False)
        connected(second)
        expect(second.locator("#log .pending")).to_have_count(0)
        heard(second, "息はあります。")
        act(second, "close", 結果="dispatched")
        state_is(leader, "ended")
        expect(leader.locator("#entries")).to_contain_text("息はありますか。")
        look_here(leader, "drill-over")
        leader.get_by_role("link", name="振り返りを開く").click()
        look_back(leader)
        see_again(leader, first)
    (folder,) = drills_in(house.house.folder)
    record = read(folder)
    assert record.held, [each for each in record.checks if not each.held]
    assert {step.state for step in record.steps if step.do in {"answer", "call-back", "close"}} == {
        "done"
    }
    (call,) = record.calls
    assert call.mode.value == "drill"


def see_again(leader: Page, first: Page) -> None:
    """The replay at the console of a dispatcher who is logged in there."""
    leader.locator("tbody th a").click()
    leader.get_by_role("link", name="苫小牧市消防本部 指令センター").click()
    look_here(leader, "drill-replay")
    address = leader.locator("main a.main").get_attribute("href")
    assert address is not None
    first.goto(address)
    expect(first.locator("#replay-title")).to_contain_text("トンネルで切れた通報を呼び返す")
    expect(first.locator("#replay-seek")).to_be_enabled()
    first.locator("#replay-seek").press("End")
    expect(first.locator("#queue")).to_contain_text("救急")


def look_back(leader: Page) -> None:
    """Read the report, and write a comment."""
    expect(leader.locator("h1")).to_have_text("トンネルで切れた通報を呼び返す")
    leader.locator("#by").fill("髙橋 𠮷子①")
    leader.locator("#text").fill("<b>早く</b>気づけた")
    leader.get_by_role("button", name="書き加える").click()
    expect(leader.locator("#comments article")).to_contain_text("<b>早く</b>気づけた")
    assert leader.locator("#comments b").count() == 0
    leader.goto(re.sub("#.*", "", leader.url))
    look_here(leader, "drill-past-one")
    leader.locator("p.links a.main").click()
    expect(leader.locator("h1")).to_contain_text("トンネルで切れた通報を呼び返す")
    expect(leader.locator("body")).to_contain_text("息はありますか。")
    expect(leader.locator("body")).to_contain_text("<b>早く</b>気づけた")
    assert leader.locator("b", has_text="早く").count() == 0
    leader.go_back()
    printed = leader.request.get(leader.url + "/report.pdf")
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.body().startswith(b"%PDF-")
    leader.goto("/past")
    expect(leader.locator("tbody tr")).to_contain_text("佐藤・鈴木")
    look_here(leader, "drill-past")
