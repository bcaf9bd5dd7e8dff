"""A smartphone at its call page: links, a form that the page's script fills, the chat."""

from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from bs4 import Tag
from net119_protocol.codes import Kind

from net119_simulators.errors import SimulatorError
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.scripts import (
    SERVICE_WORKER,
    Source,
    lacking,
    script_urls,
    wants_service_worker,
)
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.walking import Checked, Placed, Stuck, landed_on, shows
from net119_simulators.pages.errors import NotOnPage, PageNotShown
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute
from net119_simulators.pages.registrant import RegistrantAtPages
from net119_simulators.registration.urls import MailedKeys


class SmartWalk:
    """The verbs of `Walk` at a provider's smartphone pages.

    Where a page's script would fill a form in, that is done here in its place, if the script can
    run in the phone's browser: its sources are fetched and looked through.
    """

    def __init__(self, phone: Phone, base_url: str) -> None:
        self.phone = phone
        self._base = base_url.rstrip("/")
        self._hand = RegistrantAtPages(phone.browser, self._base)
        self._call_page = ""
        self._fetched: dict[str, Source] = {}

    async def connect(self) -> Page:
        """Open ``/my``."""
        return landed_on(await self.phone.browser.open(f"{self._base}/my"), "log-in")

    async def check(self) -> Checked | None:
        """Smartphones have no check page."""
        return None

    async def log_in(self, keys: MailedKeys, name: str) -> Page:
        """Log in and make the personal call page, which this device alone can open (TOM-19)."""
        try:
            menu = landed_on(await self._hand.log_in(keys), "menu")
            seen = menu.element("registrant-name")
            if name and seen != name:
                raise Stuck(Reason.GARBLED, f"{menu.where}: {seen!r} in place of {name!r}")
            self._call_page = await self._hand.new_call_page()
        except PageNotShown as wrong:
            raise Stuck(_why(self.phone.page), str(wrong)) from wrong
        return landed_on(await self.phone.browser.open(self._call_page), "call")

    async def call(self, kind: Kind) -> Placed:
        """Kind, present position, map, call: four taps."""
        sources = await self._sources(landed_on(await self._open_call_page(), "call"))
        landed_on(await self._tapped("data-kind", kind.value), "call-place")
        page = landed_on(await self._tapped("data-place", "current"), "call-map")
        sources += await self._sources(page)
        script = self.phone.handset.script
        missing = lacking(sources, script)
        limits: list[Reason] = []
        form = page.form("call")
        # By hand where no script says it: positioning is on.
        form.choose("positioning", "on")
        if missing or not self.phone.finds_by_script:
            limits.append(Reason.NO_SCRIPT)
        else:
            self._measured(form)
            if wants_service_worker(sources) and not SERVICE_WORKER.known_to(script):
                limits.append(Reason.NO_OFFLINE_PAGE)
        chat = landed_on(await self.phone.browser.press("call", form), "call-chat")
        # Without its script the chat goes on by its form and by loading the page again.
        if Reason.NO_SCRIPT not in limits and lacking(await self._sources(chat), script):
            limits.append(Reason.NO_SCRIPT)
        return Placed(chat, tuple(limits))

    async def refresh(self) -> Page:
        """Load the chat again."""
        return landed_on(await self.phone.browser.reload(), "call-chat")

    async def say(self, text: str) -> Page:
        """Write a line and send it; the page must show it."""
        form = self.phone.page.form("say")
        form.fill("text", text)
        page = landed_on(await self.phone.browser.press("say", form), "call-chat")
        if not shows(page, text):
            raise Stuck(Reason.UNEXPECTED, f"{page.where}: the line is not shown")
        return page

    # --- by hand ------------------------------------------------------------------------------

    async def _open_call_page(self) -> Page:
        return await self.phone.browser.open(self._call_page)

    async def _tapped(self, name: str, value: str) -> Page:
        page = self.phone.page
        tag = page.document.find("a", attrs={name: value}, href=True)
        target = attribute(tag, "href") if isinstance(tag, Tag) else None
        if target is None:
            there = [attribute(each, "href") or "" for each in page.document.find_all("a")]
            raise NotOnPage(f"a[{name}={value}]", page.where, there)
        return await self.phone.browser.open(urljoin(page.url, target))

    # --- in the script's place ----------------------------------------------------------------

    def _measured(self, form: Form) -> None:
        """What the Geolocation API gives the script (W3C Geolocation, 6.4), into the fields."""
        here = self.phone.here
        values = {
            "fix.lat": str(here.lat),
            "fix.lon": str(here.lon),
            "fix.accuracy_m": str(here.accuracy_m),
            "fix.taken_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        for name, value in values.items():
            form.fill(name, value, force=True)

    async def _sources(self, page: Page) -> tuple[Source, ...]:
        """The page's scripts, fetched as the browser does."""
        found = []
        for address, is_module in script_urls(page):
            url = urljoin(page.url, address)
            if urlsplit(url).netloc != urlsplit(page.url).netloc:
                continue
            if url not in self._fetched:
                try:
                    text = (await self.phone.browser.fetch(url)).decode("utf-8", "replace")
                except SimulatorError as wrong:
                    raise Stuck(Reason.NO_SCRIPT, f"{url}: {wrong}") from wrong
                self._fetched[url] = Source(url, text, is_module)
            found.append(self._fetched[url])
        return tuple(found)


def _why(page: Page) -> Reason:
    return Reason.REFUSED if page.status >= 400 else Reason.UNEXPECTED
