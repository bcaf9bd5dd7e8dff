"""A phone's browser over its own TLS: requests, answers, cookies, charsets, evidence."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from net119_simulators.errors import SafetyInterlock, Unreachable
from net119_simulators.handsets import find_handset
from net119_simulators.handsets.chain import Roots
from net119_simulators.handsets.handshake import HandshakeFailed
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.position import Measured

from tests.simulators.handsets.tls_server import Answer, Pair, TlsServer, legacy, make_pair
from tests.simulators.support import Tape

HERE = Measured(42.6341, 141.6055, 30)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_pair(tmp_path_factory.mktemp("pair"), "sha256")


@pytest.fixture(scope="module")
def served(pair: Pair) -> Iterator[TlsServer]:
    with TlsServer(legacy(pair)) as server:
        yield server


def answer(*headers: str, body: bytes = b"", status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def pages(by_path: dict[str, bytes]) -> Answer:
    def look(request: bytes) -> bytes:
        path = request.split(b" ")[1].split(b"?")[0].decode()
        return by_path[path]

    return look


def at(
    server: TlsServer,
    pair: Pair,
    name: str,
    story: Callable[[Phone], Awaitable[None]],
    tape: Tape | None = None,
) -> None:
    async def run() -> None:
        phone = Phone(find_handset(name), Roots.of(pair.ca), HERE, wiretap=tape)
        async with phone:
            await story(phone)

    server.requests.clear()
    asyncio.run(run())


FORM = (
    '<body data-page=form><h1>通報</h1><form method=post action="/sent">'
    "<input name=text><input type=submit name=send value=送信></form>"
)


def test_a_form_goes_out_in_the_phones_charset(served: TlsServer, pair: Pair) -> None:
    """Shift_JIS read and written as cp932; what it lacks goes out as a numeric entity."""
    served.answer = pages(
        {
            "/form": answer(
                "Content-Type: text/html; charset=Shift_JIS", body=FORM.encode("cp932")
            ),
            "/sent": answer(
                "Content-Type: text/html; charset=Shift_JIS",
                body="<body data-page=sent>髙橋①ｱ".encode("cp932"),
            ),
        }
    )

    async def story(phone: Phone) -> None:
        page = await phone.browser.open(f"{served.url}/form")
        assert page.headings == ("通報",)
        page.form().fill("text", "髙①ｱ𠮷～🚑")
        sent = await phone.browser.press("送信")
        assert sent.text == "髙橋①ｱ"

    at(served, pair, "au-sh011", story)
    head, _, body = served.requests[-1].partition(b"\r\n\r\n")
    assert body == (b"text=%FB%FC%87%40%B1%26%23134071%3B%81%60%26%23128657%3B&send=%91%97%90M")
    assert b"User-Agent: KDDI-SH3C UP.Browser" in head
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert b"accept-encoding" not in head.lower()
    assert b"sec-fetch" not in head.lower()
    assert head.count(b"Connection: close") == 1


def test_a_page_in_a_charset_that_it_lacks_is_garbled(served: TlsServer, pair: Pair) -> None:
    served.answer = pages(
        {"/form": answer("Content-Type: text/html; charset=UTF-8", body=FORM.encode())}
    )

    async def at_au(phone: Phone) -> None:
        page = await phone.browser.open(f"{served.url}/form")
        assert page.name == "form"
        assert "通報" not in page.text
        assert page.declared_charset == "UTF-8"
        assert page.charset == "Shift_JIS"

    async def at_softbank(phone: Phone) -> None:
        assert (await phone.browser.open(f"{served.url}/form")).headings == ("通報",)

    at(served, pair, "au-sh011", at_au)
    at(served, pair, "softbank-202sh", at_softbank)


@pytest.mark.parametrize(
    ("name", "over_https", "over_http"),
    [
        ("au-sh011", False, True),
        ("softbank-202sh", True, True),
        ("docomo-f-01g-updated", True, True),
        ("android-current-chrome", True, True),
    ],
)
def test_cookies_by_the_phones_rule(
    name: str, over_https: bool, over_http: bool, served: TlsServer, pair: Pair
) -> None:
    answers = pages(
        {
            "/set": answer("Set-Cookie: a=1; Path=/", "Location: /got", status="303 See Other"),
            "/got": answer("Content-Type: text/html", body=b"<body data-page=got>"),
        }
    )
    served.answer = answers
    with TlsServer(None, answers) as plain:

        async def story(phone: Phone) -> None:
            for server, kept in ((served, over_https), (plain, over_http)):
                phone.browser.forget_cookies()
                assert (await phone.browser.open(f"{server.url}/set")).name == "got"
                assert (b"Cookie: a=1" in server.requests[-1]) is kept
                assert bool(phone.browser.cookies) is kept

        at(served, pair, name, story)


def test_a_phone_of_the_first_generation_keeps_no_cookie(pair: Pair) -> None:
    answers = pages({"/set": answer("Set-Cookie: a=1; Path=/", body=b"<body data-page=set>")})
    with TlsServer(None, answers) as plain:

        async def story(phone: Phone) -> None:
            await phone.browser.open(f"{plain.url}/set")
            await phone.browser.open(f"{plain.url}/set")
            assert b"Cookie" not in plain.requests[-1]

        at(plain, pair, "docomo-sh903i", story)


def test_a_chunked_body_is_put_together(served: TlsServer, pair: Pair) -> None:
    body = b"<body data-page=long><p>" + b"x" * 3000 + b"</p>"
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:2000], body[2000:])
    )
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    served.answer = lambda _: head + chunks + b"0\r\n\r\n"

    async def story(phone: Phone) -> None:
        assert (await phone.browser.open(f"{served.url}/long")).content == body

    at(served, pair, "softbank-202sh", story)


def test_what_it_did_not_ask_for_stays_unreadable(served: TlsServer, pair: Pair) -> None:
    """A server that compresses without being asked is told apart from one that does not."""
    packed = gzip.compress(b"<body data-page=packed>")
    served.answer = lambda _: answer("Content-Type: text/html", body=packed)

    async def story(phone: Phone) -> None:
        assert (await phone.browser.open(f"{served.url}/")).name == ""

    at(served, pair, "softbank-202sh", story)


def test_a_position_is_told_over_the_phones_own_link(served: TlsServer, pair: Pair) -> None:
    link = f"location:auto?url={served.url}/here"
    served.answer = pages(
        {
            "/": answer(
                "Content-Type: text/html",
                body=f'<body data-page=ask><a href="{link}">here'.encode(),
            ),
            "/here": answer("Content-Type: text/html", body=b"<body data-page=here>"),
        }
    )

    async def story(phone: Phone) -> None:
        await phone.browser.open(f"{served.url}/")
        assert (await phone.tell_position()).name == "here"

    at(served, pair, "softbank-202sh", story)
    assert served.requests[-1].startswith(
        b"GET /here?pos=N42.38.2.76E141.36.19.80&geo=wgs84&x-acr=3 HTTP/1.1"
    )


def test_the_evidence_has_the_handshakes(served: TlsServer, pair: Pair) -> None:
    served.answer = lambda _: answer("Content-Type: text/html", body=b"<body data-page=a>")
    tape = Tape()

    async def works(phone: Phone) -> None:
        await phone.browser.open(f"{served.url}/")

    async def refuses(phone: Phone) -> None:
        with pytest.raises(HandshakeFailed):
            await phone.browser.open(f"{served.url}/")

    at(served, pair, "docomo-f-01g-updated", works, tape)
    at(served, pair, "docomo-f-01g", refuses, tape)
    found = [(event.source, event.label) for event in tape.events]
    assert found == [
        ("phone", "GET /"),
        ("phone", "TLS ClientHello"),
        ("provider", "TLS handshake"),
        ("provider", "200 GET /"),
        ("phone", "GET /"),
        ("phone", "TLS ClientHello"),
        ("phone", "TLS alert unsupported_certificate"),
    ]
    assert "TLS 1.0" in tape.events[1].payload
    assert "certificates signed with sha256" in tape.events[2].payload


def test_what_goes_wrong_is_told(served: TlsServer, pair: Pair, tmp_path: Path) -> None:
    async def story(phone: Phone) -> None:
        with pytest.raises(SafetyInterlock):
            await phone.browser.open("https://192.0.2.1/")
        with pytest.raises(Unreachable):
            await phone.browser.open("https://127.0.0.1:9/")
        served.answer = lambda _: b"no HTTP at all\r\n\r\n"
        with pytest.raises(Unreachable, match="BadStatusLine"):
            await phone.browser.open(f"{served.url}/")
        served.answer = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut"
        with pytest.raises(Unreachable, match="IncompleteRead"):
            await phone.browser.open(f"{served.url}/")

    at(served, pair, "softbank-202sh", story)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "https://127.0.0.1:99999/"])
def test_a_page_that_leads_where_no_browser_can_go(pair: Pair, url: str) -> None:
    async def act() -> None:
        phone = Phone(find_handset("au-sh011"), Roots.of(pair.ca), HERE)
        async with phone:
            with pytest.raises(Unreachable):
                await phone.browser.open(url)

    asyncio.run(act())
