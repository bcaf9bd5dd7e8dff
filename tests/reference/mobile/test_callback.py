"""A callback's URL at feature phones (CNB-31)."""

from collections.abc import Iterator

import pytest
from net119_protocol.codes import Mode

from tests.reference.mobile.phones import USER_AGENTS, MobilePhone
from tests.reference.pages.calling import Desk, desk
from tests.reference.pages.calling_back import Lost
from tests.reference.pages.site import Site


@pytest.fixture(scope="module")
def console(tomakomai: Site) -> Iterator[Desk]:
    with desk(tomakomai) as sitting:
        yield sitting


@pytest.mark.parametrize("kind", ["docomo-1", "au", "softbank"])
def test_the_mailed_url_leads_an_old_phone_back_to_its_chat(
    tomakomai: Site, console: Desk, kind: str
) -> None:
    lost = Lost(tomakomai, console, mode=Mode.TEST)
    lost.close()
    path = lost.called_back()
    with tomakomai.http() as client:
        phone = MobilePhone(client, kind)
        page = phone.get(path)
        assert (page.name, page.response.url.path) == ("m-callback", f"/m{path}")
        assert "【試験】" in page.text
        assert lost.state() == "closed"
        chat = phone.press("reopen")
        assert chat.name == "m-chat"
        assert lost.state() == "ringing"
        phone.press("say", text="戻りました")
        console.heard(lost.call, "戻りました")
        # The session is for this call alone, and for this phone.
        start = str(chat.response.url.path).partition("/c/")[0]
        for other in ("", "/new", "/practice", "/c/00000000-0000-4000-8000-000000000000"):
            assert phone.get(f"{start}{other}").name == "m-log-in", other
        foreign = {"User-Agent": USER_AGENTS["willcom"], "Accept": "text/html"}
        seen = client.get(chat.response.url.path, headers=foreign)
        assert seen.status_code == 403


def test_a_url_that_opens_nothing_says_so(tomakomai: Site, console: Desk) -> None:
    lost = Lost(tomakomai, console, mode=Mode.PRACTICE)
    lost.close()
    older = lost.called_back()
    lost.called_back()
    with tomakomai.http() as client:
        phone = MobilePhone(client, "docomo")
        for path, code in ((older, "link-revoked"), (f"/b/{'x' * 32}", "link-unknown")):
            page = phone.get(path)
            assert (page.name, page.code) == ("m-callback-shut", code)
    assert lost.state() == "closed"
