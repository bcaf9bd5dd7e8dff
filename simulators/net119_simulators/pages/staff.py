"""A department's staff at the staff pages: review, keying-in, records, announcements, audit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from bs4 import Tag
from net119_protocol.application import Application

from net119_simulators.pages.browser import Browser
from net119_simulators.pages.entering import enter_application
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.form import Form
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

    async def open(self, row: Row, purpose: str = "inquiry") -> Page:
        """Open a registration of a list, saying what for where that is asked (CNB-40)."""
        page = await self.browser.open(row.url)
        if page.name == "purpose":
            form = page.form("purpose-form")
            form.choose("purpose", purpose)
            page = await self.browser.press(form.buttons[0], form)
        return page.expect("registration")

    async def identity_image(self) -> bytes:
        """The identity image of the opened application; NotOnPage without one."""
        image = self.page.expect("registration").document.find("img", id="identity-image")
        source = attribute(image, "src") if isinstance(image, Tag) else None
        if source is None:
            raise NotOnPage("the identity image", self.page.where, ())
        return await self.browser.fetch(source)

    async def approve(self) -> Page:
        """Approve the opened application."""
        return await self._pressed("approve", self._decision())

    async def send_back(self, defects: Mapping[str, str]) -> Page:
        """Return the opened application, saying what is wrong with which field."""
        form = self._decision()
        for path, text in defects.items():
            form.fill(f"defect.{path or 'whole'}", text)
        return await self._pressed("return", form)

    async def refuse(self, reason: str) -> Page:
        """Refuse the opened application (ASO-02), or reject a change; it asks once more."""
        form = self._decision()
        form.fill("reason", reason)
        page = (await self.browser.press("refuse", form)).expect("refuse-confirm")
        return await self._pressed("refuse-confirm", page.form_with("refuse-confirm"))

    async def cancel(self, reason: str) -> Page:
        """End the opened registration (CNB-06, ASO-26)."""
        return await self._act("cancel", reason=reason)

    async def suspend(self, reason: str) -> Page:
        """Take no more calls of the opened registration for now (CNB-34, ASO-20)."""
        return await self._act("suspend", reason=reason)

    async def resume(self) -> Page:
        """Take its calls again."""
        return await self._act("resume")

    async def delete(self) -> Page:
        """Delete its data on request (ASO-06)."""
        return await self._act("delete", ticked="requested")

    def _decision(self) -> Form:
        return self.page.expect("registration").form("decide")

    async def _act(self, act: str, *, reason: str = "", ticked: str = "") -> Page:
        """Choose an act, give what it asks, and do it; a grave one is confirmed once more."""
        link = self.page.expect("registration").document.find("a", attrs={"data-act": act})
        target = attribute(link, "href") if isinstance(link, Tag) else None
        if target is None:
            there = [attribute(each, "data-act") or "" for each in self.page.document.find_all("a")]
            raise NotOnPage(f"the act {act!r}", self.page.where, filter(None, there))
        form = (await self.browser.open(urljoin(self.page.url, target))).expect(act).form("act")
        if reason:
            form.fill("reason", reason)
        if ticked:
            form.tick(ticked)
        page = await self.browser.press("next", form)
        if page.name == f"{act}-confirm":
            return await self._pressed("confirm", page.form("act"))
        return page.expect("registration", "queue")

    async def _pressed(self, button: str, form: Form) -> Page:
        return (await self.browser.press(button, form)).expect("registration", "queue")

    async def key_in(self, application: Application, paper: Paper) -> Page:
        """Key a paper form in, look at it once more, and enter it (CNB-03)."""
        (await self.browser.open(f"{self._base}/staff/key-in")).expect("key-in")
        form = await enter_application(self.browser, "application", application)
        form.tick("paper.consent_signed", paper.consent_signed)
        if form.has("paper.guardian_signed"):
            form.tick("paper.guardian_signed", paper.guardian_signed)
        form.fill("paper.received_on", paper.received_on.isoformat())
        form.fill("paper.number", paper.number)
        form.fill("paper.note", paper.note)
        page = (await self.browser.press("next", form)).expect("key-in-confirm")
        return await self._pressed("submit", page.form("confirm"))

    async def announce(self, kind: str, subject: str, text: str) -> Page:
        """Mail all registrants of the department (CNB-12, CNB-37)."""
        page = (await self.browser.open(f"{self._base}/staff/announcements")).expect(
            "announcements"
        )
        form = page.form("announce")
        form.choose("kind", kind)
        form.fill("subject", subject)
        form.fill("text", text)
        shown = (await self.browser.press("next", form)).expect("announcement-confirm")
        sent = await self.browser.press("send", shown.form_with("send"))
        return sent.expect("announcements", "announcement")

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
