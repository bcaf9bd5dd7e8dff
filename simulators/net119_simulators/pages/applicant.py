"""A person with a mailed URL: applies, corrects, changes, stops, renews, by hand at the pages."""

from net119_protocol.application import Application

from net119_simulators.pages.browser import Browser
from net119_simulators.pages.controls import Upload
from net119_simulators.pages.entering import enter_application
from net119_simulators.pages.page import Page

FORM = "application"
"""The id of the form."""
_KNOWN = frozenset({"data.mail"})


def picture(content: bytes) -> Upload:
    """An image as a phone hands it over."""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return Upload(f"IMG_0119.{kind}", f"image/{kind}", content)


class ApplicantAtPages:
    """What one does with a mailed URL; each step raises `PageNotShown` when it leads elsewhere."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    async def open(self, url: str) -> Page:
        """Open a mailed URL; whatever it shows is returned."""
        self.browser.keep_secret(url.rpartition("/")[2])
        return await self.browser.open(url)

    async def accept_terms(self) -> Page:
        """Read the terms, agree, go on to the form (TOM-09)."""
        form = self.page.expect("terms").form("terms")
        form.tick("agree")
        return (await self.browser.press("next", form)).expect("form")

    async def enter(self, application: Application) -> None:
        """Fill the form in, without sending it; NotOnPage where it lacks a field."""
        self.page.expect("form")
        await enter_application(self.browser, FORM, application, known=_KNOWN)

    def attach(self, content: bytes) -> None:
        """Choose the picture of the identity document."""
        self.page.expect("form").form(FORM).attach("image", picture(content))

    async def go_on(self) -> Page:
        """Send the form as filled in, and go on to the confirmation page (TOM-16).

        Raises:
            PageNotShown: the form comes back; the error names each problem shown.
        """
        return (await self.browser.press("next", FORM)).expect("confirm")

    async def fill_in(self, application: Application, image: bytes | None = None) -> Page:
        """Fill the form in with its picture, and go on; raises what the three steps raise."""
        await self.enter(application)
        if image is not None:
            self.attach(image)
        return await self.go_on()

    async def submit(self) -> Page:
        """Hand the application in from the confirmation page."""
        form = self.page.expect("confirm").form_with("submit")
        return (await self.browser.press("submit", form)).expect("submitted")

    async def apply(self, url: str, application: Application, image: bytes | None = None) -> Page:
        """The whole way from the mailed URL to the submission."""
        if (await self.open(url)).name == "terms":
            await self.accept_terms()
        await self.fill_in(application, image)
        return await self.submit()

    async def correct(self, url: str, application: Application, image: bytes | None = None) -> Page:
        """Correct what was returned, and hand it in again."""
        return await self.apply(url, application, image)

    async def change(self, url: str, application: Application) -> Page:
        """Ask for a change through the URL of the account mail (TOM-20)."""
        await self.open(url)
        form = self.page.expect("account").form_with("change")
        if (await self.browser.press("change", form)).name == "terms":
            await self.accept_terms()
        await self.fill_in(application)
        return await self.submit()

    async def stop(self, url: str) -> Page:
        """Stop through the URL of the account mail; it asks once more (TOM-21)."""
        await self.open(url)
        form = self.page.expect("account").form_with("stop")
        asked = (await self.browser.press("stop", form)).expect("stop")
        return (await self.browser.press("stop", asked.form_with("stop"))).expect("stopped")

    async def renew(self, url: str) -> Page:
        """Renew through a mailed URL (ASO-13)."""
        page = await self.open(url)
        if page.name == "renewed":
            return page
        return (await self.browser.press("renew", page.form_with("renew"))).expect("renewed")


__all__ = ["FORM", "ApplicantAtPages", "picture"]
