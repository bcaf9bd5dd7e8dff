"""A smartphone's owner at the pages of a call: from the personal call page to the connected call.

What the page's script measures (`PATHS` of the form) is filled in here in its place, so that any
position source can be tried without a browser engine.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from bs4 import Tag
from net119_protocol.codes import Kind, Mode, PlaceChoice, Positioning
from net119_protocol.places import Fix, Point

from net119_simulators.gps import Position
from net119_simulators.pages.browser import Browser
from net119_simulators.pages.errors import NotOnPage, PageNotShown
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute
from net119_simulators.safety import check_mode

_CALL = re.compile(r"/calls/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#]|$)")


class CallRefusedAtPage(PageNotShown):
    """The page says why there is no call: ``code`` is its reason, ``page`` what one reads."""

    def __init__(self, page: Page, code: str) -> None:
        super().__init__("no call was made", page.url, f"{code}: {page.described()}", page.status)
        self.page = page
        self.code = code


@dataclass(frozen=True)
class PlacedCall:
    """A call that was placed: its ID, and the page that came then."""

    call_id: UUID
    page: Page


class SmartphoneAtPages:
    """What a caller taps, in order; ``taps`` counts them (CTS-06).

    Raises `PageNotShown` when a step leads elsewhere.  The page decides in which mode a call is
    that is no practice: such calls are refused by the safety interlock unless the page is on a
    loopback address.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        """``url`` is that of the personal call page, whose device key the browser holds."""
        self.browser = browser
        self.url = url
        self.taps = 0

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    async def open(self) -> Page:
        """Open the personal call page from the home screen."""
        self.taps = 0
        return (await self.browser.open(self.url)).expect("call")

    async def unfinished(self) -> tuple[UUID, ...]:
        """Calls that the page offers to go back to (it is opened first)."""
        page = await self.open()
        return tuple(
            UUID(attribute(tag, "data-call") or "")
            for tag in page.document.find_all("a", attrs={"data-call": True})
        )

    async def start_practice(self) -> Page:
        """Go over to practice calls; NotOnPage where the department has none."""
        return (await self._tap("data-practice", "start")).expect("call")

    async def choose_kind(self, kind: Kind) -> Page:
        """Tap what happened."""
        return (await self._tap("data-kind", kind.value)).expect("call-place")

    async def choose_place(
        self, place: PlaceChoice = PlaceChoice.CURRENT, *, frequent: str | None = None
    ) -> Page:
        """Tap the place; ``frequent`` is the name of one of the frequent places instead."""
        if frequent is None:
            return (await self._tap("data-place", place.value)).expect("call-map")
        found = [
            tag
            for tag in self.page.document.find_all("a", attrs={"data-place": "frequent"})
            if frequent in tag.get_text()
        ]
        if len(found) != 1:
            raise NotOnPage(
                f"the frequent place {frequent!r}",
                self.page.where,
                [tag.get_text() for tag in found],
            )
        return (await self._follow(found[0])).expect("call-map")

    async def send(self, position: Position, pin: Point | None = None) -> PlacedCall:
        """Press the button on the map, with what the phone has measured.

        Raises:
            CallRefusedAtPage: there is no call, and the page says why.
            SafetyInterlock: it is no practice, and the page is on another machine.
        """
        page = self.page.expect("call-map")
        form = page.form("call")
        practice = form.has("practice") and form.value("practice") == "1"
        check_mode(page.url, Mode.PRACTICE if practice else Mode.LIVE)
        fill_position(form, position, pin)
        self.taps += 1
        answer = await self.browser.press("call", form)
        placed = _CALL.search(answer.url)
        if placed is not None and answer.name != "call-map":
            return PlacedCall(UUID(placed.group(1)), answer)
        raise CallRefusedAtPage(answer, refusal_code(answer))

    async def call(
        self,
        kind: Kind,
        position: Position,
        *,
        place: PlaceChoice = PlaceChoice.CURRENT,
        frequent: str | None = None,
        pin: Point | None = None,
        practice: bool = False,
    ) -> PlacedCall:
        """From the home screen to the connected call; raises what the single steps raise."""
        await self.open()
        if practice:
            await self.start_practice()
        await self.choose_kind(kind)
        await self.choose_place(place, frequent=frequent)
        return await self.send(position, pin)

    async def _tap(self, name: str, value: str) -> Page:
        tag = self.page.document.find("a", attrs={name: value})
        if not isinstance(tag, Tag):
            there = [attribute(each, name) or "" for each in self._all(name)]
            raise NotOnPage(f'a link with {name}="{value}"', self.page.where, there)
        return await self._follow(tag)

    def _all(self, name: str) -> list[Tag]:
        return [tag for tag in self.page.document.find_all("a", attrs={name: True})]

    async def _follow(self, tag: Tag) -> Page:
        self.taps += 1
        return await self.browser.tap(tag)


def fill_position(form: Form, position: Position, pin: Point | None = None) -> None:
    """Fill in what the script of the map page would: state, fix and corrected point."""
    state = position.positioning
    form.enter("positioning", state.value)
    fix: Fix | None = position.fix if state is Positioning.ON else None
    measured = {"fix.lat": "", "fix.lon": "", "fix.accuracy_m": "", "fix.taken_at": ""}
    if fix is not None:
        measured["fix.lat"], measured["fix.lon"] = repr(fix.lat), repr(fix.lon)
        if fix.accuracy_m is not None:
            measured["fix.accuracy_m"] = repr(fix.accuracy_m)
        if fix.taken_at is not None:
            measured["fix.taken_at"] = fix.taken_at.isoformat()
    if pin is not None:
        measured |= {"pin.lat": repr(pin.lat), "pin.lon": repr(pin.lon)}
    for name, text in measured.items():
        form.fill(name, text, force=True)


def refusal_code(page: Page) -> str:
    """Why a page says that there is no call: the first code that it shows; empty without one."""
    box = page.document.find(id="refused")
    if isinstance(box, Tag) and box.has_attr("data-code"):
        return attribute(box, "data-code") or ""
    first = page.document.select_one("[data-code]")
    return "" if first is None else attribute(first, "data-code") or ""


__all__ = ["CallRefusedAtPage", "PlacedCall", "SmartphoneAtPages", "fill_position", "refusal_code"]
