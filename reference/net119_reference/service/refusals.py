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

_TOLD_IN_FULL = frozenset({"tls"})
"""Interfaces whose details hold nothing of a person or a call, so that the log may have them."""

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
        if self._counted(interface, source, code, detail, SAME_WITHIN_S):
            return
        lately = self._since(interface, source, code, now)
        if lately.listed >= DIFFERENT_ONES:
            detail = (
                f"more than {DIFFERENT_ONES} different ones at once; these are counted together"
            )
            if self._counted(interface, source, code, detail, FLOOD_WITHIN_S):
                return
        lately.listed += 1
        self._list(interface, source, code, detail, now)

    def _counted(
        self, interface: str, source: str, code: str, detail: str, within_s: float
    ) -> bool:
        """Whether this is one more of an entry that is young enough."""
        number = self._last.get((interface, source, code, detail))
        entry = self._entries.get(number) if number is not None else None
        if entry is None or (self._clock.now() - entry.at).total_seconds() >= within_s:
            return False
        self._entries[entry.number] = entry.model_copy(update={"count": entry.count + 1})
        return True

    def _since(self, interface: str, source: str, code: str, now: datetime) -> _Lately:
        key = (interface, source, code)
        lately = self._lately.get(key)
        if lately is None or (now - lately.since).total_seconds() >= FLOOD_WITHIN_S:
            lately = self._lately[key] = _Lately(now)
            self._lately.move_to_end(key)
            if len(self._lately) > KEPT:
                self._lately.popitem(last=False)
        return lately

    def _list(self, interface: str, source: str, code: str, detail: str, now: datetime) -> None:
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
        extra = {"interface": interface, "source": source, "code": code}
        if interface in _TOLD_IN_FULL:
            extra["detail"] = detail
        log.warning("refused", extra=extra)

    def after(self, number: int) -> RefusedInputs:
        """Entries above a number, oldest first."""
        return RefusedInputs(
            entries=tuple(entry for entry in self._entries.values() if entry.number > number)
        )


def _sendable(text: str) -> str:
    """The text as the admin API can send it: what a peer sent may hold NUL or half a surrogate."""
    return text[:500].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")[:500]
