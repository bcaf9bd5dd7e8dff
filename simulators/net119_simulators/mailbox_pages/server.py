"""Serves the pages on a loopback address, in the event loop of the mailboxes."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from net119_simulators.mailbox import MailboxServer
from net119_simulators.mailbox_pages.app import mailbox_app
from net119_simulators.page_server import PageServer
from net119_simulators.safety import check_target


class MailboxPages:
    """``async with`` serves the pages of these mailboxes; ``port`` 0 takes a free one.

    ``applications``: addresses that an empty mail can be sent to from these pages, each with host
    and port of its mail server, to begin a registration (TOM-08).

    Raises:
        SafetyInterlock: the host is no loopback address: whoever reads mail reads secrets.
        OSError: on entering, the port is in use.
    """

    def __init__(
        self,
        boxes: MailboxServer,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        applications: Mapping[str, tuple[str, int]] | None = None,
    ) -> None:
        check_target(f"http://{host}:{port or 1}")
        self._host = host
        app = mailbox_app(boxes, applications)
        self._server = PageServer(app, host, port, name="mailbox pages")

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._server.__aexit__(kind, error, trace)

    @property
    def url(self) -> str:
        """Where the list of all mailboxes is."""
        return f"http://{self._host}:{self._server.port}/"
