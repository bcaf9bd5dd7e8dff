import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from net119_protocol.api.console import SEEN_CALLS
from net119_protocol.chat import Option
from net119_protocol.codes import CallState, CloseOutcome, Presence, Refusal, SenderRole
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import CallRefused, NotConnected, Waited

from tests.simulators.support import Stage, ToyProvider, call_from, stage


def play(
    toy: ToyProvider, folder: Path, scene: Callable[[Stage, Dispatcher], Awaitable[None]]
) -> None:
    async def run() -> None:
        async with stage(toy, folder) as here:
            token = await here.token()
            async with here.network.dispatcher("toy", token, wiretap=here.tape) as dispatcher:
                await scene(here, dispatcher)
            everything = "".join(event.payload for event in here.tape.events)
            assert token not in everything

    asyncio.run(run())


def test_answer_say_close(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage, dispatcher: Dispatcher) -> None:
        assert dispatcher.welcome is not None
        assert dispatcher.welcome.dispatcher == "hanako"
        async with here.phone() as phone:
            call = await call_from(phone)
            seen = await dispatcher.wait_for_call(call.id)
            assert seen.place.fix is not None
            assert (await dispatcher.answer(call.id)).state is CallState.ANSWERED
            await call.wait_for_view(lambda view: view.state is CallState.ANSWERED)
            asked = await dispatcher.say(call.id, "意識は?", [Option(id="yes", label="ある")])
            heard = await call.wait_for_line(lambda line: line.sender is SenderRole.DISPATCHER)
            assert [option.label for option in heard.options] == ["ある"]
            await call.choose(asked.seq, "yes")
            tapped = await dispatcher.wait_for_line(call.id, lambda line: line.choice is not None)
            assert tapped.seq == 2
            closed = await dispatcher.close(call.id, CloseOutcome.NO_EMERGENCY, note="訓練")
            assert closed.outcome is CloseOutcome.NO_EMERGENCY
            await call.wait_for_view(lambda view: view.state is CallState.CLOSED)
            record = await dispatcher.record(call.id)
            assert record.lines == call.lines == dispatcher.lines(call.id)
            assert dispatcher.violations == call.violations == []

    play(toy, tmp_path, scene)


def test_the_same_over_http(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage, dispatcher: Dispatcher) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            await dispatcher.answer(call.id, over_http=True)
            stored = await dispatcher.say(call.id, "119番です", over_http=True)
            assert stored.seq == 1
            with pytest.raises(CallRefused, match="wrong-state"):
                await dispatcher.answer(call.id, over_http=True)
            closed = await dispatcher.close(call.id, CloseOutcome.PRANK, over_http=True)
            assert closed.state is CallState.CLOSED
            assert call.id in {view.call_id for view in await dispatcher.center_calls()}

    play(toy, tmp_path, scene)


def test_answering_twice_is_refused(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage, dispatcher: Dispatcher) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            await dispatcher.answer(call.id)
            with pytest.raises(CallRefused) as caught:
                await dispatcher.answer(call.id)
            assert caught.value.code is Refusal.WRONG_STATE

    play(toy, tmp_path, scene)


def test_dropped_feed_resumes_where_it_was(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage, dispatcher: Dispatcher) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            await dispatcher.answer(call.id)
            await dispatcher.say(call.id, "one")
            dispatcher.drop()
            assert "dropped" in await dispatcher.wait_for_drop()
            with pytest.raises(NotConnected):
                await dispatcher.say(call.id, "two")
            await call.say("three")
            await dispatcher.resume()
            await dispatcher.wait_for_line(call.id, lambda line: line.text == "three")
            assert {line.text for line in dispatcher.lines(call.id)} >= {"one", "three"}
            assert dispatcher.violations == []

    play(toy, tmp_path, scene)


def test_a_console_that_had_thousands_of_calls_comes_back(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage, dispatcher: Dispatcher) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            await dispatcher.answer(call.id)
            await dispatcher.say(call.id, "one")
            view = await dispatcher.wait_for_call(call.id)
            (line,) = dispatcher.lines(call.id)
            for number in range(3 * SEEN_CALLS):
                past = dispatcher.call(UUID(int=number))
                past.viewed(view.model_copy(update={"call_id": past.id, "closed_at": line.at}))
                past.came(line)
            seen = dispatcher.seen()
            assert len(seen) == SEEN_CALLS
            assert seen[call.id] == 1, "the call that is open must not be left out"
            assert UUID(int=3 * SEEN_CALLS - 1) in seen, "of the closed ones the newest are named"
            await dispatcher.resume()
            await dispatcher.say(call.id, "two")
            assert dispatcher.violations == []

    play(toy, tmp_path, scene)


def test_presence_of_the_caller(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage, dispatcher: Dispatcher) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            call.drop()
            await dispatcher.wait_for_presence(call.id, Presence.GONE)
            await call.resume()
            await dispatcher.wait_for_presence(call.id, Presence.CONNECTED)
            assert Presence.GONE in dispatcher.call(call.id).presences

    play(toy, tmp_path, scene)


def test_waiting_for_a_call_that_does_not_come(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(_: Stage, dispatcher: Dispatcher) -> None:
        unknown = uuid4()
        with pytest.raises(Waited, match=str(unknown)) as caught:
            await dispatcher.wait_for_call(unknown, within=0.02)
        assert "connected" in caught.value.seen
        with pytest.raises(Waited, match="a call at"):
            await dispatcher.wait_for_any_call(lambda call: call.call_id == unknown, within=0.02)
        with pytest.raises(Waited, match="reminder"):
            await dispatcher.wait_for_reminder(unknown, within=0.02)

    play(toy, tmp_path, scene)


def test_a_wrong_token_is_refused(toy: ToyProvider, tmp_path: Path) -> None:
    async def run() -> None:
        async with stage(toy, tmp_path) as here:
            with pytest.raises(CallRefused, match="who are you"):
                async with here.network.dispatcher("toy", "0123456789abcdef"):
                    pytest.fail("the feed was opened")

    asyncio.run(run())


def test_calls_open_before_the_feed_come_with_their_lines(toy: ToyProvider, tmp_path: Path) -> None:
    async def run() -> None:
        async with stage(toy, tmp_path) as here, here.phone() as phone:
            call = await call_from(phone)
            await call.say("助けて")
            async with here.network.dispatcher("toy", await here.token()) as dispatcher:
                await dispatcher.wait_for_line(call.id, lambda line: line.text == "助けて")
                assert (await dispatcher.wait_for_call(call.id)).state is CallState.RINGING

    asyncio.run(run())
