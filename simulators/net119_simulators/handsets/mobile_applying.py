"""Applying with a feature phone, at the pages behind a mailed URL below ``/m/r/``."""

from typing import Any, Protocol

from net119_protocol.application import Application
from net119_protocol.profile.form import to_fields

from net119_simulators.applications import Applying
from net119_simulators.handsets.handshake import HandshakeFailed
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.walking import Stuck, body_data, landed_on
from net119_simulators.mailbox import Letter
from net119_simulators.pages.applicant import picture
from net119_simulators.pages.controls import ChoiceControl
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page

_MOST_PAGES = 60


class OwnMail(Protocol):
    """The mail of the phone's owner: to the department's application address, and what comes."""

    async def write(self, **draft: Any) -> None:
        """Send the empty mail of an application, or one with other fields of a `Draft`."""

    async def next_letter(self) -> Letter:
        """The next mail that was not read yet; it is waited for."""


class MobileApplying:
    """Applies for a person, page by page (TOM-09 to TOM-16).

    ``start_url`` is the feature-phone page that the phone can open; there its owner enters a mailed
    URL that does not open on the phone (ASO-08).  A picture goes by mail where the browser has no
    file field.
    """

    def __init__(self, phone: Phone, person: Applying, mail: OwnMail, start_url: str) -> None:
        self.phone = phone
        self._person = person
        self._mail = mail
        self._start_url = start_url

    async def opened(self, url: str) -> Page:
        """Open the mailed URL as the mail has it; at the start page where the phone cannot.

        Raises:
            Stuck: it does not open, and the start page has no field for it.
        """
        try:
            return await self.phone.browser.open(url)
        except HandshakeFailed as failed:
            page = landed_on(await self.phone.browser.open(self._start_url), "m-start")
            form = next((each for each in page.forms if each.has("url")), None)
            if form is None:
                seen = f"{failed}; {page.where}: no field to enter the URL in"
                raise Stuck(Reason.MAILED_URL, seen) from failed
            form.fill("url", url)
            return await self.phone.browser.press(form.buttons[0], form)

    async def apply(self, page: Page) -> Page:
        """From the page that the URL opened to the one that says that the application is in.

        Raises:
            Stuck: the pages refuse it, or lead nowhere. NotOnPage, PageNotShown: a page lacks
                what is needed to go on.
        """
        for _ in range(_MOST_PAGES):
            page = landed_on(
                page,
                *("m-r-terms", "m-r-form", "m-r-part", "m-r-position"),
                *("m-r-image", "m-r-confirm", "m-r-submitted"),
            )
            if page.name == "m-r-submitted":
                return page
            page = await self._go_on(page)
        raise Stuck(Reason.UNEXPECTED, f"still not handed in after {_MOST_PAGES} pages")

    async def _go_on(self, page: Page) -> Page:
        """What a person does at one of these pages."""
        browser = self.phone.browser
        match page.name:
            case "m-r-terms":
                if not page.forms:
                    return await browser.follow("規約の続きを読む")
                form = page.form("terms")
                form.tick("agree")
                return await self._press("next", form)
            case "m-r-form":
                return await browser.follow("/form/person")
            case "m-r-part":
                return await self._part(page)
            case "m-r-position":
                return await self._press("without", page.form("position"))
            case "m-r-image":
                return await self._image(page)
            case _:
                if not page.forms:
                    return await browser.follow("続きを確認する")
                return await self._press("submit", page.form("confirm"))

    async def _part(self, page: Page) -> Page:
        problems = {each.path: each.code for each in page.problems}
        if problems:
            raise Stuck(Reason.REFUSED, f"{page.where}: {problems}")
        if not page.forms:
            return await self.phone.browser.follow("次へ")
        form = page.form("part")
        self._enter(form, self._person.application)
        return await self._press("next", form)

    def _enter(self, form: Form, application: Application) -> None:
        for name, value in to_fields(application).items():
            if not form.has(name):
                continue
            control = form.control(name)
            if isinstance(control, ChoiceControl) and value not in [
                each.value for each in control.options
            ]:
                continue
            form.enter(name, value)

    async def _image(self, page: Page) -> Page:
        """Upload the picture, or mail it where the browser has no file field (CTS-15)."""
        browser, image = self.phone.browser, self._person.image
        if image is not None and body_data(page, "image") == "none":
            if self.phone.handset.upload:
                form = page.form("image")
                form.attach("image", picture(image))
                page = landed_on(await self._press("attach", form), "m-r-image")
            else:
                await self._mail.write(attachment=image)
                await self._mail.next_letter()
                page = landed_on(await browser.follow("届いたか確かめる"), "m-r-image")
            if body_data(page, "image") == "none":
                raise Stuck(Reason.NO_UPLOAD, f"{page.where}: the picture has not arrived")
        return await browser.follow("次へ")

    async def _press(self, name: str, form: Form) -> Page:
        for button in form.buttons:
            if button.name == name:
                return await self.phone.browser.press(button, form)
        raise NotOnPage(f"the button {name!r}", form.where, [b.shown() for b in form.buttons])
