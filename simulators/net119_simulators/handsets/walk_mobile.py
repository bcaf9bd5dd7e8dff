"""A feature phone at the pages below ``/m``: keys and forms, no script, the session in the URL."""

import re

from net119_protocol.codes import Kind

from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.position_link import NoPosition
from net119_simulators.handsets.steps import Reason
from net119_simulators.handsets.walking import (
    Checked,
    Placed,
    Stuck,
    Verdict,
    body_data,
    landed_on,
    shows,
)
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute, text_of
from net119_simulators.pages.submission import codec_of
from net119_simulators.registration.urls import MailedKeys

KINDS = {Kind.FIRE: "火事", Kind.AMBULANCE: "救急", Kind.OTHER: "その他"}
_REPLACED = "(?:〓|〔[^〔〕]+〕)"
"""What stands in the place of a character that the phone cannot show."""


class MobileWalk:
    """The verbs of `Walk` at the feature-phone pages of ``base_url`` (https, or http)."""

    def __init__(self, phone: Phone, base_url: str) -> None:
        self.phone = phone
        self._base = base_url.rstrip("/")

    @property
    def plaintext(self) -> bool:
        """Whether it walks without encryption."""
        return self._base.startswith("http:")

    async def connect(self) -> Page:
        """Open ``/m``; over http the page must warn (ASO-08)."""
        page = landed_on(await self.phone.browser.open(f"{self._base}/m"), "m-start")
        self._warned(page)
        return page

    def _warned(self, page: Page) -> None:
        if self.plaintext is not page.has("plaintext"):
            what = "no warning" if self.plaintext else "a warning over https"
            raise Stuck(Reason.UNEXPECTED, f"{page.where}: {what} of the missing encryption")

    async def check(self) -> Checked | None:
        """The check page: measure, send the test characters, read the verdict (CTS-04)."""
        landed_on(await self.phone.browser.open(f"{self._base}/m/check"), "m-check")
        page = landed_on(await self._measured("/m/check/result"), "m-check-result")
        probe = next((each for each in page.forms if _named(each, "charset")), None)
        if probe is not None:
            page = landed_on(await self._press("charset", probe), "m-check-result")
        tests = {
            attribute(tag, "data-test") or "": attribute(tag, "data-result") or ""
            for tag in page.document.select("[data-test]")
        }
        said = body_data(page, "verdict")
        if said not in list(Verdict) or not tests:
            raise Stuck(Reason.UNEXPECTED, f"{page.where}: verdict {said!r}, tests {tests}")
        heading = page.headings[0] if page.headings else ""
        words = [text_of(tag) for tag in page.document.select("[data-test]")]
        return Checked(Verdict(said), tests, " / ".join((heading, *words)))

    async def _measured(self, without: str) -> Page:
        """Measure by the page's link; a phone that cannot takes the way without (``without``)."""
        try:
            return await self.phone.tell_position()
        except NoPosition:
            return await self.phone.browser.follow(without)
        except NotOnPage:
            # A link that only newer phones understand is an ordinary one for this phone.
            for tag in self.phone.page.document.select("a[lcs][href]"):
                return await self.phone.browser.open(str(tag["href"]))
            return await self.phone.browser.follow(without)

    async def log_in(self, keys: MailedKeys, name: str) -> Page:
        """Log in with ID and password; the menu must greet the registrant by name."""
        page = await self.phone.browser.open(f"{self._base}/m/log-in")
        form = landed_on(page, "m-log-in").form("log-in")
        form.fill("login_id", keys.login_id)
        form.fill("password", keys.password)
        menu = landed_on(await self._press("log-in", form), "m-menu")
        self._warned(menu)
        if menu.has("errors"):
            tag = menu.document.select_one("#errors")
            code = (attribute(tag, "data-code") or "") if tag is not None else ""
            refused = self.plaintext and code == "plaintext-not-allowed"
            reason = Reason.PLAINTEXT_REFUSED if refused else Reason.REFUSED
            raise Stuck(reason, f"{code}: {menu.element('errors')}")
        shown = menu.element("registrant-name")
        if name and not is_shown_as(name, shown, menu.charset):
            raise Stuck(Reason.GARBLED, f"{menu.where}: {shown!r} in place of {name!r}")
        return menu

    async def call(self, kind: Kind) -> Placed:
        """Kind, present position, measure, confirm (CNB-27, CNB-29)."""
        browser = self.phone.browser
        landed_on(await browser.follow("/new"), "m-kind")
        landed_on(await browser.follow(KINDS[kind]), "m-place")
        landed_on(await browser.follow("/current"), "m-locate")
        try:
            page = await self.phone.tell_position()
        except (NoPosition, NotOnPage) as wrong:
            raise Stuck(Reason.NO_POSITION, str(wrong)) from wrong
        confirm = landed_on(page, "m-confirm")
        if not confirm.has("place"):
            raise Stuck(Reason.UNEXPECTED, f"{confirm.where}: no place to confirm")
        chat = landed_on(await self._press("call", confirm.form("call")), "m-chat")
        self._warned(chat)
        return Placed(chat)

    async def come_back(self, path: str) -> Placed:
        """Come back to a call by the URL of a callback mail, by pressing its one button (CNB-31).

        Args:
            path: that of the URL, ``/b/{secret}``; a look at it changes nothing.
        """
        page = landed_on(await self.phone.browser.open(f"{self._base}/m{path}"), "m-callback")
        self._warned(page)
        form = next((each for each in page.forms if _named(each, "reopen")), None)
        if form is None:
            raise NotOnPage("the button 'reopen'", page.where, [])
        chat = landed_on(await self._press("reopen", form), "m-chat")
        self._warned(chat)
        return Placed(chat)

    async def refresh(self) -> Page:
        """Press 更新."""
        return landed_on(await self.phone.browser.reload(), "m-chat")

    async def say(self, text: str) -> Page:
        """Write a line and send it; the page must say that it arrived."""
        form = self.phone.page.form("say")
        form.fill("text", text)
        page = landed_on(await self._press("say", form), "m-chat")
        if not page.has("sent") and not shows(page, text):
            raise Stuck(Reason.UNEXPECTED, f"{page.where}: nothing says that the line arrived")
        return page

    async def _press(self, name: str, form: Form) -> Page:
        for button in form.buttons:
            if button.name == name:
                return await self.phone.browser.press(button, form)
        raise NotOnPage(f"the button {name!r}", form.where, [b.shown() for b in form.buttons])


def is_shown_as(text: str, shown: str, charset: str) -> bool:
    """Whether ``shown`` is the text, with replacements only where the charset lacks a character.

    A replacement is 〓, or words in 〔〕, as the pages say (docs/page-driver.md).
    """
    codec = codec_of(charset)
    pattern = "".join(re.escape(each) if _has(codec, each) else _REPLACED for each in text)
    return re.fullmatch(pattern, shown) is not None


def _has(codec: str, character: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _named(form: Form, name: str) -> bool:
    return any(each.name == name for each in form.buttons)


__all__ = ["KINDS", "MobileWalk"]
