"""Asks in the terminal: prints each step, and reads the answers without stopping the event loop."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress

from net119_simulators.errors import Waited

from net119_conformance.catalogue import Lang
from net119_conformance.manual.desk import Desk
from net119_conformance.manual.dialogue import MORE_TIME, Dialogue
from net119_conformance.manual.steps import Given
from net119_conformance.manual.words import WORDS

_LOOK_EVERY_S = 1.0
"""An expired step changes nothing by itself; somebody has to look."""


class Terminal:
    """``source``: the descriptor that lines are read from; ``tell`` prints a text.

    It belongs to the event loop in which it is started. A source that ends leaves the page.
    """

    def __init__(self, desk: Desk, source: int, tell: Callable[[str], None], lang: Lang) -> None:
        self._desk = desk
        self._source = source
        self._tell = tell
        self._lang: Lang = lang
        self._rest = b""
        self._number = 0
        self._dialogue: Dialogue | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask."""
        asyncio.get_running_loop().add_reader(self._source, self._readable)
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Ask no more."""
        asyncio.get_running_loop().remove_reader(self._source)
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self) -> None:
        version = -1
        while True:
            self._show()
            version = self._desk.version

            def changed(known: int = version) -> int | None:
                return self._desk.version if self._desk.version != known else None

            with suppress(Waited):
                await self._desk.watch.until(changed, "a change", _LOOK_EVERY_S, str)

    def _show(self) -> None:
        case, desk = self._desk.open_case, self._desk
        if case is None:
            if self._dialogue is not None:
                self._dialogue = None
                self._tell(WORDS["closed"].get(self._lang))
            return
        if self._dialogue is not None and self._number == desk.number:
            return
        self._number = desk.number
        self._dialogue = Dialogue(case.step, self._lang)
        self._tell(self._dialogue.opening(desk.purpose, desk.place, desk.total))

    def _readable(self) -> None:
        try:
            data = os.read(self._source, 4096)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._source)
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line.decode("utf-8", "replace"))

    def _line(self, line: str) -> None:
        self._show()
        dialogue = self._dialogue
        if dialogue is None:
            self._tell(WORDS["nothing"].get(self._lang))
            return
        if line.strip() == MORE_TIME:
            self._desk.more_time(self._number)
            return
        said = dialogue.feed(line)
        if not isinstance(said, Given):
            self._tell(said)
            return
        wrong = self._desk.give(self._number, said)
        if wrong:
            self._tell(dialogue.again(wrong))
        else:
            self._dialogue = None
