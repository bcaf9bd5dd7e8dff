"""Serves the pages on a loopback address, in the event loop of the mailboxes."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

import uvicorn

from net119_simulators.mailbox import MailboxServer
from net119_simulators.mailbox_pages.app import mailbox_app
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
        self._port = port
        self._server = _Server(
            uvicorn.Config(
                mailbox_app(boxes, applications),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        bound = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self._host, self._port))
            bound.listen()
        except OSError:
            bound.close()
            raise
        self._port = bound.getsockname()[1]
        self._serving = asyncio.create_task(self._server.serve([bound]), name="mailbox pages")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving

    @property
    def url(self) -> str:
        """Where the list of all mailboxes is."""
        return f"http://{self._host}:{self._port}/"


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals belong to the whole process, not to one of its servers.
        yield
