"""Refused inputs: kept, counted and logged, aggregated under flood (invariant I10)."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from net119_protocol.api.admin import RefusedInput, RefusedInputs

from net119_reference.ports import Clock

KEPT = 2000
"""Entries that can be read back; the log has them all."""
SAME_WITHIN_S = 1.0
"""The same refusal of the same source within this time is counted, not listed again."""
DIFFERENT_ONES = 20
"""Of one source and code so many are listed within the time below; more are counted together,
since each may quote the input and thus differ from all others."""
FLOOD_WITHIN_S = 10.0

log = logging.getLogger("net119.refused")


@dataclass
class _Lately:
    """What one source was refused with one code since a moment."""

    since: datetime
    listed: int = 0


class RefusalLog:
    """What this provider refused lately."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: OrderedDict[int, RefusedInput] = OrderedDict()
        self._last: dict[tuple[str, str, str, str], int] = {}
        self._lately: OrderedDict[tuple[str, str, str], _Lately] = OrderedDict()
        self._next = 1

    def note(self, interface: str, source: str, code: str, detail: str) -> None:
        """Record a refusal."""
        now = self._clock.now()
        detail = _sendable(detail)
        key = (interface, source, code, detail)
        number = self._last.get(key)
        entry = self._entries.get(number) if number is not None else None
        if entry is not None and (now - entry.at).total_seconds() < SAME_WITHIN_S:
            self._entries[entry.number] = entry.model_copy(update={"count": entry.count + 1})
            return
        entry = RefusedInput(
            number=self._next,
            at=now,
            interface=interface,
            source=source,
            code=code,
            detail=detail,
        )
        self._next += 1
        self._entries[entry.number] = entry
        self._last[interface, source, code, detail] = entry.number
        if len(self._entries) > KEPT:
            _, old = self._entries.popitem(last=False)
            old_key = (old.interface, old.source, old.code, old.detail)
            if self._last.get(old_key) == old.number:
                del self._last[old_key]
        log.warning("refused", extra={"interface": interface, "source": source, "code": code})

    def after(self, number: int) -> RefusedInputs:
        """Entries above a number, oldest first."""
        return RefusedInputs(
            entries=tuple(entry for entry in self._entries.values() if entry.number > number)
        )


def _sendable(text: str) -> str:
    """The text as the admin API can send it: what a peer sent may hold NUL or half a surrogate."""
    return text[:500].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")[:500]
