"""The chat: numbers, order, repeats, resumption, storage."""

import asyncio
import dataclasses
import itertools
from typing import Any
from uuid import uuid4

from net119_protocol.api.common import LineFrame
from net119_protocol.chat import ChatLine, LineContent
from net119_protocol.codes import CallState, Presence, SenderRole
from net119_reference.calls import anchor
from net119_reference.service import rows
from net119_reference.service.core import Core
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.hub import Subscriber
from net119_reference.store import Database

from tests.mutants.registry import Patch, mutant


@mutant("dispatcher-lines-late", kills={"CHAT-ORDER": "numbers run without gaps"})
def dispatcher_lines_late(patch: Patch) -> None:
    """Dispatchers' lines take another way to the handset, and arrive after newer ones."""

    def send(
        original: Any, subscriber: Subscriber, call_id: Any, line: ChatLine, *document: str
    ) -> None:
        if line.sender is SenderRole.DISPATCHER:
            frame = LineFrame(call_id=call_id, line=line)
            asyncio.get_running_loop().call_later(0.05, subscriber.sink.send, frame)
        else:
            original(subscriber, call_id, line, *document)

    patch.around(Subscriber, "_send", send)


@mutant(
    "every-line-is-new",
    kills={"CHAT-DUPLICATE": "both acknowledgements give the same number"},
)
def every_line_is_new(patch: Patch) -> None:
    """A line that is sent again gets a number of its own."""

    def say(original: Any, *arguments: Any) -> Any:
        *before, _client_id, content = arguments
        return original(*before, str(uuid4()), content)

    patch.around(Core, "say", say)


@mutant(
    "resumes-from-now",
    kills={"CHAT-RESUME": "the last line written meanwhile arrives"},
)
def resumes_from_now(patch: Patch) -> None:
    """A handset that comes back gets what is said from then on."""

    async def attach(original: Any, desk: Any, who: Any, call_id: Any, *rest: Any) -> Any:
        after, sink = rest
        newest = desk._core.live(call_id).last_seq
        return await original(desk, who, call_id, max(after, newest), sink)

    patch.around(HandsetDesk, "attach", attach)


@mutant(
    "drop-ends-the-call",
    kills={"CHAT-RESUME": "the dispatcher can write while the handset is away"},
)
def drop_ends_the_call(patch: Patch) -> None:
    """A call whose handset is gone counts as over."""

    def on_presence(original: Any, call: Any, presence: Presence, now: Any) -> Any:
        change = original(call, presence, now)
        if presence is Presence.GONE and call.state is CallState.ANSWERED:
            over = {"state": CallState.CLOSED, "closed_at": now, "deadline": None}
            return dataclasses.replace(change, call=change.call.model_copy(update=over))
        return change

    patch.around(anchor, "on_presence", on_presence)


@mutant(
    "acknowledgements-lost",
    kills={"CHAT-ORDER": "every line is acknowledged"},
)
def acknowledgements_lost(patch: Patch) -> None:
    """The caller's line is stored, and every fifth time nobody is told so."""

    said = itertools.count(1)

    async def caller_says(original: Any, *arguments: Any) -> Any:
        stored = await original(*arguments)
        if next(said) % 5 == 0:
            await asyncio.Event().wait()
        return stored

    def begin_line(original: Any, *arguments: Any) -> bool:
        *before, done = arguments
        told = (lambda *_: None) if next(said) % 5 == 0 else done
        return bool(original(*before, told))

    patch.around(HandsetDesk, "caller_says", caller_says)
    patch.around(HandsetDesk, "begin_line", begin_line)


@mutant("any-choice", kills={"CHAT-CHOICE": "an option that was not offered is refused"})
def any_choice(patch: Patch) -> None:
    """An answer is taken without a look at the question's options."""
    patch(Core, "check_choice", lambda _core, _live, _content: None)


@mutant("options-lost", kills={"CHAT-CHOICE": "the question reaches the caller with its options"})
def options_lost(patch: Patch) -> None:
    """A question is passed on as plain text."""

    def say(original: Any, *arguments: Any) -> Any:
        *before, content = arguments
        return original(
            *before,
            LineContent.model_construct(text=content.text, options=(), choice=content.choice),
        )

    patch.around(Core, "say", say)


@mutant("numbers-of-its-own", kills={"CHAT-BOTH-SIDES": "both transcripts agree"})
def numbers_of_its_own(patch: Patch) -> None:
    """The numbers that the other provider is told are not those of the caller's chat."""

    def send_line(original: Any, core: Any, tx: Any, live: Any, peer: Any, line: ChatLine) -> None:
        sent = line.model_copy(update={"seq": live.n_out.get(peer, 0) + 1})
        original(core, tx, live, peer, sent)

    patch.around(Core, "send_line", send_line)


@mutant(
    "acknowledged-before-stored",
    kills={"CHAT-ACK-DURABLE": "every acknowledged line is in the record under its number"},
)
def acknowledged_before_stored(patch: Patch) -> None:
    """Lines are acknowledged at once and written to the disk a moment later."""
    pending: set[asyncio.Task[None]] = set()

    async def commit(original: Any, database: Database, writes: Any) -> None:
        lines = [write for write in writes if write.statement is rows.INSERT_LINE]
        others = [write for write in writes if write.statement is not rows.INSERT_LINE]
        await original(database, others)

        async def later() -> None:
            await asyncio.sleep(0.05)
            await original(database, lines)

        if lines:
            task = asyncio.create_task(later())
            pending.add(task)
            task.add_done_callback(pending.discard)

    patch.around(Database, "commit", commit)
