"""The browser against small pages served for real."""

import asyncio
import sys
from importlib.util import find_spec
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from net119_simulators.errors import SafetyInterlock, Unreachable
from net119_simulators.pages import Browser, NotOnPage, PageNotShown, Traits, Upload, page
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, WireEvent

from tests.simulators.pages.toy_pages import ToySite, at_site

FORM = (
    "<body data-page=form><form id=f method=post action=/sent {more}><input name=a value=あ>"
    "<input type=hidden name=csrf value=SECRETTOKEN><input type=password name=password>"
    "{fields}<button name=action value=next>次へ</button></form></body>"
)


class Kept:
    def __init__(self) -> None:
        self.events: list[WireEvent] = []

    def record(self, event: WireEvent) -> None:
        self.events.append(event)

    @property
    def all(self) -> str:
        return "\n".join(f"{each.label}\n{each.payload}" for each in self.events)


def browser(traits: Traits | None = None, kept: Kept | None = None) -> Browser:
    return Browser(None, Recorder(kept, Interface.A, "phone", "provider"), traits=traits)


def test_forms_arrive_as_filled_in_and_redirects_are_followed() -> None:
    async def story(site: ToySite) -> None:
        site.put("/form", FORM.format(more="", fields=""))
        site.put("/done", "<body data-page=done><h1>ok</h1></body>")
        async with browser() as window:
            form = (await window.open(f"{site.url}/form")).form()
            form.fill("a", "髙橋　𠮷子 & 1+1=2")
            form.action = f"{site.url}/go/303/done"
            shown = await window.press("next")
            assert shown.expect("done").url == f"{site.url}/done"
        posted, got = site.received[1:]
        assert posted.fields == [
            ("a", "髙橋　𠮷子 & 1+1=2"),
            ("csrf", "SECRETTOKEN"),
            ("password", ""),
            ("action", "next"),
        ]
        assert (got.method, got.body) == ("GET", b"")

    at_site(story)


@pytest.mark.parametrize(
    ("status", "method"),
    [*((code, "GET") for code in (301, 302, 303)), (307, "POST"), (308, "POST")],
)
def test_a_redirect_keeps_or_drops_the_body_by_its_status(status: int, method: str) -> None:
    async def story(site: ToySite) -> None:
        site.put("/form", FORM.format(more="", fields=""))
        async with browser() as window:
            form = (await window.open(f"{site.url}/form")).form()
            form.action = f"{site.url}/go/{status}/sent"
            await window.press("next")
        assert site.last.method == method
        assert bool(site.last.fields) == (method == "POST")

    at_site(story)


def test_files_arrive_with_name_type_and_content() -> None:
    async def story(site: ToySite) -> None:
        fields = "<input type=file name=image><input type=file name=none>"
        site.put("/form", FORM.format(more="enctype=multipart/form-data", fields=fields))
        async with browser() as window:
            form = (await window.open(f"{site.url}/form")).form()
            form.attach("image", Upload("身分証.jpg", "image/jpeg", b"\xff\xd8\r\n--x"))
            await window.press("次へ")
        arrived = dict(site.last.fields)
        assert arrived["image"] == ("身分証.jpg", "image/jpeg", b"\xff\xd8\r\n--x")
        assert arrived["a"] == "あ"

    at_site(story)


def test_a_page_in_shift_jis_is_read_and_answered_in_it() -> None:
    async def story(site: ToySite) -> None:
        site.put("/form", FORM.format(more="", fields=""), charset="shift_jis")
        async with browser() as window:
            form = (await window.open(f"{site.url}/form")).form()
            assert form.value("a") == "あ"
            await window.press("next")
        assert site.last.body.startswith(b"a=%82%A0&")

    at_site(story)


def test_cookies_are_kept_unless_the_phone_keeps_none() -> None:
    async def story(site: ToySite) -> None:
        site.put("/set", "<body></body>", set_cookie="session=abcdef; Path=/; HttpOnly")
        site.put("/see", "<body></body>")
        for traits, kept in ((Traits(), True), (Traits(cookies=False), False)):
            async with browser(traits) as window:
                await window.open(f"{site.url}/set")
                await window.open(f"{site.url}/see")
                assert ("cookie" in site.last.headers) is kept
                assert window.cookies == ({"session": "abcdef"} if kept else {})
                window.forget_cookies()
                await window.open(f"{site.url}/see")
                assert "cookie" not in site.last.headers

    at_site(story)


def test_requests_say_where_they_come_from_as_browsers_do() -> None:
    async def story(site: ToySite) -> None:
        site.put("/form", FORM.format(more="", fields="") + "<a href=/form>again</a>")
        site.put("/quiet", FORM.format(more="", fields=""), referrer_policy="no-referrer")
        async with browser() as window:
            await window.open(f"{site.url}/form")
            assert site.last.headers["sec-fetch-site"] == "none"
            assert "referer" not in site.last.headers
            await window.follow("again")
            assert site.last.headers["sec-fetch-site"] == "same-origin"
            assert site.last.headers["referer"] == f"{site.url}/form"
            await window.press("next")
            assert site.last.headers["origin"] == site.url
            await window.open(f"{site.url}/quiet")
            await window.press("next")
            assert site.last.headers["origin"] == "null"
            assert "referer" not in site.last.headers
        async with browser(Traits(fetch_metadata=False)) as window:
            await window.open(f"{site.url}/form")
            await window.press("next")
            assert not {"origin", "sec-fetch-site"} & site.last.headers.keys()

    at_site(story)


def test_the_evidence_has_everything_but_the_secrets() -> None:
    async def story(site: ToySite) -> None:
        fields = "<input type=file name=image>"
        site.put("/form", FORM.format(more="enctype=multipart/form-data", fields=fields))
        kept = Kept()
        async with browser(kept=kept) as window:
            form = (await window.open(f"{site.url}/form")).form()
            form.fill("password", "open sesame")
            form.attach("image", Upload("a.jpg", "image/jpeg", b"12345"))
            await window.press("next")
        assert "a=あ" in kept.all
        assert "image=(a.jpg, image/jpeg, 5 octets)" in kept.all
        assert "404 POST /sent" in kept.all
        assert "open sesame" not in kept.all
        assert "SECRETTOKEN" not in kept.all

    at_site(story)


def test_a_page_is_read_once_for_the_evidence_and_for_its_reader() -> None:
    async def story(site: ToySite) -> None:
        site.put("/form", FORM.format(more="", fields=""))
        site.put("/done", "<body data-page=done><h1>ok</h1></body>")
        kept = Kept()
        with mock.patch.object(page, "BeautifulSoup", wraps=BeautifulSoup) as read:
            async with browser(kept=kept) as window:
                (await window.open(f"{site.url}/form")).form().fill("a", "髙")
                assert read.call_count == 1
                assert (await window.open(f"{site.url}/done")).headings == ("ok",)
                assert read.call_count == 2
                # Another answer is another page, though it says the same.
                assert (await window.open(f"{site.url}/form")).form().value("a") == "あ"
        assert kept.all.count("SECRETTOKEN") == 0

    at_site(story)


def test_requests_do_not_look_for_what_is_not_installed() -> None:
    assert sys.modules.get("sniffio", "not looked for") is None or find_spec("sniffio") is not None


async def one_answer_each(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[bytes]
) -> None:
    """Promises to keep the connection open, and closes it when it is used again."""
    head = await reader.readuntil(b"\r\n\r\n")
    asked.append(head.split(b"\r\n")[0])
    body = b"<body data-page=ok><form method=post action=/sent><button name=a value=go>Go"
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
        + body
    )
    await writer.drain()
    # Only once the next request is there: the client cannot have seen that it was too late.
    if await reader.read(1):
        asked.append(b"cut")
    writer.transport.abort()


def test_a_connection_that_the_server_has_let_go_is_made_anew() -> None:
    async def story() -> None:
        asked: list[bytes] = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await one_answer_each(reader, writer, asked)

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with browser() as window:
            await window.open(f"http://127.0.0.1:{port}/one")
            await window.press("go")
        assert asked[:3] == [b"GET /one HTTP/1.1", b"cut", b"POST /sent HTTP/1.1"]
        server.close()

    asyncio.run(story())


def test_a_server_that_answers_nothing_is_asked_once() -> None:
    async def story() -> None:
        met: list[int] = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            met.append(len(await reader.readuntil(b"\r\n\r\n")))
            writer.transport.abort()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with browser() as window:
            with pytest.raises(Unreachable):
                await window.open(f"http://127.0.0.1:{port}/one")
        assert len(met) == 1
        server.close()

    asyncio.run(story())


def test_what_goes_wrong_is_told() -> None:
    async def story(site: ToySite) -> None:
        site.put("/form", FORM.format(more="", fields=""))
        async with browser() as window:
            with pytest.raises(RuntimeError):
                _ = window.page
            await window.open(f"{site.url}/form")
            with pytest.raises(NotOnPage):
                await window.press("nowhere")
            with pytest.raises(NotOnPage):
                await window.follow("nowhere")
            with pytest.raises(PageNotShown) as wrong:
                (await window.open(f"{site.url}/nothing")).expect("form")
            assert "missing, status 404" in wrong.value.seen
            with pytest.raises(PageNotShown):
                await window.fetch("/nothing")
            with pytest.raises(SafetyInterlock):
                await window.open("https://192.0.2.1/")
            with pytest.raises(PageNotShown) as endless:
                await window.open(f"{site.url}/" + "go/302/" * 25)
            assert "redirects" in endless.value.seen
            with pytest.raises(Unreachable):
                await window.open("http://127.0.0.1:9/")

    at_site(story)
