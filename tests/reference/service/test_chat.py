"""Lines of a call at its anchor: numbered once, checked, bounded, and there after a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from net119_protocol.codes import CallState, Presence, Refusal, SenderRole
from net119_reference.config.model import Limits
from net119_reference.ports import HandsetIdentity, Refused

from tests.reference.service.support import (
    CLOSED,
    ManualClock,
    Site,
    Tape,
    new_call,
    new_line,
)
from tests.reference.service.test_registration import refused


class Talk:
    """A call at home that a dispatcher has answered."""

    def __init__(self, site: Site, caller: HandsetIdentity, call_id: UUID, tape: Tape) -> None:
        self.site = site
        self.caller = caller
        self.call_id = call_id
        self.console = tape

    def says(self, text: str, client_id: str | None = None, **content: object) -> Awaitable[object]:
        line = new_line(text, client_id, **content)  # type: ignore[arg-type]  # a table of options
        return self.site.service.caller_says(self.caller, self.call_id, line)

    def asks(self, text: str, client_id: str | None = None, **content: object) -> Awaitable[object]:
        line = new_line(text, client_id, **content)  # type: ignore[arg-type]  # a table of options
        return self.site.service.dispatcher_says(self.site.dispatcher, self.call_id, line)

    async def texts(self) -> list[str]:
        return [line.text for line in await self.site.lines(self.call_id)]


def on_talk(
    folder: Path, work: Callable[[Talk], Awaitable[None]], limits: Limits | None = None
) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock(), limits).start()
        caller, tape = await site.registrant(), Tape()
        await site.console(tape)
        call_id = (await site.call(caller, new_call())).call_id
        await site.service.answer(site.dispatcher, call_id)
        try:
            async with asyncio.timeout(60):
                await work(Talk(site, caller, call_id, tape))
        finally:
            await site.stop()

    asyncio.run(main())


def test_lines_are_numbered_in_the_order_of_coming(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        stored = await asyncio.gather(
            *(talk.says(f"c{n}") if n % 2 else talk.asks(f"d{n}") for n in range(10))
        )
        assert [each.seq for each in stored] == list(range(1, 11))  # type: ignore[attr-defined]  # the test knows the type
        lines = await talk.site.lines(talk.call_id)
        assert [line.seq for line in lines] == list(range(1, 11))
        assert [line.sender for line in lines[:2]] == [SenderRole.DISPATCHER, SenderRole.CALLER]
        assert talk.console.lines(talk.call_id) == lines

    on_talk(folder, work)


def test_the_same_client_id_is_the_same_line_for_each_side_by_itself(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        first = await asyncio.gather(*(talk.says("hello", "one") for _ in range(3)))
        assert first[0] == first[1] == first[2]
        assert await talk.says("hello", "one") == first[0]
        assert await refused(talk.says("something else", "one")) is Refusal.ID_REUSED
        await talk.asks("hello", "one")  # the dispatchers' names are their own
        assert await talk.texts() == ["hello", "hello"]
        await talk.site.restart()
        assert await talk.says("hello", "one") == first[0]
        assert await refused(talk.says("something else", "one")) is Refusal.ID_REUSED
        assert await talk.texts() == ["hello", "hello"]

    on_talk(folder, work)


def test_only_an_offered_option_can_be_chosen(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        await talk.asks("fire or ambulance?", options=("fire", "ambulance"))
        await talk.says("text")
        for choice in ((1, "police"), (2, "fire"), (3, "fire"), (99, "fire")):
            with pytest.raises(Refused) as found:
                await talk.says("", f"x{choice}".replace(" ", ""), choice=choice)
            assert (found.value.code, found.value.field) == (Refusal.INVALID, "choice")
        await talk.site.restart()
        await talk.says("", "tap", choice=(1, "fire"))
        lines = await talk.site.lines(talk.call_id)
        assert lines[-1].choice is not None
        assert (lines[-1].choice.seq, lines[-1].choice.option_id) == (1, "fire")
        assert len(lines) == 3

    on_talk(folder, work)


def test_who_writes_too_fast_is_refused_and_may_go_on_later(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        for number in range(5):
            await talk.says(f"{number}")
        assert await refused(talk.says("too fast")) is Refusal.TOO_MANY
        await talk.asks("the other side is not touched")
        await talk.says("3")  # a repeat is no new line
        talk.site.clock.advance(0.5)
        await talk.says("later")
        assert await refused(talk.says("too fast")) is Refusal.TOO_MANY
        talk.site.clock.advance(3600)
        for number in range(5):
            await talk.says(f"again {number}")
        assert await refused(talk.says("too fast")) is Refusal.TOO_MANY
        assert "too fast" not in await talk.texts()

    on_talk(folder, work, Limits(line_burst=5, lines_per_s=2))


def test_more_calls_do_not_allow_more_lines(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        second = (await talk.site.call(talk.caller, new_call())).call_id
        for number in range(5):
            await talk.says(f"{number}")
        there = talk.site.service.caller_says(talk.caller, second, new_line("too fast"))
        assert await refused(there) is Refusal.TOO_MANY
        talk.site.clock.advance(0.5)
        await talk.site.service.caller_says(talk.caller, second, new_line("later"))
        assert await refused(talk.says("too fast")) is Refusal.TOO_MANY

    on_talk(folder, work, Limits(line_burst=5, lines_per_s=2))


def test_a_closed_call_takes_no_line_but_knows_the_old_ones(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        stored = await talk.says("last")
        asked = await talk.asks("last words")
        await talk.site.service.close(talk.site.dispatcher, talk.call_id, CLOSED)
        assert await refused(talk.says("more")) is Refusal.CALL_CLOSED
        assert await refused(talk.asks("more")) is Refusal.CALL_CLOSED
        assert await talk.says("last") == stored
        assert await talk.asks("last words") == asked
        close = talk.site.service.close(talk.site.dispatcher, talk.call_id, CLOSED)
        assert await refused(close) is Refusal.CALL_CLOSED
        record = await talk.site.service.call_record(talk.site.dispatcher, talk.call_id)
        assert record.call.state is CallState.CLOSED
        assert [entry.what for entry in record.history] == [
            "opened",
            "routed",
            "ringing",
            "answered",
            "closed",
        ]

    on_talk(folder, work)


def test_a_dispatcher_writes_only_in_a_call_that_was_answered(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        other = (await talk.site.call(talk.caller, new_call())).call_id
        attempt = talk.site.service.dispatcher_says(talk.site.dispatcher, other, new_line("x"))
        assert await refused(attempt) is Refusal.NOT_ANSWERED
        await talk.site.service.caller_says(talk.caller, other, new_line("a caller may"))

    on_talk(folder, work)


def test_a_restart_takes_everything_up_where_it_was(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        site = talk.site
        handset = Tape()
        await site.service.attach_handset(talk.caller, talk.call_id, 0, handset)
        await talk.says("before")
        ringing = (await site.call(talk.caller, new_call())).call_id
        before = {call_id: site.live(call_id).known() for call_id in (talk.call_id, ringing)}
        site.clock.advance(30)
        await site.restart()
        now = site.live(talk.call_id).known()
        # Nobody is connected after a restart.
        assert (now.state, now.presence) == (CallState.INTERRUPTED, Presence.GONE)
        assert now.answered_by == before[talk.call_id].answered_by
        assert site.live(ringing).known() == before[ringing]
        assert (await talk.says("after")).seq == 2  # type: ignore[attr-defined]  # the test knows the type
        again = Tape()
        await site.service.attach_handset(talk.caller, talk.call_id, 1, again)
        assert again.texts(talk.call_id) == ["after"]
        assert site.live(talk.call_id).known().state is CallState.ANSWERED
        # The deadline runs on from where it was.
        await site.advance(29.75)
        assert site.live(ringing).known().reminders == 0
        await site.advance(0.25)
        assert site.live(ringing).known().reminders == 1

    on_talk(folder, work)


def test_a_deadline_that_passed_while_nothing_ran_is_met_at_the_start(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        ringing = (await talk.site.call(talk.caller, new_call())).call_id
        await talk.site.service.stop()
        talk.site.clock.advance(3600)
        await talk.site.start()
        assert talk.site.live(ringing).known().reminders == 1

    on_talk(folder, work)


def test_an_unknown_call_is_named(folder: Path) -> None:
    async def work(talk: Talk) -> None:
        nowhere = UUID(int=99)
        service, who = talk.site.service, talk.site.dispatcher
        for attempt in (
            service.caller_says(talk.caller, nowhere, new_line("x")),
            service.answer(who, nowhere),
            service.dispatcher_says(who, nowhere, new_line("x")),
            service.close(who, nowhere, CLOSED),
            service.call_of(talk.caller, nowhere),
        ):
            assert await refused(attempt) is Refusal.UNKNOWN_CALL

    on_talk(folder, work)
