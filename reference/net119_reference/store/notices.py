"""Notices between the processes of a provider: which calls a transaction has written to.

A notice holds the calls' ids alone: what was written is read from the tables, which a lost notice
cannot take away (``docs/performance.md`` has the ways that were measured).
"""

import asyncio
import base64
import contextlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection, Engine

from net119_reference.logs import get_log
from net119_reference.store.engines import engine_for
from net119_reference.store.together import driver_of

CHANNEL = "net119_calls"
_NOTIFY = "SELECT pg_notify(%s, %s)"
_AT_ONCE = 300
"""Calls in one notice: PostgreSQL takes less than 8,000 octets."""
_AGAIN_S = 0.5
_ID = 22
log = get_log("notices")


def new_sender() -> str:
    """A name by which a process knows its own notices."""
    return secrets.token_hex(6)


def notify(connection: Connection, sender: str, calls: Sequence[UUID]) -> None:
    """Tell the other processes of these calls, once the transaction is committed."""
    for first in range(0, len(calls), _AT_ONCE):
        ids = "".join(map(_short, calls[first : first + _AT_ONCE]))
        driver_of(connection).execute(_NOTIFY, (CHANNEL, f"{sender} {ids}"))


def calls_of(notice: str, listener: str) -> Iterable[UUID]:
    """The calls of a notice; none if it is the listener's own."""
    sender, _, ids = notice.partition(" ")
    if sender == listener:
        return ()
    return [_long(ids[at : at + _ID]) for at in range(0, len(ids), _ID)]


class Listening:
    """A connection of its own that hears of the other processes' writes.

    Args:
        heard: told of the calls of each notice.
        missed: notices may have been missed: everything has to be looked at.
    """

    def __init__(
        self,
        url: str,
        sender: str,
        heard: Callable[[Iterable[UUID]], None],
        missed: Callable[[], None],
    ) -> None:
        self._url = url
        self._sender = sender
        self._heard = heard
        self._missed = missed
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._descriptor = -1

    async def start(self) -> None:
        """Listen; whatever is committed from here on is heard of, or counted as missed.

        Raises:
            Exception: the database cannot be reached.
        """
        await self._connect()
        self._task = asyncio.create_task(self._keep(), name="notices")

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._disconnect()

    async def _keep(self) -> None:
        while True:
            await self._lost.wait()
            await self._disconnect()
            log.warning("notices of other processes cannot be heard; connecting again")
            while True:
                try:
                    await self._connect()
                    break
                except Exception as error:
                    log.error("no connection for notices", reason=type(error).__name__)
                    await asyncio.sleep(_AGAIN_S)
            # Whatever was committed in between told nobody here.
            self._missed()

    async def _connect(self) -> None:
        self._lost.clear()
        self._connection = await asyncio.to_thread(self._listen)
        self._descriptor = self._raw.fileno()
        self._loop.add_reader(self._descriptor, self._readable)
        self._take()

    def _listen(self) -> Connection:
        self._engine = engine_for(self._url)
        connection = self._engine.connect()
        try:
            raw: Any = connection.connection.driver_connection
            raw.autocommit = True
            raw.add_notify_handler(lambda notice: self._told(notice.payload))
            raw.execute("SELECT set_config('idle_session_timeout', '0', false)")
            raw.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        return connection

    async def _disconnect(self) -> None:
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._descriptor = -1
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    @property
    def _raw(self) -> Any:
        if self._connection is None:
            raise LookupError("not connected")
        return self._connection.connection.driver_connection

    def _readable(self) -> None:
        try:
            self._raw.pgconn.consume_input()
        except Exception:
            self._gone()
            return
        self._take()

    def _take(self) -> None:
        connection = self._raw.pgconn
        while (notice := connection.notifies()) is not None:
            self._told(notice.extra.decode())
        if connection.status != 0:  # libpq: CONNECTION_OK
            self._gone()

    def _gone(self) -> None:
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._descriptor = -1
        self._lost.set()

    def _told(self, notice: str) -> None:
        self._heard(calls_of(notice, self._sender))


def _short(call_id: UUID) -> str:
    return base64.urlsafe_b64encode(call_id.bytes)[:_ID].decode()


def _long(text: str) -> UUID:
    return UUID(bytes=base64.urlsafe_b64decode(text + "=="))
