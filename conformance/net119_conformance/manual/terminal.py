"""Asks in the terminal: prints each step, and reads the answers without stopping the event loop."""

import asyncio
import os
import select
import termios
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
TOO_SOON_S = 1.0
"""Nobody reads a step and answers it so fast: the line was meant for the step before."""


class Terminal:
    """``source``: the descriptor that lines are read from; ``tell`` prints a text.

    It belongs to the event loop in which it is started. A source that ends leaves the page. What
    was typed before a step was printed, or sooner than ``too_soon_s`` after that, answers nothing.
    """

    def __init__(
        self,
        desk: Desk,
        source: int,
        tell: Callable[[str], None],
        lang: Lang,
        *,
        too_soon_s: float = TOO_SOON_S,
    ) -> None:
        self._desk = desk
        self._source = source
        self._tell = tell
        self._lang: Lang = lang
        self._too_soon_s = too_soon_s
        self._shown_at = 0.0
        self._rest = b""
        self._number = 0
        self._dropped = False
        """Whether a line was waiting when the step was shown."""
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
            if self._show() and self._dropped:
                self._tell(WORDS["late"].get(self._lang))
            version = self._desk.version

            def changed(known: int = version) -> int | None:
                return self._desk.version if self._desk.version != known else None

            with suppress(Waited):
                await self._desk.watch.until(changed, "a change", _LOOK_EVERY_S, str)

    def _show(self) -> bool:
        """Print what is new; whether that was a step which nobody can have answered yet."""
        case, desk = self._desk.open_case, self._desk
        if case is None:
            if self._dialogue is not None:
                self._dialogue = None
                self._tell(WORDS["closed"].get(self._lang))
            return False
        if self._dialogue is not None and self._number == desk.number:
            return False
        self._number = desk.number
        self._dialogue = Dialogue(case.step, self._lang)
        # Before it is shown: what is typed from then on is meant for it.
        self._dropped = self._forget_typed()
        self._tell(self._dialogue.opening(desk.purpose, desk.place, desk.total))
        self._shown_at = asyncio.get_running_loop().time()
        return True

    def _forget_typed(self) -> bool:
        """Drop what was begun for the step before, half a line too; whether a line was waiting."""
        self._rest = b""
        waiting = self._has_line()
        try:
            termios.tcflush(self._source, termios.TCIFLUSH)
        except termios.error:  # no terminal, but a pipe: there nobody types
            return False
        return waiting

    def _has_line(self) -> bool:
        return bool(select.select([self._source], [], [], 0)[0])

    def _readable(self) -> None:
        if not self._has_line():
            return  # forgotten since the loop saw it; reading now would stop the loop
        try:
            data = os.read(self._source, 4096)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._source)
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            shown = self._number
            if self._is_late():
                if self._number == shown:
                    self._forget_typed()
                self._tell(WORDS["late"].get(self._lang))
                return
            self._line(line.decode("utf-8", "replace"))

    def _is_late(self) -> bool:
        """Whether what is read now was typed for a step that is over."""
        if self._show():
            return True
        since = asyncio.get_running_loop().time() - self._shown_at
        return self._dialogue is not None and since < self._too_soon_s

    def _line(self, line: str) -> None:
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
