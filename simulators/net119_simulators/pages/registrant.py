"""A registrant at the pages: logs in, makes the personal call page, asks for the account mail."""

from urllib.parse import urljoin

from net119_simulators.pages.browser import Browser
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute
from net119_simulators.registration.urls import MailedKeys


class RegistrantAtPages:
    """What one does with ID and password; raises `PageNotShown` when a step leads elsewhere."""

    def __init__(self, browser: Browser, base_url: str = "") -> None:
        """``base_url`` is where the pages are, needed before the first page is open."""
        self.browser = browser
        self._base = base_url

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    async def log_in(self, keys: MailedKeys) -> Page:
        """Log in at the URL of the completion mail (TOM-18); returns the menu."""
        page = (await self.browser.open(keys.url)).expect("log-in", "menu")
        if page.name == "menu":
            return page  # still logged in
        form = page.form_with("log-in")
        form.fill("login_id", keys.login_id)
        form.fill("password", keys.password)
        return (await self.browser.press("log-in", form)).expect("menu")

    async def menu(self) -> Page:
        """Open the menu; without a log-in another page is shown."""
        return await self.browser.open(urljoin(self._base or self.page.url, "/my"))

    async def new_call_page(self) -> str:
        """Make the personal call page of this device; its URL (TOM-19).

        A page that exists already is replaced, where the department lets it.
        """
        page = await self._from_menu("call-page")
        if page.name == "call-page-replace":
            page = await self.browser.press("replace", page.form_with("replace"))
        made = page.expect("call-page-made").tag("call-url")
        url = urljoin(page.url, attribute(made, "href") or "")
        self.browser.keep_secret(url.rpartition("/")[2])
        return url

    async def open_call_page(self, url: str) -> Page:
        """Open the personal call page, as from the home screen."""
        return (await self.browser.open(url)).expect("call")

    async def ask_account_mail(self) -> Page:
        """Have the URL for change or stop mailed to the address on record (TOM-20, TOM-26)."""
        page = await self._from_menu("account-mail")
        return page.expect("account-mail-sent")

    async def remove_call_page(self) -> Page:
        """End the personal call page of whatever device has it."""
        page = (await self._from_menu("remove-call-page")).expect("call-page-remove")
        return (await self.browser.press("remove", page.form_with("remove"))).expect("menu")

    async def log_out(self) -> Page:
        """End the log-in."""
        return (await self._from_menu("log-out")).expect("logged-out")

    async def _from_menu(self, wanted: str) -> Page:
        """Press a button of the menu, which is opened first where another page is shown."""
        page = self.page if self.page.name == "menu" else await self.menu()
        return await self.browser.press(wanted, page.expect("menu").form_with(wanted))
