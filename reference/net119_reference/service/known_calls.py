"""Which calls the database may hold something of, so that it need not be asked for new ones.

The offer of a new call would else wait for the database twice: once to hear that nothing is known
of the call, and once for its commit.  Under load each of them waits for the commit of others.
"""

import itertools
from collections.abc import Set
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from net119_reference.store import Database, schema

_TABLES = (schema.calls, schema.inbox, schema.outbox)
"""Where a call may be named without being named in another of them; all else belongs to a row of
``calls`` (foreign keys)."""


class KnownCalls:
    """Names of calls in the database, and perhaps of some that are no longer there.

    A call that a registrant made has two: its own, and that of the request that made it.  A name
    that is missing here is in none of the tables, where this process alone writes them.
    """

    def __init__(self) -> None:
        # As numbers: a set of UUIDs would take three times the memory (some 80 octets a call).
        self._known: set[int] | None = None
        self._early: set[int] = set()
        self._placed: set[int] = set()

    async def load(self, database: Database) -> None:
        """Read all names; until then nothing is known to be new."""
        placed = await database.read(_requests)
        self._placed.update(itertools.starmap(_request, placed))
        self._known = {*await database.read(_names), *self._early}

    def add(self, call_id: UUID) -> None:
        """A row that names the call is about to be written."""
        (self._early if self._known is None else self._known).add(call_id.int)

    def placed(self, registrant_id: UUID, client_call_id: str) -> None:
        """A call that this request of a caller made is about to be written."""
        self._placed.add(_request(registrant_id, client_call_id))

    def may_have_placed(self, registrant_id: UUID, client_call_id: str) -> bool:
        """Whether the database has to be asked for the call of this request."""
        return self._known is None or _request(registrant_id, client_call_id) in self._placed

    def may_hold(self, call_id: UUID) -> bool:
        """Whether the database has to be asked for the call."""
        return self._known is None or call_id.int in self._known


def _request(registrant_id: UUID, client_call_id: str) -> int:
    # Two that have the same number cost a question to the database, nothing else.
    return hash((registrant_id.int, client_call_id))


def _requests(connection: Connection) -> list[tuple[UUID, str]]:
    calls = schema.calls.c
    query = sa.select(calls.registrant_id, calls.client_call_id).where(
        calls.registrant_id.is_not(None), calls.client_call_id.is_not(None)
    )
    return [(UUID(registrant), name) for registrant, name in connection.execute(query)]


def _names(connection: Connection) -> Set[int]:
    queries = (sa.select(t.c.call_id).where(t.c.call_id.is_not(None)) for t in _TABLES)
    return {UUID(name).int for name in connection.scalars(sa.union(*queries))}
