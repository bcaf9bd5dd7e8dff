"""The review at the staff pages: queue, decisions, two clerks at once (TOM-17, TOM-26, ASO-02)."""

import httpx
import pytest
from net119_protocol.api.staff import RegistrationState as State
from playwright.sync_api import Browser

from tests.reference.pages.looking import look, look_in_both_languages, tab, tab_to
from tests.reference.pages.site import Site
from tests.reference.pages.staffing import FormOf, Staff, hire, log_in, staff

OTHER = "佐藤 主任"


def open_first(clerk: Staff) -> httpx.Response:
    """The first application of the queue, opened by its link."""
    queue = clerk.get("/staff")
    path = queue.text.partition('<th scope="row" dir="auto"><a href="')[2].partition('"')[0]
    return clerk.get(path.replace("&amp;", "&"))


def test_an_application_is_approved_from_the_queue(tomakomai: Site) -> None:
    hire(tomakomai)
    row = tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        page = open_first(clerk)
        assert 'data-page="registration"' in page.text
        assert "1980年2月29日（昭和55年）" in page.text
        done = clerk.send(page, "decide", "approve")
        assert 'data-page="queue"' in done.text
        assert 'data-code="approve"' in done.text
    assert tomakomai.do(lambda: tomakomai.town.rows(State.APPROVED))[0].name == row.name
    tomakomai.do(lambda: tomakomai.town.letter("登録が完了"))


def test_an_application_is_returned_with_what_is_wrong_in_each_field(tomakomai: Site) -> None:
    hire(tomakomai)
    row = tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        fields = {
            "defect.data.name": "戸籍の字で",
            "common.image": "blurred",
            "defect.whole": "電話でも相談できます",
        }
        clerk.send(open_first(clerk), "decide", "return", fields)
        shown = clerk.get(f"/staff/registrants/{row.registrant_id}?purpose=review")
    record = tomakomai.do(
        lambda: tomakomai.town.desk.application(tomakomai.town.clerk, row.registrant_id, "test")
    )
    assert record.state is State.RETURNED
    assert {each.path: each.code for each in record.defects} == {
        "data.name": "staff",
        "image": "blurred",
        "": "staff",
    }
    assert "氏名: 戸籍の字で" in shown.text
    letter = tomakomai.do(lambda: tomakomai.town.letter("修正のお願い"))
    assert "戸籍の字で" in letter.text


def test_a_return_without_anything_wrong_is_asked_back(tomakomai: Site) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        again = clerk.send(open_first(clerk), "decide", "return")
    assert again.status_code == 422
    assert 'id="decide-error" data-code="required"' in again.text


def test_an_approval_with_texts_left_is_asked_back_and_they_stay(tomakomai: Site) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        fields = {"defect.data.kana": "カタカナで"}
        again = clerk.send(open_first(clerk), "decide", "approve", fields)
    assert 'data-code="texts-left"' in again.text
    assert "カタカナで</textarea>" in again.text
    assert tomakomai.do(lambda: tomakomai.town.rows(State.APPROVED)) == ()


@pytest.mark.parametrize(
    ("reason", "code"), [("", "required"), ("あ" * 201, "too-long")], ids=["none", "long"]
)
def test_a_refusal_needs_a_reason_that_fits(tomakomai: Site, reason: str, code: str) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        again = clerk.send(open_first(clerk), "decide", "refuse", {"reason": reason})
    assert again.status_code == 422
    assert f'id="reason-error" data-code="{code}"' in again.text


def test_a_refusal_is_asked_once_more(tomakomai: Site) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        sure = clerk.send(open_first(clerk), "decide", "refuse", {"reason": "区域外のため"})
        assert 'data-page="refuse-confirm"' in sure.text
        back = clerk.send(sure, "refuse", "back")
        assert 'data-page="registration"' in back.text
        assert FormOf(back.text, "decide").fields["reason"].strip() == "区域外のため"
        sure = clerk.send(back, "decide", "refuse")
        assert tomakomai.do(lambda: tomakomai.town.rows(State.REFUSED)) == ()
        clerk.send(sure, "refuse", "refuse-confirm")
    assert len(tomakomai.do(lambda: tomakomai.town.rows(State.REFUSED))) == 1


def test_the_slower_of_two_clerks_is_told_and_loses_nothing(tomakomai: Site) -> None:
    hire(tomakomai)
    hire(tomakomai, OTHER)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as slow, staff(tomakomai, OTHER) as quick:
        page = open_first(slow)
        quick.send(open_first(quick), "decide", "approve")
        fields = {"defect.data.name": "書きかけの長い文章", "defect.image": "ぼやけています"}
        late = slow.send(page, "decide", "return", fields)
    assert late.status_code == 409
    assert 'data-code="faster"' in late.text
    assert f"<strong>{OTHER}</strong>" in late.text
    assert "申請を承認した" in late.text
    assert "書きかけの長い文章" in late.text
    assert "ぼやけています" in late.text
    assert 'data-state="approved"' in late.text


def test_the_slower_clerk_goes_on_where_the_application_came_back(tomakomai: Site) -> None:
    """Returned and corrected meanwhile: still to be reviewed, and what was typed is in place."""
    hire(tomakomai)
    hire(tomakomai, OTHER)
    town = tomakomai.town
    tomakomai.do(town.apply)
    with staff(tomakomai) as slow, staff(tomakomai, OTHER) as quick:
        page = open_first(slow)
        quick.send(open_first(quick), "decide", "return", {"defect.data.name": "直す"})
        token = tomakomai.do(lambda: _correction(tomakomai))
        tomakomai.do(lambda: town.desk.submit(token))
        late = slow.send(page, "decide", "return", {"defect.data.kana": "カナも直す"})
        assert late.status_code == 409
        assert "カナも直す</textarea>" in late.text
        slow.send(late, "decide", "return")
    (row,) = tomakomai.do(lambda: town.rows(State.RETURNED))
    record = tomakomai.do(lambda: town.desk.application(town.clerk, row.registrant_id, "test"))
    assert [each.path for each in record.defects] == ["data.kana"]


async def _correction(site: Site) -> str:
    return await site.town.token(await site.town.letter("修正のお願い"))


def test_hostile_texts_are_escaped(tomakomai: Site) -> None:
    hire(tomakomai)
    evil = '<script>alert(1)</script>"\u202e𠮷①'
    tomakomai.do(lambda: tomakomai.town.apply(reason=evil.replace("\u202e", "")))
    with staff(tomakomai) as clerk:
        page = open_first(clerk)
        again = clerk.send(page, "decide", "approve", {"reason": evil})
        found = clerk.get("/staff/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    for each in (page, again, found):
        assert "<script>alert" not in each.text
        assert "&lt;script&gt;alert(1)" in each.text


def test_a_defect_that_is_too_long_is_told_at_its_field(tomakomai: Site) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        fields = {"defect.data.name": "長" * 401}
        again = clerk.send(open_first(clerk), "decide", "return", fields)
    assert again.status_code == 422
    assert 'id="defect.data.name-error" data-code="too-long"' in again.text
    assert "長" * 401 in again.text


def test_a_forged_decision_is_refused(tomakomai: Site) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        page = open_first(clerk)
        for fields in (
            {"version": "x", "defect.data.name": "x"},
            {"defect.no.such": "x"},
            {"common.data.name": "forged"},
        ):
            answer = clerk.send(page, "decide", "return", fields)
            assert answer.status_code == 422
            assert 'data-page="problem"' in answer.text
    assert tomakomai.do(lambda: tomakomai.town.rows(State.RETURNED)) == ()


def test_optional_data_stay_sealed_and_the_page_says_so(aso: Site) -> None:
    """ASO-04, invariant I6."""
    hire(aso)
    aso.do(aso.town.apply)
    with staff(aso) as clerk:
        page = open_first(clerk)
    assert 'id="sealed"' in page.text
    for secret in ("0000-12-3456", "髙橋　一郎", "0000-11-1111"):
        assert secret not in page.text


def test_the_purpose_is_asked_and_recorded(tomakomai: Site) -> None:
    hire(tomakomai)
    row = tomakomai.do(tomakomai.town.apply)
    where = f"/staff/registrants/{row.registrant_id}"
    with staff(tomakomai) as clerk:
        for asked in (
            "",
            "?purpose=forged",
            "?purpose=other",
            f"?purpose=other&purpose_text={'x' * 201}",
        ):
            page = clerk.get(where + asked)
            assert 'data-page="purpose"' in page.text
            assert row.name not in page.text
        assert 'id="purpose-error"' in clerk.get(f"{where}?purpose_text=").text
        page = clerk.get(f"{where}?purpose=other&purpose_text=議会の質問")
        assert row.name in page.text
        log = clerk.get(f"/staff/audit?registrant={row.registrant_id}")
    assert "議会の質問" in log.text


def test_the_image_is_for_reviews_only_and_not_kept_by_the_browser(tomakomai: Site) -> None:
    hire(tomakomai)
    row = tomakomai.do(tomakomai.town.apply)
    where = f"/staff/registrants/{row.registrant_id}/image?purpose=review"
    with staff(tomakomai) as clerk:
        image = clerk.get(where)
        assert image.headers["Content-Type"] == "image/jpeg"
        assert image.headers["Cache-Control"] == "no-store"
        clerk.send(open_first(clerk), "decide", "approve")
        assert clerk.get(where).status_code == 409
        page = clerk.get(f"/staff/registrants/{row.registrant_id}?purpose=inquiry")
        assert "identity-image" not in page.text


@pytest.mark.browser
def test_a_review_by_keyboard_alone(tomakomai: Site, browser: Browser) -> None:
    hire(tomakomai)
    row = tomakomai.do(tomakomai.town.apply)
    with tab(browser, tomakomai.base_url) as page:
        page.goto("/staff")
        look_in_both_languages(page, "staff-log-in")
        log_in(page, tomakomai)
        look_in_both_languages(page, "staff-queue")
        tab_to(page, "#queue a")
        page.keyboard.press("Enter")
        page.wait_for_selector("#decide")
        look_in_both_languages(page, "staff-registration")
        tab_to(page, "[data-path='data.name'] summary")
        page.keyboard.press("Enter")
        tab_to(page, "[id='defect.data.name']")
        page.keyboard.type("戸籍の字で入れてください。")
        tab_to(page, "#decide button[value=return]")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-page=queue]")
    (found,) = tomakomai.do(lambda: tomakomai.town.rows(State.RETURNED))
    assert found.registrant_id == row.registrant_id


@pytest.mark.browser
def test_pages_around_the_review(tomakomai: Site, browser: Browser) -> None:
    hire(tomakomai)
    hire(tomakomai, OTHER)
    row = tomakomai.do(tomakomai.town.apply)
    with tab(browser, tomakomai.base_url) as page, staff(tomakomai, OTHER) as quick:
        log_in(page, tomakomai)
        page.goto("/staff/search")
        look_in_both_languages(page, "staff-search")
        page.get_by_role("link", name=row.name).click()
        look_in_both_languages(page, "staff-purpose")
        page.get_by_label("審査のため").check()
        page.get_by_role("button", name="登録を見る").click()
        page.fill("[name=reason]", "区域の外に住んでいるため")
        page.click("button[value=refuse]")
        look(page, "staff-refuse-confirm")
        page.go_back()
        quick.send(open_first(quick), "decide", "approve")
        page.locator("[data-path='data.kana'] summary").click()
        page.fill("[id='defect.data.kana']", "カタカナで入れてください。")
        page.click("button[value=return]")
        page.wait_for_selector("#faster")
        assert OTHER in page.locator("#faster").inner_text()
        look(page, "staff-faster")
