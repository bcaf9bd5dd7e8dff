"""The dispatcher asks where the caller is, at the chat page: granted, denied, late, off line."""

import functools
from collections.abc import Iterator
from typing import Any

import pytest
from net119_protocol.api.console_acts import LocationAsked
from net119_protocol.codes import Mode, PositionProblem, TrailCause
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_reference.ports import DispatcherIdentity
from playwright.sync_api import Browser, Page, expect

from tests.reference.mobile.answering import desk_of
from tests.reference.pages.calling import IN_TOWN, Caller, Desk, PagedCall, caller, desk
from tests.reference.pages.chatting import connected, open_chat, say, settled
from tests.reference.pages.looking import look, look_in_both_languages, tab_to
from tests.reference.pages.site import Site, site
from tests.reference.pages.to_call.phone import position
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser
MOVED = IN_TOWN.model_copy(update={"lat": 42.6402, "accuracy_m": 12.0})
STORED = "今いる場所を送りました。消防のシステムに届きました。"


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def console(town: Site) -> Iterator[Desk]:
    with desk(town) as sitting:
        yield sitting


@pytest.fixture
def who(town: Site) -> Caller:
    return caller(town)


def ask(call: PagedCall) -> LocationAsked:
    """The dispatcher asks for the position."""
    provider, who = call.caller.site.town.provider, _dispatcher(call.caller.site)
    return call.caller.site.do(lambda: provider.acts.ask_location(who, call.call_id))


def trail(call: PagedCall) -> list[TrailPoint]:
    """The places of the call after its first one, as the provider has stored them."""
    provider, who = call.caller.site.town.provider, _dispatcher(call.caller.site)
    record = call.caller.site.do(lambda: provider.call_record(who, call.call_id))
    return [each for each in record.trail if each.number > 1]


@functools.cache
def _dispatcher(site: Site) -> DispatcherIdentity:
    """A colleague of the one at the console: at the service itself."""
    return desk_of(site).who


def permit(page: Page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(position(MOVED))


def test_asked_and_sent_by_the_keyboard(who: Caller, console: Desk, browser: Browser) -> None:
    """TOM-16: the fix arrives as it was measured, and only then the page says so (I9)."""
    call = who.call()
    with who.tab(browser) as page:
        open_chat(page, call)
        expect(page.locator("#whereabouts")).to_be_hidden()
        console.answer(call)
        assert ask(call).handset_connected
        expect(page.locator("#whereabouts")).to_be_visible()
        look(page, "chat-place-asked")
        # A page that is loaded, or switched to English, is asked all the same.
        look_in_both_languages(page, "chat-place-asked")
        connected(page)
        expect(page.locator("#whereabouts")).to_be_visible()
        permit(page)
        page.set_viewport_size({"width": 320, "height": 568})
        page.evaluate("window.scrollTo(0, 0)")
        tab_to(page, "#where-send")
        button, end = (
            page.locator("#where-send").bounding_box(),
            page.locator("#end").bounding_box(),
        )
        assert button is not None
        assert end is not None
        assert button["y"] >= 0
        assert button["y"] + button["height"] <= end["y"], "what has the focus is seen"
        page.keyboard.press("Enter")
        expect(page.locator("#where-said")).to_have_text(STORED)
        expect(page.locator("#whereabouts")).to_be_hidden()
        assert page.evaluate("document.activeElement.id") == "where-said"
        look_sent(page)
        (point,) = trail(call)
        assert (point.cause, point.problem) == (TrailCause.ASKED, None)
        assert point.place.fix is not None
        assert (point.place.fix.lat, point.place.fix.lon) == (MOVED.lat, MOVED.lon)
        assert point.place.fix.accuracy_m == MOVED.accuracy_m
        assert point.place.fix.taken_at is not None
        # Asked once more, it is asked once more.
        ask(call)
        expect(page.locator("#whereabouts")).to_be_visible()
        expect(page.locator("#where-said")).to_have_text("")
        page.locator("#where-send").click()
        expect(page.locator("#where-said")).to_have_text(STORED)
        assert len(trail(call)) == 2
    assert console.console.violations == []


def look_sent(page: Page) -> None:
    look(page, "chat-place-sent")
    page.set_viewport_size({"width": 390, "height": 844})


def test_denied_is_told_and_may_be_permitted_afterwards(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """The dispatcher learns that there is none, and why; the caller what to do."""
    call = who.call()
    with who.tab(browser) as page:
        open_chat(page, call)
        console.answer(call)
        ask(call)
        page.locator("#where-send").click()
        expect(page.locator("#where-said")).to_contain_text("許可されていません")
        expect(page.locator("#where-send")).to_be_visible()
        look_in_both_languages(page, "chat-place-denied")
        (point,) = trail(call)
        assert point.problem is PositionProblem.DENIED
        assert point.place.fix == IN_TOWN, "the last known place stands"
        ask(call)
        connected(page)
        permit(page)
        page.locator("#where-send").click()
        expect(page.locator("#where-said")).to_have_text(STORED)
        assert [each.problem for each in trail(call)] == [PositionProblem.DENIED, None]


def test_no_position_in_time_is_told(who: Caller, console: Desk, browser: Browser) -> None:
    call = who.call()
    with who.tab(browser) as page:
        page.add_init_script(
            "navigator.geolocation.getCurrentPosition = done => { window.late = done; };"
        )
        open_chat(page, call)
        console.answer(call)
        ask(call)
        expect(page.locator("#whereabouts")).to_be_visible()
        # Once connected: the page's other clocks run on real time until here.
        page.evaluate(
            "() => { const real = setTimeout; window.setTimeout = (f, ms) => real(f, ms / 100); }"
        )
        page.locator("#where-send").click()
        expect(page.locator("#where-said")).to_contain_text("まだ位置がわかりません")
        (point,) = trail(call)
        assert point.problem is PositionProblem.TIMEOUT
        # Late is better than never.
        page.evaluate(
            "late({ coords: { latitude: 42.64, longitude: 141.6, accuracy: 30 },"
            " timestamp: Date.now() })"
        )
        expect(page.locator("#where-said")).to_have_text(STORED)
        assert trail(call)[-1].place.fix is not None
        assert trail(call)[-1].problem is None


def test_measured_out_of_coverage_it_is_sent_when_connected_again(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """I9: not called sent before it is stored; nothing is lost."""
    call = who.call()
    with who.tab(browser, offline=True) as page:
        permit(page)
        open_chat(page, call)
        console.answer(call)
        ask(call)
        expect(page.locator("#whereabouts")).to_be_visible()
        page.context.set_offline(True)
        expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
        page.locator("#where-send").click()
        expect(page.locator("#where-said")).to_contain_text("まだ届いていません")
        assert trail(call) == []
        page.context.set_offline(False)
        expect(page.locator("#where-said")).to_have_text(STORED)
        assert [each.problem for each in trail(call)] == [None]


def test_answered_on_the_other_device_it_is_asked_no_more(
    who: Caller, console: Desk, browser: Browser
) -> None:
    call = who.call()
    with who.tab(browser, offline=True) as page:
        open_chat(page, call)
        console.answer(call)
        ask(call)
        expect(page.locator("#whereabouts")).to_be_visible()
        page.context.set_offline(True)
        expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
        with who.tab(browser) as other:
            permit(other)
            open_chat(other, call)
            other.locator("#where-send").click()
            expect(other.locator("#where-said")).to_have_text(STORED)
        page.context.set_offline(False)
        expect(page.locator("#whereabouts")).to_be_hidden()


def test_practice_stays_practice_and_the_chat_goes_on(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """CTS-11."""
    call = who.call(mode=Mode.PRACTICE)
    with who.tab(browser) as page:
        permit(page)
        open_chat(page, call)
        console.answer(call)
        ask(call)
        expect(page.locator("#whereabouts")).to_contain_text(
            "【練習】消防が、今いる場所を聞いています。"
        )
        say(page, "練習です")
        settled(page)
        page.locator("#where-send").click()
        expect(page.locator("#where-said")).to_have_text(STORED)
        expect(page.locator(".practice-banner").first).to_be_visible()


def test_without_a_script_the_dispatcher_is_told_that_there_is_none(
    who: Caller, console: Desk
) -> None:
    call = who.call()
    console.answer(call)
    ask(call)
    with who.http() as client:
        page = client.get(call.path).text
        assert "消防が、今いる場所を聞いています。" in page
        assert 'value="no-position"' in page
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        form: dict[str, Any] = {"csrf": csrf, "action": "no-position"}
        told = client.post(f"{call.path}/location", data=form)
        assert told.status_code == 200
        assert "位置を送れないことを、消防に伝えました。" in told.text
        for wrong, status in (({"csrf": csrf}, 422), ({"action": "no-position"}, 403)):
            assert client.post(f"{call.path}/location", data=wrong).status_code == status
    (point,) = trail(call)
    assert point.problem is PositionProblem.OFF
