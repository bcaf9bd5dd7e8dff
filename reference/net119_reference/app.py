"""The composition root: puts a provider together, runs it, and takes it down in order."""

import argparse
import asyncio
import contextlib
import functools
import gc
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import uvloop
from net119_protocol.profile.load import ProfileError

from net119_reference.clock import SettableClock
from net119_reference.collector import collect_all_seldom, only_the_young
from net119_reference.command_line import parser
from net119_reference.config import Config, ConfigError, load_config
from net119_reference.data_lock import sole_user
from net119_reference.handshakes import FailedHandshake
from net119_reference.http_server import HttpServer, bind
from net119_reference.logs import configure_logs, get_log
from net119_reference.mail.post_office import RelayForbidden
from net119_reference.mail.server import MailServer
from net119_reference.metrics import Metrics
from net119_reference.other_doors import other_doors
from net119_reference.ports import Clock, StorageFailed
from net119_reference.service.provider import Provider, build_service
from net119_reference.stomp_shell import build_links
from net119_reference.store.engines import shown
from net119_reference.system import raise_file_limit, watch_stdin
from net119_reference.tls import https_context
from net119_reference.web import create_app

EXIT_CLEAN = 0
EXIT_FAILED = 1
EXIT_USER_ERROR = 2

log = get_log("provider")


class CannotStart(Exception):
    """Something outside the configuration file is in the way."""

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what}. {what_to_do}")
        self.what = what
        self.where = where
        self.what_to_do = what_to_do


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one provider from a command line; returns the exit status, never raises for the user.

    0 stopped cleanly (or the configuration is right), 1 a failure of the program, 2 something
    that the user can mend.
    """
    options = parser().parse_args(arguments)
    return explained(functools.partial(_run, options))


def _run(options: argparse.Namespace) -> int:
    config = load_config(options.config)
    if options.check_config:
        check_tls(config, SettableClock())
        print(f"{options.config}: the configuration is right", file=sys.stderr)  # noqa: T201  # the message is for the person at the terminal
        return EXIT_CLEAN
    if options.relays:
        from net119_reference.several.supervisor import run_several

        return run_several(config, options.relays, stop_with_parent=options.stop_with_parent)
    return run_provider(config, stop_with_parent=options.stop_with_parent)


def explained(work: Callable[[], int]) -> int:
    """The exit status of ``work``; what is in its way, and can be mended, is told the user."""
    try:
        return work()
    except Exception as problem:
        if not isinstance(problem, _Explained):
            raise
        print(_plain(problem), file=sys.stderr)  # noqa: T201  # the message is for the person at the terminal
        return EXIT_USER_ERROR


def run_provider(
    config: Config,
    *,
    patches: Iterable[AbstractContextManager[Any]] = (),
    stop_with_parent: bool = False,
    parts: "Parts | None" = None,
    process: str | None = None,
) -> int:
    """Run a provider in this process until it is told to stop; returns the exit status.

    Needs the main thread (signals), and may be called in a forked process.

    Args:
        patches: entered before anything is put together, left when all is stopped; how tests
            make a provider with one defect.
        stop_with_parent: stop too when standard input reaches its end.
        parts: what of a provider runs in this process; by default all of it.
        process: its name, where a provider has several, for the logs.

    Raises:
        CannotListen, CannotStart, TlsError: what is in the way, for the user to mend.
    """
    configure_logs(config.log.level, operator=config.operator, process=process)
    raise_file_limit()
    with contextlib.ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_serve(config, stop_with_parent, parts or provider))


async def _serve(config: Config, stop_with_parent: bool, parts: "Parts") -> int:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_loop_error)
    stop = asyncio.Event()
    reasons: list[str] = []
    last_resort: threading.Timer | None = None
    collecting: asyncio.Task[None] | None = None

    def ask_to_stop(reason: str) -> None:
        reasons.append(reason)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask_to_stop, number.name)
    if stop_with_parent:
        watch_stdin(loop, lambda: ask_to_stop("parent is gone"))
    try:
        async with parts(config) as running:
            # What there is now stays: the collector need not look at it again (see __main__).
            gc.freeze()
            only_the_young()
            collecting = asyncio.create_task(collect_all_seldom())
            log.info("ready", **running.facts, pid=os.getpid())
            await stop.wait()
            log.info("stopping", why=reasons[0])
            running.stopping()
            last_resort = threading.Timer(2 * config.timers.stop_s, os._exit, (EXIT_FAILED,))
            last_resort.daemon = True
            last_resort.start()
    except TimeoutError:
        log.error("stopped with force", after_s=config.timers.stop_s)
        return EXIT_FAILED
    finally:
        if collecting is not None:
            collecting.cancel()
        if last_resort is not None:
            last_resort.cancel()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    log.info("stopped")
    return EXIT_CLEAN


class Serves(Protocol):
    """A provider, or a process of one, that serves."""

    facts: Mapping[str, str | None]
    """Where, for the log."""
    stopping: Callable[[], None]
    """Starts the deadline for everything to be closed."""


Parts: TypeAlias = Callable[[Config], AbstractAsyncContextManager[Serves]]


class Running:
    """A provider that serves."""

    def __init__(
        self,
        config: Config,
        http_port: int,
        stomp_port: int,
        others: Mapping[str, str],
        stopping: Callable[[], None],
    ) -> None:
        self.https = f"https://{_bracketed(config.http.host)}:{http_port}"
        self.stomp = f"{_bracketed(config.stomp.host)}:{stomp_port}"
        self.plaintext = others.get("plaintext")
        """Where handsets without TLS are served; None if they are not."""
        self.http_port = http_port
        self.stomp_port = stomp_port
        self.stopping = stopping
        """Starts the deadline for everything to be closed."""
        self.facts: Mapping[str, str | None] = {
            "https": self.https,
            "stomp": self.stomp,
            "plaintext": self.plaintext,
            **{section: url for section, url in others.items() if section != "plaintext"},
        }
        """Where, for the log."""


@contextlib.asynccontextmanager
async def provider(config: Config) -> AsyncIterator[Running]:
    """Everything of a provider, started in order and stopped in the reverse order.

    New work is refused first, then the links to peers are closed, then what waits is written, and
    the database is closed last.

    Raises:
        CannotListen, ListenFailed, CannotStart, TlsError: nothing of it keeps running.
        TimeoutError: stopping took longer than ``timers.stop_s``.
    """
    clock = SettableClock()
    check_tls(config, clock)
    make_folder(config.data_dir)
    # The port first: a second start of the same provider must not get to the database.
    bound = bind("http", config.http.host, config.http.port)
    async with asyncio.timeout(None) as deadline, contextlib.AsyncExitStack() as stack:
        stack.callback(bound.close)
        others = stack.enter_context(other_doors(config))
        stack.enter_context(sole_user(config.data_dir))
        metrics = Metrics(config.operator)
        service = build(config, clock)
        service.core.kernel.commit_seconds = metrics.committed
        metrics.follow_stall(service.core.stall.lasts)
        await take_up(service, config)
        stack.push_async_callback(service.stop)
        await listen_for_mail(service, config, clock, stack)
        links = build_links(service, config)
        await links.start()
        stack.push_async_callback(links.stop)
        app = create_app(service, config, metrics=metrics)
        # By the provider's own clock, which its database may have set ahead.
        context = check_tls(config, clock)
        failed = functools.partial(note_failed, service, metrics)
        http = HttpServer(app, config, bound, context, failed)
        today = clock.now().date()
        servers = [http, *(each.server(app, config, today, failed) for each in others)]
        stack.push_async_callback(stop_all, servers)
        for server in servers:
            await server.start()
        loop = asyncio.get_running_loop()
        yield Running(
            config,
            http.port,
            links.endpoint.port,
            {each.section: each.url for each in others},
            lambda: deadline.reschedule(loop.time() + config.timers.stop_s),
        )


async def stop_all(servers: Sequence[HttpServer]) -> None:
    """Stop them at the same time: each may take half of ``timers.stop_s``."""
    results = await asyncio.gather(*(server.stop() for server in servers), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


class NotesRefused(Protocol):
    """Who takes note of refused inputs (I10)."""

    def note_refused(self, interface: str, source: str, code: str, detail: str) -> None:
        """Take note of one."""


def note_failed(service: NotesRefused, metrics: Metrics, failed: FailedHandshake) -> None:
    metrics.handshake_failed(failed.reason.value)
    service.note_refused("tls", failed.source, failed.reason.value, failed.detail)


async def listen_for_mail(
    service: Provider, config: Config, clock: Clock, stack: contextlib.AsyncExitStack
) -> None:
    if not config.mail.enabled:
        return
    server = MailServer(
        config.mail,
        clock,
        service.registrations.mail_addresses,
        service.registrations.mail_arrived,
        lambda source, code, detail: service.note_refused("mail", source, code, detail),
    )
    try:
        await server.start()
    except OSError as error:
        raise CannotStart(
            f"mail cannot be received on {config.mail.host}:{config.mail.port} ({error.strerror})",
            "mail.host and mail.port",
            "Choose a free port of this machine",
        ) from None
    stack.push_async_callback(server.stop)


def build(config: Config, clock: Clock) -> Provider:
    try:
        return build_service(config, clock)
    except ProfileError as error:
        raise CannotStart(
            "\n".join(error.problems),
            "profiles.folder",
            "Mend the profiles; net119 profiles check FOLDER shows the same",
        ) from None


async def take_up(service: Provider, config: Config) -> None:
    try:
        await service.start()
    except RelayForbidden as error:
        raise CannotStart(
            str(error),
            "mail.relay_host",
            "Name a relay on this machine, or declare the test system",
        ) from None
    except StorageFailed as error:
        raise CannotStart(
            f"the database {shown(config.database_url)} cannot be used ({error})",
            "database.url, or net119.db in data_dir",
            error.what_to_do
            or "Name a database that this user may write, made by this version or an older one",
        ) from None


def check_tls(config: Config, clock: Clock) -> Any:
    http = config.http
    if http.cert is None or http.key is None:
        raise CannotStart(
            "certificate and key are missing", "http.cert and http.key", "Give PEM files"
        )
    profile = config.tls.in_force(clock.now().date())
    rsa = (http.rsa_cert, http.rsa_key) if http.rsa_cert and http.rsa_key else None
    return https_context(http.cert, http.key, profile, rsa)


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"the folder {folder} cannot be made ({error.strerror})",
            "data_dir",
            "Name a folder that this user may write to",
        ) from None


def _log_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.error("task failed", message=context.get("message"), exc_info=context.get("exception"))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@runtime_checkable
class _Explained(Protocol):
    what: str
    where: str
    what_to_do: str


def _plain(problem: _Explained) -> str:
    return f"error: {problem.what}\nwhere: {problem.where}\nto do: {problem.what_to_do}"


__all__ = ["CannotStart", "ConfigError", "main", "provider", "run_provider"]
