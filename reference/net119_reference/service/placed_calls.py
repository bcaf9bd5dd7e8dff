"""Which call a request has made, so that its repeat finds the same one."""

import functools
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.store import schema


class PlacedCalls:
    """Calls in memory by registrant and ``clientCallId``; the others the database has."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._placed: dict[tuple[UUID, str], UUID] = {}

    async def recall(self, registrant_id: UUID, client_call_id: str) -> None:
        """Bring the call that such a request made into memory, if there is one.

        Raises:
            StorageFailed: the database did not answer.
        """
        core, key = self._core, (registrant_id, client_call_id)
        found = self.of(*key)
        if found is None and core.known.may_have_placed(*key):
            found = await core.database.read(functools.partial(_find, *key))
        if found is not None:
            await core.ensure(found)
            self._placed.setdefault(key, found)

    def of(self, registrant_id: UUID, client_call_id: str) -> UUID | None:
        """The call in memory that such a request made; call :meth:`recall` before."""
        found = self._placed.get((registrant_id, client_call_id))
        return found if found in self._core.lives else None

    def add(self, tx: Transaction, registrant_id: UUID, client_call_id: str, call_id: UUID) -> None:
        """A request makes this call."""
        lives = self._core.lives
        if len(self._placed) > 2 * len(lives) + 1000:
            # Those of calls that have left memory: the database finds them.
            self._placed = {key: found for key, found in self._placed.items() if found in lives}
        self._core.known.placed(registrant_id, client_call_id)
        tx.put(self._placed, (registrant_id, client_call_id), call_id)


def _find(registrant_id: UUID, client_call_id: str, connection: Connection) -> UUID | None:
    key = connection.scalar(
        sa.select(schema.calls.c.call_id).where(
            schema.calls.c.registrant_id == str(registrant_id),
            schema.calls.c.client_call_id == client_call_id,
        )
    )
    return UUID(key) if key else None
