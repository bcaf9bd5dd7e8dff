"""Handsets and consoles that connect, resume and break off while lines go on arriving."""

import asyncio
import functools
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.api.console import ConsoleWelcome
from net119_protocol.api.handset import HandsetWelcome
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Presence, Refusal, SenderRole
from net119_reference.ports import DispatcherIdentity, HandsetIdentity, Refused, StorageFailed
from net119_reference.service import transcripts
from net119_reference.service.live import Live, remember

from tests.reference.service.support import (
    START,
    ManualClock,
    Site,
    Tape,
    new_call,
    new_line,
    quick_folder,
)

CALL = uuid4()


def line(seq: int) -> ChatLine:
    return ChatLine(
        seq=seq, client_id=f"c{seq}", sender=SenderRole.CALLER, at=START, text=f"line {seq}"
    )


class Scene:
    """aoba with one call of one caller, rung at home."""

    def __init__(self, site: Site, caller: HandsetIdentity, call_id: UUID) -> None:
        self.site = site
        self.service = site.service
        self.caller = caller
        self.call_id = call_id

    async def say(self, *texts: str) -> None:
        for text in texts:
            await self.service.caller_says(self.caller, self.call_id, new_line(text))

    def presence(self) -> Presence:
        return self.site.live(self.call_id).known().presence

    def stored(self) -> int:
        return self.site.live(self.call_id).last_seq


def on_scene(folder: Path, work: Callable[[Scene], Awaitable[None]]) -> None:
    async def main() -> None:
        site = await Site("aoba", folder, ManualClock()).start()
        caller = await site.registrant()
        view = await site.call(caller, new_call())
        try:
            async with asyncio.timeout(60):
                await work(Scene(site, caller, view.call_id))
        finally:
            await site.stop()

    asyncio.run(main())


@pytest.mark.parametrize("after", [0, 2, 3, 99])
def test_a_handset_gets_a_welcome_then_what_it_lacks_then_what_comes(
    folder: Path, after: int
) -> None:
    async def work(scene: Scene) -> None:
        before = scene.stored()  # the machine says that nobody is at the console
        await scene.say("a", "b", "c")
        tape = Tape()
        await scene.service.attach_handset(scene.caller, scene.call_id, after, tape)
        await scene.say("d")
        assert isinstance(tape.frames[0], HandsetWelcome)
        assert tape.frames[0].call.last_seq == before + 3
        assert tape.seqs(scene.call_id) == [seq for seq in range(1, before + 5) if seq > after]
        assert scene.presence() is Presence.CONNECTED

    on_scene(folder, work)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_lines_that_arrive_while_clients_connect(data: st.DataObject) -> None:
    """Handsets and consoles attach, with and without a number, in the middle of a stream."""

    async def work(scene: Scene) -> None:
        tapes: list[tuple[Tape, int]] = []

        async def attach_handset(after: int, tape: Tape) -> None:
            await scene.service.attach_handset(scene.caller, scene.call_id, after, tape)

        async def attach_console(after: int, tape: Tape) -> None:
            await scene.service.attach_console(scene.site.dispatcher, {scene.call_id: after}, tape)

        # Not begun yet: a draw may end the example, and a coroutine that nobody awaits is told of.
        acts: list[Callable[[], Awaitable[Any]]] = []
        for number in range(data.draw(st.integers(1, 12))):
            if data.draw(st.booleans()):
                acts.append(functools.partial(scene.say, f"{number}"))
            else:
                tape, after = Tape(), data.draw(st.integers(0, 3))
                tapes.append((tape, after))
                attach = attach_handset if data.draw(st.booleans()) else attach_console
                acts.append(functools.partial(attach, after, tape))
        running = []
        for act in acts:
            running.append(asyncio.ensure_future(act()))
            for _ in range(data.draw(st.integers(0, 12))):
                await asyncio.sleep(0)
        await asyncio.gather(*running)
        total = scene.stored()
        for tape, after in tapes:
            assert tape.seqs(scene.call_id) == list(range(after + 1, total + 1))

    # So that some are shown what is in memory, and others what was read for them.
    at_once = mock.patch.object(transcripts, "AT_ONCE", data.draw(st.sampled_from([0, 2, 50])))
    with quick_folder() as name, at_once:
        on_scene(Path(name), work)


@given(
    stored=st.integers(0, 9),
    kept=st.integers(0, 9),
    after=st.integers(0, 10),
    order=st.randoms(),
    missing=st.none() | st.integers(1, 9),
)
def test_what_is_at_hand_is_all_there_is_or_nothing(
    stored: int, kept: int, after: int, order: random.Random, missing: int | None
) -> None:
    """Lines come in any order where they were numbered elsewhere, and perhaps with a gap."""
    coming = [seq for seq in range(1, stored + 1) if seq != missing]
    order.shuffle(coming)
    live = Live(CALL)
    for seq in coming:
        remember(live, "caller", line(seq), START)
    while len(live.recent) > kept:
        live.recent.popleft()
    found = transcripts.at_hand(live, after)
    wanted = [seq for seq in sorted(coming) if seq > after]
    if found is not None:
        assert [each.seq for each in found] == wanted
    else:
        assert live.seqs or len(live.recent) < len(coming)


def test_a_handset_is_gone_when_its_last_connection_is(folder: Path) -> None:
    async def work(scene: Scene) -> None:
        attach = scene.service.attach_handset
        first = await attach(scene.caller, scene.call_id, 0, Tape())
        second = await attach(scene.caller, scene.call_id, 0, Tape())
        await first.detach()
        await first.detach()
        await scene.site.settle()
        assert scene.presence() is Presence.CONNECTED
        await second.detach()
        await scene.site.settle()
        assert scene.presence() is Presence.GONE
        third = await attach(scene.caller, scene.call_id, 0, Tape())
        await scene.site.settle()
        assert scene.presence() is Presence.CONNECTED
        await third.detach()

    on_scene(folder, work)


def test_nothing_is_sent_to_a_client_that_has_gone(folder: Path) -> None:
    async def work(scene: Scene) -> None:
        handset, console = Tape(), Tape()
        one = await scene.service.attach_handset(scene.caller, scene.call_id, 0, handset)
        two = await scene.service.attach_console(scene.site.dispatcher, {}, console)
        await one.detach()
        await two.detach()
        await scene.site.settle()
        counts = len(handset.frames), len(console.frames)
        await scene.say("into the void")
        assert (len(handset.frames), len(console.frames)) == counts

    on_scene(folder, work)


@pytest.mark.parametrize("client", ["handset", "console"])
@pytest.mark.parametrize("failure", ["cancelled", "cancelled at once", "database"])
def test_a_client_that_fails_to_connect_is_not_taken_for_connected(
    folder: Path, client: str, failure: str
) -> None:
    async def work(scene: Scene) -> None:
        core, tape = scene.service.core, Tape()
        read = core.database.read

        reading = asyncio.Event()

        async def stuck(_query: Any) -> Any:
            reading.set()
            if failure == "database":
                raise StorageFailed("the database does not answer")
            await asyncio.Event().wait()

        core.live(scene.call_id).recent.clear()  # its lines have to be read
        if failure != "cancelled at once":
            core.database.read = stuck  # type: ignore[method-assign, assignment]  # the test stands in for the disk
        attach = (
            scene.service.attach_handset(scene.caller, scene.call_id, 0, tape)
            if client == "handset"
            else scene.service.attach_console(scene.site.dispatcher, {}, tape)
        )
        task = asyncio.create_task(attach)
        await asyncio.sleep(0)  # its command waits
        if failure != "database":
            if failure == "cancelled":
                await reading.wait()
            task.cancel()
        (end,) = await asyncio.gather(task, return_exceptions=True)
        core.database.read = read  # type: ignore[method-assign]  # the test stands in for the disk
        assert isinstance(end, StorageFailed | asyncio.CancelledError)
        await scene.site.settle()
        assert not core.hub.has_console("chitose")
        assert not core.hub.has_handset(scene.call_id)
        assert scene.presence() is Presence.GONE

    on_scene(folder, work)


def test_a_console_sees_its_own_centers_calls_only(folder: Path) -> None:
    async def work(scene: Scene) -> None:
        own, other = Tape(), Tape()
        await scene.service.attach_console(DispatcherIdentity("chitose", "a"), {}, own)
        stranger = DispatcherIdentity("tomakomai", "b")
        await scene.service.attach_console(stranger, {}, other)
        welcome = own.frames[0]
        assert isinstance(welcome, ConsoleWelcome)
        assert [call.call_id for call in welcome.calls] == [scene.call_id]
        await scene.say("a")
        assert "a" in own.texts(scene.call_id)
        assert len(other.frames) == 1
        for attempt in (
            scene.service.answer(stranger, scene.call_id),
            scene.service.call_record(stranger, scene.call_id),
            scene.service.dispatcher_says(stranger, scene.call_id, new_line("hello")),
        ):
            with pytest.raises(Refused) as refused:
                await attempt
            assert refused.value.code is Refusal.UNKNOWN_CALL
        assert (await scene.service.center_calls(stranger)).calls == ()

    on_scene(folder, work)


def test_a_new_call_is_shown_to_a_console_that_is_there_already(folder: Path) -> None:
    async def work(scene: Scene) -> None:
        console = Tape()
        await scene.site.console(console)
        view = await scene.site.call(await scene.site.registrant(), new_call())
        assert console.calls()[-1].call_id == view.call_id
        assert console.calls()[-1].state is CallState.RINGING

    on_scene(folder, work)


def test_two_dispatchers_answer_at_once_and_one_has_the_call(folder: Path) -> None:
    async def work(scene: Scene) -> None:
        answers = await asyncio.gather(
            *(
                scene.service.answer(DispatcherIdentity("chitose", name), scene.call_id)
                for name in ("first", "second")
            ),
            return_exceptions=True,
        )
        assert not isinstance(answers[0], BaseException)
        assert answers[0].answered_by == "first"
        assert isinstance(answers[1], Refused)
        assert answers[1].code is Refusal.WRONG_STATE
        assert "first" in answers[1].detail
        assert scene.site.live(scene.call_id).known().answered_by == "first"

    on_scene(folder, work)
