"""Registering with a phone: the empty mail, the mailed URL opened on it, the form, the image.

Approval is staff's; here it is asked of whoever runs the trial.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from net119_protocol.application import Application
from net119_protocol.profile.form import to_fields

from net119_simulators.applications import Applying
from net119_simulators.handsets.handshake import HandshakeFailed
from net119_simulators.handsets.model import Family
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.walking import Stuck, body_data, landed_on
from net119_simulators.mailbox import Draft, Letter, MailboxServer, send_mail
from net119_simulators.pages.applicant import ApplicantAtPages, picture
from net119_simulators.pages.controls import ChoiceControl
from net119_simulators.pages.errors import NotOnPage, PageNotShown
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page
from net119_simulators.registration.urls import MailedKeys, keys_in, mailed_url

_MOST_PAGES = 60
_MAIL_DOMAINS: Mapping[Family, str] = {
    Family.DOCOMO: "docomo.example",
    Family.AU: "ezweb.example",
    Family.SOFTBANK: "softbank.example",
    Family.WILLCOM: "pdx.example",
}
"""Test domains (RFC 2606) in the place of the carriers' own."""
_OTHERS = "phone.example"


def mail_address(phone: Phone, user: str) -> str:
    """An address at the test domain that stands for the phone's carrier."""
    return f"{user}@{_MAIL_DOMAINS.get(phone.handset.family, _OTHERS)}"


class Approve(Protocol):
    """Has staff approve what has come in from this mail address."""

    def __call__(self, mail: str) -> Awaitable[None]:
        """Return once it is done."""


@dataclass(frozen=True)
class Post:
    """Where mail goes to and comes from: the provider's mail server, and the mailboxes."""

    boxes: MailboxServer
    host: str
    port: int
    to: str
    within_s: float = 30.0


class ByMail:
    """Registers the owner of a phone, from the empty mail to ID and password (TOM-08 to TOM-18).

    ``start_url`` is the feature-phone page that the phone can open; there its owner enters a mailed
    URL that does not open on the phone (ASO-08).
    """

    def __init__(
        self,
        phone: Phone,
        person: Applying,
        post: Post,
        approve: Approve,
        start_url: str,
    ) -> None:
        self.phone = phone
        self._person = person
        self._post = post
        self._approve = approve
        self._start_url = start_url
        self._letters = 0

    async def register(self) -> MailedKeys:
        """The whole way.

        Raises:
            Stuck: the phone or its user gets no further. MailNotTaken, Waited: mail was lost.
        """
        handset, mail = self.phone.handset, self._person.mail
        await self._send(Draft(mail, self._post.to, charset=handset.mail.charset.lower()))
        url = mailed_url((await self._letter()).urls)
        self.phone.browser.keep_secret(urlsplit(url).path.rpartition("/")[2])
        try:
            if handset.is_feature_phone and not self.phone.finds_by_script:
                await self._at_mobile_pages(await self._opened(url))
            else:
                hand = ApplicantAtPages(self.phone.browser)
                await hand.apply(url, self._person.application, self._person.image)
        except (NotOnPage, PageNotShown) as wrong:
            raise Stuck(Reason.UNEXPECTED, str(wrong)) from wrong
        await self._approve(mail)
        while True:
            letter = await self._letter()
            if "パスワード" in letter.text:
                return keys_in(letter.text, letter.urls)

    async def _send(self, draft: Draft) -> None:
        await send_mail(draft, self._post.host, self._post.port)

    async def _letter(self) -> Letter:
        letter = await self._post.boxes.wait_for_letter(
            self._person.mail, after=self._letters, within=self._post.within_s
        )
        self._letters += 1
        return letter

    # --- the pages below /m/r -----------------------------------------------------------------

    async def _opened(self, url: str) -> Page:
        """The mailed URL as the mail has it; at the start page where the phone cannot open it."""
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

    async def _at_mobile_pages(self, page: Page) -> None:
        for _ in range(_MOST_PAGES):
            page = landed_on(
                page,
                *("m-r-terms", "m-r-form", "m-r-part", "m-r-position"),
                *("m-r-image", "m-r-confirm", "m-r-submitted"),
            )
            if page.name == "m-r-submitted":
                return
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
                draft = Draft(self._person.mail, self._post.to, attachment=image)
                await self._send(draft)
                await self._letter()
                page = landed_on(await browser.follow("届いたか確かめる"), "m-r-image")
            if body_data(page, "image") == "none":
                raise Stuck(Reason.NO_UPLOAD, f"{page.where}: the picture has not arrived")
        return await browser.follow("次へ")

    async def _press(self, name: str, form: Form) -> Page:
        for button in form.buttons:
            if button.name == name:
                return await self.phone.browser.press(button, form)
        raise NotOnPage(f"the button {name!r}", form.where, [b.shown() for b in form.buttons])
