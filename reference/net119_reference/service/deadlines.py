"""When the machine has to act in a call by itself: T1, T2, and a caller who says nothing."""

import functools
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from net119_reference.calls import anchor, callee, silence
from net119_reference.calls.model import Call, Side
from net119_reference.calls.timing import longest_wait
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.silent_rule import SilentRule

if TYPE_CHECKING:
    from net119_reference.service.core import Core


class Deadlines:
    """Wakes the rules of a call; each must see for itself whether it is still called for."""

    def __init__(self, core: "Core") -> None:
        self._core = core
        self._rule = SilentRule(core)

    def resume(self, tx: Transaction, live: Live) -> None:
        """After a restart: go on with what was waited for."""
        self.schedule(tx, live.known())
        self.watch(tx, live)

    def changed(self, tx: Transaction, live: Live, before: Call | None, call: Call) -> None:
        """The call has changed: wait for what it waits for now."""
        if before is None or call.deadline != before.deadline:
            self.schedule(tx, call)
        self.watch(tx, live)

    def schedule(self, tx: Transaction, call: Call) -> None:
        """Act at the call's deadline, if it is still the same then."""
        if call.deadline is not None:
            core = self._core
            due = functools.partial(self._on_deadline, call.call_id, call.deadline)
            # Stored before a restart it may be of a clock that has been set back since.
            when = min(call.deadline, tx.now + longest_wait(call, core.timing))
            tx.after(functools.partial(core.kernel.at, when, due))

    def _on_deadline(self, call_id: UUID, when: datetime, tx: Transaction) -> None:
        core = self._core
        live = core.lives.get(call_id)
        if live is None or live.call is None or live.call.deadline != when:
            return  # it was moved or met meanwhile
        if live.call.side is Side.ANCHOR:
            change = anchor.on_deadline(
                live.call, tx.now, core.timing, console=core.home_console(live.call)
            )
        else:
            change = callee.on_deadline(live.call, tx.now, core.timing)
        core.record(tx, live, change)

    # --- silence ------------------------------------------------------------------------------

    def watch(self, tx: Transaction, live: Live) -> None:
        """Look at the caller's silence when it may be long enough, unless that is waited for.

        One look at a time is enough: whatever happens meanwhile makes it due later, not earlier.
        """
        self._rule.watch(tx, live)
        core, call = self._core, live.known()
        waits = live.silence_watched or call.silent_since is not None
        if waits or not silence.watched(call, core.operator):
            return
        tx.set(live, "silence_watched", True)
        when = silence.due(call, live.heard, tx.now, core.timing.silent_s)
        look = functools.partial(self._look_for_silence, call.call_id)
        tx.after(functools.partial(core.kernel.at, when, look))

    def asked(self, tx: Transaction, live: Live) -> None:
        """A dispatcher has written: a caller who does not react to it may count as a disaster."""
        if live.asked is None:
            tx.set(live, "asked", tx.now)
        self._rule.watch(tx, live)

    def _look_for_silence(self, call_id: UUID, tx: Transaction) -> None:
        core = self._core
        live = core.lives.get(call_id)
        if live is None or live.call is None:
            return
        tx.set(live, "silence_watched", False)
        call = live.call
        if call.silent_since is not None or not silence.watched(call, core.operator):
            return
        if silence.due(call, live.heard, tx.now, core.timing.silent_s) > tx.now:
            self.watch(tx, live)
        else:
            core.record(tx, live, silence.begin(call, live.heard, tx.now))
