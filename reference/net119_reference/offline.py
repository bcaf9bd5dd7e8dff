"""The records of a stopped provider: looked at on a copy of its database, or worked on in place.

Nothing is sent: letters that a sweep writes wait in the outbox until the provider runs again.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from net119_protocol.api.admin import Sweep, SweepOrder

from net119_reference.clock import SettableClock
from net119_reference.config import Config, load_config
from net119_reference.config.model import Database as DatabaseSettings
from net119_reference.data_lock import InUse, sole_user
from net119_reference.logs import configure_logs
from net119_reference.ports import StorageFailed
from net119_reference.registration.deleted import Deleted
from net119_reference.service.provider import Provider, build_service
from net119_reference.service.records.deletions import FILE, BadList, read_list
from net119_reference.store.engines import SQLITE, parsed, shown

T = TypeVar("T")


class NotOffline(Exception):
    """The records of this provider cannot be worked on from here."""

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what}. {what_to_do}")
        self.what = what
        self.where = where
        self.what_to_do = what_to_do


def due_at(config_file: Path, at: datetime | None) -> Sweep:
    """What would be due at a moment (the present by default); changes nothing.

    Raises:
        ConfigError, InUse, NotOffline, BadList: what is in the way, for the user to mend.
    """
    order = SweepOrder(at=at, dry_run=True)
    return _on_copy(config_file, lambda provider: provider.records.sweep(order))


def sweep(config_file: Path) -> Sweep:
    """Do what is due now; raises as :func:`due_at` does."""
    order = SweepOrder(dry_run=False)
    return _in_place(config_file, lambda provider: provider.records.sweep(order))


def deletions(config_file: Path) -> tuple[tuple[Deleted, ...], datetime]:
    """The list of deletions, and the provider's present; changes nothing."""

    async def look(provider: Provider) -> tuple[tuple[Deleted, ...], datetime]:
        return await provider.records.sweeper.listed(), provider.core.clock.now()

    return _on_copy(config_file, look)


def delete_again(config_file: Path, file: Path | None) -> int:
    """Destroy in a restored database what the list (the file's, too) says; how many came back."""
    more = read_list(file) if file is not None else ()
    if file is not None and not file.exists():
        raise BadList("does not exist", str(file))
    return _in_place(config_file, lambda provider: provider.records.sweeper.delete_again(more))


def confirm_backups(config_file: Path) -> int:
    """Put down that no backup holds the deleted records any more; how many it concerned."""
    return _in_place(config_file, lambda provider: provider.records.sweeper.confirm_backups())


def _on_copy(config_file: Path, work: Callable[[Provider], Awaitable[T]]) -> T:
    config = load_config(config_file)
    database = _database_file(config)
    with _alone(config), tempfile.TemporaryDirectory(prefix="net119-records-") as name:
        folder = Path(name)
        for suffix in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(f"{database}{suffix}", folder / f"net119.db{suffix}")
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(config.data_dir / FILE, folder)
        changes = {"data_dir": folder, "database": DatabaseSettings()}
        return _run(config.model_copy(update=changes), work)


def _in_place(config_file: Path, work: Callable[[Provider], Awaitable[T]]) -> T:
    config = load_config(config_file)
    # PostgreSQL keeps a second provider off by a lock of its own.
    if parsed(config.database_url).get_backend_name() == SQLITE:
        _database_file(config)
    with _alone(config):
        return _run(config, work)


def _run(config: Config, work: Callable[[Provider], Awaitable[T]]) -> T:
    configure_logs("error", operator=config.operator)

    async def go() -> T:
        async with _opened(config) as provider:
            return await work(provider)

    try:
        return asyncio.run(go())
    except StorageFailed as error:
        raise NotOffline(
            f"the database cannot be used ({error})",
            "database.url, or net119.db in data_dir",
            error.what_to_do
            or "Use the version of this program that made it, and see that the disk is not full",
        ) from None


@contextlib.asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Provider]:
    provider = build_service(config, SettableClock())
    await provider.open()
    try:
        yield provider
    finally:
        await provider.stop()


@contextlib.contextmanager
def _alone(config: Config) -> Iterator[None]:
    try:
        with sole_user(config.data_dir):
            yield
    except PermissionError as error:
        raise NotOffline(
            f"the folder cannot be written to ({error.strerror})",
            str(config.data_dir),
            "Run this as the user that the provider runs as",
        ) from None


def _database_file(config: Config) -> Path:
    url = parsed(config.database_url)
    if url.get_backend_name() != SQLITE or not url.database:
        raise NotOffline(
            f"{shown(config.database_url)} is no file of SQLite, which alone is copied",
            "database.url",
            "Start the provider and use --url with its admin token",
        )
    file = Path(url.database)
    if not file.exists():
        raise NotOffline(
            "there is no database yet", str(file), "Name the settings of a provider that has run"
        )
    return file


__all__ = [
    "InUse",
    "NotOffline",
    "confirm_backups",
    "delete_again",
    "deletions",
    "due_at",
    "sweep",
]
