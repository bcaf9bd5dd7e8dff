"""A caller with a feature phone at the plain pages: keys and forms; the chat is fetched again."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from bs4 import Tag
from net119_protocol.api.common import CallView, LineStored, Notice, NoticeCode
from net119_protocol.api.staff import Credentials
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Kind, Mode, SenderRole
from net119_protocol.directory import DirectoryView
from net119_protocol.labels import label_of
from net119_protocol.person import DepartmentRef
from net119_simulators.errors import SimulatorError, Waited
from net119_simulators.handsets import find_handset
from net119_simulators.handsets.chain import Roots
from net119_simulators.handsets.handshake import HandshakeFailed
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.position import Measured
from net119_simulators.handsets.walk_mobile import MobileWalk
from net119_simulators.handsets.walking import Stuck, body_data, landed_on
from net119_simulators.line_log import Violation
from net119_simulators.pages import Page
from net119_simulators.pages.reading import attribute, text_of
from net119_simulators.registration import MailedKeys

from net119_scenarios.acted.base import Spot
from net119_scenarios.acted.timeline import Sort, Timeline

HANDSET = "docomo-f-01g-updated"
"""One of the handset matrix: its pages, charset, TLS and position link are those of this phone."""
_REFRESH_EVERY_S = 0.25
"""How often somebody who waits presses 更新; people take longer."""

Found = TypeVar("Found")


class NoWayOn(SimulatorError):
    """The owner of the phone gets no further: the page says why."""


class FeaturePhone:
    """A phone in somebody's hand, logged in on entering ``async with``; raises `NoWayOn`.

    ``view`` tells what the directory says: a page shows the receiver's name, not its code.
    """

    def __init__(
        self,
        base_url: str,
        authorities: tuple[Path, ...],
        credentials: Credentials,
        position: Spot,
        *,
        name: str,
        provider: str,
        timeline: Timeline,
        view: Callable[[], DirectoryView],
    ) -> None:
        here = Measured(position.lat, position.lon, position.accuracy_m)
        phone = Phone(
            find_handset(HANDSET), Roots.of(*authorities), here, name=name, provider=provider
        )
        self.name = name
        self.walk = MobileWalk(phone, base_url)
        self.timeline = timeline
        self.view = view
        self._keys = MailedKeys("", credentials.login_id, credentials.password)
        phone.browser.keep_secret(credentials.password)

    async def __aenter__(self) -> Self:
        try:
            with way_on(self.name):
                await self.walk.log_in(self._keys, "")
        except BaseException:
            await self.walk.phone.browser.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.walk.phone.browser.close()

    async def call(self, kind: Kind) -> "PageCall":
        """Call from where the phone is; raises `NoWayOn`."""
        phone = self.walk.phone
        phone.here = replace(phone.here, at=datetime.now(UTC))
        with way_on(self.name):
            placed = await self.walk.call(kind)
        return PageCall(self, kind, placed.page)


class PageCall:
    """A call as the pages show it to its caller: what `PhoneCall` tells, read off the pages.

    A line is known once a page has shown it; ``violations`` is a line that was shown twice with
    different words.
    """

    def __init__(self, phone: FeaturePhone, kind: Kind, page: Page) -> None:
        self._phone = phone
        self._kind = kind
        self._opened = datetime.now(UTC)
        self._lines: dict[int, ChatLine] = {}
        self.violations: list[Violation] = []
        self.views: list[CallView] = []
        self.id = UUID(body_data(page, "call"))
        self._told: set[str] = set()
        self._page = page
        self._name = ""

    def __repr__(self) -> str:
        return f"call {self.id} at the pages of {self._phone.name}"

    def begin(self, name: str) -> None:
        """Read the first page; ``name`` is the call's in the timeline."""
        self._name = name
        self._read(self._page)

    @property
    def view(self) -> CallView:
        """The call as the page showed it last."""
        return self.views[-1]

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """All lines that the pages have shown, by number."""
        return tuple(self._lines[seq] for seq in sorted(self._lines))

    def unseen(self) -> tuple[LineStored, ...]:
        """None: a page that says "stored" shows the line, or the step has failed."""
        return ()

    async def say(self, text: str, *, within: float) -> None:
        """Write a line and send it; the page says that it is stored. Raises `NoWayOn`."""
        with way_on(self):
            async with asyncio.timeout(within):
                self._read(await self._phone.walk.say(text))

    async def show_card(self) -> tuple[str, ...]:
        """Open the page that others read aloud; what it says. Raises `NoWayOn`."""
        with way_on(self):
            browser = self._phone.walk.phone.browser
            card = landed_on(await browser.follow("/card"), "m-card")
            said = tuple(
                text_of(tag) for tag in card.document.select("h1, p") if text_of(tag).strip()
            )
            self._read(landed_on(await browser.follow("チャットへ戻る"), "m-chat", "m-ended"))
        return said

    async def wait_for_line(self, wanted: Callable[[ChatLine], bool], within: float) -> ChatLine:
        """The first line that is ``wanted``, looking again and again; raises `Waited`."""
        return await self._look(
            lambda: next((line for line in self.lines if wanted(line)), None), "a line", within
        )

    async def wait_for_view(self, wanted: Callable[[CallView], bool], within: float) -> CallView:
        """The page once it shows what is ``wanted``, looking again and again; raises `Waited`."""
        return await self._look(lambda: self.view if wanted(self.view) else None, "a state", within)

    async def _look(self, there: Callable[[], Found | None], what: str, within: float) -> Found:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while (found := there()) is None:
            if loop.time() >= deadline:
                texts = [line.text for line in self.lines]
                raise Waited(f"{what} in {self}", within, f"state {self.view.state}, {texts}")
            await asyncio.sleep(_REFRESH_EVERY_S)
            with way_on(self):
                browser = self._phone.walk.phone.browser
                self._read(landed_on(await browser.reload(), "m-chat", "m-ended"))
        return found

    # --- reading a page -------------------------------------------------------------------------

    def _read(self, page: Page) -> None:
        for tag in page.document.select("[data-seq][data-sender]"):
            self._line(tag)
        view = CallView(
            call_id=self.id,
            kind=self._kind,
            mode=self._mode(page),
            state=CallState(body_data(page, "state")),
            opened_at=self._opened,
            receiver=self._receiver(page),
            last_seq=max(self._lines, default=0),
            notices=tuple(self._notices(page)),
        )
        self._tell(view)
        self.views.append(view)

    def _line(self, tag: Tag) -> None:
        seq = int(attribute(tag, "data-seq") or 0)
        sender = SenderRole(attribute(tag, "data-sender") or "")
        said = text_of(tag).partition(": ")[2]
        known = self._lines.get(seq)
        if known is not None and (known.text, known.sender) != (said, sender):
            self.violations.append(Violation("I4", f"line {seq} was {known.text!r}, now {said!r}"))
        if known is None:
            self._lines[seq] = ChatLine(
                seq=seq, client_id=f"page-{seq}", sender=sender, text=said, at=datetime.now(UTC)
            )

    def _mode(self, page: Page) -> Mode:
        """By the mark of the heading; without one the page shows a real call."""
        heading = page.headings[0] if page.headings else ""
        marked = (each for each in Mode if f"【{label_of(each).ja}】" in heading)
        return next(marked, Mode.LIVE)

    def _receiver(self, page: Page) -> DepartmentRef | None:
        tag = page.document.select_one("#state")
        shown = text_of(tag) if tag is not None else ""
        for each in self._phone.view().departments.values():
            if shown.startswith(each.name_ja):
                return DepartmentRef(
                    code=each.code, name_ja=each.name_ja, name_en=each.name_en, phone=each.phone
                )
        return self.views[-1].receiver if self.views else None

    def _notices(self, page: Page) -> list[Notice]:
        found = []
        for tag in page.document.select("[data-notice]"):
            text = text_of(tag)
            code = NoticeCode(attribute(tag, "data-notice") or "")
            found.append(Notice(code=code, text_ja=text, text_en=text))
        return found

    def _tell(self, view: CallView) -> None:
        """Put what is new on the page into the timeline."""
        state, to = label_of(view.state), view.receiver
        ja, en = f"画面: {state.ja}", f"screen: {state.en}"
        if to is not None:
            ja, en = f"{ja}（{to.name_ja}）", f"{en} ({to.name_en})"
        self._add(Sort.SEEN, ja, en)
        for each in view.notices:
            self._add(Sort.NOTICE, f"お知らせ: {each.text_ja}", f"notice: {each.text_ja}")

    def _add(self, sort: Sort, ja: str, en: str) -> None:
        if ja not in self._told:
            self._told.add(ja)
            self._phone.timeline.add(self._phone.name, sort, ja, en, self._name)


@contextmanager
def way_on(where: object) -> Iterator[None]:
    """What stops somebody at the pages, as an error of the simulators."""
    try:
        yield
    except (Stuck, HandshakeFailed) as wrong:
        raise NoWayOn(str(wrong), str(where), "Look at what the page says") from wrong
    except TimeoutError:
        raise NoWayOn("the page did not come", str(where), "Look at the provider's log") from None


__all__ = ["HANDSET", "FeaturePhone", "NoWayOn", "PageCall"]
