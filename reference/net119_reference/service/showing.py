"""What handsets and consoles are sent about a call once it is durable."""

import logging
from collections.abc import Iterable
from uuid import UUID

from net119_protocol.api.common import PresenceFrame
from net119_protocol.api.console import ConsoleCallFrame, ReminderFrame
from net119_protocol.api.handset import CallFrame
from net119_protocol.codes import Refusal

from net119_reference.calls.model import Call
from net119_reference.ports import StorageFailed
from net119_reference.service import views
from net119_reference.service.hub import Hub, Subscriber
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.outbox import Outbox
from net119_reference.service.transcripts import Earlier
from net119_reference.store import Database

log = logging.getLogger("net119.showing")


class Shows:
    """Sends frames; called after the commit, but for :meth:`reminder`."""

    def __init__(self, operator: str, hub: Hub, database: Database, outbox: Outbox) -> None:
        self._operator = operator
        self._hub = hub
        self._database = database
        self._outbox = outbox

    def call(self, live: Live, call: Call) -> None:
        """The call has changed."""
        if self._hub.has_handset(call.call_id):
            frame = CallFrame(call=views.for_caller(call, live.last_seq))
            self._hub.to_handsets(call.call_id, frame)
        self._hub.to_consoles(
            call.centers,
            lambda center: ConsoleCallFrame(
                call=views.for_console(call, live.last_seq, center, self._operator)
            ),
        )

    def presence(self, call: Call) -> None:
        """The caller's handset came or went."""
        frame = PresenceFrame(
            call_id=call.call_id, presence=call.presence, since=call.presence_since
        )
        self._hub.to_consoles(call.centers, lambda _center: frame)

    def reminder(self, tx: Transaction, call: Call, center: str) -> None:
        """Nobody answers: tell the center again, after the commit."""
        if center in call.centers:
            since = call.ringing_since or tx.now
            frame = ReminderFrame(call_id=call.call_id, ringing_since=since)
            tx.after(lambda: self._hub.to_consoles((center,), lambda _center: frame))

    def earlier_lines(self, call_id: UUID, centers: Iterable[str]) -> None:
        """Show centers the lines that are no longer in memory, before any later one (I3)."""
        for subscriber in self._hub.catching_up(call_id, centers):
            self._outbox.spawn(self._catch_up(call_id, subscriber))

    async def _catch_up(self, call_id: UUID, subscriber: Subscriber) -> None:
        try:
            await Earlier(self._database, subscriber, (call_id,), self._outbox.spawn).show()
        except StorageFailed:
            log.exception("earlier lines cannot be read; the call's record has them")
            self._show_newer(call_id, subscriber)

    def _show_newer(self, call_id: UUID, subscriber: Subscriber) -> None:
        """What is newer must come through even where the earlier ones cannot be read."""
        while late := subscriber.caught_up(call_id):
            for line in late:
                subscriber.earlier(call_id, line)
        if late is None:
            detail = "lines cannot be read; connect again with the last number of each call"
            subscriber.sink.end(Refusal.STORAGE_FAILED, detail)
