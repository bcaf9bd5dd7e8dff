"""A person plays the caller on a phone of the local network; the program plays the dispatcher."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_scenarios.drills.folder import drills_in, read
from playwright.sync_api import Browser, Geolocation, Page, expect

from tests.reference.pages.looking import look_in_both_languages, tab
from tests.scenarios.drills.web.running import RunningHouse

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LAN = "127.96.0.20"
PLACE: Geolocation = {"latitude": 42.6341, "longitude": 141.6055, "accuracy": 20.0}


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    """A house that lets phones in."""
    with RunningHouse(tmp_path_factory.mktemp("drills"), LAN).serving() as running:
        yield running


def prepare(leader: Page) -> None:
    leader.goto("/drills/first-call")
    leader.locator("[name^=by-]").nth(0).select_option("person")
    leader.locator("[name^=by-]").nth(1).select_option("rule-based")
    leader.locator("#pace").select_option("0")
    leader.locator("form button.main").click()
    leader.wait_for_url("**/now")
    expect(leader.locator("form[data-act=start] button")).to_be_enabled()


def prepared_phone(page: Page, house: RunningHouse) -> None:
    """What a phone opens first: how to trust the certificate, and whether positions work."""
    page.goto("/")
    expect(page).to_have_url(f"http://{LAN}:{house.house.hall.ports.start}/phone")
    look_in_both_languages(page, "drill-phone")
    for path in ("/drills", "/now", "/now/state", "/caller/x"):
        assert page.request.get(path).status == 404, path
    for name, kind in (
        ("net119-drill.crt", "application/x-x509-ca-cert"),
        ("net119-drill.mobileconfig", "application/x-apple-aspen-config"),
    ):
        answer = page.request.get(f"/{name}")
        assert (answer.status, answer.headers["content-type"]) == (200, kind)


def call(phone: Page) -> None:
    """From the own page through log-in and call page to the chat."""
    log_in = phone.locator("ol.order .key")
    login_id, password = log_in.nth(0).inner_text(), log_in.nth(1).inner_text()
    phone.locator("ol.order a.main").first.click()
    phone.locator("input[name=login_id]").fill(login_id)
    phone.locator("input[name=password]").fill(password)
    phone.keyboard.press("Enter")
    phone.locator("button[value=call-page]").click()
    phone.wait_for_url("**/made*")
    phone.locator("main a[href^='/c/']").first.click()
    phone.locator("[data-kind=ambulance]").click()
    phone.locator("[data-place=current]").click()
    phone.locator("button.call-now").click()
    phone.wait_for_url("**/calls/*")


def test_a_person_calls_from_a_phone_and_is_asked(
    open_house: RunningHouse, browser: Browser
) -> None:
    house = open_house.house
    assert house.lan is not None
    install = f"http://{LAN}:{house.hall.ports.start}"
    with tab(browser, open_house.url) as leader, tab(browser, install) as phone:
        prepared_phone(phone, open_house)
        prepare(leader)
        leader.goto("/phones")
        look_in_both_languages(leader, "drill-phones")
        role = leader.locator("figure.code a[href*='/caller/']").first
        expect(leader.locator("figure.code").nth(1)).to_contain_text("訓練の役")
        address = role.get_attribute("href")
        assert address is not None
        assert address.startswith(f"{house.lan.people}/caller/")
        leader.goto("/now")
        leader.locator("form[data-act=start] button").click()
        expect(leader.locator("#word")).to_have_attribute("data-state", "running")
        context = browser.new_context(
            ignore_https_errors=True,
            geolocation=PLACE,
            permissions=["geolocation"],
            locale="ja-JP",
            viewport={"width": 390, "height": 844},
        )
        caller = context.new_page()
        caller.goto(f"{house.lan.people}/position")
        look_in_both_languages(caller, "drill-position")
        caller.locator("#ask").click()
        expect(caller.locator("#told")).to_have_class("notice good")
        caller.goto(address)
        look_in_both_languages(caller, "drill-caller")
        call(caller)
        expect(caller.locator("main")).to_contain_text("訓練")
        expect(caller.locator(".line.dispatcher").first).to_be_visible()
        expect(leader.locator("#calls .call")).to_have_attribute("data-mode", "drill")
        assert caller.request.get(f"{house.lan.people}/now").status == 404
        context.close()
        leader.locator("#ending summary").click()
        leader.locator("form[data-act=end] button").click()
        expect(leader.locator("#word")).to_have_attribute("data-state", "ended")
    (folder,) = drills_in(Path(house.folder))
    record = read(folder)
    assert {each.by for each in record.roles} == {"person", "rule-based"}
    assert [each.mode.value for each in record.calls] == ["drill"]
