"""A drill with staff: its pages give a log-in, and an announcement sent there reaches a caller."""

import time

import pytest
from net119_scenarios.drills.folder import drills_in, read
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.consoles import DESK_SIZE
from tests.reference.pages.looking import look, look_in_both_languages, tab
from tests.scenarios.drills.web.running import RunningHouse

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SUBJECT = "知多地方のNET119が止まっています①"
TEXT = "11月29日（日）の午前9時から、知多地方で使えません（髙）。FAX 119を使ってください。"


def prepare(leader: Page, name: str, *simulated: str) -> None:
    leader.goto(f"/drills/{name}")
    for actor in simulated:
        leader.locator(f"#by-{actor}").select_option("simulator")
        leader.locator("#pace").select_option("0")
    leader.locator("form button.main").click()
    leader.wait_for_url("**/now")
    expect(leader.locator("form[data-act=start] button")).to_be_enabled()


def end(leader: Page) -> None:
    leader.goto("/now")
    leader.locator("#ending summary").click()
    leader.locator("#ending button").click()
    expect(leader.locator("#word")).to_have_attribute("data-state", "ended")


def announce(staff: Page, department: str, name: str, password: str) -> None:
    staff.locator("[name=department]").select_option(label=department)
    staff.locator("[name=name]").fill(name)
    staff.locator("[name=password]").fill(password)
    staff.locator("#log-in button[value=log-in]").click()
    staff.locator("a[href='/staff/announcements']").first.click()
    staff.locator("[name=subject]").fill(SUBJECT)
    staff.locator("[name=text]").fill(TEXT)
    staff.locator("#announce button[value=next]").click()
    staff.locator("#announce button[value=send]").click()
    expect(staff.locator("#progress")).to_be_visible()


def arrived(boxes: Page) -> None:
    """Fetch the page of a mailbox again until the announcement stands there."""
    deadline = time.monotonic() + 30
    while boxes.get_by_text(SUBJECT).count() == 0:
        assert time.monotonic() < deadline, boxes.locator("body").inner_text()
        boxes.reload()


def test_the_announcement_of_an_outage_reaches_the_registrants(
    house: RunningHouse, browser: Browser
) -> None:
    with tab(browser, house.url) as leader:
        leader.goto("/")
        expect(leader.locator("#staff")).to_have_count(0)
        leader.goto("/drills/service-outage")
        expect(leader.locator("#staff")).to_contain_text("苫小牧市消防本部")
        look_in_both_languages(leader, "drill-prepare-staff")
        leader.set_viewport_size(DESK_SIZE)
        prepare(leader, "service-outage", "tomakomai")
        card = leader.locator("[data-staff=tomakomai]")
        shown = card.locator(".key").inner_text()
        look(leader, "drill-prepared-staff", widths=(1024, 1280))
        leader.set_viewport_size(DESK_SIZE)
        leader.locator("form[data-act=start] button").click()
        expect(leader.locator("#word")).to_have_attribute("data-state", "running")
        leader.goto("/")
        look_in_both_languages(leader, "drill-start-staff")
        row = leader.locator("#staff tbody tr")
        password = row.locator(".key").inner_text()
        assert password == shown
        with leader.context.expect_page() as opened:
            row.locator("a").click()
        staff = opened.value
        assert staff.url.startswith("http://staff-tomakomai.localhost:")
        announce(staff, "苫小牧市消防本部", row.locator("td").nth(1).inner_text(), password)
        # Where the leader looks: in the mailbox of somebody who is registered there.
        callers = house.house.hall.callers
        mail = next(each.mail for each in callers if each.department.ja == "苫小牧市消防本部")
        leader.goto("/now")
        with leader.context.expect_page() as opened:
            leader.locator("[data-staff=tomakomai] a").nth(1).click()
        boxes = opened.value
        boxes.get_by_role("link", name=mail).first.click()
        arrived(boxes)
        # The drill has seen that a person announced something, in words of that person.
        leader.goto("/now")
        expect(leader.locator("#entries")).to_contain_text(f"登録者全員に知らせる「{SUBJECT}」")
        end(leader)
        (folder,) = drills_in(house.house.folder)
        record = read(folder)
        states = {step.id: step.state for step in record.steps}
        assert states["announced"] == "done"
        assert "announced" in record.moments
        assert states["recovery-announced"] == "not-reached", "it was one announcement"
        # The next drill needs no staff, so it shows none.
        prepare(leader, "first-call")
        expect(leader.locator("[data-staff]")).to_have_count(0)
        end(leader)
