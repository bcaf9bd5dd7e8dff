"""The application in Chromium: by keyboard, by touch, with the map, at every width."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.reference.pages.applying import card, filled, mailed_url
from tests.reference.pages.looking import look, look_in_both_languages, tab, tab_to
from tests.reference.pages.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "card.jpg"
    path.write_bytes(card())
    return str(path)


def named(name: str) -> str:
    """Selector of a field by its name."""
    return f"[name='{name}']"


def fill(page: Page, site: Site, **changes: str) -> None:
    """Type a complete application, but for its position and image."""
    for name, text in filled(site, **changes).items():
        box = page.locator(named(name))
        if name.startswith(("data.optional.contacts", "data.address.l")) or box.count() == 0:
            continue
        kind = box.first.get_attribute("type")
        if kind == "radio":
            page.locator(f"{named(name)}[value='{text}']").check()
        elif box.first.evaluate("each => each.tagName") == "SELECT":
            box.select_option(text)
        else:
            box.fill(text)


def open_map(page: Page, path: str = "data.address") -> None:
    """Press the button that opens the map, and wait for the map."""
    page.locator(f".open-map[data-for='{path}']").click()
    expect(page.locator(".map-panel[data-ready=yes]")).to_be_visible()


def place(page: Page) -> tuple[float, float]:
    """The position in the fields."""
    lat = page.locator(named("data.address.lat")).input_value()
    return float(lat), float(page.locator(named("data.address.lon")).input_value())


def press(page: Page, action: str) -> None:
    """Press a button by its value."""
    page.locator(f"button[value='{action}']").click()


def test_a_whole_application_with_the_map(tomakomai: Site, browser: Browser, photo: str) -> None:
    url = mailed_url(tomakomai, agreed=False)
    with tab(browser, tomakomai.base_url) as page:
        page.goto(url)
        press(page, "next")
        expect(page.locator("#errors")).to_be_focused()
        look_in_both_languages(page, "terms")
        page.get_by_label("同意する").check()
        press(page, "next")
        look_in_both_languages(page, "form-empty")
        press(page, "next")
        expect(page.locator("#errors")).to_be_focused()
        look_in_both_languages(page, "form-wrong")
        fill(page, tomakomai)
        open_map(page)
        before = page.locator(".leaflet-marker-icon").bounding_box()
        assert before is not None
        page.mouse.move(before["x"] + 22, before["y"] + 30)
        page.mouse.down()
        page.mouse.move(before["x"] + 30, before["y"] + 20, steps=4)
        page.mouse.up()
        expect(page.locator(".said")).to_have_text("印は 苫小牧市 の中にあります。")
        dragged = place(page)
        page.get_by_role("button", name="北へ").click()
        assert place(page)[0] == pytest.approx(dragged[0] + 100 / 111_320, abs=2e-6)
        assert place(page)[1] == pytest.approx(dragged[1], abs=2e-6)
        look(page, "form-map")
        page.get_by_role("button", name="この位置に決める").click()
        expect(page.locator(".open-map")).to_be_focused()
        page.set_input_files("#image", photo)
        press(page, "add-contact")
        page.locator(named("data.optional.contacts.0.name")).fill("髙橋　一郎")
        page.locator(named("data.optional.contacts.0.phone")).fill("0000-11-1111")
        press(page, "add-place")
        page.locator(named("data.optional.frequent_places.0.label")).fill("会社")
        page.locator(named("data.optional.frequent_places.0.address")).fill("苫小牧市旭町1")
        open_map(page, "data.optional.frequent_places.0")
        page.get_by_role("button", name="北へ").click()
        page.get_by_role("button", name="この位置に決める").click()
        look_in_both_languages(page, "form-full")
        press(page, "next")
        expect(page.locator("body")).to_have_attribute("data-page", "confirm")
        page.wait_for_load_state("load")
        for picture in page.locator("main img").all():
            assert picture.evaluate("each => each.complete && each.naturalWidth > 0")
        assert page.locator("figure.drawn").count() == 2
        look_in_both_languages(page, "confirm")
        # A form is sent once by the page's script, which comes after the page.
        page.wait_for_load_state("load")
        page.locator("button[value=submit]").evaluate(
            """button => {
              let sent = 0;
              const count = event => { sent += event.defaultPrevented ? 0 : 1; };
              window.addEventListener("submit", count);
              button.click();
              // As at the end of a page's first load, which may fall between two clicks.
              window.dispatchEvent(new PageTransitionEvent("pageshow", {persisted: false}));
              button.click();
              if (sent !== 1) { throw new Error(`sent ${sent} times`); }
            }"""
        )
        expect(page.locator("body")).to_have_attribute("data-page", "submitted")
        look_in_both_languages(page, "submitted")
        page.goto(f"{url}/confirm")
        expect(page.locator("body")).to_have_attribute("data-page", "link-closed")
        look_in_both_languages(page, "link-used")
        page.goto(f"{url}x")
        look_in_both_languages(page, "link-unknown")
    assert len(tomakomai.do(tomakomai.town.rows)) == 1


def test_by_keyboard_alone(tomakomai: Site, browser: Browser, photo: str) -> None:
    url = mailed_url(tomakomai, agreed=False)
    with tab(browser, tomakomai.base_url) as page:
        page.goto(url)
        tab_to(page, named("agree"))
        page.keyboard.press("Space")
        tab_to(page, "button[value=next]")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_have_attribute("data-page", "form")
        for name, text in (
            ("data.name", "髙橋　𠮷子"),
            ("data.kana", "たかはし　よしこ"),
            ("data.birth_date", "S55.2.29"),
        ):
            tab_to(page, named(name))
            page.keyboard.insert_text(text)
        tab_to(page, named("data.sex"))
        page.keyboard.press("Space")
        tab_to(page, named("data.address.municipality_code"))
        page.keyboard.type("苫小牧")
        page.locator(named("data.address.municipality_code")).select_option("01213")
        tab_to(page, named("data.address.street"))
        page.keyboard.insert_text("旭町4丁目5番6号")
        tab_to(page, ".open-map")
        page.keyboard.press("Enter")
        expect(page.locator(".leaflet-marker-icon")).to_be_focused()
        for key in ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
        lat, lon = place(page)
        assert (lat, lon) != (0.0, 0.0)
        tab_to(page, "[data-do=done]")
        page.keyboard.press("Enter")
        expect(page.locator(".map-panel")).to_have_count(0)
        expect(page.locator(".open-map")).to_be_focused()
        tab_to(page, named("basis"))
        page.keyboard.press("Space")
        tab_to(page, named("data.reason"))
        page.keyboard.insert_text("聞こえないため")
        tab_to(page, named("text_capable"))
        page.keyboard.press("Space")
        tab_to(page, "#image")
        page.set_input_files("#image", photo)
        tab_to(page, "main button[value=next]")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_have_attribute("data-page", "confirm")
        tab_to(page, "button[value=submit]")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_have_attribute("data-page", "submitted")
    assert len(tomakomai.do(tomakomai.town.rows)) == 1


def test_a_mark_that_nobody_moved_is_no_position(tomakomai: Site, browser: Browser) -> None:
    """Where the map puts the mark says nothing of the house."""
    url = mailed_url(tomakomai)
    with tab(browser, tomakomai.base_url) as page:
        page.goto(f"{url}/form")
        expect(page.locator("body")).to_contain_text("市町村の境だけが描かれます")
        page.locator(named("data.address.municipality_code")).select_option("01213")
        open_map(page)
        page.get_by_role("button", name="この位置に決める").click()
        expect(page.locator(".said")).to_contain_text("まだ印を動かしていません")
        expect(page.locator(".map-panel")).to_have_count(1)
        expect(page.locator(".leaflet-marker-icon")).to_be_focused()
        assert page.locator(named("data.address.lat")).input_value() == ""
        page.keyboard.press("ArrowUp")
        page.get_by_role("button", name="この位置に決める").click()
        expect(page.locator(".map-panel")).to_have_count(0)
        assert page.locator(named("data.address.lat")).input_value() != ""
        # A position that was there before needs no move.
        open_map(page)
        page.get_by_role("button", name="この位置に決める").click()
        expect(page.locator(".map-panel")).to_have_count(0)


def test_the_mark_is_set_by_touch(tomakomai: Site, browser: Browser) -> None:
    url = mailed_url(tomakomai)
    context = browser.new_context(
        base_url=tomakomai.base_url,
        ignore_https_errors=True,
        has_touch=True,
        is_mobile=True,
        viewport={"width": 390, "height": 844},
    )
    try:
        page = context.new_page()
        page.goto(f"{url}/form")
        page.locator(named("data.address.municipality_code")).select_option("01213")
        page.locator(".open-map").tap()
        holder = page.locator(".map-panel[data-ready=yes] .map")
        expect(holder).to_be_visible()
        box = holder.bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator(named("data.address.lat"))).to_have_value(re.compile(r"^42\.\d{6}$"))
        page.locator("[data-do=done]").tap()
        expect(page.locator(".place-said").first).to_have_text("位置が決まりました。")
    finally:
        context.close()


def test_without_scripts(tomakomai: Site, browser: Browser, photo: str) -> None:
    url = mailed_url(tomakomai)
    with tab(browser, tomakomai.base_url, script=False) as page:
        page.goto(url)
        expect(page.locator(".open-map")).to_be_hidden()
        page.locator(named("data.address.prefecture")).select_option("北海道")
        press(page, "municipalities")
        fill(page, tomakomai)
        page.locator("[name='data.address.position_confirmed'][value=no]").check()
        page.set_input_files("#image", photo)
        press(page, "next")
        expect(page.locator("body")).to_have_attribute("data-page", "confirm")
        assert page.locator("main img").count() == 1
        press(page, "submit")
        expect(page.locator("body")).to_have_attribute("data-page", "submitted")


def test_what_scripts_add(tomakomai: Site, browser: Browser, tmp_path: Path) -> None:
    url = mailed_url(tomakomai)
    huge = tmp_path / "huge.jpg"
    huge.write_bytes(b"\xff\xd8" + bytes(10 * 1024 * 1024))
    with tab(browser, tomakomai.base_url) as page:
        page.goto(url)
        page.locator(".open-map").click()
        expect(page.locator(".said")).to_have_text("先に市町村を選んでください。")
        expect(page.locator(named("data.address.municipality_code"))).to_be_focused()
        page.get_by_role("button", name="地図を閉じる").click()
        page.locator(named("data.address.prefecture")).select_option("熊本県")
        expect(page.locator("option[value='43214']")).to_have_count(1)
        page.locator(named("data.address.municipality_code")).select_option("43214")
        page.locator("[id='data.birth_date-calendar']").fill("1980-02-29")
        expect(page.locator(named("data.birth_date"))).to_have_value("1980-02-29")
        page.set_input_files("#image", str(huge))
        expect(page.locator("#image-size")).to_have_text(re.compile("10MBまで"))
        assert page.locator("#image").evaluate("each => each.files.length") == 0
        press(page, "save")
        expect(page.locator(named("data.address.municipality_code"))).to_have_value("43214")


def test_a_municipality_chosen_before_the_list_came_stays(
    tomakomai: Site, browser: Browser
) -> None:
    url = mailed_url(tomakomai)
    with tab(browser, tomakomai.base_url) as page:
        held: list[Route] = []
        page.route("**/places/municipalities?*", lambda route: held.append(route))

        def let_it_come() -> None:
            deadline = time.monotonic() + 30
            while not held:
                assert time.monotonic() < deadline, "the page did not ask for the list"
                page.evaluate("0")  # the handler above runs only inside calls like this one
            held.pop().continue_()

        page.goto(url)
        chosen = filled(tomakomai)["data.address.municipality_code"]
        prefecture = page.locator(named("data.address.prefecture"))
        municipality = page.locator(named("data.address.municipality_code"))
        prefecture.select_option(filled(tomakomai)["data.address.prefecture"])
        municipality.select_option(chosen)
        # The old list is marked, so that its replacement can be waited for.
        municipality.evaluate("each => each.options[1].className = 'old'")
        let_it_come()
        expect(municipality.locator("option.old")).to_have_count(0)
        assert municipality.input_value() == chosen
        # Of another prefecture's list it is no member, and goes.
        prefecture.select_option("熊本県")
        let_it_come()
        expect(municipality).to_have_value("")


def test_two_tabs_of_one_url(tomakomai: Site, browser: Browser, photo: str) -> None:
    url = mailed_url(tomakomai)
    with tab(browser, tomakomai.base_url) as first:
        first.goto(url)
        second = first.context.new_page()
        second.goto(url)
        for page in (first, second):
            fill(page, tomakomai)
            page.locator("[name='data.address.position_confirmed'][value=no]").check()
            page.set_input_files("#image", photo)
            press(page, "next")
            expect(page.locator("body")).to_have_attribute("data-page", "confirm")
        press(second, "submit")
        expect(second.locator("body")).to_have_attribute("data-page", "submitted")
        press(first, "submit")
        expect(first.locator("[data-used=applied]")).to_be_visible()
        second.close()
    assert len(tomakomai.do(tomakomai.town.rows)) == 1
