"""Paper forms keyed in by staff, and changes on paper (CNB-03, CNB-44, CNB-47, CNB-50)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from uuid import UUID

import httpx
import pytest
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.profile.form import to_fields
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.wareki import in_wareki
from net119_reference.web.pages.staffed import MOST_KEPT
from net119_simulators.applications import make_applying, moved
from playwright.sync_api import Browser

from tests.reference.pages.looking import look, look_in_both_languages, tab, tab_to
from tests.reference.pages.site import Site
from tests.reference.pages.staffing import (
    CLERK,
    PASSWORD,
    FormOf,
    Staff,
    hire,
    log_in,
    staff,
)

TODAY = date(2026, 4, 1)
CHITA = load_profiles()["chita-nanbu"]
PAPER = {
    "paper.received_on": "令和8年3月30日",
    "paper.number": "第12号",
    "paper.consent_signed": "yes",
    "paper.note": "窓口で本人確認",
}
BLANK = {name: "" for name in ("data.address.lat", "data.address.lon")}


def paper_fields(changes: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """What a clerk types from a paper form, which has no position."""
    fields = to_fields(make_applying(CHITA, 3, TODAY).application)
    return {**fields, **BLANK, "data.address.position_confirmed": "no", **PAPER, **changes}


def filled(page: httpx.Response, fields: Mapping[str, str]) -> dict[str, str]:
    """The form's fields with what is typed; radio buttons and lists come along."""
    return {**FormOf(page.text, "application").fields, **fields}


def open_form(clerk: Staff, fields: Mapping[str, str]) -> httpx.Response:
    """The form with as many entries of lists as the fields need."""
    page = clerk.get("/staff/key-in")
    for path, button in (
        ("data.optional.contacts", "add-contact"),
        ("data.optional.frequent_places", "add-place"),
    ):
        count = len({name.split(".")[3] for name in fields if name.startswith(f"{path}.")})
        for _ in range(count):
            page = clerk.send(page, "application", button, {})
    return page


def key_in(clerk: Staff, fields: Mapping[str, str]) -> httpx.Response:
    """Fill in the form and go on."""
    page = open_form(clerk, fields)
    return clerk.send(page, "application", "next", filled(page, fields))


def record_of(site: Site, registrant_id: UUID):  # type: ignore[no-untyped-def]  # the desk is Any
    return site.do(lambda: site.town.desk.application(site.town.clerk, registrant_id, "test"))


def test_a_paper_form_is_keyed_in_checked_and_approved(chita_nanbu: Site) -> None:
    hire(chita_nanbu)
    fields = paper_fields()
    with staff(chita_nanbu) as clerk:
        sure = key_in(clerk, fields)
        assert 'data-page="key-in-confirm"' in sure.text, sure.text
        assert "2026年3月30日" in sure.text
        page = clerk.send(sure, "confirm", "submit")
        assert 'data-page="registration"' in page.text
        (sent,) = page.history
        assert (sent.request.method, sent.status_code, page.request.method) == ("POST", 303, "GET")
        assert "申請を入力しました。審査待ちです。" in page.text
        assert "第12号" in page.text
        assert fields["data.name"] in clerk.get("/staff/search?q=第12号").text
        assert "地図で確かめていません" in page.text
        done = clerk.send(page, "decide", "approve")
        assert 'data-code="approve"' in done.text
    (row,) = chita_nanbu.do(lambda: chita_nanbu.town.rows(State.APPROVED))
    record = record_of(chita_nanbu, row.registrant_id)
    assert record.paper.received_on == date(2026, 3, 30)
    assert record.keyed_in
    assert not record.application.data.address.position_is_confirmed
    letter = chita_nanbu.do(lambda: chita_nanbu.town.letter("登録が完了", fields["data.mail"]))
    assert "パスワード: " in letter.text


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"paper.received_on": "2026-02-30"}, "paper.received_on", "no-such-date"),
        ({"paper.received_on": "きのう"}, "paper.received_on", "form"),
        ({"paper.received_on": "2026-04-02"}, "paper.received_on", "in-the-future"),
        ({"paper.consent_signed": "no"}, "paper.consent_signed", "required"),
        ({"paper.note": "長" * 201}, "paper.note", "too-long"),
        ({"data.birth_date": "平成99年1月1日"}, "data.birth_date", "outside-era"),
        ({"data.birth_date": "1980-02-30"}, "data.birth_date", "no-such-date"),
        ({"data.name": "長" * 81}, "data.name", "too-long"),
        ({"data.mail": "a..b@phone.example"}, "data.mail", None),
        ({"basis": ""}, "basis", "missing"),
        ({"guardian.name": "親", "guardian.relation": "母"}, "paper.guardian_signed", "required"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_stays(
    chita_nanbu: Site, changes: dict[str, str], path: str, code: str | None
) -> None:
    hire(chita_nanbu)
    with staff(chita_nanbu) as clerk:
        again = key_in(clerk, paper_fields(changes))
    assert again.status_code == 422
    assert f'id="{path}-error"' in again.text
    if path == "data.name":
        assert 'data-code="too-long">氏名: 80文字までです' in again.text, "in the summary"
    if (path, code) == ("paper.note", "too-long"):
        assert 'data-code="too-long">メモは200文字までです' in again.text, "in the summary"
    if code:
        assert f'id="{path}-error" data-code="{code}"' in again.text
    kept = FormOf(again.text, "application").fields
    for name, text in changes.items():
        if name != "paper.consent_signed":
            assert kept.get(name, "") == text
    assert chita_nanbu.do(lambda: chita_nanbu.town.rows()) == ()


def test_the_confirmation_leads_back_with_everything_typed(chita_nanbu: Site) -> None:
    hire(chita_nanbu)
    fields = paper_fields()
    with staff(chita_nanbu) as clerk:
        back = clerk.send(key_in(clerk, fields), "confirm", "back")
    kept = FormOf(back.text, "application").fields
    different = {
        name: (text, kept.get(name)) for name, text in fields.items() if kept.get(name) != text
    }
    names = {"data.address.prefecture", "data.address.municipality"}
    assert {name for name in different if name not in names} == set()


def test_a_second_form_of_the_same_address_is_told(chita_nanbu: Site) -> None:
    hire(chita_nanbu)
    with staff(chita_nanbu) as clerk:
        clerk.send(key_in(clerk, paper_fields()), "confirm", "submit")
        page = clerk.send(key_in(clerk, paper_fields()), "confirm", "submit")
    assert 'id="data.mail-error" data-code="duplicate-mail"' in page.text
    assert len(chita_nanbu.do(lambda: chita_nanbu.town.rows())) == 1


@pytest.mark.parametrize(
    ("mail", "code"),
    [("hana@docomo.ne.jp", "carrier-mail"), ("hana@city.aso.jp", "outside-mail")],
)
def test_an_address_that_is_never_sent_to_is_told(chita_nanbu: Site, mail: str, code: str) -> None:
    hire(chita_nanbu)
    with staff(chita_nanbu) as clerk:
        sure = key_in(clerk, paper_fields({"data.mail": mail}))
        page = clerk.send(sure, "confirm", "submit")
    assert page.status_code == 422
    assert f'id="data.mail-error" data-code="{code}"' in page.text
    assert chita_nanbu.do(lambda: chita_nanbu.town.rows()) == ()


def test_a_change_on_paper_shows_before_and_after_and_is_reviewed(chita_nanbu: Site) -> None:
    hire(chita_nanbu)
    town = chita_nanbu.town
    with staff(chita_nanbu) as clerk:
        page = clerk.send(key_in(clerk, paper_fields()), "confirm", "submit")
        clerk.send(page, "decide", "approve")
        (row,) = chita_nanbu.do(lambda: town.rows(State.APPROVED))
        before = record_of(chita_nanbu, row.registrant_id).application
        form = clerk.get(f"/staff/registrants/{row.registrant_id}/change?purpose=update")
        filed = {
            "form.name": before.data.name,
            "form.birth_date": in_wareki(before.data.birth_date),
            "form.mail": before.data.mail,
            "form.number": "変-1",
        }
        missing = clerk.send(form, "application", "next")
        for name in ("form.name", "form.birth_date", "form.mail"):
            assert f'id="{name}-error"' in missing.text
        unchanged = clerk.send(form, "application", "next", filed)
        assert "変更した項目がありません" in unchanged.text
        told = clerk.send(unchanged, "confirm", "submit")
        assert 'data-code="unchanged"' in told.text
        street = moved(before, 1).data.address.street
        fields = {**filed, "data.address.street": street}
        other = clerk.send(form, "application", "next", {**fields, "form.name": "別の人"})
        told = clerk.send(other, "confirm", "submit")
        assert 'id="form.last_filed-error"' in told.text
        sure = clerk.send(form, "application", "next", fields)
        assert 'data-page="change-confirm"' in sure.text
        assert before.data.address.street in sure.text
        assert street in sure.text
        page = clerk.send(sure, "confirm", "submit")
        assert 'data-state="change-pending"' in page.text
        assert street in page.text.partition('id="changes"')[2].partition("</table>")[0]
        assert "届の番号 変-1" in page.text
        clerk.send(page, "decide", "approve")
    after = record_of(chita_nanbu, row.registrant_id)
    assert after.state is State.APPROVED
    assert after.application.data.address.street == street


@pytest.mark.browser
def test_keying_in_with_the_keyboard_alone(chita_nanbu: Site, browser: Browser) -> None:
    hire(chita_nanbu)
    with tab(browser, chita_nanbu.base_url) as page:
        log_in(page, chita_nanbu)
        page.goto("/staff/key-in")
        tab_to(page, "[id='paper.number']")
        page.keyboard.type("第7号")
        tab_to(page, "[id='data.name']", 60)
        page.keyboard.type("苫小牧　花子")
        page.locator("button.switch").click()
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.input_value("[id='paper.number']") == "第7号"
        look(page, "staff-key-in", widths=(320, 1280))
        page.locator("button.switch").click()
        look(page, "staff-key-in", widths=(320, 1280))
        page.locator("#application button[value=next]").click()
        page.wait_for_selector("#errors")
        look(page, "staff-key-in-wrong", widths=(390, 1280))
        with staff(chita_nanbu) as clerk:
            clerk.send(key_in(clerk, paper_fields()), "confirm", "submit")
        page.goto("/staff")
        page.locator("#queue a").click()
        look_in_both_languages(page, "staff-paper")


def test_the_longest_form_that_is_kept_goes_through_a_new_log_in(chita_nanbu: Site) -> None:
    """Each kanji of it is nine characters on its way."""
    hire(chita_nanbu)
    note = "鬱" * (MOST_KEPT - 2_000)
    fields = {
        "department": "chita-nanbu",
        "name": CLERK,
        "password": PASSWORD,
        "next": "/staff/key-in",
        "kept.data.remarks": note,
        "kept.action": "check",
    }
    with chita_nanbu.http() as client:
        page = client.post("/staff/log-in", data={**fields, "action": "log-in"})
    assert page.status_code == 200
    assert FormOf(page.text, "again").fields["data.remarks"] == note


def test_a_form_that_is_too_long_to_be_kept_says_so(chita_nanbu: Site) -> None:
    """Of a log-in that has ended, and of one that was made anew meanwhile."""
    hire(chita_nanbu)
    long = {"data.remarks": "a" * (MOST_KEPT + 1), "action": "check"}
    origin = {"Origin": chita_nanbu.base_url}
    with chita_nanbu.http() as client:
        asked = client.post("/staff/key-in", data=long, headers=origin)
        assert asked.status_code == 401
        assert 'data-code="too-long"' in asked.text
    with staff(chita_nanbu) as clerk:
        again = clerk.client.post("/staff/key-in", data={**long, "csrf": "old"}, headers=origin)
        assert 'data-code="too-long"' in again.text
        assert "残っています" not in again.text
