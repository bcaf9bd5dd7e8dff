"""A department's staff at the staff pages.

Everything that staff do is done by hand at the pages.  What a page shows in words for people is
read once more through the API where a purpose needs exact values; page and API must agree, or
``UnexpectedAnswer`` is raised.  That second reading has a purpose of its own in the audit log.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID

from bs4 import Tag
from net119_protocol.api.records import (
    Access,
    AnnouncementView,
    Decision,
    Defect,
    Deletion,
    FailedMail,
    NewAnnouncement,
    PaperApplication,
    PaperChange,
    RegistrationRecord,
    RegistrationRow,
    Withdraw,
)
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.profile.form import to_fields
from net119_simulators.errors import UnexpectedAnswer
from net119_simulators.pages import Browser, Form, NotOnPage, Page
from net119_simulators.pages.acts import refused, unrefused
from net119_simulators.pages.controls import ChoiceControl
from net119_simulators.pages.entering import enter_application
from net119_simulators.pages.reading import attribute
from net119_simulators.pages.staff import StaffAtPages, rows_of
from net119_simulators.staff_office import StaffOffice

READING = "values of what the page shows"
"""The purpose with which the API is read."""
_KNOWN = frozenset({"review", "inquiry", "update", "mail", "upkeep"})
_REVIEWED = {Decision.APPROVE: "approve", Decision.RETURN: "return", Decision.REFUSE: "refuse"}
_MOST_PAGES = 20


class PageStaff:
    """One staff member, logged in at the pages; ``office`` is the same person's API."""

    def __init__(self, browser: Browser, base_url: str, office: StaffOffice) -> None:
        self._browser = browser
        self._base = base_url.rstrip("/")
        self._hand = StaffAtPages(browser, base_url)
        self._office = office
        self._keys = ("", "", "")

    async def log_in(self, department: str, name: str, password: str) -> None:
        """Log in; where the log-in has ended later, the same is done again."""
        self._keys = (department, name, password)
        await self._hand.log_in(*self._keys)

    # --- reading ------------------------------------------------------------------------------

    async def rows(
        self, state: RegistrationState | None = None, query: str = ""
    ) -> tuple[RegistrationRow, ...]:
        """All registrations that the search finds, as the API lists them."""
        page = await self._open("/staff/search", q=query, state=state.value if state else "")
        listed = [row.registrant_id for row in rows_of(page.expect("search"))]
        for _ in range(_MOST_PAGES):
            more = page.document.find("a", rel="next")
            target = attribute(more, "href") if isinstance(more, Tag) else None
            if target is None:
                break
            page = unrefused(await self._browser.open(urljoin(page.url, target)))
            listed += [row.registrant_id for row in rows_of(page.expect("search"))]
        found = await self._office.rows(state, query)
        _agree("registrations listed", sorted(listed), sorted(r.registrant_id for r in found), page)
        return found

    async def record(self, registrant_id: UUID, purpose: str = "review") -> RegistrationRecord:
        """One registration, opened for a purpose."""
        page = await self._registration(registrant_id, purpose)
        record = await self._office.record(registrant_id, READING)
        _agree("the state", _state_of(page), record.state.value, page)
        if page.has("decide"):
            image = page.document.find("img", id="identity-image") is not None
            _agree("an identity image", image, record.has_image, page)
        return record

    async def deletions(self) -> tuple[Deletion, ...]:
        """Destroyed records; no page lists them."""
        return await self._office.deletions()

    async def failed_mails(self) -> tuple[FailedMail, ...]:
        """Mails that did not arrive."""
        page = (await self._open("/staff/undeliverable")).expect("undeliverable")
        found = await self._office.failed_mails()
        shown = [tag for tag in page.document.find_all("tr") if tag.has_attr("data-status")]
        _agree("mails listed", len(shown), len(found), page)
        _shown(page, (mail.recipient for mail in found))
        return found

    async def announcements(self) -> tuple[AnnouncementView, ...]:
        """The department's announcements."""
        page = (await self._open("/staff/announcements")).expect("announcements")
        found = await self._office.announcements()
        _shown(page, (each.subject for each in found))
        return found

    async def accesses(self, registrant_id: UUID | None = None) -> tuple[Access, ...]:
        """The audit log, without the API's own readings of what pages show."""
        asked = {"registrant": str(registrant_id)} if registrant_id else {}
        page = (await self._open("/staff/audit", **asked)).expect("audit")
        shown = sum(tag.has_attr("data-action") for tag in page.document.find_all("tr"))
        entries = await self._office.accesses(registrant_id)
        if entries and not shown:
            raise UnexpectedAnswer("the audit log lists nothing", page.url)
        return tuple(each for each in entries if each.purpose != READING)

    # --- acting -------------------------------------------------------------------------------

    async def decide(
        self,
        record: RegistrationRecord | RegistrationRow,
        decision: Decision,
        reason: str = "",
        defects: tuple[Defect, ...] = (),
    ) -> RegistrationRecord:
        """Decide at the page, on the version that was read."""
        page = await self._registration(record.registrant_id, "review")
        if decision in _REVIEWED:
            await self._review(page, record.version, _REVIEWED[decision], reason, defects)
        else:
            fields = {"reason": reason} if reason else {}
            await self._act(page, record.version, decision.value, fields, "requested")
        return await self._office.record(record.registrant_id, READING)

    async def key_in(self, paper: PaperApplication) -> UUID:
        """Key a paper form in, look at it once more, and enter it."""
        page = (await self._open("/staff/key-in")).expect("key-in")
        form = await enter_application(
            self._browser, "application", paper.application, lenient=True
        )
        _all_chosen(form, paper.application, page)
        form.tick("paper.consent_signed", paper.consent_signed)
        if form.has("paper.guardian_signed"):
            form.tick("paper.guardian_signed", paper.guardian_signed)
        form.fill("paper.received_on", paper.received_on.isoformat())
        form.fill("paper.number", paper.number)
        form.fill("paper.note", paper.note)
        page = await self._pressed("next", form, ("key-in-confirm",))
        page = await self._pressed("submit", page.form("confirm"), ("registration",))
        return UUID(urlsplit(page.url).path.split("/")[3])

    async def key_in_change(self, registrant_id: UUID, form: PaperChange) -> RegistrationRecord:
        """Key in a change form; by the API, since the page does not ask what was filed last."""
        return await self._office.key_in_change(registrant_id, form)

    async def withdraw(self, registrant_id: UUID, form: Withdraw) -> RegistrationRecord:
        """Key in a withdrawal form at its page."""
        page = await self._registration(registrant_id, "update")
        fields = {
            "paper.received_on": form.received_on.isoformat(),
            "form.number": form.number,
            "form.note": form.note,
        }
        await self._act(page, form.version, "withdraw", fields, form.signed and "form.signed")
        return await self._office.record(registrant_id, READING)

    async def announce(self, announcement: NewAnnouncement) -> AnnouncementView:
        """Write an announcement, look at it once more, and send it."""
        form = (await self._open("/staff/announcements")).expect("announcements").form("announce")
        form.choose("kind", announcement.kind.value)
        form.fill("subject", announcement.subject)
        form.fill("text", announcement.text)
        if announcement.key:
            form.fill("key", announcement.key, force=True)
        page = await self._pressed("next", form, ("announcement-confirm",))
        sent = ("announcements", "announcement")
        page = await self._pressed("send", page.form_with("send"), sent)
        for each in await self._office.announcements():
            if each.subject == announcement.subject:
                return each
        raise UnexpectedAnswer(f"no announcement {announcement.subject!r}", page.url)

    async def _review(
        self,
        page: Page,
        version: int,
        button: str,
        reason: str,
        defects: tuple[Defect, ...],
    ) -> None:
        form = _decision(page)
        form.fill("version", str(version), force=True)
        if reason:
            form.fill("reason", reason)
        for each in defects:
            form.fill(f"defect.{each.path or 'whole'}", each.ja)
        done = ("queue", "registration")
        if button == "refuse":
            page = await self._pressed(button, form, ("refuse-confirm",))
            await self._pressed("refuse-confirm", page.form_with("refuse-confirm"), done)
        else:
            await self._pressed(button, form, done)

    async def _act(
        self, page: Page, version: int, act: str, fields: Mapping[str, str], box: str | bool
    ) -> None:
        """Choose an act, fill its form in, tick its box, and do it; a grave one asks once more."""
        link = page.document.find("a", attrs={"data-act": act})
        target = attribute(link, "href") if isinstance(link, Tag) else None
        if target is None:
            raise refused(page, Refusal.WRONG_STATE)
        opened = unrefused(await self._browser.open(urljoin(page.url, target)))
        form = opened.expect(act).form("act")
        form.fill("version", str(version), force=True)
        for name, text in fields.items():
            form.fill(name, text)
        if isinstance(box, str) and form.has(box):
            form.tick(box)
        page = await self._pressed("next", form, (f"{act}-confirm", "registration", "queue"))
        if page.name == f"{act}-confirm":
            await self._pressed("confirm", page.form("act"), ("registration", "queue"))

    # --- pages --------------------------------------------------------------------------------

    async def _open(self, path: str, **asked: str) -> Page:
        url = f"{self._base}{path}" + (f"?{urlencode(asked)}" if asked else "")
        page = unrefused(await self._browser.open(url))
        if page.name == "staff-log-in":
            await self._hand.log_in(*self._keys)
            page = unrefused(await self._browser.open(url))
        return page

    async def _registration(self, registrant_id: UUID, purpose: str) -> Page:
        asked = {"purpose": purpose}
        if purpose not in _KNOWN:
            asked = {"purpose": "other", "purpose_text": purpose}
        page = await self._open(f"/staff/registrants/{registrant_id}", **asked)
        if page.name == "purpose":
            raise refused(page, Refusal.INVALID)
        return page.expect("registration")

    async def _pressed(self, button: str, form: Form, expected: tuple[str, ...]) -> Page:
        """The page after a button; one that says no is raised as ``CallRefused``."""
        page = unrefused(await self._browser.press(button, form, force=True))
        if page.name not in expected or page.problems or page.has("faster") or page.status >= 400:
            raise refused(page, Refusal.WRONG_STATE if page.has("faster") else Refusal.INVALID)
        return page


def _decision(page: Page) -> Form:
    """The form of the review; where the page has none, a decision is refused."""
    try:
        return page.form("decide")
    except NotOnPage:
        raise refused(page, Refusal.WRONG_STATE) from None


def _all_chosen(form: Form, application: Application, page: Page) -> None:
    """What the form has no choice for cannot be keyed in: that is how a page refuses it."""
    for path, wanted in to_fields(application).items():
        choice = form.has(path) and isinstance(form.control(path), ChoiceControl)
        if choice and form.value(path) != wanted:
            raise refused(page, Refusal.INVALID, field=path)


def _state_of(page: Page) -> str:
    return attribute(page.tag("state"), "data-state") or ""


def _agree(what: str, on_page: object, by_api: object, page: Page) -> None:
    if on_page != by_api:
        raise UnexpectedAnswer(f"{what}: the page says {on_page}, the API {by_api}", page.url)


def _shown(page: Page, texts: Iterable[str]) -> None:
    missing = [each for each in texts if "".join(each.split()) not in "".join(page.text.split())]
    if missing:
        raise UnexpectedAnswer(f"the page does not list {missing}", page.url)


__all__ = ["PageStaff"]
