"""A transaction on PostgreSQL whose statements are sent together, not one by one.

Whoever waits for a commit waits for each answer of the server that has to come before the next
statement goes out, and on a busy machine each costs a turn of both processes, which is more than
the statement itself.  libpq's pipeline sends statements without waiting for the answers of those
before them; if one fails, the server does none of what follows, COMMIT included.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection


def driver_of(connection: Connection) -> Any:
    """psycopg's own connection."""
    return connection.connection.driver_connection


@contextlib.contextmanager
def together(raw: Any) -> Iterator[None]:
    """Send what is executed inside without waiting, and wait at the end, or for rows fetched.

    Raises:
        psycopg.Error: of the first statement that failed, unless the block raised before.
    """
    from psycopg import Pipeline, errors  # not installed where there is only SQLite

    if not Pipeline.is_supported():  # libpq before 14
        yield
        return
    pipeline = contextlib.ExitStack()
    pipeline.enter_context(raw.pipeline())
    try:
        yield
    except BaseException:
        # Left as if nothing were the matter: psycopg would log what else went wrong, with the
        # values that were in the way.
        with contextlib.suppress(Exception):
            pipeline.close()
        raise
    try:
        pipeline.close()
    except errors.PipelineAborted as aborted:
        # Of a statement that was left out, not of the one that failed before it.
        raise _first(aborted) from None


def _first(error: BaseException) -> BaseException:
    while type(error).__name__ == "PipelineAborted" and error.__context__ is not None:
        error = error.__context__
    return error


class TransactionTogether:
    """A transaction; inside ``with``, for a connection in psycopg's autocommit mode."""

    def __init__(self, connection: Connection) -> None:
        self._raw = driver_of(connection)
        self._sent = contextlib.ExitStack()

    def __enter__(self) -> "TransactionTogether":
        with contextlib.ExitStack() as sent:
            sent.enter_context(together(self._raw))
            # Never prepared, so that its text can be found on the wire.
            self._raw.execute("BEGIN", prepare=False)
            self._sent = sent.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: Any
    ) -> None:
        """Commit, or leave it to be rolled back.

        Raises:
            psycopg.Error: a statement failed.
            RuntimeError: the server did not commit.
        """
        if error is not None:
            self._sent.__exit__(kind, error, at)
            return
        with self._sent:
            commit = self._raw.execute("COMMIT", prepare=False)
        if commit.statusmessage != "COMMIT":  # of a transaction that had failed: it rolls back
            raise RuntimeError(f"COMMIT was answered by {commit.statusmessage}")

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for what was sent, and for each statement inside, as SQLAlchemy's must be."""
        self._sent.close()
        yield
        self._sent.enter_context(together(self._raw))
