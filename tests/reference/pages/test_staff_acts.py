"""Acts upon a registration at the staff pages, each dangerous one asked once more."""

from uuid import UUID

import pytest
from net119_protocol.api.staff import RegistrationState as State
from playwright.sync_api import Browser

from tests.reference.pages.looking import look, tab
from tests.reference.pages.site import Site
from tests.reference.pages.staffing import FormOf, Staff, hire, log_in, staff

SIGNED = {"form.signed": "yes", "paper.received_on": "R8.4.1", "form.number": "廃-1"}


def approved(site: Site) -> UUID:
    """A registrant of the department."""
    hire(site)
    row, _, _ = site.do(site.town.approved)
    return UUID(str(row.registrant_id))


def state_of(site: Site, registrant_id: UUID) -> State:
    record = site.do(lambda: site.town.desk.application(site.town.clerk, registrant_id, "test"))
    return State(record.state)


def act(clerk: Staff, registrant_id: UUID, code: str, fields: dict[str, str]) -> str:
    """Open the page of an act by its link, enter something, go on."""
    page = clerk.get(f"/staff/registrants/{registrant_id}?purpose=update")
    assert f'data-act="{code}"' in page.text, "the act is offered"
    form = clerk.get(f"/staff/registrants/{registrant_id}/{code}?purpose=update")
    return clerk.send(form, "act", "next", fields).text


@pytest.mark.parametrize(
    ("code", "fields", "mail", "then"),
    [
        ("suspend", {"reason": "いたずらの確認中"}, "停止", State.SUSPENDED),
        ("cancel", {"reason": "区域外へ転出"}, "取消", State.CANCELLED),
        ("withdraw", SIGNED, "停止", State.STOPPED),
        ("delete", {"requested": "yes"}, "停止", State.DESTROYED),
    ],
)
def test_an_act_is_done_after_it_was_asked_once_more(
    tomakomai: Site, code: str, fields: dict[str, str], mail: str, then: State
) -> None:
    registrant_id = approved(tomakomai)
    with staff(tomakomai) as clerk:
        where = f"/staff/registrants/{registrant_id}/{code}?purpose=update"
        sure = clerk.send(clerk.get(where), "act", "next", fields)
        assert f'data-page="{code}-confirm"' in sure.text
        back = clerk.send(sure, "act", "back")
        assert f'data-page="{code}"' in back.text
        kept = FormOf(back.text, "act").fields
        assert {name: kept[name].strip() for name in fields} == dict(fields)
        sure = clerk.send(back, "act", "next")
        assert state_of(tomakomai, registrant_id) is State.APPROVED
        done = clerk.send(sure, "act", "confirm")
        assert 'data-page="registration"' in done.text
        assert f'data-code="{code}"' in done.text
    assert state_of(tomakomai, registrant_id) is then


def test_a_suspension_is_ended(tomakomai: Site) -> None:
    registrant_id = approved(tomakomai)
    with staff(tomakomai) as clerk:
        where = f"/staff/registrants/{registrant_id}"
        form = clerk.get(f"{where}/suspend?purpose=update")
        clerk.send(clerk.send(form, "act", "next", {"reason": "確認"}), "act", "confirm")
        assert state_of(tomakomai, registrant_id) is State.SUSPENDED
        clerk.send(clerk.get(f"{where}/resume?purpose=update"), "act", "next")
    assert state_of(tomakomai, registrant_id) is State.APPROVED


def test_a_new_password_is_mailed_and_not_shown(tomakomai: Site) -> None:
    registrant_id = approved(tomakomai)
    with staff(tomakomai) as clerk:
        form = clerk.get(f"/staff/registrants/{registrant_id}/password?purpose=update")
        done = clerk.send(clerk.send(form, "act", "next"), "act", "confirm")
        letter = tomakomai.do(lambda: tomakomai.town.letter("パスワード"))
        password = letter.text.partition("パスワード: ")[2].split("\n", 1)[0]
        assert len(password) > 8
        assert password not in done.text


def test_a_disclosure_goes_into_the_audit_log(tomakomai: Site) -> None:
    """CNB-21."""
    registrant_id = approved(tomakomai)
    fields = {"to": "市立病院 救急外来", "why": "意識がなく搬送", "items.name": "yes"}
    with staff(tomakomai) as clerk:
        done = act(clerk, registrant_id, "disclose", {**fields, "items.medical": "yes"})
        assert 'data-code="disclose"' in done
        log = clerk.get(f"/staff/audit?registrant={registrant_id}").text
    assert "市立病院 救急外来: 氏名、医療情報" in log
    assert "意識がなく搬送" in log


@pytest.mark.parametrize(
    ("code", "fields", "path"),
    [
        ("suspend", {"reason": " "}, "reason"),
        ("cancel", {"reason": "長" * 201}, "reason"),
        ("delete", {}, "requested"),
        (
            "withdraw",
            {"paper.received_on": "2026-13-01", "form.signed": "yes"},
            "paper.received_on",
        ),
        ("withdraw", {**SIGNED, "form.note": "長" * 201}, "form.note"),
        ("disclose", {"to": "病院", "why": "搬送"}, "items"),
        ("disclose", {"to": "", "why": "搬送", "items.name": "yes"}, "to"),
    ],
)
def test_what_is_missing_or_too_long_is_told_at_its_field(
    tomakomai: Site, code: str, fields: dict[str, str], path: str
) -> None:
    registrant_id = approved(tomakomai)
    with staff(tomakomai) as clerk:
        again = act(clerk, registrant_id, code, fields)
    assert f'id="{path}-error"' in again
    assert f'href="#{path}"' in again
    assert state_of(tomakomai, registrant_id) is State.APPROVED


def test_an_unsigned_withdrawal_is_not_entered(tomakomai: Site) -> None:
    registrant_id = approved(tomakomai)
    with staff(tomakomai) as clerk:
        form = clerk.get(f"/staff/registrants/{registrant_id}/withdraw?purpose=update")
        fields = {**SIGNED, "form.signed": "no"}
        told = clerk.send(clerk.send(form, "act", "next", fields), "act", "confirm")
    assert 'id="form.signed-error"' in told.text
    assert state_of(tomakomai, registrant_id) is State.APPROVED


def test_an_act_comes_too_late_and_what_was_typed_is_shown(tomakomai: Site) -> None:
    registrant_id = approved(tomakomai)
    hire(tomakomai, "佐藤 主任")
    with staff(tomakomai) as slow, staff(tomakomai, "佐藤 主任") as quick:
        where = f"/staff/registrants/{registrant_id}/cancel?purpose=update"
        form = slow.get(where)
        sure = quick.send(quick.get(where), "act", "next", {"reason": "転出"})
        quick.send(sure, "act", "confirm")
        late = slow.send(form, "act", "next", {"reason": "長く考えて書いた理由"})
    assert late.status_code == 409
    assert 'data-code="faster"' in late.text
    assert "<strong>佐藤 主任</strong>" in late.text
    assert "長く考えて書いた理由" in late.text


@pytest.mark.browser
def test_the_pages_of_acts_in_a_browser(tomakomai: Site, browser: Browser) -> None:
    registrant_id = approved(tomakomai)
    with tab(browser, tomakomai.base_url) as page:
        log_in(page, tomakomai)
        where = f"/staff/registrants/{registrant_id}"
        page.goto(f"{where}?purpose=update")
        look(page, "staff-approved", widths=(390, 1280))
        for code in ("suspend", "delete", "withdraw", "password", "disclose"):
            page.goto(f"{where}/{code}?purpose=update")
            look(page, f"staff-{code}", widths=(320, 1280))
        page.goto(f"{where}/cancel?purpose=update&lang=en")
        page.fill("[name=reason]", "moved out of the area")
        page.click("#act button[value=next]")
        look(page, "staff-cancel-confirm", widths=(320, 1280))
