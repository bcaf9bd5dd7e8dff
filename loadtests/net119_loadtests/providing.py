"""Finds the provider under load: one that is started for the run, or one that runs already."""

import contextlib
import secrets
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from net119_protocol.api.admin import Health
from net119_protocol.directory import (
    Directory,
    DirectoryError,
    load_directory,
    load_municipalities,
)
from net119_simulators.safety import check_target
from net119_simulators.wiretap import Interface

from net119_loadtests.errors import LoadError
from net119_loadtests.house import OPERATOR, Kind, house
from net119_loadtests.provider import Provider, Running, client_of, trust
from net119_loadtests.world import centers_for, load_directory_for, places_of

SINGLE = Kind()
"""One process with SQLite."""
_TALK = 2.0
"""Lines per second that a caller may write, as a multiple of those planned."""


@contextlib.asynccontextmanager
async def own_provider(
    folder: Path, callers: int, every_s: float, log_copy: Path, kind: Kind = SINGLE
) -> AsyncIterator[Provider]:
    """Start a reference provider with enough centers; it is stopped at the end, come what may.

    Its bound on lines per second is raised only where the run asks for more than that. Its log is
    copied to ``log_copy``.

    Raises:
        ProviderDidNotStart, PostgresUnavailable: it, or its database, does not come up.
    """
    known = load_municipalities()
    directory = load_directory_for(OPERATOR, centers_for(callers), known)
    limits: dict[str, Any] = {}
    wanted = _TALK / every_s
    if wanted > 5.0:
        limits = {"lines_per_s": wanted, "line_burst": max(20, round(wanted))}
    if kind.open_calls is not None:
        limits["open_calls"] = kind.open_calls
    settings = {"limits": limits} if limits else {}
    provider: Provider | None = None
    try:
        async with house(folder, kind, directory, settings) as started:
            network = started.network
            health = await network.health(OPERATOR)
            provider = Provider(
                base_url=network.base_url(OPERATOR),
                ca_file=network.ca.ca_file,
                admin_token=network.operation(OPERATOR).admin_token,
                operator=OPERATOR,
                places=places_of(directory, OPERATOR, datetime.now(UTC)),
                own=True,
                version=health.version,
                settings=settings | kind.shown(),
                house=started,
            )
            yield provider
    finally:
        if provider is not None:
            await provider.close()
        log = folder / OPERATOR / "provider.log"
        if log.exists():
            shutil.copyfile(log, log_copy)


@contextlib.asynccontextmanager
async def running_provider(running: Running) -> AsyncIterator[Provider]:
    """Use a provider that runs already: it must be reachable and use the directory given.

    Raises:
        SafetyInterlock: its host is neither loopback nor declared to be a test system.
        LoadError: it uses another directory, or serves nobody.
        Unreachable, UnexpectedAnswer: it does not answer as a provider does.
    """
    check_target(running.url, running.test_hosts)
    tls = trust(running.ca_file) if running.url.startswith("https:") else None
    asking = client_of(running.url, tls, running.test_hosts, Interface.ADMIN, None)
    try:
        health = await asking.ask("health", Health)
    finally:
        await asking.close()
    directory = _directory(running.directory)
    if health.directory_version != directory.version:
        raise LoadError(
            f"the provider uses directory {health.directory_version!r}, "
            f"this is {directory.version!r}",
            "--directory",
            "Give the directory file that the provider uses",
        )
    provider = Provider(
        base_url=running.url.rstrip("/"),
        ca_file=running.ca_file,
        admin_token=running.admin_token,
        operator=health.operator,
        places=places_of(directory, health.operator, datetime.now(UTC)),
        own=False,
        version=health.version,
        settings={},
        test_hosts=running.test_hosts,
    )
    try:
        yield provider
    finally:
        await provider.close()


def _directory(file: Path | None) -> Directory:
    try:
        return load_directory(load_municipalities(), file)
    except DirectoryError as error:
        raise LoadError(
            "; ".join(error.problems), f"--directory {file}", "Give a valid directory file"
        ) from error


def run_name() -> str:
    """A name for a run, in the mail addresses of its callers."""
    return f"load-{secrets.token_hex(4)}"
