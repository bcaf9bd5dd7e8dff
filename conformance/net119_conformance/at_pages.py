"""Somebody in front of pages, who goes by what is seen: labels, buttons, problems beside fields.

What is looked for has a name in the markup that `docs/page-driver.md` describes, and words that
people see.  The name is used where the page has it, else the words, so that a system with markup
of its own can be judged as well.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import Tag
from net119_protocol.application import Application
from net119_simulators.pages import Browser, Form, NotOnPage, Page, Upload
from net119_simulators.pages.controls import Button, CheckControl, ChoiceControl, Control
from net119_simulators.pages.entering import enter_application
from net119_simulators.pages.reading import attribute, text_of

from net119_conformance.newcomer import Newcomer


@dataclass(frozen=True)
class Sign:
    """What is looked for on a page: its name in our markup, and words that people see."""

    name: str
    words: str


AGREE = Sign("agree", "同意する")
NEXT = Sign("next", "次へ")
SUBMIT = Sign("submit", "この内容で")
BACK = Sign("back", "戻")
NAME = Sign("data.name", "氏名")
SEX = Sign("data.sex", "性別")
BASIS = Sign("basis", "関わり")
BIRTH_DATE = Sign("data.birth_date", "生年月日")
PREFECTURE = Sign("data.address.prefecture", "都道府県")
MUNICIPALITY = Sign("data.address.municipality_code", "市町村")
SHOW_MUNICIPALITIES = Sign("municipalities", "市町村を表示")
LATITUDE = Sign("data.address.lat", "緯度")
LONGITUDE = Sign("data.address.lon", "経度")
IDENTITY_IMAGE = Sign("image", "本人確認")
ADD_CONTACT = Sign("add-contact", "連絡先を追加")
LOGIN_ID = Sign("login_id", "ID")
PASSWORD = Sign("password", "パスワード")
LOG_IN = Sign("log-in", "ログイン")
LOG_OUT = Sign("log-out", "ログアウト")
MAKE_CALL_PAGE = Sign("call-page", "通報ページを作る")
REPLACE = Sign("replace", "この端末で作る")

_MAP = "地図"


def control_of(form: Form, sign: Sign) -> Control:
    """The control of a form; NotOnPage without it."""
    return form.control(sign.name if form.has(sign.name) else sign.words)


def button_of(form: Form, sign: Sign) -> Button:
    """The button of a form; NotOnPage without it."""
    return form.button(sign.name if form.has_button(sign.name) else sign.words)


def form_with(page: Page, sign: Sign) -> Form:
    """The form that has this control or this button; NotOnPage without it."""
    for form in page.forms:
        if _offers(form, sign):
            return form
    there = [f"{form.id}: {', '.join(form.names)}" for form in page.forms]
    raise NotOnPage(f"a form with 「{sign.words}」", page.where, there)


def offers(page: Page, sign: Sign) -> bool:
    """Whether a form of the page has this control or this button."""
    return any(_offers(form, sign) for form in page.forms)


def _offers(form: Form, sign: Sign) -> bool:
    for find in (control_of, button_of):
        try:
            find(form, sign)
        except NotOnPage:
            continue
        return True
    return False


def told_beside(page: Page, control: Control) -> str:
    """What a page says is wrong with a field; empty if it does not mark it.

    Read as assistive technology does: the field, or the group of radio buttons, is marked
    invalid, and described by the text.
    """
    said = []
    fields = page.document.select(f"[name={json.dumps(control.name)}]")
    groups = (each.find_parent("fieldset") for each in fields if attribute(each, "type") == "radio")
    for tag in (*fields, *(each for each in groups if each is not None)):
        if attribute(tag, "aria-invalid") != "true":
            continue
        for one in (attribute(tag, "aria-describedby") or "").split():
            described = page.document.find(id=one)
            if isinstance(described, Tag):
                said.append(text_of(described))
    return " ".join(said)


def maps_on(page: Page) -> tuple[str, ...]:
    """URLs of the pictures that the page calls a map."""
    return tuple(
        urljoin(page.url, source)
        for tag in page.document.find_all("img")
        if _MAP in (attribute(tag, "alt") or "") and (source := attribute(tag, "src"))
    )


def lacking(page: Page, texts: Iterable[str]) -> list[str]:
    """Those of the texts that are not seen on the page, however its white space is set."""
    seen = "".join(page.text.split())
    return [each for each in texts if "".join(each.split()) not in seen]


class Applying:
    """One person who applies at the pages behind the mailed URL.

    Steps that lead elsewhere raise ``NotOnPage``: nothing was judged then.
    """

    def __init__(self, person: Newcomer, browser: Browser) -> None:
        self.person = person
        self.browser = browser
        self.url = ""

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    async def press(self, sign: Sign) -> Page:
        """Press a button, also where the browser itself would complain about a field."""
        form = form_with(self.page, sign)
        return await self.browser.press(button_of(form, sign), form, force=True)

    async def begin(self) -> Page:
        """From the empty mail to the opened URL of the answer."""
        await self.person.write()
        with self.person.w.trial.waiting("the mail with the URL of the application"):
            self.url = await self.person.next_url()
        return await self.browser.open(self.url)

    async def agree(self) -> Page:
        """Choose “I agree”, and go on."""
        box = control_of(form_with(self.page, AGREE), AGREE)
        if isinstance(box, ChoiceControl):
            box.choose(AGREE.words)
        elif isinstance(box, CheckControl):
            box.tick()
        return await self.press(NEXT)

    @property
    def form(self) -> Form:
        """The form of the application, as it is filled in."""
        return form_with(self.page, BIRTH_DATE)

    async def enter(self, application: Application | None = None) -> Form:
        """Fill the form in, the picture included, without sending it."""
        told = application or self.person.application
        form = await enter_application(self.browser, self.form.id, told, lenient=True)
        image = self.person.told.image
        if image is not None:
            picture = Upload("card.jpg", "image/jpeg", image)
            form.attach(control_of(form, IDENTITY_IMAGE).name, picture)
        return form

    async def to_confirmation(self, application: Application | None = None) -> Page:
        """The whole way from the empty mail to the page before the submission."""
        await self.begin()
        await self.agree()
        await self.enter(application)
        return await self.press(NEXT)


async def applying(person: Newcomer) -> Applying:
    """A person with a browser of their own."""
    return Applying(person, await person.w.browser())
