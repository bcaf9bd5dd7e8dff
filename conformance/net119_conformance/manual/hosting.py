"""The desk of a run: its page on a loopback address, and the terminal where there is one."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass

from net119_simulators.page_server import PageServer

from net119_conformance.catalogue import Lang, Text
from net119_conformance.errors import ConformanceError
from net119_conformance.manual.desk import Desk
from net119_conformance.manual.page import DeskPages
from net119_conformance.manual.terminal import Terminal
from net119_conformance.manual.words import WORDS

HOST = "127.0.0.1"
_LAST_PAGES_S = 0.5


def _to_stderr(text: str) -> None:
    # Not the captured one: in a test run whoever operates the system has to see it.
    print(text, file=sys.__stderr__, flush=True)


@dataclass(frozen=True)
class People:
    """How the person is told who operates the system.

    ``tell`` prints a text, ``source`` is the descriptor of the terminal that answers are read
    from, None where there is none.
    """

    tell: Callable[[str], None] = _to_stderr
    lang: Lang = "ja"
    source: int | None = None


class HostedDesk:
    """Runs in the event loop of whoever starts it, in the main process of a run.

    ``tell`` prints a text for the person; ``source`` is the descriptor of the terminal, None where
    there is none. Whoever stops the run at the desk ends it as Ctrl-C does.
    """

    def __init__(
        self,
        expected: Collection[str],
        port: int,
        tell: Callable[[str], None],
        *,
        lang: Lang = "ja",
        source: int | None = None,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self.desk = Desk(expected, stop or _interrupt)
        self._pages = DeskPages(self.desk, lang)
        self._server = PageServer(self._pages.app, HOST, port, name="manual")
        self._port = port
        self._tell = tell
        self._lang: Lang = lang
        self._terminal = None if source is None else Terminal(self.desk, source, tell, lang)
        self._started = False

    @property
    def url(self) -> str:
        """Of the page, with its secret."""
        return f"http://{HOST}:{self._server.port}/{self._pages.secret}/"

    async def start(self) -> str:
        """Serve, and print where; the URL.

        Raises:
            ConformanceError: the port cannot be used.
        """
        try:
            await self._server.__aenter__()
        except OSError as problem:
            raise ConformanceError(
                Text(
                    en=f"the page for the tester cannot be served: {problem.strerror or problem}",
                    ja=f"試験者の画面を開けません: {problem.strerror or problem}",
                ),
                f"driver.port {self._port}",
                Text(
                    en="name a port that nothing else uses, or leave it out for a free one",
                    ja="空いているポートを書くか、書かずに任せてください",
                ),
            ) from problem
        self._started = True
        self._tell(f"{WORDS['page_is'].get(self._lang)}:\n  {self.url}")
        if self._terminal is not None:
            self._terminal.start()
        return self.url

    async def stop(self) -> None:
        """Show that the run is over, and serve no more."""
        if not self._started:
            return
        self._started = False
        if self._terminal is not None:
            await self._terminal.stop()
        self.desk.end()
        # A page that is just being fetched anew is told so, too, instead of meeting nobody.
        await asyncio.sleep(_LAST_PAGES_S)
        await self._server.__aexit__(None, None, None)


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)
