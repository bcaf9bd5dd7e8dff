"""What a newcomer lacks of a call is read and shown as fast as its client reads."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast
from unittest import mock
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.chat import ChatLine
from net119_protocol.codes import SenderRole
from net119_protocol.model import WireModel
from net119_reference.connected import ShownLine
from net119_reference.service import hub, transcripts
from net119_reference.service.hub import Subscriber
from net119_reference.store import Database

from tests.reference.service.support import START, Tape

CALL = uuid4()


def line(seq: int) -> ChatLine:
    return ChatLine(
        seq=seq, client_id=f"c{seq}", sender=SenderRole.CALLER, at=START, text=f"line {seq}"
    )


class Narrow(Tape):
    """A client's connection that takes so many lines of a transcript, and more when it reads."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room
        self._again: list[Callable[[], None]] = []

    def send(self, frame: WireModel | ShownLine) -> None:
        super().send(frame)
        self._room -= 1

    def has_room(self, again: Callable[[], None] | None = None) -> bool:
        if self._room > 0:
            return True
        if again is not None:
            self._again.append(again)
        return False

    def reads(self, lines: int) -> None:
        """The client reads: there is room for so many lines."""
        self._room = max(self._room, lines)
        waiting, self._again = self._again, []
        for again in waiting:
            again()


class Stored:
    """The lines of `CALL` as the database has them; each reading ends when it is told to.

    It finds what was committed when it began, or (``all_``) what is committed when it ends.
    """

    def __init__(self, last: int, *, all_: bool) -> None:
        self.last = last
        self.reading: list[asyncio.Future[None]] = []
        self.largest = 0
        self._all = all_

    async def read(self, query: Any) -> tuple[ChatLine, ...]:
        _call_id, after, most = query.args
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.reading.append(answered)
        last = self.last
        await answered
        found = tuple(map(line, range(after + 1, (self.last if self._all else last) + 1)))[:most]
        self.largest = max(self.largest, len(found))
        return found

    def answer(self) -> None:
        """The reading under way ends."""
        self.reading.pop(0).set_result(None)


@settings(deadline=None)
@given(data=st.data())
def test_a_newcomer_gets_every_line_once_and_in_order_however_it_reads(data: st.DataObject) -> None:
    """Lines become durable before, during and after the reading of the earlier ones."""
    stored, after = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 8))
    tape = Narrow(data.draw(st.integers(0, 4)))
    database = Stored(stored, all_=data.draw(st.booleans()))
    subscriber = Subscriber(tape)
    tasks: list[asyncio.Task[None]] = []

    def becomes_durable() -> None:
        database.last += 1
        subscriber.line(CALL, line(database.last))

    async def work() -> None:
        def spawn(rest: Coroutine[Any, Any, None]) -> None:
            tasks.append(asyncio.create_task(rest))

        subscriber.catching_up(CALL, after)
        shown = transcripts.Earlier(cast("Database", database), subscriber, (CALL,), spawn)
        spawn(shown.show())
        kinds = st.sampled_from(["line", "again", "answer", "read"])
        for act in data.draw(st.lists(kinds, max_size=40)):
            if act == "line":
                becomes_durable()
            elif act == "again" and database.last:
                subscriber.line(CALL, line(database.last))
            elif act == "read":
                tape.reads(data.draw(st.integers(1, 4)))
            elif database.reading:
                database.answer()
            for _ in range(3):
                await asyncio.sleep(0)
        while subscriber.waits_for_earlier(CALL):
            tape.reads(3)
            if database.reading:
                database.answer()
            await asyncio.sleep(0)
        becomes_durable()
        await asyncio.gather(*tasks)

    few = data.draw(st.integers(1, 4))
    with mock.patch.object(transcripts, "PORTION", few), mock.patch.object(hub, "LATE", few):
        asyncio.run(work())
    assert tape.seqs(CALL) == list(range(after + 1, database.last + 1))
    assert database.largest <= few


def test_calls_of_one_subscriber_do_not_hold_each_other_up() -> None:
    tape, other = Tape(), uuid4()
    subscriber = Subscriber(tape)
    subscriber.catching_up(CALL, 0)
    subscriber.line(other, line(1))
    subscriber.line(CALL, line(1))
    assert (tape.seqs(other), tape.seqs(CALL)) == ([1], [])
    assert [each.seq for each in subscriber.caught_up(CALL) or ()] == [1]


def test_what_is_at_hand_is_shown_as_far_as_the_client_takes_it() -> None:
    tape = Narrow(2)
    subscriber = Subscriber(tape)
    subscriber.follow(CALL, 0, [line(1), line(2), line(3)])
    assert tape.seqs(CALL) == [1, 2]
    assert subscriber.waits_for_earlier(CALL)
    assert subscriber.reads_after(CALL) == 2
