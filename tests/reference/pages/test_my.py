"""Log-in, menu, mail for a change and log-out, as a registrant's browser does them."""

import re
from datetime import date, timedelta

import httpx
import pytest
from net119_protocol.api.staff import RegistrationState
from net119_reference.ports import Refused
from net119_reference.service.registration.account import LOG_IN_LASTS
from playwright.sync_api import Browser

from tests.reference.pages.looking import look, look_in_both_languages, tab, tab_to
from tests.reference.pages.person import (
    Person,
    call_page,
    codes_of,
    csrf,
    log_in,
    logged_in,
    page_of,
    press,
    registered,
)
from tests.reference.pages.site import Site

COOKIE = "net119_session"


def act(site: Site, person: Person, what: str, *reason: str) -> None:
    """Let a clerk decide about the registration."""

    async def decide() -> None:
        town = site.town
        version = await town.version(person.registrant_id)
        await getattr(town.desk, what)(town.clerk, person.registrant_id, version, *reason)

    site.do(decide)


# --- log-in -----------------------------------------------------------------------------------


def test_id_and_password_of_the_mail_open_the_menu(tomakomai: Site) -> None:
    """TOM-18."""
    person = registered(tomakomai)
    with tomakomai.http() as client:
        first = client.get("/my")
        assert page_of(first) == "log-in"
        assert 'autocomplete="username"' in first.text
        assert 'autocomplete="current-password"' in first.text
        answer = log_in(client, person.login_id, person.password)
        assert answer.status_code == 303
        flags = answer.headers["set-cookie"].lower()
        assert {"httponly", "secure", "samesite=lax"} <= set(flags.split("; "))
        assert "max-age" not in flags
        menu = client.get("/my")
        assert page_of(menu) == "menu"
        assert "髙橋　𠮷子①" in menu.text
        assert menu.headers["Cache-Control"] == "no-store"


def test_full_width_and_spaces_are_folded(tomakomai: Site) -> None:
    person = registered(tomakomai)

    def wide(text: str) -> str:
        return "".join(chr(ord(sign) + 0xFEE0) for sign in text)

    with tomakomai.http(follow_redirects=True) as client:
        typed = f"　{wide(person.login_id.upper())}　", f"{wide(person.password)} "
        assert page_of(log_in(client, *typed)) == "menu"


def test_enter_without_a_button_logs_in(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        data = {"login_id": person.login_id, "password": person.password}
        assert page_of(client.post("/my", data=data)) == "menu"


def test_a_wrong_log_in_says_whom_to_contact_and_not_whether_the_id_exists(
    tomakomai: Site,
) -> None:
    """CNB-15."""
    person = registered(tomakomai)
    attempts = [
        (person.login_id, "x" * 16),
        ("n000000001", "x" * 16),
        ("n000000002", person.password),
        ("<script>alert(1)</script>", "'; --"),
        ("n" * 5000, "x"),
        ("n000000003", "x" * 5000),
        ("n00\x00\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "x"),
    ]
    with tomakomai.http(follow_redirects=True) as client:
        answers = [log_in(client, *attempt) for attempt in attempts]
    texts = set()
    for answer, (login_id, password) in zip(answers, attempts, strict=True):
        assert (answer.status_code, page_of(answer)) == (403, "log-in")
        assert "wrong-log-in" in codes_of(answer)
        assert "苫小牧市消防本部 NET119担当" in answer.text
        assert "千歳市消防署" in answer.text, "whose the ID is must not show"
        assert f'"{password}"' not in answer.text
        assert "<script>alert" not in answer.text
        texts.add(re.sub(r'value="[^"]*"', "", answer.text))
        assert login_id
    assert len(texts) == 1


def test_the_department_whose_mail_led_here_is_named_first(tomakomai: Site) -> None:
    """CNB-15; the others follow, since whose the ID is must not show."""
    with tomakomai.http(follow_redirects=True) as client:
        browser = client.get("/my?department=chitose")
        assert 'href="/my?department=chitose&amp;lang=en"' in browser.text
        fields = {"login_id": "n000000003", "password": "wrong", "action": "log-in"}
        answers = [browser] + [
            client.post("/my", data={**fields, **changed, "department": "chitose"})
            for changed in ({}, {"password": ""}, {"password": "x" * 5000})
        ]
        for answer in answers:
            assert re.findall('<li data-department="([^"]*)"', answer.text) == [
                "chitose",
                "tomakomai",
            ]
            assert '<input type="hidden" name="department" value="chitose">' in answer.text
        other = client.get("/my", params={"department": '"><b>'})
        assert 'name="department"' not in other.text
        assert "<b>" not in other.text


def test_empty_fields_are_named(tomakomai: Site) -> None:
    with tomakomai.http() as client:
        answer = log_in(client, "", "　")
    assert answer.status_code == 422
    assert 'id="login_id-error" data-code="required"' in answer.text
    assert 'id="password-error" data-code="required"' in answer.text
    assert 'href="#password"' in answer.text


def test_guessing_is_braked_and_the_page_says_how_long(tomakomai: Site) -> None:
    """The same brake as the API's: attempts there count here."""
    person = registered(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        for _ in range(9):
            assert log_in(client, person.login_id, "wrong").status_code == 403
        api = client.post(
            "/api/handset/v1/sessions", json={"loginId": person.login_id, "password": "wrong"}
        )
        assert api.status_code == 401
        answer = log_in(client, person.login_id, person.password)
        assert answer.status_code == 429
        assert "too-many" in codes_of(answer)
        wait = int(answer.headers["Retry-After"])
        assert f"あと約{wait}秒待って" in answer.text
        assert page_of(log_in(client, "n000000009", "wrong")) == "log-in"


def test_a_log_in_gives_a_token_of_its_own_and_ends_the_former(tomakomai: Site) -> None:
    """Session fixation: what was in the cookie before is never taken over."""
    person = registered(tomakomai)
    with tomakomai.http(follow_redirects=True) as client:
        client.cookies.set(COOKIE, "chosen-by-somebody-else", domain="127.0.0.1", path="/")
        log_in(client, person.login_id, person.password)
        first = session(client)
        assert first != "chosen-by-somebody-else"
        log_in(client, person.login_id, person.password)
        assert session(client) != first
    assert not valid(tomakomai, first)


def session(client: httpx.Client) -> str:
    """The newest session cookie of a browser."""
    found = [each.value for each in client.cookies.jar if each.name == COOKIE and each.value]
    return str(found[-1])


def valid(site: Site, token: str) -> bool:
    async def ask() -> bool:
        try:
            await site.town.desk.registrant_session(token)
        except Refused:
            return False
        return True

    return site.do(ask)


# --- what has become of a registration --------------------------------------------------------


def test_a_suspended_registrant_is_told_why_and_whom_to_ask(tomakomai: Site) -> None:
    person = registered(tomakomai)
    act(tomakomai, person, "suspend_registration", "いたずらの通報が続いたため")
    with logged_in(tomakomai, person) as client:
        menu = client.get("/my")
    assert "suspended" in codes_of(menu)
    assert "いたずらの通報が続いたため" in menu.text
    assert "苫小牧市消防本部 NET119担当" in menu.text
    assert "千歳市" not in menu.text


def test_after_a_cancellation_the_session_and_the_id_are_dead(tomakomai: Site) -> None:
    """TOM-22."""
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        token = csrf(client.get("/my"))
        act(tomakomai, person, "cancel", "転出のため")
        answer = client.post("/my", data={"csrf": token, "action": "call-page"})
        assert (answer.status_code, page_of(answer)) == (403, "log-in")
        assert "session-ended" in codes_of(answer)
        answer = log_in(client, person.login_id, person.password)
        assert "wrong-log-in" in codes_of(answer)
        assert "登録を取り消された方" in answer.text
        assert "転出のため" not in answer.text


def test_an_expired_registration_and_how_to_go_on(aso: Site) -> None:
    """ASO-13, ASO-30."""
    person = registered(aso)

    async def expire() -> None:
        office = aso.town.desk.office
        found = office.registry.registrant(person.registrant_id)
        await office.kernel.run(
            lambda tx: office.registry.change(
                tx, found, state=RegistrationState.EXPIRED, terms_version="2025-04"
            )
        )

    aso.do(expire)
    with logged_in(aso, person) as client:
        menu = client.get("/my")
    assert {"expired", "new-terms"} <= codes_of(menu)
    assert "そのURLを開いて、更新してください" in menu.text
    assert "2025-04版" in menu.text


def test_the_service_that_has_not_begun_says_so(tomakomai: Site) -> None:
    """ASO-32."""
    person = registered(tomakomai)

    async def later() -> None:
        office = tomakomai.town.desk.office
        profile = office.profile("tomakomai").model_copy(
            update={"service_starts": date(2026, 6, 1)}
        )
        office._profiles["tomakomai"] = profile

    tomakomai.do(later)
    with logged_in(tomakomai, person) as client:
        assert "2026年6月1日に始まります" in client.get("/my").text
        page = client.get(call_page(client))
        assert "not-started" in codes_of(page)
        tomakomai.town.clock.advance(timedelta(minutes=50).total_seconds())
        tomakomai.town.clock.advance(timedelta(days=61).total_seconds())
        assert "not-started" not in codes_of(client.get(page.url))


# --- mail, log-out and sessions ---------------------------------------------------------------


def test_the_mail_for_a_change_goes_to_the_address_on_record(tomakomai: Site) -> None:
    """TOM-20, TOM-21, TOM-26: the URL itself is never shown."""
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        assert "yo***@phone.example" in client.get("/my").text
        answer = press(client, "account-mail")
        assert page_of(answer) == "account-mail-sent"
        assert "yo***@phone.example" in answer.text
        assert person.mail not in answer.text
        assert "/r/" not in answer.text
        letter = tomakomai.do(lambda: tomakomai.town.letter("変更・利用の停止"))
        assert any("/r/" in url for url in letter.urls)
        for _ in range(10):
            answer = press(client, "account-mail")
        assert (answer.status_code, page_of(answer)) == (429, "menu")
        assert "too-many" in codes_of(answer)


def test_log_out_ends_the_token_and_going_back_shows_nothing(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        token = session(client)
        assert page_of(press(client, "log-out")) == "logged-out"
        assert not valid(tomakomai, token)
        client.cookies.set(COOKIE, token, domain="127.0.0.1", path="/")
        answer = client.get("/my")
        assert page_of(answer) == "log-in"
        assert "髙橋" not in answer.text
        for path in ("/my/account-mail", "/my/call-page", "/my/remove"):
            assert page_of(client.get(path)) == "log-in"


def test_a_log_in_ends_by_itself(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        token = session(client)
        tomakomai.town.clock.advance(LOG_IN_LASTS.total_seconds() - 1)
        assert page_of(client.get("/my")) == "menu"
        tomakomai.town.clock.advance(1)
        answer = client.get("/my")
        assert "session-ended" in codes_of(answer)
        assert not valid(tomakomai, token)


def test_a_browser_without_cookies_is_told_so(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with tomakomai.http() as client:
        answer = log_in(client, person.login_id, person.password)
        client.cookies.clear()
        assert "no-cookie" in codes_of(client.get(answer.headers["Location"]))


@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_form_without_the_sessions_token_does_nothing(tomakomai: Site, token: str) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        data = {"csrf": token, "action": "log-out"}
        answer = client.post("/my", data=data)
        assert (answer.status_code, codes_of(answer)) == (403, {"forbidden"})
        assert "苫小牧市消防本部 NET119担当" in answer.text
        data["csrf"] = csrf(client.get("/my"))
        answer = client.post("/my", data=data, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert page_of(client.get("/my")) == "menu"
        answer = client.post("/my", data={"csrf": data["csrf"], "action": "no-such"})
        assert (answer.status_code, codes_of(answer)) == (422, {"invalid"})


# --- in a browser -----------------------------------------------------------------------------


@pytest.mark.browser
def test_log_in_and_menu_in_a_browser(tomakomai: Site, browser: Browser) -> None:
    person = registered(tomakomai)
    with tab(browser, tomakomai.base_url) as page:
        page.goto("/my")
        look_in_both_languages(page, "my-log-in")
        page.fill("#login_id", "n000000001")
        page.fill("#password", "wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("#errors")
        look(page, "my-log-in-again")
        page.goto("/my?lang=en")
        page.fill("#login_id", "n000000001")
        page.fill("#password", "wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("#errors")
        look(page, "my-log-in-again")
        page.goto("/my?lang=ja")
        tab_to(page, "#login_id")
        page.keyboard.type(person.login_id)
        tab_to(page, "#password")
        page.keyboard.type(person.password)
        tab_to(page, "button[aria-controls=password]")
        page.keyboard.press("Space")
        assert page.locator("#password").get_attribute("type") == "text"
        assert page.locator("#password").input_value() == person.password
        tab_to(page, "button[value=log-in]")
        page.keyboard.press("Enter")
        page.wait_for_selector("body[data-page=menu]")
        look_in_both_languages(page, "my-menu")
        tab_to(page, "button[value=account-mail]")
        page.keyboard.press("Enter")
        page.wait_for_selector("body[data-page=account-mail-sent]")
        look_in_both_languages(page, "my-mail-sent")
        page.goto("/my")
        page.click("button[value=log-out]")
        page.wait_for_selector("body[data-page=logged-out]")
        look_in_both_languages(page, "my-logged-out")
        page.go_back()
        assert "髙橋" not in page.content()
        for _ in range(3):
            page.go_back()
            assert "髙橋" not in page.content()
