"""What a smartphone shows by itself while its provider cannot be reached (docs/fallback.md)."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from net119_protocol.api.common import CallView
from net119_protocol.unreachable_texts import UNREACHABLE, UNREACHABLE_AFTER_S, unreachable_text


class OwnNotice(NamedTuple):
    """A text that no provider sent; ``code`` is ``unreachable``."""

    code: str
    text_ja: str
    text_en: str


class OutOfReach:
    """Shows the text when the connection has been down for long enough; belongs to one event loop.

    ``show`` is called once for each time that the phone is out of reach so long.
    """

    def __init__(self, show: Callable[[OwnNotice], None]) -> None:
        self._show = show
        self._timer: asyncio.TimerHandle | None = None
        self._left = False
        self.shown: OwnNotice | None = None
        """What is on the screen now."""

    def lost(self, view: CallView) -> None:
        """The connection is down; ``view`` is the call as the phone had it last."""
        self._stop()
        if self._left:
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(UNREACHABLE_AFTER_S, self._tell, view)

    def over(self) -> None:
        """It is up again; no-op if nothing was lost."""
        self._left = False
        self._stop()

    def leave(self) -> None:
        """The phone's owner closes the page: what comes after is no loss, until it is up again."""
        self._left = True
        self._stop()

    def _stop(self) -> None:
        self.shown = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self, view: CallView) -> None:
        self._timer = None
        told = unreachable_text(view.mode, view.state)
        self.shown = OwnNotice(UNREACHABLE, told.ja, told.en)
        self._show(self.shown)
