"""Calls as a relay has them: it numbers and stores their lines, and follows the rest."""

from uuid import UUID

from net119_protocol.api.common import LineStored

from net119_reference.calls import effects
from net119_reference.calls.model import Call
from net119_reference.config import Config
from net119_reference.ports import Clock, Declined, HandsetIdentity, Line
from net119_reference.service.core import Core
from net119_reference.service.deadlines import Deadlines
from net119_reference.service.handsets import HandsetAttachment, HandsetDesk
from net119_reference.service.hub import Subscriber
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.sharing import Sharing
from net119_reference.several.told import PageIdentity
from net119_reference.store import Database


class NotHere(Declined):
    """What was asked changes a call, or goes to a peer: the office has to do it."""


class RelayDeadlines(Deadlines):
    """A relay waits for nothing."""

    def asked(self, tx: Transaction, live: Live) -> None:
        """The office hears of the line and waits for the caller's reaction."""


class RelayCore(Core):
    """The calls of a relay; only lines are written from here."""

    def __init__(self, config: Config, clock: Clock, database: Database) -> None:
        super().__init__(config, clock, database)
        self.deadlines = RelayDeadlines(self)
        self.sharing = Sharing(self, config.database_url, changes_calls=False)

    async def ensure(self, call_id: UUID) -> None:
        """Bring a call into memory, if there is one."""
        if call_id not in self.lives:
            await self.sharing.level(call_id)
        if (live := self.lives.get(call_id)) is not None:
            live.touched = self.clock.now()

    def record(self, tx: Transaction, live: Live, change: effects.Change) -> Call:
        """Nothing of a call is changed here."""
        raise NotHere("the office changes calls")

    def send(self, tx: Transaction, live: Live, message: effects.Send) -> UUID:
        """Nothing is sent to peers from here."""
        raise NotHere("the office writes to peers")


class RelayHandsets(HandsetDesk):
    """What handsets may do at a relay; the office has checked who they are, and lets them in."""

    def __init__(self, core: RelayCore) -> None:
        self._core = core
        self._connected: set[HandsetAttachment] = set()

    def check_page(self, who: HandsetIdentity) -> None:
        """The office knows whether a page has ended."""
        if isinstance(who, PageIdentity):
            raise NotHere("the office ends pages")

    def say_here(
        self, who: HandsetIdentity, call_id: UUID, line: Line, tx: Transaction
    ) -> LineStored:
        """Number and store a line of the caller's."""
        return self._say(who, call_id, line, tx)

    def register(
        self,
        who: HandsetIdentity,
        call_id: UUID,
        after: int,
        subscriber: Subscriber,
        tx: Transaction,
    ) -> None:
        """Show a handset its call, and from here on what comes; lines when they were read."""
        live, _call = self.own(who, call_id)
        attachment = HandsetAttachment(self, call_id, subscriber, who)
        tx.after(lambda: self._register(live, subscriber, after, attachment))

    def gone(self, call_id: UUID, subscriber: Subscriber, attachment: HandsetAttachment) -> None:
        """A handset's connection ended; the office is told elsewhere."""
        self._core.hub.remove_handset(call_id, subscriber)
