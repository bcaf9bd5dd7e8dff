"""What walking a provider's pages with a phone has in common, whatever kind of phone it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bs4 import Tag
from net119_protocol.codes import Kind

from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.steps import Reason
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute, text_of
from net119_simulators.pages.submission import codec_of
from net119_simulators.registration.urls import MailedKeys

_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


class Stuck(Exception):
    """The user gets no further: why, and what was seen."""

    def __init__(self, reason: Reason, seen: str) -> None:
        super().__init__(seen)
        self.reason = reason
        self.seen = seen


class Verdict(StrEnum):
    """What the check page says (``data-verdict``)."""

    USABLE = "usable"
    LIMITED = "limited"
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class Checked:
    """The check page's answer: the verdict, and each test's result by name, in its order."""

    verdict: Verdict
    tests: Mapping[str, str]
    words: str


@dataclass(frozen=True)
class Line:
    """A line of the chat as the page shows it."""

    seq: int
    text: str


@dataclass(frozen=True)
class Placed:
    """A call that the page says was made; ``limits`` are restrictions that the pages showed."""

    page: Page
    limits: tuple[Reason, ...] = field(default=())


class Walk(Protocol):
    """One phone at one provider; every step raises `Stuck`, and what `Browser` raises.

    A step is done only when the page says so; what the provider's other side saw is for others
    to look at.
    """

    phone: Phone

    async def connect(self) -> Page:
        """Open the first page."""

    async def check(self) -> Checked | None:
        """Go through the check page; None where there is none for this kind of phone."""

    async def log_in(self, keys: MailedKeys, name: str) -> Page:
        """Log in, up to where a call can be made; a ``name`` that is given must be greeted."""

    async def call(self, kind: Kind) -> Placed:
        """Make a call from where the phone is."""

    async def refresh(self) -> Page:
        """Look at the chat again."""

    async def say(self, text: str) -> Page:
        """Say a line."""


def lines_of(page: Page) -> tuple[Line, ...]:
    """The lines of the chat that the page shows."""
    found = []
    for tag in page.document.select("[data-seq]"):
        number = attribute(tag, "data-seq") or ""
        if number.isdecimal():
            found.append(Line(int(number), text_of(tag)))
    return tuple(found)


def body_data(page: Page, name: str) -> str:
    """A ``data-`` attribute of the body; empty without it."""
    body = page.document.find("body")
    return (attribute(body, f"data-{name}") or "") if isinstance(body, Tag) else ""


def legible(page: Page) -> Page:
    """The page, if this phone shows its Japanese.

    Raises:
        Stuck: (garbled) it is in a charset that the phone lacks, or its bytes are not what the
            charset says.
    """
    if codec_of(page.charset) != codec_of(page.declared_charset):
        raise Stuck(
            Reason.GARBLED, f"{page.where}: in {page.declared_charset}, read as {page.charset}"
        )
    if "\ufffd" in page.text:
        raise Stuck(Reason.GARBLED, f"{page.where}: bytes that are no {page.declared_charset}")
    if not _JAPANESE.search(page.text):
        raise Stuck(Reason.GARBLED, f"{page.where}: no Japanese on the page: {page.described()}")
    return page


def landed_on(page: Page, *names: str) -> Page:
    """The page, if it is one of these and this phone can read it.

    Raises:
        Stuck: with the page's own reason, if it says one.
    """
    legible(page)
    if page.name in names:
        return page
    code = body_data(page, "code")
    if not code:
        tag = page.document.select_one("[data-code]")
        code = (attribute(tag, "data-code") or "") if tag is not None else ""
    seen = f"{' or '.join(names)} was expected; {page.described()}"
    if code.startswith("plaintext") or code == "link-insecure":
        raise Stuck(Reason.PLAINTEXT_REFUSED, f"{code}: {seen}")
    if code in ("positioning-off", "no-position"):
        raise Stuck(Reason.NO_POSITION, f"{code}: {seen}")
    if code:
        raise Stuck(Reason.REFUSED, f"{code}: {seen}")
    raise Stuck(Reason.UNEXPECTED, seen)


def shows(page: Page, text: str) -> bool:
    """Whether the page shows a text, wherever it breaks the lines."""
    return "".join(text.split()) in "".join(page.text.split())
