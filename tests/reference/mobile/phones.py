"""Phones at the level of bytes: they read pages and write forms in their charset, as real ones do.

Written from what browsers of the time did, not from the provider's code: the charset of the page
is the one that its header names, and what the charset does not have goes as a numeric reference.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes, unquote, urljoin

import httpx

USER_AGENTS = {
    "docomo": "DoCoMo/2.0 P903i(c100;TB;W24H12)",
    "docomo-1": "DoCoMo/1.0/SO506iC/c20/TB/W20H10",
    "au": "KDDI-CA39 UP.Browser/6.2.0.13.1.5 (GUI) MMP/2.0",
    "softbank": "SoftBank/1.0/912SH/SHJ001 Browser/NetFront/3.4 Profile/MIDP-2.0",
    "willcom": "Mozilla/3.0(WILLCOM;KYOCERA/WX340K/2;3.0.3.11.000000/1/C256) Opera 7.2 EX",
    "other": "Mozilla/5.0 (Mobile; Nokia; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
}
CHARSETS = {
    "docomo": "cp932",
    "docomo-1": "cp932",
    "au": "cp932",
    "softbank": "utf-8",
    "willcom": "cp932",
    "other": "utf-8",
}
COOKIES = {"docomo-1": False, "docomo": False, "au": False}
"""Phones without cookies: i-mode 1.0, and au over HTTPS (jpmobile)."""
TOMAKOMAI = {
    "docomo": "lat=%2B42.38.02.400&lon=%2B141.36.18.000&geo=wgs84&x-acc=3",
    "docomo-1": "lat=%2B42.38.02.400&lon=%2B141.36.18.000&geo=WGS84&x-acc=2&alt=%2B10.000",
    "au": "ver=1&datum=0&unit=0&lat=%2b42.38.02.40&lon=%2b141.36.18.00&alt=10&time=20261128"
    "&smaj=20&smin=15&vert=10&majaa=10&fm=1",
    "softbank": "pos=N42.38.02.40E141.36.18.00&geo=wgs84&x-acr=3",
    "willcom": "pos=N42.37.53.600E141.36.31.100",
}
"""A position in Tomakomai as each carrier's phones tell it; Willcom's in Tokyo datum."""


@dataclass
class Control:
    """One control of a form."""

    name: str
    value: str
    kind: str
    accesskey: str = ""
    checked: bool = False
    options: tuple[str, ...] = ()


@dataclass
class MobilePage:
    """A page as the phone has it."""

    response: httpx.Response
    text: str
    body: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)
    forms: list[tuple[dict[str, str], list[Control]]] = field(default_factory=list)
    tagged: list[dict[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its ``data-page``."""
        return self.body["data-page"]

    @property
    def code(self) -> str:
        """Its ``data-code``."""
        return self.body.get("data-code", "")

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        whole = [each["href"] for each in self.links if words == each["text"]]
        (found,) = whole or [each["href"] for each in self.links if words in each["text"]]
        return found

    def test(self, name: str) -> str:
        """The result of a test on the check page."""
        (found,) = [each["data-result"] for each in self.tagged if each.get("data-test") == name]
        return found


class _Reader(HTMLParser):
    def __init__(self, page: MobilePage) -> None:
        super().__init__()
        self.page = page
        self.link: dict[str, str] | None = None
        self.area: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        assert tag != "script", "phones run no scripts"
        assert not any(name.startswith("on") for name in found), found
        if any(name.startswith("data-") for name in found):
            self.page.tagged.append(found)
        if tag == "body":
            self.page.body = found
        elif tag == "a":
            self.link = {**found, "text": ""}
        elif tag == "form":
            self.page.forms.append((found, []))
        elif tag == "input":
            kind = found.get("type", "text")
            self.page.forms[-1][1].append(
                Control(
                    found.get("name", ""),
                    found.get("value", ""),
                    kind,
                    found.get("accesskey", ""),
                    "checked" in found,
                )
            )
        elif tag == "select":
            self.page.forms[-1][1].append(Control(found["name"], "", "select"))
        elif tag == "option":
            control = self.page.forms[-1][1][-1]
            control.options = (*control.options, found["value"])
            if "selected" in found or len(control.options) == 1:
                control.value = found["value"]
        elif tag == "textarea":
            self.area = Control(found["name"], "", "textarea")
            self.page.forms[-1][1].append(self.area)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link is not None:
            self.page.links.append(self.link)
            self.link = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.link is not None:
            self.link["text"] += data
        if self.area is not None:
            # A line break right after the start tag is none (HTML, "textarea").
            self.area.value += data if self.area.value else data.removeprefix("\n")


def encode(text: str, charset: str) -> str:
    """A field's text as a browser of the time sends it."""
    raw = text.replace("\n", "\r\n").encode(charset, "xmlcharrefreplace")
    return quote_from_bytes(raw, safe="*-._").replace("%20", "+")


class MobilePhone:
    """One phone with its browser."""

    def __init__(self, client: httpx.Client, kind: str, *, user_agent: str = "") -> None:
        self.client = client
        self.kind = kind
        self.user_agent = user_agent or USER_AGENTS[kind]
        self.charset = CHARSETS[kind]
        self.page: MobilePage

    def _ask(self, method: str, url: str, content: bytes | None = None) -> MobilePage:
        headers = {"User-Agent": self.user_agent, "Accept": "*/*"}
        if content is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if not COOKIES.get(self.kind, True):
            self.client.cookies.clear()
        response = self.client.request(
            method, url, content=content, headers=headers, follow_redirects=True
        )
        return self._read(response)

    def _read(self, response: httpx.Response) -> MobilePage:
        declared = re.search(r"charset=(\S+)", response.headers["content-type"])
        assert declared
        named = {"Shift_JIS": "cp932", "UTF-8": "utf-8"}[declared.group(1)]
        assert named == self.charset
        assert len(response.content) < 20_000, "phones read no larger page"
        text = response.content.decode(named)
        self.page = MobilePage(response, text)
        _Reader(self.page).feed(text)
        for each in self.page.links:
            if "accesskey" in each:
                assert f"[{each['accesskey']}]" in text, "the key is shown"
        return self.page

    def get(self, url: str) -> MobilePage:
        """Open a URL."""
        return self._ask("GET", url)

    def follow(self, words: str) -> MobilePage:
        """Follow the link with these words."""
        return self.get(urljoin(str(self.page.response.url), self.page.link(words)))

    def press(self, button: str = "", form: int = 0, **typed: str) -> MobilePage:
        """Fill fields of a form and press a button of it."""
        self.last = self.filled(button, form, typed)
        return self._ask("POST", *self.last)

    def send(self, button: str, fields: Mapping[str, str]) -> MobilePage:
        """The same with fields whose names are paths."""
        self.last = self.filled(button, 0, fields)
        return self._ask("POST", *self.last)

    def again(self) -> MobilePage:
        """Send the last form once more, as after a lost answer."""
        return self._ask("POST", *self.last)

    def filled(self, button: str, form: int, typed: Mapping[str, str]) -> tuple[str, bytes]:
        """Where a form goes, and its bytes."""
        found, controls = self.page.forms[form]
        sent: list[tuple[str, str]] = []
        submits = [each for each in controls if each.kind == "submit"]
        chosen = next((each for each in submits if each.name == button), None)
        if button:
            assert chosen is not None, [each.name for each in submits]
        else:
            chosen = submits[0]
        unknown = dict(typed)
        for each in controls:
            if each.kind == "submit":
                if each is chosen:
                    sent.append((each.name, each.value))
                continue
            if each.kind in ("radio", "checkbox"):
                if typed.get(each.name) == each.value:
                    unknown.pop(each.name, None)
                    sent.append((each.name, each.value))
                elif each.checked and each.name not in typed:
                    sent.append((each.name, each.value))
                continue
            value = unknown.pop(each.name, each.value)
            if each.kind == "select":
                assert value in each.options, f"{each.name} has no choice {value}"
            # As browsers do: the line break after the tag is none of the text.
            sent.append((each.name, value.removeprefix("\n")))
        assert not unknown, f"the form has no {sorted(unknown)}"
        assert found["method"] == "post"
        body = "&".join(f"{name}={encode(value, self.charset)}" for name, value in sent)
        return urljoin(str(self.page.response.url), found["action"]), body.encode("ascii")

    def measure(self, words: str = "現在位置確認", answer: str | None = None) -> MobilePage:
        """Follow a link that makes the phone measure; it comes back with its position."""
        (link,) = [each for each in self.page.links if words in each["text"]]
        href, query = link["href"], TOMAKOMAI[self.kind] if answer is None else answer
        if self.kind.startswith("docomo"):
            assert "lcs" in link
            back = href
        elif self.kind == "au":
            found = re.fullmatch(r"device:(?:gpsone|location)\?url=([^&]+)(&.*)?", href)
            assert found
            back = unquote(found.group(1))
        elif self.kind == "softbank":
            back = href.removeprefix("location:auto?url=")
            assert back != href
        else:
            found = re.fullmatch(
                r"http://location\.request/dummy\.cgi\?my=(.+)&pos=\$location", href
            )
            assert found
            back = found.group(1)
        assert "?" not in back
        return self.get(f"{back}?{query}" if query else back)

    def log_in(self, login_id: str, password: str) -> MobilePage:
        """From the first page to the menu."""
        self.get("/m")
        self.follow("ログイン")
        return self.press(login_id=login_id, password=password)
