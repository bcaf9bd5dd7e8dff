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
from net119_protocol.person import Contact, OptionalData, RegistrantData
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import OptionalVisibility, Profile
from net119_reference.config.model import Limits
from net119_reference.mail import post_office
from net119_reference.ports import (
    Channel,
    DispatcherIdentity,
    HandsetIdentity,
    Outgoing,
    StaffIdentity,
)
from net119_reference.service import jurisdiction, provider
from net119_reference.service.live import Live
from net119_reference.service.provider import Provider
from net119_reference.store import Database
from net119_reference.store.deciding import Deciding
from net119_reference.store.migrate import migrate
from sqlalchemy.engine import Connection, Engine

from tests.reference.interplay.carrier import Carrier
from tests.reference.interplay.virtual_time import MachineClock, VirtualLoop
from tests.reference.service import support

LIMITS = Limits(
    line_burst=100_000, registrant_calls=100_000, registrant_call_burst=100_000, stall_s=600.0
)
OPERATORS = ("aoba", "midori")
THREE = (*OPERATORS, "akane")
"""With a third provider, whose place a stranger has elsewhere."""
CONTACTS = (
    Contact(name="見本 太郎", relation="父", phone="0123-00-0001"),
    Contact(name="髙橋 𠮷子", relation="姉", phone="0123-00-0002"),
)
"""Optional data of every registrant, in the order in which to try them."""
RELAYS = {"aoba": 2501, "midori": 2502, "akane": 2503}
CARRIERS: dict[int, Carrier] = {}
"""The carriers of the present nodes, by what their providers know of them: a port."""
HOME_OF = {"aoba": "chitose", "midori": "chita-tokoname", "akane": "aso"}
SEALED = "chitose"
"""The home department that must not read optional data before a call (I6)."""


class Died(BaseException):
    """The process of a provider is gone, here and now."""


@contextmanager
def built_once() -> Iterator[None]:
    """What every start of a provider would read again is read once: polygons and profiles."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_municipalities", "JurisdictionIndex", "load_directory"):
            patch.setattr(jurisdiction, name, _once(getattr(jurisdiction, name)))
        patch.setattr(provider, "load_profiles", _once(_profiles))
        patch.setattr(post_office, "Relay", lambda _host, port, _timeout_s: CARRIERS[port])
        yield


def _profiles(folder: Path | None) -> dict[str, Profile]:
    """As they are, but that Chitose reads no optional data before a call sends them."""
    found = dict(load_profiles(folder))
    sealed = {"optional_visibility": OptionalVisibility.SEALED}
    found[SEALED] = found[SEALED].model_copy(update=sealed)
    return found


def _once(build: Callable[..., Any]) -> Callable[..., Any]:
    built: list[Any] = []

    def get(*arguments: Any) -> Any:
        if not built:
            built.append(build(*arguments))
        return built[0]

    return get


class _Kept(sqlite3.Connection):
    """Stays open, whoever closes it: with it its content would be gone.

    SQLAlchemy closes a connection of which it is not sure any more, as after the time limit of a
    test that struck in the middle of a statement; what ran next then found a closed database.
    """

    def close(self) -> None:
        """Not yet."""

    def end(self) -> None:
        super().close()


class Store:
    """A database in memory that outlives the process of its provider."""

    def __init__(self) -> None:
        self.raw = sqlite3.connect(":memory:", check_same_thread=False, factory=_Kept)
        self.raw.execute("PRAGMA foreign_keys=ON")

    def connect(self) -> Connection:
        """The connection of a new process."""
        _NEXT.append(self.raw)
        return _engine().connect()

    def fill(self, content: bytes) -> None:
        """Begin anew with this content."""
        self.raw.rollback()
        self.raw.deserialize(content)

    def close(self) -> None:
        """Its content is gone."""
        self.raw.end()

    def content(self) -> bytes:
        return self.raw.serialize()

    def rows(self, query: str, *parameters: object) -> list[Any]:
        """What is committed: nothing else of this process is under way while a test looks."""
        return self.raw.execute(query, parameters).fetchall()


_NEXT: list[sqlite3.Connection] = []


@functools.cache
def _engine() -> Engine:
    """One for all, since each has its own memory of compiled statements."""
    return sa.create_engine(
        "sqlite://",
        creator=_NEXT.pop,
        poolclass=sa.NullPool,
        # A connection that is thrown away must not undo what its successor has begun.
        pool_reset_on_return=None,
    )


class StoreDatabase(Database):
    """The provider's database over a store, which stays when this is closed."""

    def __init__(self, node: "Node") -> None:
        super().__init__("sqlite://")
        self._node = node

    def _open(self) -> None:
        self._connection = self._node.store.connect()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def kill(self) -> None:
        """What was under way is undone."""
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            self._close()
        self._node.store.raw.rollback()

    def _commit(self, decision: Deciding) -> None:
        self._node.about_to_commit()
        super()._commit(decision)
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

    def __init__(self, operator: str, clock: MachineClock, loop: VirtualLoop, folder: Path) -> None:
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
        self.relay_port = RELAYS[operator]
        self.carrier = Carrier()
        """Where the letters of this provider go."""
        self.service: Provider
        self.database: StoreDatabase
        self.caller: HandsetIdentity

    @property
    def dispatcher(self) -> DispatcherIdentity:
        center = support.CENTERS[self.operator]
        return DispatcherIdentity(center, f"dispatcher of {center}")

    # --- life ---------------------------------------------------------------------------------

    def registered(self) -> str | None:
        """The address of the registrant as it is stored (I8)."""
        rows = self.store.rows("SELECT data FROM registrants")
        return RegistrantData.model_validate_json(rows[0][0]).mail if rows else None

    def begin(self) -> None:
        """Start over a fresh database that knows one registrant, who is logged in."""
        self.alive = False
        CARRIERS[self.relay_port] = self.carrier
        self.store.close()
        self.store = Store()
        self.carrier.begin(self.registered, lambda: self.alive)
        self.commits = 0
        self.dies_before_commit = self.dies_after_commit = None
        content = _PREPARED.get(self.operator)
        if content is None:
            self.store.fill(_empty())
            self.start()
            token = self.loop.do(self._register())
            self.loop.do(self.service.stop())
            if HOME_OF[self.operator] == SEALED:  # who enters data has read them: it applied itself
                self.store.raw.execute("UPDATE registrants SET keyed_in = 0")
                self.store.raw.commit()
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

    async def staff_reads(self) -> RegistrantData:
        """The registrant's data as the home department's staff reads them."""
        who = StaffIdentity(HOME_OF[self.operator], "staff")
        return (await self.service.registrant(who, self.caller.registrant_id)).data

    def person(self) -> RegistrantData:
        optional = OptionalData(contacts=CONTACTS)
        return support.PERSON.model_copy(update={"optional": optional})

    def start(self) -> None:
        """A new process over what is committed."""
        settings = support.config(
            self.operator, self.folder / self.operator, limits=LIMITS, relay_port=self.relay_port
        )
        self.database = StoreDatabase(self)
        self.service = Provider(settings, self.clock, self.database)
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
        """End in an orderly way; letters that are being handed over are taken."""
        if self.alive:
            for held in tuple(self.carrier.held):
                self.carrier.reply(held, self.carrier.arrive(held))
            task = self.loop.create_task(self.service.stop())
            self.loop.settle()
            if task.done():
                task.result()
                self.alive = False
                return
            assert not self.alive, "it does not stop"
            task.cancel()  # it died while it stopped
            self.loop.settle()
            self.kill()

    def kill(self) -> None:
        """End at once: all that is not committed is gone."""
        self.alive = False
        core = self.service.core
        post = self.service.post_office
        assert post is not None
        tasks = [self.service._watch, core.kernel._task, *core.outbox._tasks, *post._tasks]
        core.kernel._stopping = True
        for task in tasks:
            if task is not None:
                task.cancel()
        self.carrier.cut()
        self.database.kill()
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
