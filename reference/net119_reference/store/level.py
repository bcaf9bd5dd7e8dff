"""What other processes have stored of calls since this one looked, on PostgreSQL.

Several processes of a provider write to one database.  Each knows of a call which version of its
row it has (``xmin``, the transaction that wrote it) and the highest number of its lines.  Whoever
writes locks the rows of the calls first, and writes only if it knew all that is stored: so two
processes never give two lines one number, and never decide upon a call that has changed.  Who did
not know it all decides again while it keeps the others off (:mod:`~.deciding`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.engine import Connection

from net119_reference.store.together import driver_of, together

_LOCK = (
    # In one order everywhere, so that two processes never wait for each other.
    "SELECT call_id FROM calls WHERE call_id = ANY(%s) ORDER BY call_id FOR NO KEY UPDATE"
)
# Whoever holds calls already must not wait for more of them: another may do so the other way round.
_LOCK_AT_ONCE = _LOCK + " NOWAIT"
# Both look for each call by itself (OFFSET 0 keeps the planner from any other join): planned while
# the tables were small, they would go through all lines of all calls with every commit.
_CHANGED = (
    "SELECT c.* FROM unnest(%s::text[], %s::text[]) AS k(call_id, version),"
    " LATERAL (SELECT call_id, xmin::text AS found, document FROM calls"
    " WHERE call_id = k.call_id OFFSET 0) c WHERE c.found <> k.version"
)
_NEW_LINES = (
    "SELECT l.* FROM unnest(%s::text[], %s::int[]) AS k(call_id, seq),"
    " LATERAL (SELECT call_id, author, at, document FROM lines"
    " WHERE call_id = k.call_id AND seq > k.seq ORDER BY seq OFFSET 0) l"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a call here; ``version`` is ``None`` where nobody else changes its row."""

    call_id: str
    version: str | None
    last_seq: int


@dataclass(frozen=True, slots=True)
class ChangedCall:
    """A call's row of another version than is known."""

    call_id: str
    version: str
    document: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line above those that are known."""

    call_id: str
    author: str
    at: str
    document: str


@dataclass(frozen=True, slots=True)
class News:
    """What is stored and was not known; lines by call, in order."""

    calls: tuple[ChangedCall, ...] = ()
    lines: tuple[NewLine, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.calls or self.lines)


class Busy(Exception):
    """Others hold calls that are needed beside those that are held already."""


class Around(Protocol):
    """What stands around the writes of a transaction, in it."""

    def before(self, connection: Connection, held: set[str]) -> News:
        """Before the first write: keep others off the calls, and see what is stored of them.

        Nothing may be written unless there are no news.  ``held`` are the ids of the calls that
        this transaction holds; those that it did not hold yet are added.

        Raises:
            Busy: others hold some of these; the transaction has to be rolled back.
        """

    def after(self, connection: Connection) -> None:
        """After the last write."""


def lock(connection: Connection, known: Sequence[Known], held: set[str]) -> News:
    """Keep other processes off these calls until the transaction ends; what is stored of them
    beyond what is known.

    Args:
        held: ids of the calls that the transaction holds already; these calls are added.

    Raises:
        Busy: it holds some, and others hold more of these; the transaction has to be rolled back.
    """
    raw = driver_of(connection)
    wanted = [each.call_id for each in known if each.call_id not in held]
    if wanted and held:
        from psycopg.errors import LockNotAvailable  # not installed where there is only SQLite

        try:
            raw.execute(_LOCK_AT_ONCE, (wanted,)).fetchall()
        except LockNotAvailable as error:
            raise Busy from error
    elif wanted:
        raw.execute(_LOCK, (wanted,))
    held.update(wanted)
    # A statement of its own: it sees what was stored while the first one waited.
    return read(connection, known)


def read(connection: Connection, known: Sequence[Known]) -> News:
    """What is stored of these calls beyond what is known."""
    raw = driver_of(connection)
    versions = [each for each in known if each.version is not None]
    with together(raw):
        changed = None
        if versions:
            changed = raw.execute(
                _CHANGED, ([each.call_id for each in versions], [each.version for each in versions])
            )
        new = raw.execute(
            _NEW_LINES, ([each.call_id for each in known], [each.last_seq for each in known])
        )
        calls = () if changed is None else tuple(ChangedCall(*row) for row in changed)
        return News(calls, tuple(NewLine(*row) for row in new))
