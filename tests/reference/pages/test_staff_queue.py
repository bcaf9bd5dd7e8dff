"""A department with much to do: many applications, changes, a clerk without JavaScript."""

from datetime import date

import pytest
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.profile.load import load_profiles
from net119_reference.registration.ports import PAGE, PaperDetails
from net119_simulators.applications import make_applying, moved
from playwright.sync_api import Browser

from tests.reference.pages.looking import look, look_in_both_languages, tab
from tests.reference.pages.site import Site
from tests.reference.pages.staffing import hire, log_in, staff

TODAY = date(2026, 4, 1)
MANY = PAGE + 3


async def fill(site: Site, count: int) -> None:
    """So many paper forms, an hour apart."""
    profile = load_profiles()[site.department]
    paper = PaperDetails(True, date(2026, 3, 30), profile.terms.version, guardian_signed=True)
    for seed in range(count):
        made = make_applying(profile, seed, TODAY).application
        await site.town.desk.key_in(site.town.clerk, made, paper)
        site.town.clock.advance(3600)


def test_the_longest_waiting_come_first_and_the_rest_is_on_further_pages(
    chita_nanbu: Site,
) -> None:
    hire(chita_nanbu)
    chita_nanbu.do(lambda: fill(chita_nanbu, MANY))
    with staff(chita_nanbu) as clerk:
        home = clerk.get("/staff").text
        assert f'<li id="to-review"><strong>{MANY}</strong>' in home
        assert home.count("data-registrant=") == PAGE
        assert home.index("2日</td>") < home.index("20時間</td>")
        rest = clerk.get("/staff/search?state=applied&page=2&purpose=review").text
        assert rest.count("data-registrant=") == MANY - PAGE
        assert 'rel="prev"' in rest
        assert 'rel="next"' not in rest
        far = clerk.get("/staff/search?page=999999").text
        assert far.count("data-registrant=") == MANY - PAGE
        for page in ("0", "-1", "x", "9" * 40, "²"):
            assert clerk.get(f"/staff/search?page={page}").text.count("data-registrant=") == PAGE


def test_a_change_on_paper_leaves_sealed_data_unseen_and_as_they_are(aso: Site) -> None:
    """ASO-04, invariant I6."""
    hire(aso)
    town = aso.town
    row, _, _ = aso.do(town.approved)
    record = aso.do(lambda: town.desk.application(town.clerk, row.registrant_id, "test"))
    assert record.sealed
    with staff(aso) as clerk:
        form = clerk.get(f"/staff/registrants/{row.registrant_id}/change?purpose=update")
        assert "見られない任意の情報は、そのまま残ります" in form.text
        assert "0000-12-3456" not in form.text
        fields = {
            "data.address.street": "別の町1-1",
            "data.address.position_confirmed": "no",
            "form.name": row.name,
            "form.birth_date": "昭和55年2月29日",
            "form.mail": row.mail,
        }
        sure = clerk.send(form, "application", "next", fields)
        page = clerk.send(sure, "confirm", "submit")
        assert "0000-12-3456" not in page.text
        clerk.send(page, "decide", "approve")
    kept = aso.do(lambda: _stored_phone(aso, row.registrant_id))
    assert kept == "0000-12-3456"


async def _stored_phone(site: Site, registrant_id: object) -> str:
    found = site.town.desk.office.registry.registrant(registrant_id)
    return str(found.data.optional.phone)


@pytest.mark.browser
def test_a_monday_without_javascript(chita_nanbu: Site, browser: Browser) -> None:
    hire(chita_nanbu)
    chita_nanbu.do(lambda: fill(chita_nanbu, 40))
    with tab(browser, chita_nanbu.base_url, script=False) as page:
        log_in(page, chita_nanbu)
        page.locator("#queue a").first.click()
        for _ in range(3):
            page.locator("#decide button[value=approve]").click()
            page.locator("#next").click()
        page.locator("[data-path='data.kana'] summary").click()
        page.fill("[id='defect.data.kana']", "カタカナで入れてください。")
        page.locator("#decide button[value=return]").click()
        page.wait_for_selector("[data-code=return]")
    rows = chita_nanbu.do(lambda: chita_nanbu.town.rows())
    assert [row.state for row in rows].count(State.APPROVED) == 3
    assert [row.state for row in rows].count(State.RETURNED) == 1


@pytest.mark.browser
def test_a_change_beside_what_is_registered(chita_nanbu: Site, browser: Browser) -> None:
    hire(chita_nanbu)
    town = chita_nanbu.town
    chita_nanbu.do(lambda: fill(chita_nanbu, 12))

    async def change() -> None:
        row = (await town.rows(State.APPLIED))[0]
        await town.desk.approve(town.clerk, row.registrant_id, row.version)
        record = await town.desk.application(town.clerk, row.registrant_id, "test")
        after = moved(record.application, 1)
        await town.desk.key_in_change(town.clerk, row.registrant_id, record.version, after)

    chita_nanbu.do(change)
    with tab(browser, chita_nanbu.base_url) as page:
        log_in(page, chita_nanbu)
        look_in_both_languages(page, "staff-monday")
        page.locator("#changes a").first.click()
        page.wait_for_selector("table#changes")
        assert "南知多町" in (page.get_attribute("#position-map", "alt") or "")
        assert page.evaluate("document.getElementById('position-map').naturalWidth") > 0
        look_in_both_languages(page, "staff-change-review")
        page.locator("#decide button[value=approve]").click()
        page.get_by_role("link", name="いま手続きした登録").click()
        page.locator("[data-act=change]").click()
        page.wait_for_selector("[data-page=change]")
        look(page, "staff-change", widths=(320, 1280))
