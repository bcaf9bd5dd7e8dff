"""The two kinds of processes of a provider that has several, each put together and taken down."""

import asyncio
import contextlib
import functools
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from net119_reference.app import (
    CannotStart,
    build,
    check_tls,
    listen_for_mail,
    make_folder,
    note_failed,
    stop_all,
    take_up,
)
from net119_reference.clock import SettableClock
from net119_reference.config import Config
from net119_reference.data_lock import sole_user
from net119_reference.http_server import HttpServer
from net119_reference.metrics import Metrics
from net119_reference.ports import StorageFailed
from net119_reference.service.sharing import Sharing
from net119_reference.several.office_door import OfficeDoor
from net119_reference.several.office_link import FILE, OfficeLink
from net119_reference.several.relay_app import create_relay_app
from net119_reference.several.relay_service import Relay
from net119_reference.stomp_shell import build_links
from net119_reference.store.engines import POSTGRESQL, parsed, shown

OFFICE = "office"
_LONGEST_PATH = 100
"""Of a Unix socket, in octets; Linux allows 107."""


class Running:
    """A process of a provider that serves."""

    def __init__(self, facts: Mapping[str, str | None], stopping: Callable[[], None]) -> None:
        self.facts = facts
        """Where, for the log."""
        self.stopping = stopping
        """Starts the deadline for everything to be closed."""


def check_several(config: Config) -> None:
    """Whether these settings allow of several processes.

    Raises:
        CannotStart: they do not.
    """
    if parsed(config.database_url).get_backend_name() != POSTGRESQL:
        raise CannotStart(
            "several processes need PostgreSQL, and the settings say SQLite",
            "database.url",
            "Name a database of PostgreSQL, or run one process",
        )
    for section in ("local", "lan"):
        if getattr(config, section).enabled:
            raise CannotStart(
                f"[{section}] is for drills, which one process serves",
                f"{section}.enabled",
                "Set it to false, or run one process",
            )
    if len(str(_socket(config)).encode()) > _LONGEST_PATH:
        raise CannotStart(
            f"the path of {_socket(config)} is too long for a socket",
            "data_dir",
            "Choose a folder with a shorter path",
        )


def _socket(config: Config) -> Path:
    return config.data_dir.resolve() / FILE


@contextlib.asynccontextmanager
async def office(config: Config) -> AsyncIterator[Running]:
    """Everything that there must be one of; it is reached through relays.

    Raises:
        ListenFailed, CannotStart, TlsError: nothing of it keeps running.
        TimeoutError: stopping took longer than ``timers.stop_s``.
    """
    clock = SettableClock()
    check_several(config)
    make_folder(config.data_dir)
    async with asyncio.timeout(None) as deadline, contextlib.AsyncExitStack() as stack:
        stack.enter_context(sole_user(config.data_dir))
        metrics = Metrics(config.operator)
        service = build(config, clock)
        service.core.kernel.commit_seconds = metrics.committed
        metrics.follow_stall(service.core.stall.lasts)
        # From the first command on, lines that relays say meanwhile are reckoned with.
        sharing = Sharing(service.core, config.database_url, changes_calls=True)
        await take_up(service, config)
        stack.push_async_callback(service.stop)
        await share(sharing, config)
        stack.push_async_callback(sharing.stop)
        await listen_for_mail(service, config, clock, stack)
        links = build_links(service, config)
        await links.start()
        stack.push_async_callback(links.stop)
        door = OfficeDoor(service, config, metrics, clock)
        await door.start(_socket(config))
        stack.push_async_callback(door.stop)
        loop = asyncio.get_running_loop()
        yield Running(
            {"stomp": f"{config.stomp.host}:{links.endpoint.port}"},
            lambda: deadline.reschedule(loop.time() + config.timers.stop_s),
        )


def relay(
    name: str, https: socket.socket, plain: socket.socket | None
) -> Callable[[Config], contextlib.AbstractAsyncContextManager[Running]]:
    """What a relay of this name serves on listening sockets."""
    return functools.partial(_relay, name, https, plain)


@contextlib.asynccontextmanager
async def _relay(
    name: str, https: socket.socket, plain: socket.socket | None, config: Config
) -> AsyncIterator[Running]:
    clock = SettableClock()
    check_several(config)
    check_tls(config, clock)
    async with asyncio.timeout(None) as deadline, contextlib.AsyncExitStack() as stack:
        metrics = Metrics(config.operator)
        link = OfficeLink(_socket(config), name, metrics.text, clock)
        # Before its database: an office has brought the tables to the present version.
        try:
            await link.start()
        except StorageFailed:
            raise CannotStart(
                f"no office answers at {_socket(config)}",
                "the process called office",
                "See in the log why it does not run",
            ) from None
        stack.push_async_callback(link.stop)
        service = Relay(config, clock, link)
        service.core.kernel.commit_seconds = metrics.committed
        metrics.follow_stall(service.core.stall.lasts)
        try:
            await service.start()
        except StorageFailed as error:
            raise _no_database(config, error) from None
        stack.push_async_callback(service.stop)
        app = create_relay_app(service, config, metrics)
        failed = functools.partial(note_failed, service, metrics)
        context = check_tls(config, clock)
        servers = [HttpServer(app, config, https, context, failed)]
        if plain is not None:
            servers.append(HttpServer(app, config, plain, None))
        stack.push_async_callback(stop_all, servers)
        for server in servers:
            await server.start()
        loop = asyncio.get_running_loop()
        yield Running(
            {"port": str(servers[0].port)},
            lambda: deadline.reschedule(loop.time() + config.timers.stop_s),
        )


async def share(sharing: Sharing, config: Config) -> None:
    """Have an office hear of what relays write."""
    try:
        await sharing.start()
    except StorageFailed as error:
        raise _no_database(config, error) from None


def _no_database(config: Config, error: StorageFailed) -> CannotStart:
    return CannotStart(
        f"the database {shown(config.database_url)} cannot be used ({error})",
        "database.url",
        error.what_to_do or "See that PostgreSQL runs, and that this user may connect to it",
    )
