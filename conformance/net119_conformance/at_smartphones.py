"""Somebody with a smartphone whose browser is real: taps, sees what is shown, loses the connection.

A step is found by its name in the markup that `docs/page-driver.md` describes, else by the words
that people see.  Of a page only what can be seen counts: hidden text says nothing to anybody.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from net119_protocol.codes import Mode
from net119_protocol.places import Fix
from net119_simulators.errors import UnexpectedAnswer
from net119_simulators.pages import NotOnPage
from net119_simulators.registration import MailedKeys, secret_of
from net119_simulators.safety import check_mode

from net119_conformance.at_calls import CALL, CARD, SAY, WRITE, Way, names_means
from net119_conformance.at_maps import MAP, metres_of_a_pixel
from net119_conformance.at_pages import LOG_IN, LOGIN_ID, MAKE_CALL_PAGE, PASSWORD, Sign
from net119_conformance.newcomer import Newcomer
from net119_conformance.world.world import World

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

FAILS = ("つながりません", "つながっていません", "電波が", "圏外", "通信でき", "接続でき")
"""Any of these says in words that there is no connection."""
MARK_OF_MAP = f":is({MAP}) [role=button]"
_WORDS = """() => {
  const others = Array.from(document.body.querySelectorAll("[lang]"))
    .filter(one => !one.lang.toLowerCase().startsWith("ja"))
    .map(one => [one, one.style.display]);
  others.forEach(([one]) => { one.style.display = "none"; });
  const text = document.body.innerText;
  others.forEach(([one, before]) => { one.style.display = before; });
  return [document.documentElement.lang, text];
}"""
_BEGUN = "window.net119Begun = true"
_DRAFT = """one => [
  one.value === undefined ? one.innerText : one.value,
  one.getRootNode().activeElement === one,
  window.net119Begun !== true
]"""
"""A page that is loaded again has another ``window``, even if it puts back what was written."""
_LOOK_EVERY_S = 0.05
_STEPS, _EACH_S = 12, 0.016
"""A finger moves in steps, each the time of a picture on the screen."""


@dataclass(frozen=True)
class Draft:
    """What has become of a line that is being written.

    ``focused``: what is typed still goes into its field. ``loaded_again``: the page is another one
    than that on which it was begun.
    """

    text: str
    focused: bool
    loaded_again: bool


@dataclass(frozen=True)
class Moved:
    """How far a mark was moved, by what the map shows of its scale: metres, None if nothing."""

    shown_m: float | None


class Smartphone:
    """One tab of a real browser; ``keys`` are the registrant's log-in."""

    def __init__(self, w: World, page: "Page", keys: MailedKeys) -> None:
        self.w = w
        self.page = page
        self.keys = keys
        self.call_page = ""
        self._known: frozenset[str] = frozenset()
        """The lines that were shown before coverage was lost."""

    # --- what is seen ---------------------------------------------------------------------------

    async def _lines(self) -> list[str]:
        """The lines that can be read on the page; none between two pages."""
        from playwright.async_api import Error

        try:
            text = await self.page.locator("body").inner_text(timeout=1000)
        except Error:
            return []
        return ["".join(each.split()) for each in text.splitlines()]

    async def text(self) -> str:
        """What can be read on the page, without its white space; empty between two pages."""
        return "".join(await self._lines())

    async def said_in(self) -> tuple[str, list[str]]:
        """The language of the page, and the lines that can be read on it.

        Parts that say that they are in another language are left out.
        """
        async with self.doing("the words of the page"):
            language, text = await self.page.evaluate(_WORDS)
        return language, text.splitlines()

    async def shows(self, wanted: Callable[[str], object], within: float | None = None) -> str:
        """The page's text, once it is as wanted.

        Raises:
            TimeoutError: it never was within ``within`` seconds (by default the world's
                patience); the text holds what was seen.
        """
        return await self._until(lambda lines: wanted("".join(lines)), within)

    async def tells_of_loss(
        self, words: Iterable[str] = FAILS, within: float | None = None, *, means: bool = True
    ) -> str:
        """The page's text, once it says by one of the words that there is no connection.

        The words count only in lines that came after coverage was lost: a page of a test system
        may say at all times that nobody reaches the real 119. ``means``: the other means are
        named, too. TimeoutError as in `shows`.
        """
        wanted = tuple(words)

        def told(lines: list[str]) -> bool:
            new = "".join(each for each in lines if each not in self._known)
            named = names_means("".join(lines)) if means else True
            return named and any(each in new for each in wanted)

        return await self._until(told, within)

    async def _until(self, wanted: Callable[[list[str]], object], within: float | None) -> str:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self.w.patience if within is None else within)
        while True:
            lines = await self._lines()
            if lines and wanted(lines):
                return "".join(lines)
            if loop.time() >= deadline:
                raise TimeoutError(f"the page showed: {''.join(lines)[:400]}")
            await asyncio.sleep(_LOOK_EVERY_S)

    def at_once(self, found: "Locator") -> "Locator":
        """The first of several elements that can be seen."""
        return found.locator("visible=true").first

    # --- what is done ---------------------------------------------------------------------------

    @asynccontextmanager
    async def doing(self, what: str) -> AsyncIterator[None]:
        """Whatever the browser cannot do here is told as NotOnPage, with what is seen instead."""
        from playwright.async_api import Error

        try:
            yield
        except Error as problem:
            seen = (await self.text())[:200]
            where = self.w.trial.evidence.redact(self.page.url)
            raise NotOnPage(f"{what} ({problem.message[:200]})", where, [seen]) from problem

    def _named(self, name: str, role: Any, words: Iterable[str]) -> "Locator":
        by_words = self.page.locator("never")
        for each in words:
            by_words = by_words.or_(self.page.get_by_role(role, name=each))
        return self.at_once(self.page.locator(name).or_(by_words))

    async def tap(self, way: Way) -> None:
        """Tap the link that leads this way."""
        async with self.doing(f"a link 「{way.words[0]}」"):
            await self._named(f"a[{way.attribute}='{way.value}']", "link", way.words).tap()

    async def press(self, sign: Sign) -> None:
        """Tap a button."""
        async with self.doing(f"a button 「{sign.words}」"):
            await self._named(
                f"button[name=action][value='{sign.name}']", "button", (sign.words,)
            ).tap()

    async def enter(self, sign: Sign, text: str) -> None:
        """Write into a field."""
        async with self.doing(f"a field 「{sign.words}」"):
            await self._field(sign).fill(text)

    def _field(self, sign: Sign) -> "Locator":
        return self.at_once(
            self.page.locator(f"[name='{sign.name}']").or_(self.page.get_by_label(sign.words))
        )

    async def log_in(self) -> str:
        """From the mailed URL to the personal call page, which is made and opened."""
        async with self.doing("the mailed URL"):
            await self.page.goto(self.keys.url)
        await self.enter(LOGIN_ID, self.keys.login_id)
        await self.enter(PASSWORD, self.keys.password)
        await self.press(LOG_IN)
        await self.press(MAKE_CALL_PAGE)
        async with self.doing("a link to the call page"):
            await self.page.locator("a[href*='/c/']").first.wait_for()
            links = await self.page.eval_on_selector_all("a", "all => all.map(one => one.href)")
        for url in cast(list[str], links):
            try:
                secret = secret_of(url)
            except UnexpectedAnswer:
                continue
            self.w.trial.evidence.redact.hide(secret)
            self.call_page = url
            async with self.doing("the call page"):
                await self.page.goto(url)
            return url
        return self.w.trial.require("the call page is made", "")

    async def to_map(self, kind: Way, place: Way) -> None:
        """Choose kind and place, up to the page from which the call is sent."""
        await self.tap(kind)
        await self.tap(place)
        async with self.doing(f"a button 「{CALL.words}」"):
            await self._button(CALL).wait_for()

    def _button(self, sign: Sign) -> "Locator":
        return self._named(f"button[name=action][value='{sign.name}']", "button", (sign.words,))

    async def send(self) -> None:
        """Press the button that calls."""
        check_mode(self.page.url, Mode.LIVE)
        await self.press(CALL)

    async def send_again(self, within: float) -> None:
        """Press the button that calls once more where no chat is shown within so many seconds."""
        if await self.chat_comes(within):
            return
        # The chat may come at this very moment, and the button is gone. Whether a call has come
        # of it is for whoever asks next: a button that is there and does nothing shows there.
        with suppress(NotOnPage):
            await self.send()

    async def call(self, kind: Way, place: Way) -> None:
        """From the call page to the chat."""
        await self.to_map(kind, place)
        await self.send()
        async with self.doing("the chat of the call"):
            await self.at_once(self.page.locator(f"[name='{WRITE.name}']")).wait_for()

    async def say(self, text: str) -> None:
        """Write a line to the dispatcher."""
        await self.enter(WRITE, text)
        await self.press(SAY)

    async def begin_to_say(self, text: str) -> None:
        """Write a line to the dispatcher without sending it; see `draft`."""
        await self.enter(WRITE, text)
        async with self.doing("the page on which a line is begun"):
            await self.page.evaluate(_BEGUN)

    async def draft(self) -> Draft:
        """What there is now of the line that was begun."""
        from playwright.async_api import Error

        field = self._field(WRITE)
        with suppress(Error):
            return Draft(*await field.evaluate(_DRAFT))
        # The page was left at this very moment; the next one is waited for.
        async with self.doing(f"a field 「{WRITE.words}」"):
            return Draft(*await field.evaluate(_DRAFT))

    async def open_card(self) -> None:
        """Open the read-aloud card from the page that is shown."""
        async with self.doing(f"a link 「{CARD[0]}」"):
            await self._named("#card", "link", CARD).tap()

    async def open_anyway(self) -> None:
        """Open the call page from the home screen, whether it comes or not."""
        from playwright.async_api import Error

        with suppress(Error):
            await self.page.goto(self.call_page)

    async def chat_comes(self, within: float) -> bool:
        """Whether the chat is shown within so many seconds."""
        from playwright.async_api import Error

        with suppress(Error):
            field = self.at_once(self.page.locator(f"[name='{WRITE.name}']"))
            await field.wait_for(timeout=1000 * within)
            return True
        return False

    async def coverage(self, there: bool) -> None:
        """Be in an area with radio coverage, or leave it."""
        if not there:
            self._known = frozenset(await self._lines())
        await self.page.context.set_offline(not there)

    async def drag_mark(self, east_px: int, north_px: int, fix: Fix) -> Moved:
        """Move the mark on the map with a finger; ``fix`` is what the phone measures."""
        async with self.doing("a mark on the map"):
            mark = self.at_once(self.page.locator(MARK_OF_MAP))
            await mark.scroll_into_view_if_needed()
            box, scale = await mark.bounding_box(), await metres_of_a_pixel(mark, fix)
            before = None
            # A map that still follows the position moves the mark under the finger, or zooms.
            while box is None or (box, scale) != before:
                before = box, scale
                await asyncio.sleep(2 * _LOOK_EVERY_S)
                box, scale = await mark.bounding_box(), await metres_of_a_pixel(mark, fix)
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            finger = await self.page.context.new_cdp_session(self.page)
            await _touch(finger, "touchStart", (x, y))
            for step in range(1, _STEPS + 1):
                part = step / _STEPS
                await _touch(finger, "touchMove", (x + east_px * part, y - north_px * part))
                await asyncio.sleep(_EACH_S)
            await _touch(finger, "touchEnd")
            await finger.detach()
            return Moved(None if scale is None else scale * math.hypot(east_px, north_px))


async def _touch(finger: Any, kind: str, *at: tuple[float, float]) -> None:
    points = [{"x": x, "y": y} for x, y in at]
    await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def on_smartphone(w: World, fix: Fix | None = None, *, logged_in: bool = True) -> Smartphone:
    """A registrant with Chrome on Android, at the personal call page once logged in."""
    page = await w.smartphone(fix or w.fix_at(w.home))
    keys = await Newcomer(w).registered_on_paper(await w.staff())
    w.trial.evidence.redact.hide(keys.password)
    phone = Smartphone(w, page, keys)
    if logged_in:
        await phone.log_in()
    return phone
