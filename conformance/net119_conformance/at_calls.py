"""Somebody with a smartphone at the pages of a call, who goes by what is seen.

A step is found by its name in the markup that `docs/page-driver.md` describes, else by the words
that people see.  What a page's script measures is filled into the form in its place; everything
else is done as without scripts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import Tag
from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import Mode, Positioning
from net119_protocol.places import Fix, Point
from net119_simulators.errors import UnexpectedAnswer
from net119_simulators.gps import Position
from net119_simulators.pages import Browser, NotOnPage, Page
from net119_simulators.pages.controls import Button
from net119_simulators.pages.reading import attribute, text_of
from net119_simulators.pages.smartphone import fill_position
from net119_simulators.registration import secret_of
from net119_simulators.safety import check_mode

from net119_conformance.at_pages import (
    LOG_IN,
    LOGIN_ID,
    MAKE_CALL_PAGE,
    PASSWORD,
    Sign,
    button_of,
    control_of,
    form_with,
    offers,
)
from net119_conformance.new_calls import NewCalls
from net119_conformance.newcomer import Newcomer
from net119_conformance.polling import until
from net119_conformance.world.world import World


@dataclass(frozen=True)
class Way:
    """A link on the way to a call: its name in our markup, and words for it, one of them seen."""

    attribute: str
    value: str
    words: tuple[str, ...]


FIRE = Way("data-kind", "fire", ("火事", "火災"))
AMBULANCE = Way("data-kind", "ambulance", ("救急",))
OTHER = Way("data-kind", "other", ("その他", "そのほか"))
CURRENT = Way("data-place", "current", ("現在地", "いまいる場所", "今いる場所"))
HOME = Way("data-place", "home", ("自宅",))
PRACTICE = Way("data-practice", "start", ("練習",))
KINDS = (FIRE, AMBULANCE, OTHER)

CALL = Sign("call", "通報する")
SAY = Sign("say", "送信")
WRITE = Sign("text", "指令員")
CARD = ("読み上げ", "助けを頼む")
AGAIN = ("新しいメッセージ", "更新")

NOT_CALLED = ("通報できませんでした", "通報できません", "届いていません", "通報していません")
NEIGHBOUR = ("近くの人", "近くの方", "そばにいる人", "周りの人", "まわりの人", "第三者")
BY_VOICE = ("電話", "声で")
MEANS = ("FAX", "ファクス", "ファックス", "電話リレー", "メール", "SMS")
MARK = "練習"

_MOST_PRESSES = 4


def one_of(page: Page, words: Iterable[str]) -> list[str]:
    """Those of the words that are seen on the page, however its white space is set."""
    seen = "".join(page.text.split())
    return [each for each in words if "".join(each.split()) in seen]


def other_means(page: Page) -> str:
    """The passage of a page that names the other means of calling; empty without one.

    It has somebody nearby phone 119, and names a way for who is alone.
    """
    for block in page.document.select("ul, ol, p"):
        text = text_of(block)
        if names_means(text):
            return text
    return ""


def names_means(text: str) -> bool:
    """Whether a text has somebody nearby phone 119, and names a way for who is alone."""
    return "119" in text and all(any(each in text for each in of) for of in (NEIGHBOUR, MEANS))


class Calling:
    """One caller at the personal call page; ``actions`` counts what was tapped since it opened."""

    def __init__(self, w: World, browser: Browser, url: str) -> None:
        self.w = w
        self.browser = browser
        self.url = url
        self.actions = 0

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    async def open(self) -> Page:
        """Open the call page from the home screen."""
        self.actions = 0
        return await self.browser.open(self.url)

    def found(self, way: Way) -> Tag | None:
        """The link that leads this way."""
        links = self.page.document.find_all("a", href=True)
        named = [each for each in links if attribute(each, way.attribute) == way.value]
        read = [each for each in links if any(word in text_of(each) for word in way.words)]
        return next(iter((*named, *read)), None)

    def lacks(self, ways: Iterable[Way]) -> list[str]:
        """Those of the ways that the page does not offer, in words."""
        return [each.words[0] for each in ways if self.found(each) is None]

    async def tap(self, way: Way) -> Page:
        """Go this way; NotOnPage where the page does not offer it."""
        link = self.found(way)
        if link is None:
            raise NotOnPage(
                f"a link 「{way.words[0]}」",
                self.page.where,
                [each.text for each in self.page.links],
            )
        self.actions += 1
        return await self.browser.tap(link)

    async def follow(self, words: Iterable[str]) -> Page:
        """Follow the first link that has one of the words; NotOnPage without it."""
        wanted = tuple(words)
        for tag in self.page.document.find_all("a", href=True):
            if any(word in text_of(tag) for word in wanted):
                return await self.browser.tap(tag)
        raise NotOnPage(
            f"a link 「{wanted[0]}」", self.page.where, [each.text for each in self.page.links]
        )

    async def send(self, position: Position, pin: Point | None = None) -> Page:
        """Press the button that calls, as often as the page asks for it again."""
        for _ in range(_MOST_PRESSES):
            form = form_with(self.page, CALL)
            practice = form.has("practice") and form.value("practice") == "1"
            check_mode(self.page.url, Mode.PRACTICE if practice else Mode.LIVE)
            fill_position(form, position, pin)
            self.actions += 1
            await self.browser.press(button_of(form, CALL), form)
            if not offers(self.page, CALL):
                break
        return self.page

    async def call(
        self, kind: Way, place: Way, position: Position | None = None, *, practice: bool = False
    ) -> Page:
        """From the call page to what comes when the call was sent, with a good fix by default."""
        await self.open()
        if practice:
            await self.tap(PRACTICE)
        await self.tap(kind)
        await self.tap(place)
        return await self.send(position or at(self.w.fix_at(self.w.home)))

    # --- in the chat ----------------------------------------------------------------------------

    async def reload(self) -> Page:
        """See what is new in the chat."""
        return await self.follow(AGAIN)

    async def sees(self, text: str) -> Page:
        """Load the chat again until a text is seen; TimeoutError with the page if it never is."""
        return await until(self.w, self.reload, lambda page: one_of(page, (text,)))

    async def say(self, text: str) -> Page:
        """Write a line."""
        form = form_with(self.page, WRITE)
        form.fill(control_of(form, WRITE).name, text)
        return await self.browser.press(button_of(form, SAY), form)

    def answers(self, label: str) -> Button | None:
        """The button that gives this answer."""
        for form in self.page.forms:
            for each in form.buttons:
                if each.name == "choice" and each.text == label and not each.disabled:
                    return each
        return None

    async def choose(self, label: str) -> Page:
        """Tap an answer; NotOnPage where it cannot be tapped."""
        button = self.answers(label)
        if button is None:
            raise NotOnPage(f"a button 「{label}」", self.page.where, [self.page.text[-200:]])
        return await self.browser.press(button)


def at(fix: Fix) -> Position:
    """What a phone reports that has measured this fix."""
    return Position(Positioning.ON, fix)


async def caller(w: World, person: Newcomer | None = None) -> Calling:
    """A registrant with a smartphone on which the call page was made."""
    who = person or Newcomer(w)
    keys = await who.registered_on_paper(await w.staff())
    return await with_call_page(w, keys.url, keys.login_id, keys.password)


async def with_call_page(w: World, url: str, login_id: str, password: str) -> Calling:
    """Log in with what the completion mail says, and make the call page."""
    browser = await w.browser()
    browser.keep_secret(password)
    page = await browser.open(url)
    form = form_with(page, PASSWORD)
    form.fill(control_of(form, LOGIN_ID).name, login_id)
    form.fill(control_of(form, PASSWORD).name, password)
    page = await browser.press(button_of(form, LOG_IN), form, force=True)
    form = form_with(page, MAKE_CALL_PAGE)
    page = await browser.press(button_of(form, MAKE_CALL_PAGE), form)
    for link in page.links:
        url = urljoin(page.url, link.url)
        try:
            secret = secret_of(url)
        except UnexpectedAnswer:
            continue
        browser.keep_secret(secret)
        return Calling(w, browser, url)
    return w.trial.require("the call page is made", None)


async def rings(w: World, new: NewCalls, before: int = 0) -> ConsoleCall:
    """The newest call of the center, once more than ``before`` are new; all are this purpose's.

    Raises:
        TimeoutError: none came.
    """
    calls = await until(w, new.now, lambda found: len(found) > before)
    return calls[0]
