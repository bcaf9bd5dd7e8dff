"""The mailboxes' pages without a script: what they show, and whom they answer."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from net119_simulators.errors import SafetyInterlock
from net119_simulators.mailbox import (
    Draft,
    Filters,
    FilterStep,
    MailboxServer,
    Outcome,
    Rule,
    load_situations,
    send_mail,
)
from net119_simulators.mailbox.sending import MailNotTaken
from net119_simulators.mailbox_pages import MailboxPages, words

ME = "yoshiko@docomo.example"
SERVICE = "tomakomai@net119-aoba.example"
URL = "https://127.0.0.2:8443/r/abc?a=1&b=2"


def run(test: Callable[[MailboxServer, httpx.AsyncClient], Coroutine[Any, Any, None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60), MailboxServer() as boxes, MailboxPages(boxes) as pages:
            client = httpx.AsyncClient(base_url=pages.url, trust_env=False, follow_redirects=True)
            async with client:
                await test(boxes, client)

    asyncio.run(bounded())


async def mail(boxes: MailboxServer, text: str, subject: str = "呼び返し", to: str = ME) -> None:
    await send_mail(Draft(SERVICE, to, subject, text), boxes.host, boxes.port)


async def page(client: httpx.AsyncClient, path: str, status: int = 200) -> BeautifulSoup:
    answer = await client.get(path)
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    return BeautifulSoup(answer.text, "html.parser")


def body(found: BeautifulSoup) -> str:
    return " ".join(found.get_text(" ").split())


def test_a_mail_is_shown_with_its_headers_text_and_links() -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        assert "まだメールはありません" in body(await page(client, "/"))
        await mail(boxes, f"髙橋　𠮷子① 様\n{URL}（24時間有効）")
        found = await page(client, "/")
        link = found.select_one("#live a")
        assert link is not None
        assert link.text == ME
        found = await page(client, str(link["href"]))
        link = found.select_one("#live a")
        assert link is not None
        assert link.text == "呼び返し"
        found = await page(client, str(link["href"]))
        (url,) = found.select(".text a")
        assert (url["href"], url.text) == (URL, URL)
        first, as_shown = found.select(".text")
        assert "髙橋　𠮷子① 様" in first.text
        assert "髙橋　〓子① 様" in as_shown.text, "Shift_JIS has no 𠮷"
        names = {each.text for each in found.select(".headers dt")}
        assert {"From", "To", "Subject", "Message-ID", "Content-Type"} <= names

    run(test)


def test_what_a_mail_says_is_never_markup() -> None:
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'

    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        draft = Draft(f"{evil}@x.example", ME, evil, f"{evil} javascript:alert(3)", headers={})
        await send_mail(
            Draft(**{**vars(draft), "envelope_from": SERVICE, "headers": {"X-Evil": evil}}),
            boxes.host,
            boxes.port,
        )
        for path in ("/", f"/box?address={ME}", "/mail/0"):
            found = await page(client, path)
            assert [each.get("src") for each in found("script")] in ([], ["/static/watch.js"])
            assert not found("img")
        assert evil in (await page(client, "/mail/0")).select(".text")[0].text
        odd = f"/box?address={evil.replace(' ', '')}@x.example"
        assert not (await page(client, odd, 400))("img")

    run(test)


def test_stopped_mail_is_shown_with_the_rule_that_stopped_it() -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        boxes.set_rule(ME, Rule(filters=Filters(urls=True)))
        await mail(boxes, URL)
        boxes.set_rule(ME, Rule(Outcome.FULL))
        with pytest.raises(MailNotTaken):
            await mail(boxes, URL)
        found = await page(client, "/")
        assert "届いた 0 通 届かなかった 2 件" in body(found)
        full, lost = (await page(client, f"/box?address={ME}")).select("#live li")
        assert "後回し（再送待ち）" in full.text
        assert "決めた規則: 容量がいっぱい" in full.text
        assert full.select("a") == [], "its content never came"
        assert "消えました" in lost.text
        assert "決めた規則: URL 付きメールの拒否" in lost.text
        english = body(await page(client, "/mail/0?lang=en"))
        assert "Decided by: refusal of mail with a URL (it has a URL (https://127" in english
        assert "Neither the sender nor the owner is told." in english

    run(test)


def test_a_situation_is_given_to_a_mailbox_before_its_mail_comes() -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        found = await page(client, "/box?address=new@au.example")
        codes = [str(each["value"]) for each in found.select("option")]
        assert codes == list(load_situations())
        chosen = {"address": "new@au.example", "situation": "urls-refused"}
        origin = {"Origin": str(client.base_url).rstrip("/")}
        answer = await client.post("/box/situation", data=chosen, headers=origin)
        assert answer.status_code == 200
        assert "変えました。いまの状況: URL のあるメールをすべて受け取らない" in answer.text
        selected = BeautifulSoup(answer.text, "html.parser").select("option[selected]")
        assert [each["value"] for each in selected] == ["urls-refused"]
        assert boxes.rule("new@au.example") == load_situations()["urls-refused"].rule
        for wrong in (chosen | {"situation": "x"}, chosen | {"address": "x"}):
            answer = await client.post("/box/situation", data=wrong, headers=origin)
            assert answer.status_code == 400

    run(test)


def test_only_situations_that_the_carrier_has_filters_for_are_offered() -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        origin = {"Origin": str(client.base_url).rstrip("/")}
        found = await page(client, "/box?address=a@pc.example")
        codes = {str(each["value"]) for each in found.select("option")}
        assert set(load_situations()) - codes == {"urls-refused"}
        assert "この会社のメールにはない設定" in body(found)
        asked = {"address": "a@pc.example", "situation": "urls-refused"}
        assert (await client.post("/box/situation", data=asked, headers=origin)).status_code == 400
        # Whatever a page offers to stop mail does stop some, at every carrier.
        for domain in ("au", "softbank", "docomo", "pc"):
            for code in codes & {"one-sender-listed", "only-listed", "denied"}:
                boxes.set_rule(to := f"{code}@{domain}.example", load_situations()[code].rule)
                with contextlib.suppress(MailNotTaken):
                    await mail(boxes, URL, to=to)
                assert boxes.letters(to) == (), to

    run(test)


def test_an_empty_mail_is_sent_from_a_mailbox_and_a_refusal_is_told() -> None:
    to, gone = "r.tomakomai@net119-aoba.example", "r.chitose@net119-aoba.example"

    async def test() -> None:
        async with (
            asyncio.timeout(60),
            MailboxServer() as provider,
            MailboxServer() as boxes,
            MailboxPages(
                boxes, applications={each: (provider.host, provider.port) for each in (to, gone)}
            ) as pages,
            httpx.AsyncClient(base_url=pages.url, trust_env=False, follow_redirects=True) as client,
        ):
            provider.set_rule(gone, Rule(Outcome.REJECT))
            origin = {"Origin": str(client.base_url).rstrip("/")}
            found = await page(client, f"/box?address={ME}")
            assert [each.text for each in found.select("#to option")] == [to, gone]

            async def send(lang: str = "ja", **changed: str) -> httpx.Response:
                data = {"address": ME, "to": to} | changed
                url = f"/box/empty-mail?lang={lang}"
                return await client.post(url, data=data, headers=origin)

            answer = await send()
            assert answer.status_code == 200
            assert f"{to} へ空メールを送りました。" in answer.text
            (letter,) = provider.letters(to)
            assert (letter.sender, letter.subject, letter.text.strip()) == (ME, "", "")
            answer = await send("en", to=gone)
            assert answer.status_code == 502
            assert f"{gone} did not take the empty mail: 550" in answer.text
            assert "空メールを送りました" not in answer.text
            for wrong in ({"to": "else@x.example"}, {"address": "x"}):
                assert (await send(**wrong)).status_code == 400
            for other in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
                data = {"address": ME, "to": to}
                answer = await client.post("/box/empty-mail", data=data, headers=other)
                assert answer.status_code == 403
            assert len(provider.letters(to)) == 1

    asyncio.run(test())


def test_without_an_address_to_apply_to_no_empty_mail_is_offered() -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        assert "空メール" not in body(await page(client, f"/box?address={ME}"))

    run(test)


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_another_site_cannot_change_anything(origin: dict[str, str]) -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        chosen = {"address": ME, "situation": "lost"}
        answer = await client.post("/box/situation", data=chosen, headers=origin)
        assert answer.status_code == 403
        assert boxes.rule(ME) == Rule()

    run(test)


def test_only_this_machine_is_answered_and_listened_to() -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        for host in ("evil.example", "192.0.2.1:80", ""):
            answer = await client.get("/", headers={"Host": host})
            assert answer.status_code in (400, 421), host
        with pytest.raises(SafetyInterlock):
            MailboxPages(boxes, "0.0.0.0")

    run(test)


def test_what_is_not_there_is_told() -> None:
    async def test(boxes: MailboxServer, client: httpx.AsyncClient) -> None:
        for path in ("/mail/0", "/static/x.js", "/nothing"):
            assert "見つかりません" in body(await page(client, path, 404))
        assert "開けません" in body(await page(client, "/box", 400))

    run(test)


def test_every_rule_has_words() -> None:
    assert {step.value for step in FilterStep} <= set(words.RULES)
