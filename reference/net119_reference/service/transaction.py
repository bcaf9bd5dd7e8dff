"""What a batch of commands does to the state in memory and in the database, and its undoing."""

import functools
import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from net119_reference.service.rows import stamp
from net119_reference.store import Statement, Write
from net119_reference.store.level import Known

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

log = logging.getLogger("net119.kernel")
_ABSENT: Any = object()


@dataclass
class Transaction:
    """What a batch of commands has done so far; undone if it cannot be committed."""

    now: datetime
    writes: list[Write] = field(default_factory=list)
    shared: bool = True
    """Whether other processes may write to the same calls."""
    touched: dict[str, Known] = field(default_factory=dict)
    """What was known of each call that is written to, by its id, before this batch; empty where
    nobody else writes."""
    _undo: list[Callable[[], None]] = field(default_factory=list)
    _after: list[Callable[[], None]] = field(default_factory=list)
    _if_again: list[Callable[[], None]] = field(default_factory=list)

    @functools.cached_property
    def moment(self) -> datetime:
        """The batch's time as it travels (:data:`net119_protocol.model.Timestamp`)."""
        return self.now.replace(microsecond=self.now.microsecond // 1000 * 1000)

    @functools.cached_property
    def stamp(self) -> str:
        """The batch's time as it is stored."""
        return stamp(self.now)

    def write(self, statement: Statement, **parameters: Any) -> None:
        """Write a row when the batch is committed."""
        self.writes.append(Write(statement, parameters))

    def add(self, statement: Statement, parameters: dict[str, Any]) -> None:
        """As :meth:`write`, with the row as it is: not to be changed afterwards."""
        self.writes.append(Write(statement, parameters))

    def put(self, mapping: dict[K, V], key: K, value: V) -> None:
        """Set an entry of the state in memory, undone with the batch."""
        before = mapping.get(key, _ABSENT)
        mapping[key] = value
        self._undo.append(lambda: _restore(mapping, key, before))

    def drop(self, mapping: dict[K, V], key: K) -> None:
        """Remove an entry of the state in memory, undone with the batch."""
        before = mapping.pop(key, _ABSENT)
        self._undo.append(lambda: _restore(mapping, key, before))

    def set(self, target: object, name: str, value: object) -> None:
        """Set an attribute of the state in memory, undone with the batch."""
        before = getattr(target, name)
        setattr(target, name, value)
        self._undo.append(lambda: setattr(target, name, before))

    def undo(self, action: Callable[[], None]) -> None:
        """Something was done to the state in memory that ``action`` undoes."""
        self._undo.append(action)

    def if_again(self, action: Callable[[], None]) -> None:
        """Do this before the whole batch is run again, since others wrote to the same calls.

        For what a refusal leaves behind on purpose, such as a count of attempts.
        """
        self._if_again.append(action)

    def start_again(self) -> None:
        """Leave nothing of the batch: it will be run again."""
        self.back_to((0, 0, 0))
        while self._if_again:
            self._if_again.pop()()

    def after(self, action: Callable[[], None]) -> None:
        """Do this once the batch is durable; must not raise and must not block."""
        self._after.append(action)

    def mark(self) -> tuple[int, int, int]:
        """A point that :meth:`back_to` returns to."""
        return len(self.writes), len(self._undo), len(self._after)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Undo everything since the mark."""
        writes, undo, after = mark
        while len(self._undo) > undo:
            self._undo.pop()()
        del self.writes[writes:]
        del self._after[after:]

    def publish(self) -> None:
        """The batch is durable: do what waited for that."""
        for action in self._after:
            try:
                action()
            except Exception:
                log.exception("publishing failed")


def _restore(mapping: dict[K, V], key: K, before: V) -> None:
    if before is _ABSENT:
        mapping.pop(key, None)
    else:
        mapping[key] = before
