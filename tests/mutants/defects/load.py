"""Many chats at once: what is lost, doubled, swapped or late only for some, and who pays for it."""

import asyncio
import itertools
from typing import Any
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_reference.service import rows
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.hub import Hub, Subscriber
from net119_reference.store import Database
from net119_reference.web.outgoing import Outgoing

from tests.mutants.registry import Patch, mutant

_EVERY = 5
_LATER_S = 5.5
"""Later than the run claims of the reference (3 s), by more than a busy machine adds."""
_NOT_WRITTEN_S = 1.5
_COUNTED_ALIKE = 3


@mutant(
    "console-misses-some",
    kills={"LOAD-STEADY": "no acknowledged line is lost, on either side or in the record"},
)
def console_misses_some(patch: Patch) -> None:
    """Of the lines for a console some are dropped; they are stored and acknowledged."""
    sent = itertools.count(1)

    def line(original: Any, hub: Hub, call_id: UUID, centers: Any, *rest: Any) -> None:
        original(hub, call_id, () if next(sent) % _EVERY == 0 else centers, *rest)

    patch.around(Hub, "line", line)


@mutant("shown-twice", kills={"LOAD-STEADY": "no line is shown twice"})
def shown_twice(patch: Patch) -> None:
    """Some lines are sent twice."""
    sent = itertools.count(1)

    def send(original: Any, subscriber: Subscriber, call_id: UUID, *rest: Any) -> None:
        before = subscriber._sent.get(call_id.int, 0)
        original(subscriber, call_id, *rest)
        if next(sent) % _EVERY == 0 and subscriber._sent.get(call_id.int, 0) > before:
            subscriber._sent[call_id.int] = before
            original(subscriber, call_id, *rest)

    patch.around(Subscriber, "_send", send)


@mutant(
    "overtaken-lines",
    kills={
        "LOAD-STEADY": "both sides and the record have the same lines in the same order, under the "
        "same numbers",
    },
)
def overtaken_lines(patch: Patch) -> None:
    """A line now and then waits until the next one of its call has been sent."""
    sent = itertools.count(1)
    held: dict[tuple[int, int], tuple[Any, ...]] = {}

    def send(original: Any, subscriber: Subscriber, call_id: UUID, *rest: Any) -> None:
        key = (id(subscriber), call_id.int)
        if key not in held and next(sent) % _EVERY == 0:
            held[key] = rest
            return
        original(subscriber, call_id, *rest)
        if key in held:
            # It counts as sent already; what comes after it would not be sent any more.
            newest = subscriber._sent[call_id.int]
            subscriber._sent[call_id.int] = 0
            original(subscriber, call_id, *held.pop(key))
            subscriber._sent[call_id.int] = newest

    patch.around(Subscriber, "_send", send)


@mutant(
    "counted-at-each-end",
    kills={
        "LOAD-STEADY": "both sides and the record have the same lines in the same order, under the "
        "same numbers",
    },
)
def counted_at_each_end(patch: Patch) -> None:
    """Consoles soon count the lines of a call on their own, so that one line has two numbers."""

    def line(
        original: Any,
        hub: Hub,
        call_id: UUID,
        centers: Any,
        said: ChatLine,
        document: str = "",
    ) -> None:
        original(hub, call_id, (), said, document)
        other = said.model_copy(update={"seq": said.seq + (said.seq > _COUNTED_ALIKE)})
        for center in centers:
            for subscriber in tuple(hub._consoles.get(center, ())):
                subscriber.line(call_id, other)

    patch.around(Hub, "line", line)


@mutant(
    "doubled-acknowledgements",
    kills={"LOAD-STEADY": "no line is acknowledged twice"},
)
def doubled_acknowledgements(patch: Patch) -> None:
    """Acknowledgements are sent twice, to be on the safe side."""

    def begin_line(original: Any, *arguments: Any) -> bool:
        *before, done = arguments

        def twice(*outcome: Any) -> None:
            done(*outcome)
            done(*outcome)

        return bool(original(*before, twice))

    patch.around(HandsetDesk, "begin_line", begin_line)


@mutant(
    "some-acknowledged-late",
    kills={"LOAD-STEADY": "99 of 100 lines are acknowledged within the time claimed"},
)
def some_acknowledged_late(patch: Patch) -> None:
    """A line in twenty is acknowledged later than is claimed."""
    said = itertools.count(1)

    def begin_line(original: Any, *arguments: Any) -> bool:
        *before, done = arguments

        def late(*outcome: Any) -> None:
            asyncio.get_running_loop().call_later(_LATER_S, done, *outcome)

        return bool(original(*before, late if next(said) % 20 == 0 else done))

    patch.around(HandsetDesk, "begin_line", begin_line)


@mutant(
    "shown-late",
    kills={"LOAD-STEADY": "99 of 100 lines reach the other side within the time claimed"},
)
def shown_late(patch: Patch) -> None:
    """Lines reach the consoles later than is claimed, in their order."""

    def line(original: Any, hub: Hub, call_id: UUID, centers: Any, *rest: Any) -> None:
        original(hub, call_id, (), *rest)
        loop = asyncio.get_running_loop()
        loop.call_later(_LATER_S, _to_consoles, hub, call_id, tuple(centers), *rest)

    patch.around(Hub, "line", line)


def _to_consoles(hub: Hub, call_id: UUID, centers: Any, said: ChatLine, _document: str) -> None:
    for center in centers:
        for subscriber in tuple(hub._consoles.get(center, ())):
            subscriber.line(call_id, said)


@mutant("all-over-again", kills={"LOAD-RECONNECT": "no line is shown twice"})
def all_over_again(patch: Patch) -> None:
    """A handset that comes back is sent the whole chat, whatever it has already."""

    async def attach(original: Any, desk: Any, who: Any, call_id: Any, *rest: Any) -> Any:
        _after, sink = rest
        return await original(desk, who, call_id, 0, sink)

    patch.around(HandsetDesk, "attach", attach)


@mutant(
    "one-after-the-other",
    kills={"LOAD-RECONNECT": "all connections stand again within the time claimed"},
)
def one_after_the_other(patch: Patch) -> None:
    """Handsets that come back are let in one by one, with a pause after each."""
    gate = asyncio.Lock()
    known: set[UUID] = set()

    async def attach(original: Any, desk: Any, who: Any, call_id: Any, *rest: Any) -> Any:
        if call_id in known:
            async with gate:
                await asyncio.sleep(2.5)
        known.add(call_id)
        return await original(desk, who, call_id, *rest)

    patch.around(HandsetDesk, "attach", attach)


@mutant(
    "slow-reader-stops-the-others",
    kills={"LOAD-SLOW-READER": "99 of 100 lines reach the other side within the time claimed"},
)
def slow_reader_stops_the_others(patch: Patch) -> None:
    """While one reader takes nothing more, nobody else is written to."""
    stuck: set[int] = set()
    held: set[Outgoing] = set()

    def writable(original: Any, out: Outgoing, now: bool) -> None:
        (stuck.discard if now else stuck.add)(id(out))
        original(out, now)
        if not stuck:
            for each in tuple(held):
                held.discard(each)
                each._flush()

    def flush(original: Any, out: Outgoing) -> None:
        if stuck and id(out) not in stuck:
            out._due = False
            held.add(out)
        else:
            original(out)

    patch.around(Outgoing, "writable", writable)
    patch.around(Outgoing, "_flush", flush)


@mutant(
    "written-a-moment-later",
    kills={
        "LOAD-CRASH": "no acknowledged line is lost, on either side or in the record",
    },
)
def written_a_moment_later(patch: Patch) -> None:
    """Lines are acknowledged from memory, and written to the disk in groups a moment later."""
    pending: set[asyncio.Task[None]] = set()

    async def commit(original: Any, database: Database, writes: Any) -> None:
        lines = [write for write in writes if write.statement is rows.INSERT_LINE]
        others = [write for write in writes if write.statement is not rows.INSERT_LINE]
        await original(database, others)

        async def later() -> None:
            await asyncio.sleep(_NOT_WRITTEN_S)
            await original(database, lines)

        if lines:
            task = asyncio.create_task(later())
            pending.add(task)
            task.add_done_callback(pending.discard)

    patch.around(Database, "commit", commit)
