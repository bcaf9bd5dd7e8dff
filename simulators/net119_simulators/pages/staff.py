"""A department's staff at the staff pages: review, keying-in, records, announcements, audit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from bs4 import Tag
from net119_protocol.application import Application

from net119_simulators.pages.browser import Browser
from net119_simulators.pages.entering import enter_application
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute

_ID = re.compile(r"/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:/|$)")


@dataclass(frozen=True)
class Row:
    """One line of a list of registrations."""

    registrant_id: UUID
    text: str
    url: str

    @property
    def number(self) -> int:
        """A number by which colleagues can share rows out."""
        return self.registrant_id.int


@dataclass(frozen=True)
class Paper:
    """What a paper form says besides (CNB-03, CNB-44, CNB-47)."""

    received_on: date
    terms_version: str
    consent_signed: bool = True
    guardian_signed: bool = False
    number: str = ""
    note: str = ""


class StaffAtPages:
    """One staff member; raises `PageNotShown` when a step leads elsewhere than it should."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.browser = browser
        self._base = base_url.rstrip("/")

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    async def log_in(self, department: str, name: str, password: str) -> Page:
        """Log in; returns the queue."""
        page = (await self.browser.open(f"{self._base}/staff")).expect("staff-log-in")
        form = page.form_with("log-in")
        form.enter("department", department)
        form.fill("name", name)
        form.fill("password", password)
        return (await self.browser.press("log-in", form)).expect("queue")

    async def queue(self) -> tuple[Row, ...]:
        """The first page of what waits for review, oldest first."""
        page = (await self.browser.open(f"{self._base}/staff")).expect("queue")
        return rows_of(page)

    async def search(self, query: str) -> tuple[Row, ...]:
        """Look registrations up."""
        page = (await self.browser.open(f"{self._base}/staff/search")).expect("search")
        form = next(each for each in page.forms if each.has("q"))
        form.fill("q", query)
        return rows_of((await self.browser.press("search", form)).expect("search"))

    async def open(self, row: Row) -> Page:
        """Open a registration of a list."""
        return (await self.browser.open(row.url)).expect("registration")

    async def identity_image(self) -> bytes:
        """The identity image of the opened application; NotOnPage without one."""
        image = self.page.expect("registration").document.find("img", id="identity-image")
        source = attribute(image, "src") if isinstance(image, Tag) else None
        if source is None:
            raise NotOnPage("the identity image", self.page.where, ())
        return await self.browser.fetch(source)

    async def approve(self) -> Page:
        """Approve the opened application."""
        return await self._decide("approve")

    async def send_back(self, defects: Mapping[str, str]) -> Page:
        """Return the opened application, saying what is wrong with which field."""
        form = self.page.form("return")
        for path, text in defects.items():
            form.fill(f"defect.{path}", text)
        return await self._pressed("return", "return")

    async def refuse(self, reason: str) -> Page:
        """Refuse the opened application (ASO-02)."""
        return await self._decide("refuse", reason)

    async def cancel(self, reason: str) -> Page:
        """End the opened registration (CNB-06, ASO-26)."""
        return await self._decide("cancel", reason)

    async def suspend(self, reason: str) -> Page:
        """Take no more calls of the opened registration for now (CNB-34, ASO-20)."""
        return await self._decide("suspend", reason)

    async def resume(self) -> Page:
        """Take its calls again."""
        return await self._decide("resume")

    async def delete(self) -> Page:
        """Delete on request (ASO-06)."""
        return await self._decide("delete")

    async def _decide(self, action: str, reason: str = "") -> Page:
        form = self.page.expect("registration").form_with(action)
        if reason:
            form.fill("reason", reason)
        return await self._pressed(action, form.id)

    async def _pressed(self, action: str, form_id: str) -> Page:
        page = await self.browser.press(action, form_id)
        return page.expect("registration", "queue")

    async def key_in(self, application: Application, paper: Paper) -> Page:
        """Key a paper form in; returns the page of the registration that it became (CNB-03)."""
        (await self.browser.open(f"{self._base}/staff/key-in")).expect("key-in")
        form = await enter_application(self.browser, "application", application)
        form.tick("consent_signed", paper.consent_signed)
        if form.has("guardian_signed"):
            form.tick("guardian_signed", paper.guardian_signed)
        form.fill("received_on", paper.received_on.isoformat())
        for name, text in (("number", paper.number), ("note", paper.note)):
            if text:
                form.fill(name, text)
        page = await self.browser.press("submit", form)
        if page.name == "key-in-confirm":
            page = await self.browser.press("submit", page.form_with("submit"))
        return page.expect("registration")

    async def announce(self, kind: str, subject: str, text: str) -> Page:
        """Mail all registrants of the department (CNB-12, CNB-37)."""
        page = (await self.browser.open(f"{self._base}/staff/announcements")).expect(
            "announcements"
        )
        form = page.form("announce")
        form.choose("kind", kind)
        form.fill("subject", subject)
        form.fill("text", text)
        sent = await self.browser.press("send", form)
        if sent.name == "announcement-confirm":
            sent = await self.browser.press("send", sent.form_with("send"))
        return sent.expect("announcements")

    async def audit(self) -> Page:
        """The newest page of the audit log (CNB-40)."""
        return (await self.browser.open(f"{self._base}/staff/audit")).expect("audit")

    async def log_out(self) -> Page:
        """End the log-in."""
        page = await self.browser.press("log-out", self.page.form_with("log-out"))
        return page.expect("staff-log-in", "staff-logged-out")


def rows_of(page: Page) -> tuple[Row, ...]:
    """The registrations that a list links to, each once, in order."""
    found: dict[UUID, Row] = {}
    for link in page.links:
        match = _ID.search(urlsplit(link.url).path)
        if match is not None:
            key = UUID(match.group(1))
            found.setdefault(key, Row(key, link.text, link.url))
    return tuple(found.values())


def row_of(rows: tuple[Row, ...], text: str) -> Row:
    """The only row with this in its text; NotOnPage without it."""
    found = [each for each in rows if text in each.text]
    if len(found) != 1:
        raise NotOnPage(f"a row with {text!r}", "in the list", [each.text for each in rows])
    return found[0]
