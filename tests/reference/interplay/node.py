"""One provider of these tests: its process may die at any moment, its database stays."""

import contextlib
import functools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from net119_protocol.api import admin, handset, staff
from net119_protocol.person import RegistrantData
from net119_protocol.profile.load import load_profiles
from net119_reference.config.model import Limits
from net119_reference.ports import Channel, DispatcherIdentity, HandsetIdentity, Outgoing
from net119_reference.service import jurisdiction, provider
from net119_reference.service.live import Live
from net119_reference.service.provider import Provider
from net119_reference.store import Database, Write
from net119_reference.store.migrate import migrate
from sqlalchemy.engine import Connection, Engine

from tests.reference.interplay.virtual_time import VirtualClock, VirtualLoop
from tests.reference.service import support

LIMITS = Limits(line_burst=100_000)
OPERATORS = ("aoba", "midori")
HOME_OF = {"aoba": "chitose", "midori": "chita-tokoname"}


class Died(BaseException):
    """The process of a provider is gone, here and now."""


@contextmanager
def built_once() -> Iterator[None]:
    """What every start of a provider would read again is read once: polygons and profiles."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_municipalities", "JurisdictionIndex", "load_directory"):
            patch.setattr(jurisdiction, name, _once(getattr(jurisdiction, name)))
        patch.setattr(provider, "load_profiles", _once(load_profiles))
        yield


def _once(build: Callable[..., Any]) -> Callable[..., Any]:
    built: list[Any] = []

    def get(*arguments: Any) -> Any:
        if not built:
            built.append(build(*arguments))
        return built[0]

    return get


class Store:
    """A database in memory that outlives the process of its provider."""

    def __init__(self) -> None:
        self.raw = sqlite3.connect(":memory:", check_same_thread=False)
        self.raw.execute("PRAGMA foreign_keys=ON")
        self._engine = _engine()
        _NEXT.append(self.raw)
        self.connection: Connection = self._engine.connect()

    def fill(self, content: bytes) -> None:
        """Begin anew with this content."""
        self.raw.rollback()
        self.raw.deserialize(content)

    def close(self) -> None:
        """Its content is gone."""
        with contextlib.suppress(sa.exc.SQLAlchemyError, sqlite3.Error):
            self.connection.close()
        self.raw.close()

    def content(self) -> bytes:
        return self.raw.serialize()

    def rows(self, query: str, *parameters: object) -> list[Any]:
        """What is committed: nothing else of this process is under way while a test looks."""
        return self.raw.execute(query, parameters).fetchall()


_NEXT: list[sqlite3.Connection] = []


@functools.cache
def _engine() -> Engine:
    """One for all, since each has its own memory of compiled statements."""
    return sa.create_engine("sqlite://", creator=_NEXT.pop, poolclass=sa.NullPool)


class StoreDatabase(Database):
    """The provider's database over a store, which stays when this is closed."""

    def __init__(self, node: "Node") -> None:
        super().__init__("sqlite://")
        self._node = node

    def _open(self) -> None:
        self._connection = self._node.store.connection

    def _close(self) -> None:
        self._connection = None

    def _commit(self, writes: Sequence[Write]) -> None:
        self._node.about_to_commit()
        super()._commit(writes)
        self._node.has_committed()


@functools.cache
def _empty() -> bytes:
    with support.quick_folder() as folder:
        file = Path(folder) / "empty.db"
        migrate(f"sqlite:///{file}")
        raw = sqlite3.connect(file)
        raw.execute("PRAGMA journal_mode=DELETE")
        content = raw.serialize()
        raw.close()
    return content


class Node:
    """A provider: its store, and the process that runs over it, if one does."""

    def __init__(self, operator: str, clock: VirtualClock, loop: VirtualLoop, folder: Path) -> None:
        self.operator = operator
        self.clock = clock
        self.loop = loop
        self.folder = folder
        self.store = Store()
        self.alive = False
        self.commits = 0
        """Commits of the whole run, over all processes."""
        self.on_commit: Callable[[], None] = lambda: None
        self.dies_before_commit: int | None = None
        self.dies_after_commit: int | None = None
        self.sessions: dict[tuple[str, Channel], bool] = {}
        """Which sessions this process was told are up."""
        self.service: Provider
        self.caller: HandsetIdentity

    @property
    def dispatcher(self) -> DispatcherIdentity:
        center = support.CENTERS[self.operator]
        return DispatcherIdentity(center, f"dispatcher of {center}")

    # --- life ---------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start over a fresh database that knows one registrant, who is logged in."""
        self.alive = False
        self.store.close()
        self.store = Store()
        self.commits = 0
        self.dies_before_commit = self.dies_after_commit = None
        content = _PREPARED.get(self.operator)
        if content is None:
            self.store.fill(_empty())
            self.start()
            token = self.loop.do(self._register())
            self.loop.do(self.service.stop())
            content = _PREPARED[self.operator] = self.store.content(), token
        self.store.fill(content[0])
        self.start()
        self.caller = self.loop.do(self.service.handset_identity(content[1]))

    async def _register(self) -> str:
        service, unit = self.service, HOME_OF[self.operator]
        new = admin.NewAccount(role=admin.AccountRole.STAFF, unit=unit, name="staff")
        who = await service.staff_identity((await service.add_account(new)).token)
        entered = await service.enter_registrant(who, staff.NewRegistrant(data=self.person()))
        known = await service.approve_registrant(who, entered.registrant_id)
        log_in = handset.LogIn(login_id=known.login_id, password=known.password)
        return (await service.log_in(log_in)).token

    def person(self) -> RegistrantData:
        return support.PERSON

    def start(self) -> None:
        """A new process over what is committed."""
        settings = support.config(self.operator, self.folder / self.operator, limits=LIMITS)
        self.service = Provider(settings, self.clock, StoreDatabase(self))
        # Retention has its own tests; its sweep at every start would take most of the time.
        self.service.records.start = lambda: None  # type: ignore[method-assign]  # a start without the sweep
        self.alive = True
        self.sessions.clear()
        task = self.loop.create_task(self.service.start())
        self.loop.settle()
        if not self.alive:
            task.cancel()
            self.loop.settle()
            return
        task.result()

    def stop(self) -> None:
        """End in an orderly way."""
        if self.alive:
            self.loop.do(self.service.stop())
            self.alive = False

    def kill(self) -> None:
        """End at once: all that is not committed is gone."""
        self.alive = False
        core = self.service.core
        tasks = [self.service._watch, core.kernel._task, *core.outbox._tasks]
        core.kernel._stopping = True
        for task in tasks:
            if task is not None:
                task.cancel()
        self.store.raw.rollback()
        self.loop.settle()

    # --- points to die at ---------------------------------------------------------------------

    def about_to_commit(self) -> None:
        self.commits += 1
        self.on_commit()
        if self.commits == self.dies_before_commit or not self.alive:
            self.alive = False
            raise Died(self.operator)

    def has_committed(self) -> None:
        if self.commits == self.dies_after_commit:
            self.alive = False
            raise Died(self.operator)

    # --- interface B --------------------------------------------------------------------------

    def outgoing(self, peer: str, channel: Channel) -> Sequence[Outgoing]:
        return self.service.core.outbox.outgoing(peer, channel, 0, 10_000)

    def live(self, call_id: Any) -> Live | None:
        return self.service.core.lives.get(call_id)


_PREPARED: dict[str, tuple[bytes, str]] = {}
