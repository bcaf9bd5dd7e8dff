"""The departments' switch "a silent caller counts as a disaster": when its dispatcher is told."""

import functools
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from net119_reference.calls import silence
from net119_reference.calls.model import Call
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live

if TYPE_CHECKING:
    from net119_reference.service.core import Core


class SilentRule:
    """Waits for the moment, where the owner's department has the rule (fact A79).

    It tells and writes into the history; it dispatches nothing.
    """

    def __init__(self, core: "Core") -> None:
        self._core = core

    def watch(self, tx: Transaction, live: Live) -> None:
        """Look when the caller may count as a disaster, unless that is waited for.

        As with the silence itself, whatever happens meanwhile makes it due later, not earlier.
        """
        if live.rule_watched or not self._holds_of(live.known()):
            return
        when = self._due(live, tx.now)
        if when is None:
            return  # nobody has asked yet
        tx.set(live, "rule_watched", True)
        look = functools.partial(self._look, live.call_id)
        tx.after(functools.partial(self._core.kernel.at, when, look))

    def _look(self, call_id: UUID, tx: Transaction) -> None:
        live = self._core.lives.get(call_id)
        if live is None or live.call is None:
            return
        tx.set(live, "rule_watched", False)
        if not self._holds_of(live.call):
            return
        when = self._due(live, tx.now)
        if when is not None and when <= tx.now:
            self._core.record(tx, live, silence.disaster(live.call))
        else:
            self.watch(tx, live)

    def _holds_of(self, call: Call) -> bool:
        core = self._core
        if not core.config.home(call.owner.department.code).silent_is_disaster:
            return False
        return not silence.counts_as_disaster(call) and silence.watched(call, core.operator)

    def _due(self, live: Live, now: datetime) -> datetime | None:
        silent_s = self._core.timing.silent_s
        return silence.disaster_due(
            live.known(), live.heard, live.asked, now, silent_s, wrote=live.wrote
        )
