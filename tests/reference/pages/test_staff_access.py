"""Who gets to the staff pages: log-in, lock-out, sessions, CSRF, roles, the own department only."""

from uuid import uuid4

import httpx
import pytest
from net119_protocol.api.admin import StaffRole
from net119_protocol.api.staff import RegistrationState as State
from net119_reference.service.registration.staff_logins import ATTEMPTS, IDLE

from tests.reference.pages.site import Site
from tests.reference.pages.staffing import CLERK, PASSWORD, Staff, hire, staff

NOBODY = "名前のない人"


def attempt(client: httpx.Client, site: Site, name: str, password: str) -> httpx.Response:
    fields = {"department": site.department, "name": name, "password": password}
    return client.post("/staff/log-in", data={**fields, "action": "log-in"})


def test_nothing_is_shown_without_a_log_in(tomakomai: Site) -> None:
    some = uuid4()
    pages = [
        "/staff",
        "/staff/search?q=x",
        f"/staff/registrants/{some}?purpose=review",
        f"/staff/registrants/{some}/image?purpose=review",
        f"/staff/registrants/{some}/cancel",
        "/staff/undeliverable",
        "/staff/expiring",
        "/staff/announcements",
        f"/staff/announcements/{some}/progress",
        "/staff/audit",
    ]
    with tomakomai.http() as client:
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 303, page
            assert answer.headers["Location"].startswith("/staff/log-in"), page


def test_the_log_in_leads_to_the_page_that_was_wanted(tomakomai: Site) -> None:
    hire(tomakomai)
    with tomakomai.http() as client:
        clerk = Staff(client)
        fields = {"department": tomakomai.department, "name": CLERK, "password": PASSWORD}
        page = clerk.send(clerk.get("/staff/search?q=abc"), "log-in", "log-in", fields)
        assert str(page.url).endswith("/staff/search?q=abc")


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/staffroom", "/staff//evil", "/my", ""]
)
def test_the_log_in_leads_nowhere_else(tomakomai: Site, path: str) -> None:
    hire(tomakomai)
    with tomakomai.http() as client:
        fields = {"department": tomakomai.department, "name": CLERK, "password": PASSWORD}
        answer = client.post("/staff/log-in", data={**fields, "next": path})
        assert answer.headers["Location"] == "/staff"


def test_the_session_cookie_is_strict_and_hidden_from_scripts(tomakomai: Site) -> None:
    hire(tomakomai)
    with tomakomai.http() as client:
        cookie = attempt(client, tomakomai, CLERK, PASSWORD).headers["Set-Cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    assert "secure" in cookie


def test_a_lock_does_not_tell_which_names_exist(tomakomai: Site) -> None:
    hire(tomakomai)
    told: dict[str, list[str]] = {}
    with tomakomai.http() as client:
        for name in (CLERK, NOBODY):
            answers = [attempt(client, tomakomai, name, "wrong" * 3) for _ in range(ATTEMPTS + 1)]
            assert {answer.status_code for answer in answers} == {401}
            told[name] = [
                "locked" if 'data-code="locked"' in each.text else "wrong" for each in answers
            ]
        assert told[CLERK] == told[NOBODY]
        assert told[CLERK][-1] == "locked"
        assert 'data-code="locked"' in attempt(client, tomakomai, CLERK, PASSWORD).text


def test_the_end_of_a_session_is_told_and_what_was_typed_goes_on(tomakomai: Site) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        queue = clerk.get("/staff")
        path = queue.text.partition('dir="auto"><a href="')[2].partition('"')[0]
        page = clerk.get(path)
        tomakomai.town.clock.advance(IDLE.total_seconds() + 1)
        typed = {"defect.data.name": "30分かけて書いた文章"}
        ended = clerk.send(page, "decide", "return", typed)
        assert ended.status_code == 401
        assert 'data-code="ended"' in ended.text
        fields = {"department": tomakomai.department, "name": CLERK, "password": PASSWORD}
        again = clerk.send(ended, "log-in", "log-in", fields)
        assert 'data-page="staff-again"' in again.text
        assert tomakomai.do(lambda: tomakomai.town.rows(State.RETURNED)) == ()
        done = clerk.send(again, "again", "return")
        assert 'data-code="return"' in done.text
    (row,) = tomakomai.do(lambda: tomakomai.town.rows(State.RETURNED))
    record = tomakomai.do(
        lambda: tomakomai.town.desk.application(tomakomai.town.clerk, row.registrant_id, "test")
    )
    assert record.defects[0].ja == "30分かけて書いた文章"


def test_the_session_ends_with_the_log_out(tomakomai: Site) -> None:
    hire(tomakomai)
    with staff(tomakomai) as clerk:
        token = clerk.client.cookies["net119_staff"]
        clerk.client.post("/staff/log-out", data={"action": "log-out"})
        clerk.client.cookies.set("net119_staff", token)
        assert clerk.client.get("/staff").status_code == 303


def test_a_form_without_the_token_of_the_session_does_nothing(tomakomai: Site) -> None:
    hire(tomakomai)
    row = tomakomai.do(tomakomai.town.apply)
    where = f"/staff/registrants/{row.registrant_id}/decide"
    with staff(tomakomai) as clerk:
        fields = {"action": "approve", "version": str(row.version), "purpose": "review"}
        for token in ({}, {"csrf": "x" * 32}):
            answer = clerk.client.post(where, data={**fields, **token})
            assert 'data-page="staff-again"' in answer.text
        foreign = clerk.client.post(where, data=fields, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert 'data-page="problem"' in foreign.text
        del clerk.client.headers["Origin"]
        unsaid = clerk.client.post(where, data=fields)
        assert unsaid.status_code == 403, "it may be another site's"
    assert tomakomai.do(lambda: tomakomai.town.rows(State.APPROVED)) == ()


def test_what_a_role_may_not_is_not_offered_and_refused(tomakomai: Site) -> None:
    hire(tomakomai, "監査 担当", StaffRole.AUDITOR)
    hire(tomakomai, "受付 担当", StaffRole.CLERK)
    row = tomakomai.do(tomakomai.town.apply)
    where = f"/staff/registrants/{row.registrant_id}"
    with staff(tomakomai, "監査 担当") as auditor:
        home = auditor.get("/staff")
        assert row.name not in home.text
        assert "/staff/search" not in home.text
        assert "/staff/audit" in home.text
        for path in ("/staff/search", f"{where}?purpose=review", "/staff/announcements"):
            answer = auditor.get(path)
            assert answer.status_code == 403
            assert row.name not in answer.text
    with staff(tomakomai, "受付 担当") as clerk:
        page = clerk.get(f"{where}?purpose=review")
        assert row.name in page.text
        assert 'id="decide"' not in page.text
        assert "identity-image" not in page.text
        assert f"{where}/cancel" not in page.text
        assert "/staff/audit" not in page.text
        assert clerk.get(f"{where}/image?purpose=review").status_code == 403
        assert clerk.get(f"{where}/cancel?purpose=update").status_code == 403
        audit = clerk.get("/staff/audit")
        assert audit.status_code == 403
        assert '<a href="/staff">受付一覧へ</a>' in audit.text
        assert "電話リレーサービス" not in audit.text
        form = clerk.get(f"{where}/disclose?purpose=update")
        csrf = form.text.partition('name="csrf" value="')[2].partition('"')[0]
        fields = {"csrf": csrf, "version": str(row.version), "action": "approve"}
        assert clerk.client.post(f"{where}/decide", data=fields).status_code == 403
    assert tomakomai.do(lambda: tomakomai.town.rows(State.APPROVED)) == ()


def test_a_department_sees_its_own_only(tomakomai: Site) -> None:
    """Chitose's staff at the same provider, at every URL and form of Tomakomai's registrant."""
    hire(tomakomai, department="chitose")
    row = tomakomai.do(tomakomai.town.apply)
    where = f"/staff/registrants/{row.registrant_id}"
    acts = ("suspend", "resume", "cancel", "delete", "withdraw", "password", "disclose")
    with staff(tomakomai, department="chitose") as stranger:
        assert row.name not in stranger.get("/staff").text
        assert row.name not in stranger.get("/staff/search?q=").text
        own = stranger.get("/staff/announcements")
        csrf = own.text.partition('name="csrf" value="')[2].partition('"')[0]
        for page in (
            f"{where}?purpose=review",
            f"{where}/image?purpose=review",
            f"/staff/audit?registrant={row.registrant_id}",
            *(f"{where}/{act}?purpose=update" for act in acts),
        ):
            answer = stranger.get(page)
            assert answer.status_code == 404, page
            assert row.name not in answer.text
        fields = {
            "csrf": csrf,
            "version": str(row.version),
            "purpose": "review",
            "reason": "x",
            "requested": "yes",
            "defect.data.name": "x",
            "form.signed": "yes",
            "paper.received_on": "2026-04-01",
            "to": "x",
            "why": "x",
            "items.name": "yes",
        }
        for path, action in (
            *(("decide", action) for action in ("return", "refuse-confirm")),
            *((act, "confirm") for act in acts),
        ):
            answer = stranger.client.post(f"{where}/{path}", data={**fields, "action": action})
            assert answer.status_code == 404, (path, action)
            assert row.name not in answer.text
        bare = {"csrf": csrf, "version": str(row.version), "action": "approve"}
        assert stranger.client.post(f"{where}/decide", data=bare).status_code == 404
    assert [each.state for each in tomakomai.do(tomakomai.town.rows)] == [State.APPLIED]


@pytest.mark.parametrize(
    "path",
    [
        "/staff/registrants/none?purpose=review",
        "/staff/registrants/00000000-0000-4000-8000-000000000000?purpose=review",
        "/staff/announcements/none",
        "/staff/announcements/00000000-0000-4000-8000-000000000000",
        "/staff/nothing",
    ],
)
def test_an_unknown_id_gets_a_clear_page(tomakomai: Site, path: str) -> None:
    hire(tomakomai)
    with staff(tomakomai) as clerk:
        answer = clerk.get(path)
    assert answer.status_code == 404
    assert 'data-code="not-found"' in answer.text
    assert '<a href="/staff">受付一覧へ</a>' in answer.text
    assert "電話リレーサービス" not in answer.text, "advice for whoever needs help"
