"""A dispatcher's console page in a real browser: what is seen of it, and what is done there."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from net119_simulators.pages import NotOnPage

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, Response, WebSocket

_LOOK_EVERY_S = 0.05
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_NO_TEXT = ("font", "image", "media", "stylesheet")
_ENDLESS = "eventsource"
MAIN = "#queue, #call, #side, dialog"
"""Where the page shows what comes from callers and other providers."""


def readable(sent: str | bytes) -> str:
    """What was sent to a page, with its letters as people read them.

    JSON and HTML may write any letter by its number, and a frame may be binary.
    """
    text = sent if isinstance(sent, str) else sent.decode("utf-8", "replace")
    return html.unescape(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))


class Desk:
    """One tab with the console page; ``docs/page-driver.md`` says by which marks it is read.

    ``came``: everything that the page was sent, frames and events of its feed and whatever answers
    may hold words alike, as `readable` text; `all_read` waits for answers that are still read.
    """

    def __init__(self, page: "Page", name: str, patience: float) -> None:
        self.page = page
        self.name = name
        self.patience = patience
        self.came: list[str] = []
        self.dialogs: list[str] = []
        self.broken: list[str] = []
        self._reading: set[asyncio.Task[None]] = set()
        page.on("websocket", self._listen)
        page.on("response", self._answered)
        page.on("dialog", self._asked)
        page.on("pageerror", lambda error: self.broken.append(str(error)))

    def _listen(self, socket: "WebSocket") -> None:
        socket.on("framereceived", lambda frame: self.came.append(readable(frame)))

    def _answered(self, response: "Response") -> None:
        # The text of a stream of events never ends: its events are taken one by one.
        if response.request.resource_type not in (*_NO_TEXT, _ENDLESS):
            task = asyncio.ensure_future(self._read(response))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _follow_events(self) -> None:
        session = await self.page.context.new_cdp_session(self.page)
        session.on(
            "Network.eventSourceMessageReceived",
            lambda event: self.came.append(readable(str(event["data"]))),
        )
        await session.send("Network.enable")

    async def _read(self, response: "Response") -> None:
        from playwright.async_api import Error

        try:
            self.came.append(readable(await response.body()))
        except Error:
            return  # the page was left before its answer was read

    async def all_read(self) -> str:
        """All that the page was sent so far; an answer that does not end is not waited for long."""
        if self._reading:
            await asyncio.wait(set(self._reading), timeout=self.patience)
        return "\n".join(self.came)

    async def was_sent(self, *words: str) -> bool:
        """Wait until all these words were sent to the page; False if they were not in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        while not all(any(word in each for each in self.came) for word in words):
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(_LOOK_EVERY_S)
        return True

    async def _asked(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    @asynccontextmanager
    async def doing(self, what: str) -> AsyncIterator[None]:
        """Whatever the browser cannot do here is told as NotOnPage, with what is seen instead."""
        from playwright.async_api import Error

        try:
            yield
        except Error as problem:
            seen = (await self.page.locator("body").inner_text())[:300]
            told = f"{what} ({problem.message[:200]})"
            raise NotOnPage(told, self.page.url, [seen, *self.broken]) from problem

    async def open(self, url: str) -> int:
        """Open the log-in page; the status that it answered with."""
        await self._follow_events()
        answer = await self.page.goto(f"{url}/console/log-in")
        return 0 if answer is None else answer.status

    async def log_in(self, center: str, name: str, password: str) -> None:
        """Log in, and wait until the feed is open."""
        async with self.doing("the console's log-in"):
            await self.page.locator("[name=center]").select_option(center)
            await self.page.locator("[name=name]").fill(name)
            await self.page.locator("[name=password]").fill(password)
            await self.page.locator("button[value=log-in]").click()
            await self.page.locator("#connection[data-state=connected]").wait_for()

    def row(self, call_id: UUID) -> "Locator":
        """The call in the list."""
        return self.page.locator(f"[data-call='{call_id}']")

    async def choose(self, call_id: UUID) -> None:
        """Look at a call, once it is in the list."""
        async with self.doing(f"call {call_id} in the list"):
            await self.row(call_id).click()
            await self.page.locator("#call").wait_for()

    async def answer(self, call_id: UUID) -> None:
        """Take the call that is looked at by the keyboard."""
        async with self.doing(f"the field for writing, once call {call_id} is answered"):
            await self.page.keyboard.press("F2")
            await self.page.locator("#text").wait_for()

    async def rings(self, call_id: UUID) -> None:
        """Wait until a call is in the list; NotOnPage if it never is."""
        async with self.doing(f"call {call_id} in the list"):
            await self.row(call_id).wait_for()

    async def open_form(self, act: str) -> None:
        """Press one of the actions, which opens a dialog."""
        async with self.doing(f"the dialog of the action {act!r}"):
            await self.page.locator(f"#acts [data-act={act}]").click()
            await self.page.locator("#form").wait_for()

    async def fill_form(self, **values: str) -> None:
        """Fill the open dialog in, by the names of its fields, and press its button."""
        async with self.doing(f"the dialog with {sorted(values)}"):
            for name, value in values.items():
                field = self.page.locator(f"#form [name={name}]")
                if await field.evaluate("each => each.tagName") == "SELECT":
                    await field.select_option(value)
                else:
                    await field.fill(value)
            await self.page.locator("#form :is(button.main, button.danger)").click()

    async def act(self, act: str, **values: str) -> None:
        """Do one of the actions; what comes of it is looked at afterwards."""
        await self.open_form(act)
        await self.fill_form(**values)

    async def choices(self, name: str) -> list[str]:
        """What can be chosen in a field of the open dialog."""
        async with self.doing(f"the choices of {name!r}"):
            await self.page.locator(f"#form [name={name}]").wait_for()
        options = self.page.locator(f"#form [name={name}] option")
        found = await options.evaluate_all("all => all.map(each => each.value)")
        return [str(each) for each in found if each]

    async def leave(self) -> None:
        """Shut the open dialog by the keyboard."""
        async with self.doing("the end of the dialog"):
            await self.page.keyboard.press("Escape")
            await self.page.locator("#form").wait_for(state="hidden")

    async def text(self, where: str = "#call") -> str:
        """What can be read in a part of the page."""
        return str(await self.page.locator(where).inner_text())

    async def shows(self, wanted: Callable[[str], bool], where: str = "#call") -> str:
        """The text of a part of the page, once it fits.

        Raises:
            TimeoutError: it never did within the patience; the text holds what was seen.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        while not wanted(seen := await self.text(where)):
            if loop.time() >= deadline:
                raise TimeoutError(f"the page showed: {seen[:400]}")
            await asyncio.sleep(_LOOK_EVERY_S)
        return seen

    async def may_write(self, *, wanted: bool) -> bool:
        """Whether a field or a ready text for the caller can be seen and used.

        Looked at until it is as wanted, for the patience at most: what a page tells of a call may
        come to its parts one after the other.
        """
        found = self.page.locator("#call :is(textarea, [data-ready])")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        while True:
            may = any([await one.is_visible() for one in await found.all()])
            if may is wanted or loop.time() >= deadline:
                return may
            await asyncio.sleep(_LOOK_EVERY_S)

    async def write(self, text: str) -> None:
        """Write a line to the caller and send it."""
        await self.page.locator("#text").fill(text)
        await self.page.keyboard.press("Enter")

    async def fate_of(self, text: str) -> str:
        """What stands below a line of one's own: whether it was sent."""
        async with self.doing(f"what became of {text!r}"):
            line = self.page.locator("#log .line", has_text=text).last
            return str(await line.locator(".fate").inner_text())

    async def tells_of(self, text: str, words: str) -> None:
        """Wait until these words stand below a line of one's own; NotOnPage if they never do."""
        async with self.doing(f"{words!r} below {text!r}"):
            line = self.page.locator("#log .line", has_text=text).last
            await line.locator(".fate", has_text=words).wait_for()
