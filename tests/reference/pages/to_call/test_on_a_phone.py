"""The way to a call in Chromium: touch, keyboard, a position or none, and coverage that is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from net119_protocol.codes import Kind, Mode
from net119_protocol.places import Fix
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.reference.pages.looking import look, look_in_both_languages, tab_to
from tests.reference.pages.to_call.caller import CHITOSE, TOMAKOMAI, Caller, known
from tests.reference.pages.to_call.phone import call, phone, position, to_map, value

pytestmark = pytest.mark.browser
ROUGH = Fix(lat=42.63, lon=141.6, accuracy_m=3000.0)


def on_page(page: Page, name: str) -> None:
    """Wait for a page by its name."""
    expect(page.locator("body")).to_have_attribute("data-page", name)


def drawn(page: Page) -> None:
    """Wait until the map shows borders."""
    expect(page.locator("#map[data-borders]")).to_be_visible()


def test_three_taps_by_touch_at_every_width(somebody: Caller, browser: Browser) -> None:
    """CTS-06, CNB-26, CNB-28, ASO-23; with the browser's own question it is four."""
    with phone(browser, somebody, TOMAKOMAI) as page:
        look_in_both_languages(page, "to-call-start")
        page.locator("a[data-kind=fire]").tap()
        look_in_both_languages(page, "to-call-place")
        page.locator("a[data-place=current]").tap()
        drawn(page)
        expect(page.locator("#said")).to_contain_text("誤差 約 13 m")
        expect(page.locator("#said")).to_contain_text("北海道苫小牧市")
        expect(page.locator("#credit")).to_contain_text("気象庁")
        look(page, "to-call-map")
        call(page)
        on_page(page, "call-chat")
        (view,) = somebody.calls()
        fix = known(somebody.site, view.call_id).place.fix
        assert fix is not None
        assert (fix.lat, fix.lon) == (TOMAKOMAI.lat, TOMAKOMAI.lon)
        assert (fix.accuracy_m, view.kind, view.mode) == (12.5, Kind.FIRE, Mode.TEST)
        assert fix.taken_at is not None
        page.goto(somebody.path)
        expect(page.locator("[data-code=call-open]")).to_be_visible()
        look(page, "to-call-open")


def test_the_map_speaks_english_too(somebody: Caller, browser: Browser) -> None:
    with phone(browser, somebody, TOMAKOMAI) as page:
        page.goto(f"{somebody.path}?lang=en")
        to_map(page, "ambulance", "home")
        drawn(page)
        expect(page.locator("#said")).to_contain_text("to about 13 m")
        look(page, "to-call-map-home")


def test_practice_looks_different_on_every_page(somebody: Caller, browser: Browser) -> None:
    """CTS-11."""
    with phone(browser, somebody, CHITOSE) as page:
        page.locator("a[data-practice=start]").tap()
        look_in_both_languages(page, "to-call-practice")
        page.locator("a[data-kind=ambulance]").tap()
        look(page, "to-call-practice-place", widths=(320,))
        page.locator("a[data-place=home]").tap()
        drawn(page)
        # Home and device are 21 km apart: seen before anything is sent (CNB-27).
        expect(page.locator("#apart")).to_contain_text("約 21 km")
        look(page, "to-call-practice-map")
        call(page)
        assert [each.mode for each in somebody.calls()] == [Mode.PRACTICE]


def test_the_point_is_corrected_by_buttons_keys_and_finger_and_the_fix_stays(
    somebody: Caller, browser: Browser
) -> None:
    """CNB-28, ASO-16."""
    with phone(browser, somebody, TOMAKOMAI) as page:
        to_map(page)
        drawn(page)
        assert value(page, "pin.lat") == ""
        page.locator("[data-move='0,1']").tap()
        assert float(value(page, "pin.lat")) == pytest.approx(TOMAKOMAI.lat + 100 / 111_320)
        expect(page.locator("#place-said")).to_contain_text("直した場所")
        mark = page.locator(".leaflet-marker-icon")
        mark.focus()
        page.keyboard.press("ArrowRight")
        east = float(value(page, "pin.lon"))
        assert east > TOMAKOMAI.lon
        page.locator("#map").scroll_into_view_if_needed()
        box = page.locator("#map").bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + 60, box["y"] + 120)
        expect(page.locator("#call [name='pin.lon']")).not_to_have_value(repr(east))
        assert float(value(page, "pin.lon")) < TOMAKOMAI.lon
        # The position goes on being measured, and moves no corrected point.
        pinned = value(page, "pin.lon")
        page.context.set_geolocation(position(TOMAKOMAI.model_copy(update={"lat": 42.6342})))
        expect(page.locator("#call [name='fix.lat']")).to_have_value("42.6342")
        assert value(page, "pin.lon") == pinned
        page.locator("[data-do=reset]").tap()
        assert value(page, "pin.lat") == ""
        page.locator("[data-move='-1,0']").tap()
        sent = float(value(page, "pin.lon"))
        call(page)
        (view,) = somebody.calls()
        place = known(somebody.site, view.call_id).place
        assert place.fix is not None
        assert place.corrected_pin is not None
        assert (place.fix.lat, place.corrected_pin.lon) == (42.6342, sent)


def test_by_keyboard_alone(somebody: Caller, browser: Browser) -> None:
    with phone(browser, somebody, TOMAKOMAI) as page:
        for wanted, name in (
            ("a[data-kind=other]", "call-place"),
            ("a[data-place=frequent]", "call-map"),
            ("button[value=call]", "call-chat"),
        ):
            tab_to(page, wanted)
            page.keyboard.press("Enter")
            on_page(page, name)
    (view,) = somebody.calls()
    frequent = known(somebody.site, view.call_id).place.frequent
    assert frequent is not None
    assert frequent.label == "学校①"


def test_denied_it_says_how_to_turn_it_on(somebody: Caller, browser: Browser) -> None:
    """CNB-13, ASO-10."""
    with phone(browser, somebody, None, permitted=False) as page:
        to_map(page)
        expect(page.locator("#refused-here")).to_be_visible()
        look(page, "to-call-denied")
        page.locator("button[value=call]").tap()
        on_page(page, "call-refused")
        look(page, "to-call-refused")
        page.locator(".switch").click()
        expect(page.locator("#refused-here")).to_be_visible()
        page.locator("button[value=call]").tap()
        on_page(page, "call-refused")
        look(page, "to-call-refused")
        assert somebody.calls() == ()
        # Turned on in the settings, the same attempt goes on.
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation(position(TOMAKOMAI))
        page.locator("a.main[href*='/map?']").tap()
        expect(page.locator("#said")).to_contain_text("Your position is known")
        call(page)
    assert len(somebody.calls()) == 1


def test_without_a_fix_in_time_the_call_goes_on(somebody: Caller, browser: Browser) -> None:
    with phone(browser, somebody, None) as page:
        page.clock.install()
        to_map(page)
        # Pressed at once: it waits for the position, and sends by itself.
        page.locator("button[value=call]").tap()
        expect(page.locator("#position-said")).to_contain_text("最長15秒")
        assert somebody.calls() == ()
        page.clock.fast_forward(15_000)
        page.wait_for_url("**/calls/*")
    (view,) = somebody.calls()
    assert known(somebody.site, view.call_id).routing.rule == "no-position"


def test_without_a_fix_the_mark_stands_in_once_it_is_moved(
    somebody: Caller, browser: Browser
) -> None:
    with phone(browser, somebody, None) as page:
        page.clock.install()
        to_map(page)
        page.clock.fast_forward(15_000)
        expect(page.locator("#position-said")).to_contain_text("位置がわかりませんでした")
        drawn(page)
        assert value(page, "pin.lat") == "", "where the map begins says nothing"
        page.locator("[data-move='0,1']").tap()
        call(page)
    (view,) = somebody.calls()
    place = known(somebody.site, view.call_id).place
    assert (place.fix, place.point) == (None, place.corrected_pin)
    assert place.point is not None


def test_a_rough_position_is_said_to_be_one(somebody: Caller, browser: Browser) -> None:
    """A42, A43: approximate permission is kilometres wide."""
    with phone(browser, somebody, ROUGH) as page:
        to_map(page)
        expect(page.locator("#rough")).to_be_visible()
        expect(page.locator("#position-said")).to_contain_text("約 3.0 km")


def test_out_of_coverage_is_shown_at_once(somebody: Caller, browser: Browser) -> None:
    """CNB-36, CNB-38."""
    with phone(browser, somebody, TOMAKOMAI) as page:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.context.set_offline(True)
        page.locator("a[data-kind=fire]").tap()
        on_page(page, "call-offline")
        look(page, "to-call-offline")
        page.context.set_offline(False)
        # It comes back by itself, to the page that was asked for.
        on_page(page, "call-place")


def test_a_call_that_gets_no_connection_is_sent_again_and_is_one_call(
    somebody: Caller, browser: Browser
) -> None:
    with phone(browser, somebody, TOMAKOMAI) as page:
        to_map(page)
        drawn(page)
        page.locator("[data-move='0,1']").tap()
        pinned = value(page, "pin.lat")
        page.context.set_offline(True)
        page.locator("button[value=call]").tap()
        expect(page.locator("#unsent")).to_be_visible()
        look(page, "to-call-unsent")
        assert value(page, "pin.lat") == pinned, "nothing that was entered is lost"
        assert somebody.calls() == ()

        lost: list[APIResponse] = []

        def lose(route: Route) -> None:
            # It arrives, and the answer is lost on the way back.
            if not lost:
                lost.append(route.fetch())
                route.abort("internetdisconnected")
            else:
                route.continue_()

        page.route("**/calls", lose)
        page.context.set_offline(False)
        page.wait_for_url("**/calls/*")
    assert len(lost) == 1
    assert len(somebody.calls()) == 1


def test_tapping_twice_makes_one_call(somebody: Caller, browser: Browser) -> None:
    with phone(browser, somebody, TOMAKOMAI) as page:
        to_map(page)
        drawn(page)
        page.locator("button[value=call]").dblclick()
        page.wait_for_url("**/calls/*")
        page.go_back()
        on_page(page, "call-map")
        call(page)
    assert len(somebody.calls()) == 1


@contextmanager
def pressed_early(page: Page) -> Iterator[list[Route]]:
    """Press the button while call.js is still on its way; what is done with it comes after."""
    held: list[Route] = []
    page.route("**/call.js*", lambda route: held.append(route))
    page.locator("a[data-kind=other]").tap()
    page.locator("a[data-place=frequent]").first.tap(no_wait_after=True)
    button = page.locator("button[value=call]")
    button.tap(no_wait_after=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    yield held
    page.wait_for_load_state()


def test_pressed_before_the_script_came_it_calls_once_that_is_there(
    somebody: Caller, browser: Browser
) -> None:
    """A slow network brings the button long before what measures the position."""
    with phone(browser, somebody, TOMAKOMAI) as page:
        with pressed_early(page) as (held,):
            expect(page.locator("#position-said")).to_contain_text("最長15秒")
            expect(page.locator("[data-code=no-script]")).to_be_hidden()
            assert somebody.calls() == ()
            held.continue_()
        page.wait_for_url("**/calls/*")
    (view,) = somebody.calls()
    assert known(somebody.site, view.call_id).place.fix is not None


def test_where_the_script_never_comes_the_form_asks_and_calls(
    somebody: Caller, browser: Browser
) -> None:
    """A press that waited for it is not lost: it is sent the plain way, and answered."""
    with phone(browser, somebody, TOMAKOMAI) as page:
        with pressed_early(page) as (held,):
            # The page that answers wants it again, and does not get it either.
            page.route("**/call.js*", lambda route: route.abort())
            held.abort()
        expect(page.locator("[role=alert]").first).to_contain_text("まだ通報していません")
        expect(page.locator("[data-code=no-script]")).to_be_visible()
        page.locator("input[name=positioning][value=on]").check()
        call(page)
    assert len(somebody.calls()) == 1


def test_without_the_map_one_can_call(somebody: Caller, browser: Browser) -> None:
    with phone(browser, somebody, TOMAKOMAI) as page:
        page.route("**/leaflet.js*", lambda route: route.abort())
        to_map(page)
        expect(page.locator("#map-failed")).to_be_visible()
        expect(page.locator("#said")).to_contain_text("北海道苫小牧市")
        call(page)
    assert len(somebody.calls()) == 1


def test_a_map_that_breaks_holds_no_call_back(somebody: Caller, browser: Browser) -> None:
    """Neither one that waits for the position, nor does it swallow the next tap."""
    broken = "window.L = {map: function () { throw new Error('the map broke'); }};"
    with phone(browser, somebody, None, breaks="the map broke") as page:
        page.route(
            "**/leaflet.js*",
            lambda route: route.fulfill(content_type="text/javascript", body=broken),
        )
        to_map(page, place="home")
        expect(page.locator("#map-failed")).to_be_visible()
        page.locator("button[value=call]").tap()
        expect(page.locator("#position-said")).to_contain_text("最長15秒")
        page.context.set_geolocation(position(TOMAKOMAI))
        page.wait_for_url("**/calls/*")
    (view,) = somebody.calls()
    assert known(somebody.site, view.call_id).place.fix is not None


def test_without_scripts_one_can_call(somebody: Caller, browser: Browser) -> None:
    with phone(browser, somebody, None, java_script_enabled=False) as page:
        to_map(page)
        page.get_by_label("オン", exact=True).check()
        page.locator("button[value=call]").tap()
        on_page(page, "call-chat")
    (view,) = somebody.calls()
    assert known(somebody.site, view.call_id).routing.rule == "no-position"
