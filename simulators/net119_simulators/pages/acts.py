"""The verbs of `net119_simulators.registration.acts`, done by hand at the pages.

What a page does not show is left empty; what a page refuses is raised as ``CallRefused`` with the
code that the page carries, as the API's refusals are.
"""

import ssl
from collections.abc import Callable, Collection
from datetime import datetime
from types import TracebackType
from typing import Self

from bs4 import Tag
from net119_protocol.api.problems import ItemProblem, Problem
from net119_protocol.api.registration import AccountView, LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.profile.form import from_fields

from net119_simulators.errors import CallRefused
from net119_simulators.pages.applicant import FORM, ApplicantAtPages
from net119_simulators.pages.browser import Browser
from net119_simulators.pages.controls import ChoiceControl
from net119_simulators.pages.entering import enter_application
from net119_simulators.pages.errors import PageNotShown
from net119_simulators.pages.form import Form
from net119_simulators.pages.labelled import day_in, labelled_day, labelled_version
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute, text_of
from net119_simulators.pages.registrant import RegistrantAtPages
from net119_simulators.pages.window import new_browser
from net119_simulators.registration.acts import Problems, Shown
from net119_simulators.registration.urls import MailedKeys
from net119_simulators.wiretap import Wiretap

_CODE, _MUNICIPALITY = "data.address.municipality_code", "data.address.municipality"
_DEVICE_COOKIE = "net119_device"


class _AtPages:
    """Somebody's browser, opened for one person."""

    def __init__(
        self,
        tls: ssl.SSLContext | None,
        *,
        name: str,
        provider: str = "provider",
        wiretap: Wiretap | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.browser: Browser = new_browser(
            tls,
            name=name,
            provider=provider,
            wiretap=wiretap,
            declared_test_hosts=declared_test_hosts,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.browser.close()


class PageApplicant(_AtPages):
    """The verbs of `Applicant`; besides ``CallRefused`` they raise what `ApplicantAtPages` does."""

    def __init__(
        self, tls: ssl.SSLContext | None, *, name: str = "applicant", **more: object
    ) -> None:
        super().__init__(tls, name=name, **more)  # type: ignore[arg-type]  # the base's options
        self._hand = ApplicantAtPages(self.browser)
        self._url = ""

    async def open(self, url: str) -> Shown:
        """Open a mailed URL."""
        self._url = url
        page = unrefused(await self._hand.open(url))
        form, terms = page, page
        if page.name == "account":
            form = unrefused(await self.browser.press("change", page.form_with("change")))
        if page.name in ("account", "form"):
            terms = unrefused(await self.browser.open(f"{url.rstrip('/')}/terms"))
            await self._account()
        version = terms.form("terms").value("version") if terms.name == "terms" else ""
        return Shown(
            purpose=_purpose(page),
            mail=_read(form, "data.mail"),
            terms_version=version,
            terms=_terms(terms),
            terms_accepted=version if _leads_to_form(terms) else "",
            application=_application(form),
            defects=_problems(page),
            has_image=form.document.find("img", src=_is_image) is not None,
            contact=_contact(page),
        )

    async def accept_terms(self, version: str = "") -> None:
        """Agree to the terms shown; another version is what a tampered page would send."""
        form = self._hand.page.expect("terms").form("terms")
        form.tick("agree")
        if version:
            form.fill("version", version, force=True)
        page = unrefused(await self.browser.press("next", form))
        if page.name == "terms":
            raise refused(page, Refusal.INVALID)
        page.expect("form")

    async def attach_image(self, content: bytes) -> Problems:
        """Send an image and look at it."""
        if (page := await self._at_form()).name == "terms":
            return await self._without_consent(page)
        self._hand.attach(content)
        return _problems(unrefused(await self.browser.press("attach", FORM)), "image")

    async def fill(self, application: Application) -> Problems:
        """Fill in what the form asks of it, and send the form."""
        if (page := await self._at_form()).name == "terms":
            return await self._without_consent(page)
        await enter_application(self.browser, FORM, application, lenient=True)
        page = unrefused(await self.browser.press("next", FORM))
        return () if page.name == "confirm" else _problems(page.expect("form"))

    async def submit(self) -> Problems:
        """Hand in what is confirmed; from the form, what still keeps one from that."""
        page = self._hand.page
        if page.name == "terms":
            return await self._without_consent(page)
        if page.name == "form":
            page = unrefused(await self.browser.press("next", FORM))
        if page.name == "confirm":
            page = unrefused(await self.browser.press("submit", page.form_with("submit")))
        return () if page.name == "submitted" else _problems(page.expect("form", "terms"))

    async def stop(self) -> None:
        """Stop, and say so once more."""
        page = await self._account()
        if page.name == "account":
            page = unrefused(await self.browser.press("stop", page.form_with("stop")))
        form = page.expect("stop").form_with("stop")
        unrefused(await self.browser.press("stop", form)).expect("stopped")

    async def renew(self) -> datetime:
        """Go on; the new expiry, midnight of the day that the page shows."""
        page = self._hand.page.expect("renew")
        renewed = unrefused(await self.browser.press("renew", page.form_with("renew")))
        day = day_in(renewed.expect("renewed").element("expires-on"))
        if day is None:
            raise PageNotShown("a new expiry was expected", renewed.url, renewed.described())
        return day

    async def _account(self) -> Page:
        return unrefused(await self.browser.open(self._url))

    async def _without_consent(self, terms: Page) -> Problems:
        """What the terms say to whoever goes on without having agreed."""
        page = await self.browser.press("next", terms.form("terms"))
        return _problems(page.expect("terms"))

    async def _at_form(self) -> Page:
        """The form, from wherever the mailed URL has led; the terms until they are accepted."""
        page = self._hand.page
        if page.name != "form":
            page = await self._account()
        if page.name == "account":
            page = unrefused(await self.browser.press("change", page.form_with("change")))
        if page.name == "terms" and _leads_to_form(page):
            page = await self.browser.follow("/form")
        return page.expect("form", "terms")


class PageAccount(_AtPages):
    """The verbs of `Account`; besides ``CallRefused`` they raise what `RegistrantAtPages` does."""

    def __init__(
        self,
        tls: ssl.SSLContext | None,
        keys: MailedKeys,
        *,
        name: str = "registrant",
        **more: object,
    ) -> None:
        super().__init__(tls, name=name, **more)  # type: ignore[arg-type]  # the base's options
        self._keys = keys
        self._hand = RegistrantAtPages(self.browser, keys.url)

    async def log_in(self) -> None:
        """Log in."""
        try:
            await self._hand.log_in(self._keys)
        except PageNotShown:
            page = self.browser.page
            raise refused(
                page, Refusal.NOT_AUTHENTICATED, department=self._keys.department
            ) from None

    async def log_out(self) -> None:
        """End the log-in."""
        await self._hand.log_out()

    async def account(self) -> AccountView:
        """What the menu says; of the mail address it shows only some letters."""
        page = await self._hand.menu()
        if page.name != "menu":
            raise refused(page, Refusal.NOT_AUTHENTICATED)
        office = page.tag("contact").find(_has("data-department"))
        state = attribute(page.tag("state"), "data-state") or ""
        page_here = page.document.find(_has("data-call-page"))
        return AccountView(
            name=page.element("registrant-name"),
            mail=page.element("masked-mail") if page.has("masked-mail") else "",
            department=(attribute(office, "data-department") or "") if office else "",
            contact_ja=page.element("contact"),
            contact_en="",
            state=RegistrationState(state),
            expires_at=labelled_day(page, "登録の期限"),
            has_call_page=page_here is not None
            and attribute(page_here, "data-call-page") != "none",
            terms_accepted=labelled_version(page, "同意した利用規約"),
        )

    async def ask_account_mail(self) -> None:
        """Be mailed the URL for change or stop."""
        await self._hand.menu()
        try:
            await self._hand.ask_account_mail()
        except PageNotShown:
            raise refused(self.browser.page, Refusal.TOO_MANY) from None

    async def new_call_page(self, device: str) -> str:
        """Make the personal call page of this browser, whose own key is ``device``."""
        self.browser.set_cookie(self._keys.url, _DEVICE_COOKIE, device)
        await self._hand.menu()
        try:
            return await self._hand.new_call_page()
        except PageNotShown:
            raise refused(self.browser.page, Refusal.FORBIDDEN) from None

    async def revoke_call_page(self) -> None:
        """End the personal call page."""
        await self._hand.menu()
        await self._hand.remove_call_page()


# --- reading ----------------------------------------------------------------------------------


def unrefused(page: Page) -> Page:
    """The page, unless it says that something was refused; then CallRefused with its code."""
    if page.name in ("problem", "link-closed"):
        raise refused(page, Refusal.INVALID)
    return page


def refused(
    page: Page, otherwise: Refusal, *, field: str = "", department: str | None = None
) -> CallRefused:
    """The refusal that a page tells, by its code; ``otherwise`` where it has none of ours.

    ``field`` is what the page has no way to enter, by default the first that it complains of;
    ``department`` is whose contact is looked for where the page names several.
    """
    tag = page.document.find(_has("data-code"))
    code = (attribute(tag, "data-code") or "") if tag is not None else ""
    known = {each.value: each for each in Refusal}
    found = known.get(code) or known.get(f"link-{code}") or otherwise
    text = page.described()[:500]
    problems = _problems(page)
    return CallRefused(
        Problem(
            title="refused by a page",
            status=page.status,
            code=found,
            detail=text,
            field=field or (problems[0].path or None if problems else None),
            message_ja=text,
            message_en=text,
            problems=problems,
            contact_ja=_contact(page, department),
        ),
        page.url,
    )


def _problems(page: Page, path: str | None = None) -> Problems:
    """What a page complains of beside the fields, and what only its summary says."""
    found = [(each.path, each.code, each.text) for each in page.problems]
    beside = {where for where, _code, _text in found}
    for tag in page.document.select("#errors [data-path][data-code]"):
        where, code = (attribute(tag, name) or "" for name in ("data-path", "data-code"))
        if where not in beside:
            found.append((where, code, text_of(tag)))
    return tuple(
        ItemProblem(path=where, code=code, ja=text, en="")
        for where, code, text in found
        if path is None or where == path
    )


def _terms(page: Page) -> str:
    """The text of the terms, with its line breaks."""
    tag = page.document.find(class_="terms") if page.name == "terms" else None
    return tag.get_text() if isinstance(tag, Tag) else ""


def _leads_to_form(terms: Page) -> bool:
    """Whether the terms have been accepted: the page then links to the form."""
    return terms.document.find("a", href="form") is not None


def _contact(page: Page, department: str | None = None) -> str:
    """Whom the page says to contact; of several departments, the one asked for."""
    if not page.has("contact"):
        return ""
    wanted = f'[data-department="{department}"]' if department else "[data-department]"
    for tag in page.tag("contact").select(wanted):
        return text_of(tag)
    return page.element("contact")


def _purpose(page: Page) -> LinkPurpose:
    if page.name in ("account", "stop"):
        return LinkPurpose.ACCOUNT
    if page.name == "renew":
        return LinkPurpose.RENEW
    return LinkPurpose.CORRECT if page.problems else LinkPurpose.APPLY


def _form(page: Page) -> Form | None:
    return page.form(FORM) if page.name == "form" else None


def _read(page: Page, name: str) -> str:
    form = _form(page)
    if form is not None and form.has(name):
        return form.value(name)
    # What cannot be changed is shown, and is no field.
    fixed = page.tag(name).find(class_="fixed") if page.has(name) else None
    return text_of(fixed) if isinstance(fixed, Tag) else ""


def _application(page: Page) -> Application | None:
    form = _form(page)
    if form is None:
        return None
    texts = {name: value for name, value in form.entries() if isinstance(value, str)}
    if form.has(_CODE) and not form.has(_MUNICIPALITY):
        code = form.control(_CODE)
        options = code.options if isinstance(code, ChoiceControl) else []
        texts[_MUNICIPALITY] = next((each.text for each in options if each.chosen), "")
    # The address that is proven is shown, and is no field.
    if not form.has("data.mail") and (mail := _read(page, "data.mail")):
        texts["data.mail"] = mail
    return from_fields(texts)[0]


def _has(name: str) -> Callable[[Tag], bool]:
    return lambda tag: tag.has_attr(name)


def _is_image(source: str | None) -> bool:
    return source is not None and source.partition("?")[0].endswith("/image")


__all__ = ["PageAccount", "PageApplicant"]
