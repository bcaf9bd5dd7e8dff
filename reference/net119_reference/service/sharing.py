"""One provider, several processes: each keeps its calls in memory level with what others store.

Whoever writes a call's lines or changes its state does so only if it knows all that is stored of
it (:mod:`net119_reference.store.level`); the others hear of it after the commit
(:mod:`net119_reference.store.notices`), read what they do not have, and show it to who is connected
to them.  A line comes into memory in the order of its number, whoever numbered it, and is shown
then: so that every connection of every process sees one order, and none twice (I3, I4).
"""

import asyncio
import functools
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, SenderRole
from sqlalchemy.engine import Connection

from net119_reference.calls.model import Call, Side
from net119_reference.logs import get_log
from net119_reference.ports import StorageFailed
from net119_reference.service import live as memory
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.rows import moment
from net119_reference.store import level, schema
from net119_reference.store.level import ChangedCall, Known, NewLine, News
from net119_reference.store.notices import Listening, new_sender, notify

_AGAIN_S = 0.5
log = get_log("sharing")


class Sharing:
    """What a kernel has to know of other processes; see :class:`~.kernel.Others`.

    Args:
        url: the database's address.
        changes_calls: whether this is the one process that changes calls (the office); the others
            write lines alone, and follow the calls as they are stored.
    """

    def __init__(self, core: Core, url: str, *, changes_calls: bool) -> None:
        self._core = core
        self._office = changes_calls
        self._sender = new_sender()
        self._behind: set[UUID] = set()
        self._all = False
        self._asked: list[asyncio.Future[None]] = []
        self._again: asyncio.TimerHandle | None = None
        self._listening = Listening(url, self._sender, self._heard, self._missed)
        core.kernel.others = self

    async def start(self) -> None:
        """Listen to the others, and bring every open call into memory."""
        await self._listening.start()
        self._all = True
        await self._catch_up()

    async def stop(self) -> None:
        """Listen no more."""
        if self._again is not None:
            self._again.cancel()
        await self._listening.stop()

    async def level(self, call_id: UUID) -> None:
        """Return when everything that is stored of a call by now is in memory.

        Raises:
            StorageFailed: the database did not answer.
        """
        asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._heard((call_id,))
        await asked

    # --- what the kernel asks -----------------------------------------------------------------

    @property
    def ahead(self) -> bool:
        """Whether others have stored what is not in memory here."""
        return self._again is None and (self._all or bool(self._behind))

    async def catch_up(self) -> None:
        """Bring that into memory and show it."""
        try:
            await self._catch_up()
        except StorageFailed as error:
            log.error("what other processes stored cannot be read", reason=str(error))
            loop = asyncio.get_running_loop()
            self._again = loop.call_later(_AGAIN_S, self._try_again)

    def take(self, news: News) -> None:
        """Bring what was found stored into memory and show it."""
        for changed in news.calls:
            self._take_call(changed)
        for line in news.lines:
            self._take_line(line)

    def around(self, touched: Mapping[str, Known]) -> "_Locked | None":
        """What has to stand around a transaction that writes to these calls."""
        if not touched:
            return None
        known = [each for each in touched.values() if self._numbered_here(each)]
        return _Locked(known, self._sender, [UUID(key) for key in touched])

    def doubt(self, touched: Iterable[str]) -> None:
        """It is not known what is stored of these calls: look."""
        self._heard(UUID(key) for key in touched)

    def _numbered_here(self, known: Known) -> bool:
        # At the callee the office alone writes; lines may be missing between others there.
        live = self._core.lives.get(UUID(known.call_id))
        return live is None or live.call is None or live.call.side is Side.ANCHOR

    # --- catching up --------------------------------------------------------------------------

    def _heard(self, calls: Iterable[UUID]) -> None:
        self._behind.update(calls)
        self._core.kernel.wake()

    def _missed(self) -> None:
        self._all = True
        self._core.kernel.wake()

    def _try_again(self) -> None:
        self._again = None
        self._core.kernel.wake()

    async def _catch_up(self) -> None:
        everything, behind, asked = self._all, self._behind, self._asked
        self._all, self._behind, self._asked = False, set(), []
        try:
            self.take(await self._core.database.read(self._query(everything, behind)))
        except BaseException as error:
            self._all = self._all or everything
            self._behind |= behind
            for each in asked:
                if not each.done():
                    each.set_exception(StorageFailed(str(error)))
                    each.exception()
            raise
        for each in asked:
            if not each.done():
                each.set_result(None)

    def _query(self, everything: bool, behind: set[UUID]) -> "functools.partial[News]":
        lives = self._core.lives
        wanted = {*lives, *behind} if everything else behind
        if self._office:
            # What is not in memory is read as it is stored, when it is needed.
            wanted = {each for each in wanted if each in lives}
        known = []
        for call_id in wanted:
            live = lives.get(call_id)
            if live is None:
                known.append(Known(str(call_id), "", 0))
            elif live.call is not None:
                known.append(live.level())
        return functools.partial(_news, known, everything and not self._office)

    def _take_call(self, changed: ChangedCall) -> None:
        core = self._core
        call_id = UUID(changed.call_id)
        live = core.lives.get(call_id)
        if live is None:
            live = core.lives[call_id] = Live(call_id, touched=core.clock.now())
        before, call = live.call, Call.model_validate_json(changed.document)
        live.call, live.version = call, changed.version
        if call != before and (call.open or before is not None):
            tx = Transaction(core.clock.now())
            core.show_changed(tx, live, before, call)
            tx.publish()

    def _take_line(self, stored: NewLine) -> None:
        core = self._core
        live = core.lives.get(UUID(stored.call_id))
        if live is None or live.call is None:
            return
        line = ChatLine.model_validate_json(stored.document)
        if (stored.author, line.client_id) in live.said:
            return  # at the callee, beyond a line that is missing
        memory.remember(live, stored.author, line, moment(stored.at))
        if self._office and line.sender is SenderRole.DISPATCHER:
            tx = Transaction(core.clock.now())
            core.deadlines.asked(tx, live)
            tx.publish()
        core.hub.line(live.call_id, live.call.centers, line, stored.document)


class _Locked:
    """Stands around a transaction that writes to calls."""

    def __init__(self, known: Sequence[Known], sender: str, calls: Sequence[UUID]) -> None:
        self._known = known
        self._sender = sender
        self._calls = calls

    def before(self, connection: Connection, held: set[str]) -> News:
        """Keep others off the calls; see :func:`net119_reference.store.level.lock`."""
        return level.lock(connection, self._known, held) if self._known else News()

    def after(self, connection: Connection) -> None:
        """Tell the others."""
        notify(connection, self._sender, self._calls)


def _news(known: Sequence[Known], and_open: bool, connection: Connection) -> News:
    """What is stored beyond what is known; of calls not known, if they are open."""
    if and_open:
        have = {each.call_id for each in known}
        found = connection.scalars(
            sa.select(schema.calls.c.call_id).where(schema.calls.c.state != CallState.CLOSED.value)
        )
        known = [*known, *(Known(key, "", 0) for key in found if key not in have)]
    return level.read(connection, known) if known else News()
