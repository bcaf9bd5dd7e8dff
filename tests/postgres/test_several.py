"""Several processes of one provider: a call whose people are connected to different ones."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.api import console, handset
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, CloseOutcome, Presence, Refusal, SenderRole
from net119_reference.ports import (
    Attachment,
    DispatcherIdentity,
    HandsetIdentity,
    OutcomeUnknown,
    Refused,
    StorageFailed,
)
from net119_reference.several.told import PageIdentity

from tests.postgres.cut import Cut, Wire
from tests.postgres.in_place import providers_on
from tests.postgres.server import PostgresServer
from tests.postgres.several import FREE, House, Post, Watching, begin, house, say
from tests.reference.service.conftest import _read_polygons_once
from tests.reference.service.support import new_call, new_line

LINES = 24
Scene = Callable[["House"], Awaitable[None]]
Run = Callable[[Scene], None]


@pytest.fixture(scope="module")
def run(server: PostgresServer, migrated: str) -> Iterator[Run]:
    """Runs a test with an office and two relays, the same ones for all tests of this file."""
    with providers_on(server, migrated), asyncio.Runner() as runner:
        made = house()
        found = runner.run(_within(made.__aenter__()))

        def one(work: Scene) -> None:
            runner.run(_within(_coroutine(work(found))))

        yield one
        runner.run(_within(made.__aexit__(None, None, None)))


async def _within(work: Coroutine[Any, Any, Any]) -> Any:
    async with asyncio.timeout(60):
        return await work


async def _coroutine(work: Awaitable[None]) -> None:
    await work


class Chat:
    """A call with its caller at one relay and its console at the other."""

    def __init__(self, house: House, who: HandsetIdentity, call_id: UUID) -> None:
        self.house = house
        self.who = who
        self.call_id = call_id
        self.phone: Watching
        self.console: Watching
        self.caller: Attachment
        self.dispatcher: Attachment

    @property
    def a(self) -> Post:
        return self.house.posts[0]

    @property
    def b(self) -> Post:
        return self.house.posts[1]

    async def say_all(self, attachment: Attachment, name: str, count: int) -> dict[str, int]:
        """Say lines as fast as they are acknowledged, two at a time; their numbers by text."""
        said: dict[str, int] = {}
        for first in range(0, count, 2):
            lines = [
                new_line(f"{name} {each} 𠮷子①", f"{name}-{each}") for each in (first, first + 1)
            ]
            told = await asyncio.gather(*(begin(attachment, self.call_id, line) for line in lines))
            said |= {line.text: each.seq for line, each in zip(lines, told, strict=True)}
        return said

    async def stored(self) -> list[ChatLine]:
        return await self.house.site.lines(self.call_id)

    async def check(self, said: dict[str, int], *tapes: Watching) -> None:
        """Everybody saw what is stored: each line once, in one order, with its number."""
        stored = await self.stored()
        assert [line.seq for line in stored] == list(range(1, len(stored) + 1))
        people = [line for line in stored if line.sender is not SenderRole.SYSTEM]
        assert said == {line.text: line.seq for line in people}
        assert len(said) == len(people)
        for tape in tapes:
            assert await tape.until_line(self.call_id, len(stored)) == stored

    async def end(self) -> None:
        """Leave nobody connected for the next test."""
        await self.caller.detach()
        await self.dispatcher.detach()


async def chat(made: House) -> Chat:
    who = await made.site.registrant()
    found = Chat(made, who, await made.answered_call(who))
    found.phone, found.caller = await found.a.phone(who, found.call_id)
    # The notice of the call may come later than the console: its lines would go by the office.
    await found.b.relay.core.ensure(found.call_id)
    found.console, found.dispatcher = await found.b.console(made.site.dispatcher)
    return found


def test_caller_and_dispatcher_at_different_relays_see_one_order(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        caller, dispatcher = await asyncio.gather(
            scene.say_all(scene.caller, "caller", LINES),
            scene.say_all(scene.dispatcher, "dispatcher", LINES),
        )
        assert len(caller) == len(dispatcher) == LINES
        await scene.check(caller | dispatcher, scene.phone, scene.console)
        # Whoever comes later, and the office, have the same.
        late, attachment = await scene.b.phone(scene.who, scene.call_id, after=2)
        stored = await scene.stored()
        assert await late.until_line(scene.call_id, len(stored)) == stored[2:]
        transcript = await made.site.service.lines_of(scene.who, scene.call_id, 0)
        assert list(transcript.lines) == stored
        await attachment.detach()
        await scene.end()

    run(work)


def test_lines_of_the_office_and_of_relays_share_one_count(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        service = made.site.service

        async def by_polling() -> dict[str, int]:
            said = {}
            for each in range(LINES // 2):
                line = new_line(f"polled {each}")
                said[line.text] = (await service.caller_says(scene.who, scene.call_id, line)).seq
            return said

        polled, dispatcher = await asyncio.gather(
            by_polling(), scene.say_all(scene.dispatcher, "dispatcher", LINES)
        )
        await scene.check(polled | dispatcher, scene.phone, scene.console)
        await scene.end()

    run(work)


def test_two_consoles_at_two_relays_are_told_the_same_of_a_call(run: Run) -> None:
    async def work(made: House) -> None:
        who = await made.site.registrant()
        a, b = made.posts
        other = DispatcherIdentity("chitose", "指令員 𠮷田")
        first, at_a = await a.console(made.site.dispatcher)
        second, at_b = await b.console(other)
        call_id = (await made.site.call(who, new_call())).call_id
        for tape in (first, second):
            await tape.until(lambda tape: _state(tape, call_id) is CallState.RINGING)
        _, caller = await b.phone(who, call_id)
        taken = await a.relay.answer(made.site.dispatcher, call_id)
        assert (taken.state, taken.answered_by) == (
            CallState.ANSWERED,
            made.site.dispatcher.name,
        )
        # At once, although the other relay may not have heard of it yet.
        with pytest.raises(Refused) as not_theirs:
            await say(at_b, call_id, "救急車が向かっています")
        assert not_theirs.value.code is Refusal.NOT_OWNER
        await say(at_a, call_id, "救急車が向かっています")
        with pytest.raises(Refused) as refused:
            await b.relay.answer(other, call_id)
        assert made.site.dispatcher.name in refused.value.detail
        await caller.detach()
        for tape in (first, second):
            await tape.until(lambda tape: _presence(tape, call_id) is Presence.GONE)
        how = console.CloseCall(outcome=CloseOutcome.PRACTICE_DONE, note="done")
        assert (await b.relay.close(other, call_id, how)).state is CallState.CLOSED
        for tape in (first, second):
            await tape.until(lambda tape: _state(tape, call_id) is CallState.CLOSED)
        with pytest.raises(Refused) as closed:
            await say(at_a, call_id, "too late")
        assert closed.value.code is Refusal.CALL_CLOSED
        for attachment in (at_a, at_b):
            await attachment.detach()

    run(work)


def _state(tape: Watching, call_id: UUID) -> CallState | None:
    return next((call.state for call in reversed(tape.calls()) if call.call_id == call_id), None)


def _presence(tape: Watching, call_id: UUID) -> Presence | None:
    found = [call.presence for call in tape.calls() if call.call_id == call_id]
    return found[-1] if found else None


def test_a_line_that_is_said_again_at_another_relay_keeps_its_number(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        line = new_line("二度送った", "twice")
        first = await begin(scene.caller, scene.call_id, line)
        await scene.caller.detach()
        scene.phone, scene.caller = await scene.b.phone(scene.who, scene.call_id, first.seq)
        again = await begin(scene.caller, scene.call_id, line)
        assert again == first
        with pytest.raises(Refused) as used:
            await begin(scene.caller, scene.call_id, new_line("another", "twice"))
        assert used.value.code is Refusal.ID_REUSED
        assert scene.phone.lines(scene.call_id) == []
        await scene.check({line.text: first.seq}, scene.console)
        await scene.end()

    run(work)


def test_what_only_the_office_knows_of_reaches_clients_of_relays(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        await made.site.service.acts.ask_location(made.site.dispatcher, scene.call_id)
        await scene.phone.until(
            lambda tape: any(isinstance(each, handset.LocationRequestFrame) for each in tape.frames)
        )
        await scene.end()

    run(work)


def test_no_line_is_lost_while_a_relay_cannot_hear_of_it(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        said = await scene.say_all(scene.caller, "before", 2)
        assert made.cut_listeners() == 3, "two relays and the office"
        said |= await scene.say_all(scene.caller, "cut", 10)
        assert made.cut_listeners() >= 0
        said |= await scene.say_all(scene.dispatcher, "after", 2)
        await scene.check(said, scene.phone, scene.console)
        # A call that began while nobody heard of it is shown, too.
        made.cut_listeners()
        call_id = (await made.site.call(scene.who, new_call())).call_id
        await scene.console.until(lambda tape: _state(tape, call_id) is CallState.RINGING)
        await scene.end()

    run(work)


def test_the_chat_goes_on_while_the_office_is_started_again(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        said = await scene.say_all(scene.caller, "before", 2)
        await made.close_office()
        said |= await scene.say_all(scene.caller, "caller", 4)
        said |= await scene.say_all(scene.dispatcher, "dispatcher", 4)
        with pytest.raises(Exception, match="started again"):
            await scene.b.relay.answer(made.site.dispatcher, scene.call_id)
        await made.open_office()
        for post in made.posts:
            await post.link.wait()
        said |= await scene.say_all(scene.dispatcher, "after", 2)
        await scene.check(said, scene.phone, scene.console)
        hub = made.site.service.core.hub
        assert hub.has_handset(scene.call_id)
        assert hub.has_console("chitose")
        await scene.console.until(lambda tape: _presence(tape, scene.call_id) is Presence.CONNECTED)
        how = console.CloseCall(outcome=CloseOutcome.PRACTICE_DONE)
        closed = await scene.b.relay.close(made.site.dispatcher, scene.call_id, how)
        assert closed.last_seq == len(await scene.stored())
        await scene.end()

    run(work)


def test_when_a_relay_is_gone_its_clients_are(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        watching, attachment = await scene.a.console(made.site.dispatcher)
        post = await made.add_post()
        assert made.posts.pop() is post
        await scene.caller.detach()
        await watching.until(lambda tape: _presence(tape, scene.call_id) is Presence.GONE)
        await post.phone(scene.who, scene.call_id)
        await watching.until(lambda tape: _presence(tape, scene.call_id) is Presence.CONNECTED)
        # As a process that is killed: nobody takes leave.
        await post.stop()
        await watching.until(lambda tape: _presence(tape, scene.call_id) is Presence.GONE)
        await attachment.detach()
        await scene.end()

    run(work)


def test_nobody_is_refused_upon_what_a_relay_has_not_heard_of_yet(run: Run) -> None:
    async def work(made: House) -> None:
        who = await made.site.registrant()
        _, at_b = await made.posts[1].console(made.site.dispatcher)
        call_id = (await made.site.call(who, new_call())).call_id
        await made.posts[1].relay.core.sharing.level(call_id)
        listening = made.posts[1].relay.core.sharing._listening
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(listening, "_heard", lambda _calls: None)
            await made.posts[0].relay.answer(made.site.dispatcher, call_id)
            asked = await begin(at_b, call_id, new_line("呼吸は？", "q1", options=("yes", "no")))
            # So with the answer to a question that this relay has not seen.
            phone, caller = await made.posts[0].phone(who, call_id)
            _, elsewhere = await made.posts[1].phone(who, call_id)
            late = await begin(caller, call_id, new_line("q2", options=("a",)))
            await begin(elsewhere, call_id, new_line("a2", choice=(late.seq, "a")))
            await begin(caller, call_id, new_line("a1", choice=(asked.seq, "no")))
        with pytest.raises(Refused) as invalid:
            await begin(caller, call_id, new_line("a3", choice=(asked.seq, "perhaps")))
        assert invalid.value.code is Refusal.INVALID
        stored = await made.site.lines(call_id)
        assert await phone.until_line(call_id, len(stored)) == stored
        for attachment in (at_b, caller, elsewhere):
            await attachment.detach()

    run(work)


def test_lines_from_a_call_page_go_by_the_office_in_their_order(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        who = PageIdentity(**vars(scene.who))
        tape, page = await scene.b.phone(who, scene.call_id)
        at_page = await scene.say_all(page, "page", 8)
        lines = [new_line(f"rapid {each}") for each in range(6)]
        told = await asyncio.gather(*(begin(page, scene.call_id, line) for line in lines))
        assert [each.seq for each in told] == sorted(each.seq for each in told)
        rapid = {line.text: each.seq for line, each in zip(lines, told, strict=True)}
        await scene.check(at_page | rapid, tape, scene.phone, scene.console)
        await page.detach()
        await scene.end()

    run(work)


def test_a_page_that_ends_is_cut_off_at_a_relay(run: Run) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        watching, attachment = await scene.b.phone(scene.who, scene.call_id)
        # What the registry does once a device has lost its call page.
        made.site.service._handsets.end_page(scene.who.token_hash, "replaced")
        for tape in (scene.phone, watching):
            await tape.until(lambda tape: bool(tape.ended))
            assert tape.ended == [Refusal.CALL_PAGE_REPLACED]
        await attachment.detach()
        await scene.end()

    run(work)


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize("lasting", [False, True])
def test_a_line_whose_commit_is_cut_off_is_stored_once(
    cut: Cut, lasting: bool, run: Run, server: PostgresServer
) -> None:
    async def work(made: House) -> None:
        scene = await chat(made)
        with Wire(server.port) as wire:
            wire.lasting = lasting
            post = Post(made.folder, FREE)
            address = post.relay.database._url
            # Its lines go through the wire; of the others' it hears as ever.
            post.relay.database._url = address.replace(f":{server.port}/", f":{wire.port}/")
            await post.start()
            tape, caller = await post.phone(scene.who, scene.call_id)
            line = new_line("一度だけ", "once")
            wire.cut = cut
            if lasting:
                with pytest.raises(OutcomeUnknown):
                    await begin(caller, scene.call_id, line)
                wire.mend()
                stored = None
                while stored is None:
                    try:
                        stored = await begin(caller, scene.call_id, line)
                    except StorageFailed:
                        # As a phone does, which waits before it tries again.
                        await asyncio.sleep(0.05)
            else:
                stored = await begin(caller, scene.call_id, line)
            await scene.check({line.text: stored.seq}, tape, scene.phone, scene.console)
            await caller.detach()
            await post.stop()
        await scene.end()

    run(work)


__all__ = ["_read_polygons_once"]
