"""A caller at the chat page of a call without JavaScript: reads by reloading, writes by forms."""

from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import Tag

from net119_simulators.errors import SimulatorError
from net119_simulators.pages.browser import Browser
from net119_simulators.pages.controls import Button
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.form import Form
from net119_simulators.pages.page import Page
from net119_simulators.pages.reading import attribute

CHAT, CARD = "call-chat", "call-card"


class LineNotTaken(SimulatorError):
    """The page says that a line was not taken; ``code`` is its reason, ``kept`` what it kept."""

    def __init__(self, code: str, text: str, kept: str, where: str) -> None:
        super().__init__(f"the line was not taken ({code})", where, f"The page says: {text}")
        self.code = code
        self.kept = kept


@dataclass(frozen=True)
class SeenLine:
    """One line as the page shows it.

    ``options`` are the labels that can still be tapped, ``answered`` what the page says of the
    answer that was given; ``stored`` whether it says of an own line that it was received.
    """

    seq: int
    sender: str
    text: str
    options: tuple[str, ...] = ()
    answered: str = ""
    stored: bool = False


class ChatAtPages:
    """What a caller does at ``/c/{secret}/calls/{call_id}``.

    Every verb raises `PageNotShown` when another page is shown than its own.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.browser.page

    async def open(self, url: str) -> Page:
        """Open the chat page of a call."""
        return (await self.browser.open(url)).expect(CHAT)

    async def reload(self) -> Page:
        """See what is new."""
        chat = attribute(self.page.expect(CHAT).tag("reload"), "href") or ""
        return await self.open(urljoin(self.page.url, chat).partition("#")[0])

    # --- reading ------------------------------------------------------------------------------

    @property
    def call_id(self) -> str:
        """The call that the page is about."""
        return attribute(self.page.expect(CHAT).tag("call"), "data-call") or ""

    @property
    def state(self) -> str:
        """The call's state, as its code."""
        return attribute(self.page.expect(CHAT).tag("state"), "data-state") or ""

    @property
    def state_words(self) -> str:
        """The call's state, as its caller reads it."""
        return self.page.expect(CHAT).element("state")

    @property
    def notices(self) -> dict[str, str]:
        """What the machine tells about the call, by code."""
        found = self.page.expect(CHAT).tag("notices").find_all(True, attrs={"data-code": True})
        return {attribute(each, "data-code") or "": each.get_text().strip() for each in found}

    @property
    def lines(self) -> tuple[SeenLine, ...]:
        """All lines on the page, in its order."""
        found = self.page.expect(CHAT).tag("lines").find_all(True, attrs={"data-seq": True})
        return tuple(_line(each) for each in found)

    # --- writing ------------------------------------------------------------------------------

    async def say(self, text: str, *, force: bool = False) -> Page:
        """Write a line and send it; raises `LineNotTaken`."""
        form = self.page.expect(CHAT).form("say")
        form.fill("text", text, force=force)
        return self._taken(await self.browser.press("say", form))

    async def say_quickly(self, label: str) -> Page:
        """Send one of the prepared lines by its button; raises `NotOnPage`, `LineNotTaken`."""
        form, button = self._button("text", label)
        return self._taken(await self.browser.press(button, form))

    async def choose(self, label: str, *, seq: int | None = None) -> Page:
        """Tap an answer, of the newest question that has it unless ``seq`` names one.

        Raises:
            NotOnPage: there is no such answer to tap. LineNotTaken: it was refused.
        """
        form, button = self._button("choice", label, seq)
        return self._taken(await self.browser.press(button, form))

    async def card(self) -> tuple[str, ...]:
        """Open the read-aloud card; its sentences, as a bystander reads them."""
        page = (await self.browser.follow("/card")).expect(CARD)
        return tuple(each.get_text().strip() for each in page.tag("plea").find_all("p"))

    async def back(self) -> Page:
        """From the card back to the chat."""
        return (await self.browser.follow(self.page.expect(CARD).element("back"))).expect(CHAT)

    def _button(self, name: str, label: str, seq: int | None = None) -> tuple[Form, Button]:
        there = [
            (form, each)
            for form in self.page.expect(CHAT).forms
            for each in form.buttons
            if each.name == name and not each.disabled
        ]
        for form, each in reversed(there):
            if each.text == label and seq in (None, _question(each)):
                return form, each
        raise NotOnPage(
            f"the button {label!r}", self.page.where, [each.shown() for _, each in there]
        )

    def _taken(self, page: Page) -> Page:
        page.expect(CHAT)
        for problem in page.problems:
            kept = page.form("say").value("text")
            raise LineNotTaken(problem.code, problem.text, kept, page.where)
        return page


def _question(button: Button) -> int | None:
    seq = button.value.partition(":")[0]
    return int(seq) if seq.isdecimal() else None


def _line(tag: Tag) -> SeenLine:
    text = tag.find(class_="text")
    chosen = tag.find(class_="chosen")
    buttons = tag.find_all("button", attrs={"name": "choice"})
    return SeenLine(
        seq=int(attribute(tag, "data-seq") or 0),
        sender=attribute(tag, "data-sender") or "",
        # As it was written: of a line's text the page keeps spaces and line breaks.
        text=text.get_text() if isinstance(text, Tag) else "",
        options=tuple(each.get_text() for each in buttons if not each.has_attr("disabled")),
        answered=chosen.get_text().strip() if isinstance(chosen, Tag) else "",
        stored=isinstance(tag.find(class_="fate"), Tag),
    )
