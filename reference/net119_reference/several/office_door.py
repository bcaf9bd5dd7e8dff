"""The office's side of the channel: lets relays in, and answers what they pass on."""

import asyncio
import contextlib
import os
from pathlib import Path
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from net119_reference.clock import SettableClock
from net119_reference.config import Config
from net119_reference.metrics import CONTENT_TYPE, Metrics
from net119_reference.service.provider import Provider
from net119_reference.several.at_office import AtOffice, Ways
from net119_reference.web import create_app
from net119_reference.web.access import LogInBrake
from net119_reference.web.guard import Refusals
from net119_reference.web.pages.chat.callback_door import CallbackChatDoor
from net119_reference.web.pages.chat.visit import CallPageChatDoor, ChatDoor
from net119_reference.web.pages.rendering import Pages
from net119_reference.web.pages.routing import PageContext
from net119_reference.web.routes import Context

PROCESS = "process"
"""Names the process in a query for metrics: ``/metrics?process=relay-1``."""


class OfficeDoor:
    """Listens for relays, and answers them; also the requests that they pass on."""

    def __init__(
        self, service: Provider, config: Config, metrics: Metrics, clock: SettableClock
    ) -> None:
        self._service = service
        self._clock = clock
        refusals = Refusals(service, metrics)
        # Nobody logs in by it; the application has the brake that counts.
        context = Context(service, config, metrics, refusals, LogInBrake(1, 1, 1.0))
        pages = PageContext(context, Pages(config.map.tile_origin))
        doors: tuple[ChatDoor, ...] = (CallPageChatDoor(pages), CallbackChatDoor(pages))
        self._ways = Ways(
            service,
            self._of_any_process(create_app(service, config, metrics=metrics)),
            {door.path: door for door in doors},
            context.over_link,
            self._ahead,
        )
        self._relays: set[AtOffice] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._path = Path()
        service.core.on_clock_moved = self._tell_clock

    async def start(self, path: Path) -> None:
        """Listen at a Unix socket; whoever has left one there is gone."""
        _remove(path)
        self._path = path
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(path))
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Let go of the relays."""
        if self._server is None:
            return
        self._server.close()
        for relay in tuple(self._relays):
            relay.channel.close()
        await asyncio.gather(*self._serving, return_exceptions=True)
        _remove(self._path)

    def _ahead(self) -> float:
        return self._clock.ahead.total_seconds()

    def _tell_clock(self) -> None:
        for relay in self._relays:
            relay.channel.tell({"do": "clock", "ahead": self._ahead()})

    def _of_any_process(self, app: ASGIApp) -> ASGIApp:
        """The application, with the metrics of each relay besides its own."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            name = _asked_process(scope)
            relay = next((each for each in self._relays if name and each.name == name), None)
            if relay is None:
                await app(scope, receive, send)
                return
            _, text = await relay.channel.ask({"do": "metrics"})
            await Response(text, media_type=CONTENT_TYPE)(scope, receive, send)

        return answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay = AtOffice(self._ways, reader, writer)
        self._relays.add(relay)
        task = asyncio.create_task(relay.channel.run(), name="relay")
        self._serving.add(task)
        try:
            await task
        finally:
            await relay.gone()
            self._relays.discard(relay)
            self._serving.discard(task)


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def _asked_process(scope: Scope) -> str | None:
    """Whose metrics a request asks for, if not the office's."""
    if scope["type"] != "http" or scope["path"] != "/metrics":
        return None
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return next(iter(query.get(PROCESS, ())), None)
