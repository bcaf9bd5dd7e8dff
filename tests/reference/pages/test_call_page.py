"""The personal call page: one device each, a URL that opens nothing elsewhere."""

import json
import re

import httpx
import pytest
from net119_protocol.api.handset import LogIn
from net119_protocol.api.staff import RegistrationState
from net119_reference.registration.ports import CallPageProblem
from playwright.sync_api import Browser, Page

from tests.reference.pages.looking import look_in_both_languages, tab, tab_to
from tests.reference.pages.person import (
    Person,
    call_page,
    codes_of,
    csrf,
    logged_in,
    page_of,
    press,
    registered,
)
from tests.reference.pages.site import Site

NAME = "髙橋　𠮷子①"
DEVICE = "net119_device"


def closed(answer: httpx.Response, code: CallPageProblem) -> bool:
    """Whether the page is closed for this reason, naming nobody."""
    assert NAME not in answer.text
    status = 404 if code is CallPageProblem.UNKNOWN else 403
    assert (answer.status_code, page_of(answer)) == (status, "call-page-closed")
    return code.value in codes_of(answer)


def ask_device_change(site: Site, person: Person) -> None:
    """Apply for another device through a mailed URL."""

    async def ask() -> None:
        town = site.town
        who = (await town.rows(RegistrationState.APPROVED))[0]
        assert who.registrant_id == person.registrant_id
        session = await town.provider.log_in(_log_in(person))
        await town.desk.ask_account_mail(await town.provider.handset_identity(session.token))
        token = await town.token(await town.letter("変更・利用の停止"))
        view = await town.desk.open_link(token)
        data = view.application.data.model_copy(update={"device": "タブレット"})
        changed = view.application.model_copy(update={"data": data})
        await town.desk.accept_terms(token, view.profile.terms.version)
        assert await town.desk.keep_draft(token, changed) == ()
        await town.desk.submit(token)

    site.do(ask)


def _log_in(person: Person) -> LogIn:
    return LogIn(login_id=person.login_id, password=person.password)


def test_made_from_the_menu_it_opens_on_this_device_only(tomakomai: Site) -> None:
    """TOM-19, CNB-10, CNB-25, ASO-14."""
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        path = call_page(client)
        assert re.fullmatch(r"/c/[A-Za-z0-9_-]{43}", path), "256 random bits"
        answer = client.get(path)
        assert page_of(answer) == "call"
        assert NAME in answer.text
        assert "苫小牧市消防本部" in answer.text
        assert 'data-state="approved"' in answer.text
        assert person.mail not in answer.text
        flags = set(answer.headers["set-cookie"].lower().split("; "))
        assert {"httponly", "secure", "samesite=lax", f"max-age={400 * 24 * 3600}"} <= flags
        press(client, "log-out")
        assert page_of(client.get(path)) == "call", "no log-in is needed"
        assert 'data-call-page="here"' not in client.get("/my").text
    with tomakomai.http() as stranger:
        for url in (path, f"{path}/made"):
            assert closed(stranger.get(url), CallPageProblem.OTHER_DEVICE)
        assert closed(stranger.get("/c/" + "x" * 43), CallPageProblem.UNKNOWN)
        assert closed(stranger.get("/c/%00%F0%9F%98%80"), CallPageProblem.UNKNOWN)
        assert not any(each.name == DEVICE for each in stranger.cookies.jar)
        secret = path.removeprefix("/c/")
        stranger.cookies.set("net119_session", secret, domain="127.0.0.1", path="/")
        assert page_of(stranger.get("/my")) == "log-in", "the secret is no log-in"


def test_the_page_that_was_made_tells_how_to_keep_it_and_may_be_reloaded(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        answer = press(client, "call-page")
        assert "ホーム画面に追加" in answer.text
        assert page_of(client.get(answer.url)) == "call-page-made"
        path = str(answer.url.path).removesuffix("/made")
        assert page_of(client.get(path)) == "call", "a reload makes no other one"


def test_the_manifest_opens_this_url_and_tells_no_more(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        path = call_page(client)
        assert f'rel="manifest" href="{path}/manifest.webmanifest"' in client.get(path).text
    with tomakomai.http() as stranger:
        answer = stranger.get(f"{path}/manifest.webmanifest")
        assert answer.headers["Content-Type"] == "application/manifest+json"
        found = json.loads(answer.text)
        assert found["start_url"] == path
        assert found["display"] == "browser"
        for icon in found["icons"]:
            assert stranger.get(icon["src"]).headers["Content-Type"] == "image/png"
        unknown = stranger.get(f"/c/{'x' * 43}/manifest.webmanifest")
        assert unknown.text.replace("x" * 43, path.removeprefix("/c/")) == answer.text
        assert stranger.get("/c/../manifest.webmanifest").status_code == 404


def test_a_second_device_replaces_the_first_after_asking(tomakomai: Site) -> None:
    """CNB-10 as Tomakomai's profile has it."""
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as old, logged_in(tomakomai, person) as new:
        path = call_page(old)
        assert 'data-call-page="elsewhere"' in new.get("/my").text
        asked = press(new, "call-page")
        assert page_of(asked) == "call-page-replace"
        assert "other-device" in codes_of(asked)
        assert page_of(old.get(path)) == "call", "nothing has been done yet"
        assert page_of(press(new, "back")) == "menu"
        assert page_of(old.get(path)) == "call"
        made = press(new, "replace")
        assert page_of(made) == "call-page-made"
        assert "replaced" in codes_of(made)
        told = old.get(path)
        assert closed(told, CallPageProblem.REPLACED)
        assert "苫小牧市消防本部 NET119担当" in told.text
        assert "千歳市" not in told.text
    letter = tomakomai.do(lambda: tomakomai.town.letter("別の端末に移りました"))
    assert "心当たりのない方は" in letter.text


def test_a_second_device_is_refused_until_the_first_is_given_up(chita_nanbu: Site) -> None:
    """CNB-10 as Chita-Nanbu's profile has it."""
    person = registered(chita_nanbu)
    with logged_in(chita_nanbu, person) as old, logged_in(chita_nanbu, person) as new:
        path = call_page(old)
        for button in ("call-page", "replace"):
            answer = press(new, button)
            assert (answer.status_code, page_of(answer)) == (403, "call-page-refused")
            assert "second-device" in codes_of(answer)
            assert "知多南部消防組合消防本部 Net119担当" in answer.text
        assert page_of(old.get(path)) == "call"
        asked = press(new, "remove-call-page")
        assert page_of(asked) == "call-page-remove"
        assert page_of(old.get(path)) == "call"
        answer = new.post("/my", data={"csrf": csrf(asked), "action": "remove"})
        assert codes_of(answer) >= {"removed"}
        assert closed(old.get(path), CallPageProblem.REVOKED)
        assert page_of(new.get(call_page(new))) == "call"


def test_the_same_device_is_asked_before_its_bookmark_breaks(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        path = call_page(client)
        asked = press(client, "call-page")
        assert "same-device" in codes_of(asked)
        made = press(client, "replace")
        assert "replaced" not in codes_of(made), "no other device lost anything"
        assert closed(client.get(path), CallPageProblem.REVOKED)


def test_deleted_cookies_are_explained(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        path = call_page(client)
        client.cookies.clear()
        answer = client.get(path)
        assert closed(answer, CallPageProblem.OTHER_DEVICE)
        assert "Cookie（クッキー）を消したとき" in answer.text
        assert 'href="/my"' in answer.text


def test_after_the_end_the_page_says_so(tomakomai: Site) -> None:
    """TOM-22."""
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        path = call_page(client)

        async def stop() -> None:
            town = tomakomai.town
            version = await town.version(person.registrant_id)
            await town.desk.cancel(town.clerk, person.registrant_id, version, "転出")

        tomakomai.do(stop)
        answer = client.get(path)
        assert closed(answer, CallPageProblem.ENDED)
        assert "転出" not in answer.text


def test_a_device_change_closes_the_old_device_at_once(aso: Site) -> None:
    """ASO-12."""
    person = registered(aso)
    with logged_in(aso, person) as client:
        path = call_page(client)
        ask_device_change(aso, person)
        answer = client.get(path)
        assert closed(answer, CallPageProblem.DEVICE_CHANGE)
        assert "阿蘇広域行政事務組合消防本部" in answer.text
        assert page_of(client.get("/my")) == "log-in"


def test_a_suspended_registrant_is_told_on_the_call_page(tomakomai: Site) -> None:
    person = registered(tomakomai)
    with logged_in(tomakomai, person) as client:
        path = call_page(client)

        async def suspend() -> None:
            town = tomakomai.town
            version = await town.version(person.registrant_id)
            reason = "いたずら"
            await town.desk.suspend_registration(town.clerk, person.registrant_id, version, reason)

        tomakomai.do(suspend)
        answer = client.get(path)
        assert page_of(answer) == "call"
        assert "suspended" in codes_of(answer)
        assert "通報できません" in answer.text


# --- in a browser -----------------------------------------------------------------------------


def enter(page: Page, person: Person) -> None:
    """Log in."""
    page.goto("/my")
    page.fill("#login_id", person.login_id)
    page.fill("#password", person.password)
    page.click("button[value=log-in]")
    page.wait_for_selector("body[data-page=menu]")


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_two_devices_in_browsers(tomakomai: Site, browser: Browser, script: bool) -> None:
    person = registered(tomakomai)
    with (
        tab(browser, tomakomai.base_url, script=script) as old,
        tab(browser, tomakomai.base_url) as new,
    ):
        enter(old, person)
        tab_to(old, "button[value=call-page]") if script else old.focus("button[value=call-page]")
        old.keyboard.press("Enter")
        old.wait_for_selector("body[data-page=call-page-made]")
        if script:
            look_in_both_languages(old, "call-page-made")
        old.click("#call-url")
        old.wait_for_selector("body[data-page=call]")
        url = old.url
        if script:
            look_in_both_languages(old, "call-page")
        new.goto(url)
        new.wait_for_selector("[data-code=other-device]")
        look_in_both_languages(new, "call-page-other-device")
        enter(new, person)
        look_in_both_languages(new, "my-menu-elsewhere")
        new.click("button[value=call-page]")
        new.wait_for_selector("body[data-page=call-page-replace]")
        look_in_both_languages(new, "call-page-replace")
        new.click("button[value=replace]")
        new.wait_for_selector("[data-code=replaced]")
        # From a bookmark: a navigation that no page of ours began.
        old.goto("about:blank")
        old.goto(url)
        old.wait_for_selector("[data-code=replaced]")
        if script:
            look_in_both_languages(old, "call-page-replaced")
        new.click("#call-url")
        new.wait_for_selector("body[data-page=call]")
        new.goto("/my")
        new.click("button[value=remove-call-page]")
        new.wait_for_selector("body[data-page=call-page-remove]")
        look_in_both_languages(new, "call-page-remove")
        new.click("button[value=remove]")
        new.wait_for_selector("[data-code=removed]")


@pytest.mark.browser
def test_a_refused_device_in_a_browser(chita_nanbu: Site, browser: Browser) -> None:
    person = registered(chita_nanbu)
    with logged_in(chita_nanbu, person) as old, tab(browser, chita_nanbu.base_url) as new:
        call_page(old)
        enter(new, person)
        new.click("button[value=call-page]")
        new.wait_for_selector("body[data-page=call-page-refused]")
        look_in_both_languages(new, "call-page-refused")
        new.goto("/c/" + "x" * 43)
        look_in_both_languages(new, "call-page-unknown")
