"""What people take from lists, and how they fill a department's form in."""

from datetime import date
from uuid import UUID

import pytest
from net119_protocol.profile.form import from_fields, to_fields
from net119_protocol.profile.load import load_profiles
from net119_simulators.applications import make_applying
from net119_simulators.pages import NotOnPage, Page, PageNotShown
from net119_simulators.pages.applicant import ApplicantAtPages
from net119_simulators.pages.entering import enter_application
from net119_simulators.pages.staff import row_of, rows_of
from net119_simulators.pages.window import new_browser

from tests.simulators.pages.toy_pages import ToySite, at_site

PERSON = make_applying(load_profiles()["chitose"], 5, date(2026, 7, 1))
FIELDS = to_fields(PERSON.application)
CODE = "data.address.municipality_code"


def test_rows_of_a_list_are_its_links_to_registrations() -> None:
    first, second = UUID(int=1), UUID(int=2)
    page = Page(
        "https://127.0.0.2/staff",
        f"<a href=/staff/r/{first}>髙橋　𠮷子</a><a href=/staff/r/{first}/history>履歴</a>"
        f"<a href=/staff/audit>監査</a><a href=/staff/r/{second}>渡辺</a>".encode(),
    )
    rows = rows_of(page)
    assert [(row.registrant_id, row.text) for row in rows] == [
        (first, "髙橋　𠮷子"),
        (second, "渡辺"),
    ]
    assert row_of(rows, "渡辺").url == f"https://127.0.0.2/staff/r/{second}"
    for nobody in ("佐藤", ""):
        with pytest.raises(NotOnPage):
            row_of(rows, nobody)


def form_of(names: list[str], more: str = "") -> str:
    inputs = "".join(f'<input name="{name}">' for name in names if name != CODE)
    return f"<body data-page=form><form id=application method=post action=/sent>{inputs}{more}"


def test_a_form_is_filled_in_so_that_the_same_application_arrives() -> None:
    names = [*FIELDS, "data.device", "data.address.position_confirmed"]
    chosen = f"<select name={CODE}><option value=''>-<option value={{}}>?</select>"
    buttons = "<button name=action value=municipalities formaction=/more>表示</button>"
    send = "<button name=action value=next>次へ</button>"

    async def story(site: ToySite) -> None:
        site.put("/form", form_of(names, chosen.format("") + buttons + send))
        site.put("/more", form_of(names, chosen.format(FIELDS[CODE]) + buttons + send))
        site.put("/sent", "<body data-page=confirm></body>")
        async with new_browser(None) as browser:
            applicant = ApplicantAtPages(browser)
            await applicant.open(f"{site.url}/form")
            await applicant.fill_in(PERSON.application)
        asked, sent = site.received[1:]
        assert dict(asked.fields)["data.address.prefecture"] == "北海道"
        fields = dict(sent.fields)
        assert fields.pop("data.address.position_confirmed") == "yes"
        assert fields.pop("action") == "next"
        read, problems = from_fields(fields)
        assert problems == ()
        assert read == PERSON.application

    at_site(story)


def test_a_field_that_the_form_lacks_is_named() -> None:
    async def story(site: ToySite) -> None:
        names = [name for name in FIELDS if name not in (CODE, "data.kana")]
        site.put("/form", form_of(names, f"<input name={CODE}>"))
        async with new_browser(None) as browser:
            await browser.open(f"{site.url}/form")
            with pytest.raises(NotOnPage) as missing:
                await enter_application(browser, "application", PERSON.application)
            assert "data.kana" in missing.value.what
            with pytest.raises(PageNotShown):
                await ApplicantAtPages(browser).accept_terms()

    at_site(story)
