"""A call that began encrypted, at a phone that goes on without (ASO-08, CNB-11)."""

import httpx
import pytest
from net119_protocol.codes import LinkSecurity
from net119_reference.web.application import create_app

from tests.reference.mobile.answering import call_of, desk_of, entered
from tests.reference.mobile.phones import USER_AGENTS, MobilePhone
from tests.reference.pages.site import site
from tests.reference.web.live_server import Certificates

SAID = "台所から火が出ています"


@pytest.mark.parametrize(("department", "allowed"), [("tomakomai", False), ("aso", True)])
def test_a_call_goes_on_in_plaintext_with_a_mark_or_not_at_all(
    page_certificates: Certificates, department: str, allowed: bool
) -> None:
    with site(department, page_certificates) as here:
        desk, person = desk_of(here), entered(here, "link@phone.example")
        with here.http() as client:
            phone = MobilePhone(client, "softbank")
            phone.log_in(person.login_id, person.password)
            for words in ("通報する", "火事", "自宅", "測らずに"):
                phone.follow(words)
            call_id = call_of(phone.press("call"))
            phone.press("say", text=SAID)
        assert desk.call(call_id).link is LinkSecurity.ENCRYPTED

        provider = here.town.provider
        app = create_app(provider, provider.core.config)

        async def story() -> None:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://127.0.0.1",
                headers={"User-Agent": USER_AGENTS["softbank"]},
            ) as plain:
                keys = {"login_id": person.login_id, "password": person.password}
                menu = (await plain.post("/m/log-in", data=keys)).headers["location"]
                chat = f"{menu}/c/{call_id}"
                for path in (f"{chat}/wait", f"{chat}/card", f"{chat}/lines/1"):
                    page = await plain.get(path)
                    refused = 'data-code="plaintext-not-allowed"' in page.text
                    assert (page.status_code, refused) == ((200, False) if allowed else (403, True))
                    assert 'id="plaintext"' in page.text
                assert (SAID in (await plain.get(chat)).text) is allowed
                said = await plain.post(chat, data={"text": "平文の行", "client_id": "plain-1"})
                assert said.status_code == (303 if allowed else 403)

        here.do(story)
        lines = [each.text for each in desk.lines(call_id)]
        assert ("平文の行" in lines) is allowed
        assert any("【暗号化なし】" in each for each in lines) is allowed
        marked = LinkSecurity.PLAINTEXT if allowed else LinkSecurity.ENCRYPTED
        assert desk.call(call_id).link is marked
