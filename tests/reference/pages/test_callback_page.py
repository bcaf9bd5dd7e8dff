"""The page of a callback's URL without JavaScript: what a look does, and what the button does."""

from collections.abc import Iterator

import httpx
import pytest
from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.codes import Kind, Mode
from net119_protocol.refusal_texts import OTHER_MEANS_JA
from net119_reference.web.pages.sessions import CALLBACK

from tests.reference.pages.calling import Desk, desk
from tests.reference.pages.calling_back import Lost, press
from tests.reference.pages.person import codes_of, csrf, page_of
from tests.reference.pages.site import Site, site
from tests.reference.pages.test_call_chat import client_id
from tests.reference.web.live_server import Certificates


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def console(town: Site) -> Iterator[Desk]:
    with desk(town) as sitting:
        yield sitting


@pytest.fixture
def browser_of_nobody(town: Site) -> Iterator[httpx.Client]:
    """Without the cookie of any device: the mail may be read anywhere."""
    with town.http(follow_redirects=True) as client:
        yield client


def test_a_look_changes_nothing_and_the_button_brings_the_caller_back(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console, kind=Kind.FIRE)
    lost.close()
    path = lost.called_back()
    client = browser_of_nobody
    looks = [client.get(path) for _ in range(3)]
    assert [(each.status_code, page_of(each)) for each in looks] == [(200, "callback")] * 3
    assert client.head(path).status_code in (200, 405)
    assert lost.state() == "closed"
    for told in ("苫小牧市消防本部", "火事", "チャットを再開する", 'value="reopen"'):
        assert told in looks[0].text, told
    assert looks[0].headers["Cache-Control"] == "no-store"
    assert not client.cookies
    chat = press(client, path)
    assert (page_of(chat), chat.url.path) == ("call-chat", f"{path}/chat")
    assert [each.status_code for each in chat.history] == [303]
    assert lost.state() == "ringing"
    (cookie,) = [each for each in client.cookies.jar if each.name == CALLBACK]
    assert (cookie.path, cookie.secure) == (path, True)
    assert cookie.has_nonstandard_attr("HttpOnly")
    sent = {"csrf": csrf(chat), "client_id": client_id(chat), "text": "髙橋です。戻りました①"}
    answer = client.post(f"{path}/chat/lines", data=sent)
    assert page_of(answer) == "call-chat"
    console.heard(lost.call, "髙橋です。戻りました①")
    card = client.get(f"{path}/chat/card")
    assert page_of(card) == "call-card"
    assert f'href="{path}/chat"' in card.text


def test_a_button_pressed_twice_opens_one_call_once(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console)
    lost.close()
    path = lost.called_back()
    for _ in range(2):
        assert page_of(press(browser_of_nobody, path)) == "call-chat"
    assert town.town.provider.core.live(lost.call.call_id).known().epoch == 2
    # Another browser of the same caller, as after an application's own one.
    with town.http(follow_redirects=True) as other:
        assert page_of(press(other, path)) == "call-chat"
    assert town.town.provider.core.live(lost.call.call_id).known().epoch == 2


def test_a_call_that_is_still_open_goes_on_as_it_was(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console)
    path = lost.called_back()
    assert page_of(press(browser_of_nobody, path)) == "call-chat"
    call = town.town.provider.core.live(lost.call.call_id).known()
    assert (call.epoch, call.open) == (1, True)


def test_a_form_without_the_button_opens_nothing(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console)
    lost.close()
    path = lost.called_back()
    answer = browser_of_nobody.post(path, data={"action": "look"})
    assert answer.status_code == 422
    foreign = browser_of_nobody.post(
        path, data={"action": "reopen"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert foreign.status_code == 403
    assert lost.state() == "closed"


def test_the_chat_opens_only_where_the_button_was_pressed(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console)
    path = lost.called_back()
    with town.http(follow_redirects=True) as other:
        press(other, path)
    for below in ("/chat", "/chat/card"):
        shut = browser_of_nobody.get(path + below)
        assert page_of(shut) == "callback"
        assert 'data-code="not-opened"' in shut.text
    said = browser_of_nobody.post(f"{path}/chat/lines", data={"text": "x"})
    assert page_of(said) == "callback"
    assert [each for each in lost.call.stored() if each.text == "x"] == []


def test_what_opened_one_call_opens_no_other(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    own, other = Lost(town, console), Lost(town, console)
    path, elsewhere = own.called_back(), other.called_back()
    press(browser_of_nobody, path)
    token = browser_of_nobody.cookies.get(CALLBACK)
    with town.http(follow_redirects=True) as forger:
        forger.cookies.set(CALLBACK, token or "", domain="127.0.0.1")
        assert page_of(forger.get(f"{path}/chat")) == "call-chat"
        for foreign in (f"{elsewhere}/chat", f"{elsewhere}/chat/card"):
            assert page_of(forger.get(foreign)) == "callback"
        assert page_of(forger.get(own.call.path)) == "call-page-closed"
        assert forger.get("/my").url.path == "/my"
        assert own.mail not in forger.get("/my").text


def test_each_url_that_opens_nothing_says_why_and_what_to_do(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console)
    lost.close()
    older = lost.called_back()
    newer = lost.called_back()

    def shut(path: str, status: int, code: str) -> None:
        for answer in (browser_of_nobody.get(path), press(browser_of_nobody, path)):
            assert (answer.status_code, page_of(answer)) == (status, "callback-shut")
            assert codes_of(answer) == {code}
            assert OTHER_MEANS_JA in answer.text

    shut(older, 410, "link-revoked")
    shut(f"/b/{'x' * 32}", 404, "link-unknown")
    shut(newer[:-1], 404, "link-unknown")
    clock = town.town.clock
    clock.advance(24 * 3600 + 1)
    shut(newer, 410, "link-expired")
    assert lost.state() == "closed"


def test_a_suspended_registrant_is_told_why(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console)
    lost.close()
    path = lost.called_back()

    async def suspend() -> None:
        here = town.town
        account = await here.provider.add_account(
            NewAccount(role=AccountRole.STAFF, unit=here.department, name="鈴木")
        )
        staff = await here.provider.staff_identity(account.token)
        who = (await lost.caller.identity()).registrant_id
        await here.desk.suspend_registration(staff, who, await here.version(who), "いたずらのため")

    town.do(suspend)
    answer = press(browser_of_nobody, path)
    assert (answer.status_code, page_of(answer)) == (403, "callback-shut")
    assert codes_of(answer) == {"registrant-suspended"}
    assert "いたずらのため" in answer.text
    assert lost.state() == "closed"


@pytest.mark.parametrize(
    ("mode", "mark"),
    [(Mode.PRACTICE, "【練習】"), (Mode.TEST, "【試験】"), (Mode.DRILL, "【訓練】")],
)
def test_a_call_that_is_not_live_is_marked_everywhere(
    town: Site, console: Desk, browser_of_nobody: httpx.Client, mode: Mode, mark: str
) -> None:
    lost = Lost(town, console, mode=mode)
    lost.close()
    path = lost.called_back()
    page = browser_of_nobody.get(path)
    assert page.text.count(mark) >= 3
    assert f'data-mode="{mode.value}"' in page.text
    if mode is not Mode.TEST:
        assert OTHER_MEANS_JA not in page.text
    english = browser_of_nobody.get(path, params={"lang": "en"})
    assert f"[{mode.value.upper()}]" in english.text
    press(browser_of_nobody, path)
    for below in ("/chat", "/chat/card"):
        for lang, said in (("ja", mark), ("en", f"[{mode.value.upper()}]")):
            shown = browser_of_nobody.get(path + below, params={"lang": lang})
            for element in ("title", "h1"):
                assert f"<{element}>{said}" in shown.text, (below, lang, element)


def test_a_closed_chat_leads_back_to_its_button(
    town: Site, console: Desk, browser_of_nobody: httpx.Client
) -> None:
    lost = Lost(town, console)
    path = lost.called_back()
    press(browser_of_nobody, path)
    lost.close()
    page = browser_of_nobody.get(f"{path}/chat")
    assert 'data-state="closed"' in page.text
    assert f'<a class="button" href="{path}">' in page.text
