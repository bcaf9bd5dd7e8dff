"""The mailboxes of a whole run: a server of its own thread, which every process can read."""

import asyncio
import threading
from dataclasses import dataclass

from net119_simulators.mailbox.remote import MailboxDesk
from net119_simulators.mailbox.server import MailboxServer

_PATIENCE_S = 10.0


@dataclass(frozen=True)
class MailboxPlace:
    """Where the mailboxes take mail (SMTP), and where they are read; both on this machine."""

    host: str
    smtp_port: int
    desk_port: int


class HostedMailboxes:
    """Runs a `MailboxServer` with its desk until :meth:`stop`.

    In a thread with an event loop of its own, since mail has to be taken also while the process
    that started it does something else, or runs no loop. ``smtp_port`` 0 takes a free one.
    """

    def __init__(self, host: str = "127.0.0.1", smtp_port: int = 0) -> None:
        self._host = host
        self._smtp_port = smtp_port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._started = threading.Event()
        self._place: MailboxPlace | None = None
        self._boxes: MailboxServer | None = None
        self._thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)

    def start(self) -> MailboxPlace:
        """Start; where it is.

        Raises:
            RuntimeError: it could not be started.
        """
        self._thread.start()
        self._started.wait(_PATIENCE_S)
        if self._place is None:
            raise RuntimeError(f"the mailboxes could not be started on {self._host}")
        return self._place

    def route(self, domain: str, host: str, port: int) -> None:
        """Where delivery reports go, as `MailboxServer.route`; after :meth:`start`."""
        if self._loop is not None and self._boxes is not None:
            self._loop.call_soon_threadsafe(self._boxes.route, domain, host, port)

    def stop(self) -> None:
        """Stop; nothing happens if it is stopped already."""
        if self._thread.is_alive() and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_PATIENCE_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with MailboxServer(self._host, self._smtp_port) as boxes:
            self._boxes = boxes
            desk = MailboxDesk(boxes, self._host)
            await desk.start()
            self._place = MailboxPlace(self._host, boxes.port, desk.port)
            self._started.set()
            await self._stopping.wait()
            await desk.stop()
