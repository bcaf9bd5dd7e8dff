"""Two providers and a bad link between them, driven at random; the invariants hold all the time.

The link repeats, delays, and, worse than STOMP allows, reorders and loses; either provider is
restarted at any time.  I1: one owner, whom nobody contradicts under the same epoch.  I2: every
acknowledged line is in the anchor's database.  I3 and I4: one order, nothing twice, at every
client and in both transcripts.  I5: the mode never changes.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Mode, Refusal
from net119_protocol.interconnect import decode
from net119_reference.config.model import Limits
from net119_reference.ports import Attachment, HandsetIdentity, Refused

from tests.reference.service.link import Link
from tests.reference.service.support import (
    CLOSED,
    TOKONAME,
    ManualClock,
    Site,
    Tape,
    new_call,
    new_line,
    quick_folder,
)

T = TypeVar("T")
LIMITS = Limits(line_burst=1000)
SIDES = st.sampled_from(["aoba", "midori"])
WHICH = st.integers(0, 1)


@dataclass
class Client:
    """A handset or a console: what it has seen over all its connections, as it would show it."""

    seen: dict[UUID, list[ChatLine]] = field(default_factory=dict)
    tape: Tape = field(default_factory=Tape)
    attachment: Attachment | None = None

    def after(self) -> dict[UUID, int]:
        return {call_id: lines[-1].seq for call_id, lines in self.seen.items() if lines}

    def read(self, calls: list[UUID]) -> None:
        """Take over what has come since the last look."""
        for call_id in calls:
            self.seen.setdefault(call_id, []).extend(self.tape.lines(call_id))
        self.tape.frames.clear()

    def cut(self) -> None:
        """The connection is gone; the next one is another."""
        self.attachment = None
        self.tape = Tape()


@dataclass
class Asked:
    """A dispatcher's request at midori, which the anchor has to answer."""

    call_id: UUID
    client_id: str | None
    task: "asyncio.Task[Any]"


class TwoProviders(RuleBasedStateMachine):
    """See the module's text."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = quick_folder()
        self.calls: list[UUID] = []
        self.modes: dict[UUID, Mode] = {}
        self.handsets: dict[UUID, Client] = {}
        self.consoles = {"aoba": Client(), "midori": Client()}
        self.acknowledged: dict[UUID, dict[str, LineStored]] = {}
        self.asked: list[Asked] = []
        self.refused_lines: set[str] = set()
        self.count = 0
        self.link: Link
        self.caller: HandsetIdentity

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(30):
                return await work

        return self.runner.run(bounded())

    def site(self, operator: str) -> Site:
        return self.link.a if operator == "aoba" else self.link.b

    def call(self, which: int) -> UUID:
        return self.calls[which % len(self.calls)]

    def text(self) -> str:
        self.count += 1
        return f"t{self.count}"

    @initialize(stage=st.sampled_from(["offered", "assigned", "talking", "talking"]))
    def begin(self, stage: str) -> None:
        self.run(self._begin())
        self.place(Mode.TEST)
        if stage != "offered":
            self.run(self.link.flow())
        if stage == "talking":
            self.dispatcher_answers("midori", 0)
            self.run(self.link.flow())

    async def _begin(self) -> None:
        clock, folder = ManualClock(), Path(self.folder.name)
        a = await Site("aoba", folder / "a", clock, LIMITS).start()
        b = await Site("midori", folder / "b", clock, LIMITS).start()
        self.link = Link(a, b)
        self.caller = await a.registrant()
        self.link.up()
        await self.link.flow()
        await self._connect("aoba")
        await self._connect("midori")

    # --- clients ------------------------------------------------------------------------------

    async def _connect(self, operator: str) -> None:
        client, site = self.consoles[operator], self.site(operator)
        client.attachment = await site.service.attach_console(
            site.dispatcher, client.after(), client.tape
        )

    async def _connect_handset(self, call_id: UUID) -> None:
        client = self.handsets[call_id]
        client.attachment = await self.link.a.service.attach_handset(
            self.caller, call_id, client.after().get(call_id, 0), client.tape
        )

    @precondition(lambda self: len(self.calls) < 2)
    @rule(mode=st.sampled_from([Mode.TEST, Mode.DRILL]))
    def place(self, mode: Mode) -> None:
        view = self.run(self.link.a.call(self.caller, new_call(TOKONAME, mode=mode)))
        self.calls.append(view.call_id)
        self.modes[view.call_id] = mode
        self.acknowledged[view.call_id] = {}
        self.handsets[view.call_id] = Client()
        self.run(self._connect_handset(view.call_id))

    @rule(operator=SIDES)
    def console_comes_or_goes(self, operator: str) -> None:
        self.run(self._toggle(self.consoles[operator], self._connect(operator)))

    @precondition(lambda self: self.calls)
    @rule(which=WHICH)
    def handset_comes_or_goes(self, which: int) -> None:
        call_id = self.call(which)
        self.run(self._toggle(self.handsets[call_id], self._connect_handset(call_id)))

    async def _toggle(self, client: Client, connect: Coroutine[Any, Any, None]) -> None:
        if client.attachment is None:
            await connect
        else:
            connect.close()
            await client.attachment.detach()
            client.read(self.calls)
            client.cut()
        await self.link.settle()

    # --- saying and doing ---------------------------------------------------------------------

    @precondition(lambda self: self.calls)
    @rule(which=WHICH)
    def caller_says(self, which: int) -> None:
        self.run(self._caller_says(self.call(which), self.text()))

    async def _caller_says(self, call_id: UUID, text: str) -> None:
        try:
            stored = await self.link.a.service.caller_says(self.caller, call_id, new_line(text))
        except Refused as refused:
            assert refused.code is Refusal.CALL_CLOSED
            assert not self.link.a.live(call_id).known().open
            self.refused_lines.add(f"c-{text}")
        else:
            self._acknowledge(call_id, stored)

    def _acknowledge(self, call_id: UUID, stored: LineStored) -> None:
        assert self.acknowledged[call_id].setdefault(stored.client_id, stored) == stored

    @precondition(lambda self: self.calls and self.acknowledged[self.calls[0]])
    @rule(data=st.data())
    def caller_repeats(self, data: st.DataObject) -> None:
        call_id = self.calls[0]
        known = data.draw(st.sampled_from(sorted(self.acknowledged[call_id])))
        text = known.removeprefix("c-")
        lines = self.run(self.link.a.lines(call_id))
        if any(line.client_id == known and line.sender == "caller" for line in lines):
            self.run(self._caller_says(call_id, text))

    @precondition(lambda self: self.calls)
    @rule(which=WHICH)
    def owner_says(self, which: int) -> None:
        """The dispatcher whom the anchor takes for the owner, so that most lines are said."""
        self.dispatcher_says(self.link.a.live(self.call(which)).known().owner.provider, which)

    @precondition(lambda self: self.calls)
    @rule(operator=SIDES, which=WHICH)
    def dispatcher_says(self, operator: str, which: int) -> None:
        site, call_id, text = self.site(operator), self.call(which), self.text()
        said = site.service.dispatcher_says(site.dispatcher, call_id, new_line(text))
        self.run(self._ask(call_id, f"c-{text}", said))

    @precondition(lambda self: self.calls)
    @rule(operator=SIDES, which=WHICH)
    def dispatcher_answers(self, operator: str, which: int) -> None:
        site = self.site(operator)
        answer = site.service.answer(site.dispatcher, self.call(which))
        self.run(self._ask(self.call(which), None, answer))

    @precondition(lambda self: self.calls)
    @rule(operator=SIDES, which=WHICH, really=st.sampled_from([False, False, True]))
    def dispatcher_closes(self, operator: str, which: int, really: bool) -> None:
        if not really:
            return  # else most calls would be over before anything has happened to them
        site = self.site(operator)
        close = site.service.close(site.dispatcher, self.call(which), CLOSED)
        self.run(self._ask(self.call(which), None, close))

    async def _ask(
        self, call_id: UUID, client_id: str | None, work: Coroutine[Any, Any, Any]
    ) -> None:
        self.asked.append(Asked(call_id, client_id, asyncio.create_task(work)))
        await self._look_at_answers()

    async def _look_at_answers(self) -> None:
        await self.link.settle()
        for each in tuple(self.asked):
            if not each.task.done():
                continue
            self.asked.remove(each)
            try:
                answer = await each.task
            except Refused as refused:
                assert refused.code is not Refusal.NOT_CONFIRMED
                if each.client_id is not None:
                    self.refused_lines.add(each.client_id)
            else:
                if each.client_id is not None:
                    self._acknowledge(each.call_id, answer)

    # --- the link and the clock ---------------------------------------------------------------

    @precondition(lambda self: self.link.is_up)
    @rule(pipe=st.integers(0, 3), index=st.integers(0, 3), receipt=st.booleans())
    def deliver(self, pipe: int, index: int, receipt: bool) -> None:
        self.run(self._deliver(pipe, index, receipt))

    async def _deliver(self, pipe: int, index: int, receipt: bool) -> None:
        chosen = self.link.pipes[pipe]
        waiting = len(await chosen.waiting())
        if waiting:
            envelope = await chosen.deliver(min(index, waiting - 1), receipt=receipt)
            assert envelope.call_id is None or envelope.mode is self.modes[envelope.call_id]

    @precondition(lambda self: self.link.is_up and self.calls)
    @rule(pipe=st.integers(0, 3), which=WHICH)
    def deliver_while_the_caller_speaks(self, pipe: int, which: int) -> None:
        async def both() -> None:
            await asyncio.gather(
                self._deliver(pipe, 0, True), self._caller_says(self.call(which), self.text())
            )

        self.run(both())

    @precondition(lambda self: self.link.is_up)
    @rule(pipe=st.integers(0, 3))
    def lose(self, pipe: int) -> None:
        """Lose a message that has a receipt; a later one of the call shows the gap."""
        self.run(self._lose(pipe))

    async def _lose(self, pipe: int) -> None:
        chosen = self.link.pipes[pipe]
        waiting = [decode(item.payload) for item in await chosen.waiting()]
        if waiting and waiting[0].n:
            later = [each for each in waiting if each.call_id == waiting[0].call_id]
            if any(each.n > waiting[0].n for each in later):
                await chosen.deliver(arrives=False)

    @precondition(lambda self: self.link.is_up)
    @rule()
    def flow(self) -> None:
        self.run(self.link.flow())

    @rule(seconds=st.sampled_from([0.5, 2.0, 5.0, 20.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.run(self._time_passes(seconds))

    async def _time_passes(self, seconds: float) -> None:
        self.link.a.clock.advance(seconds)
        self.link.beat()
        await self.link.settle()
        await self.link.a.look_for_lost_peers()
        await self.link.b.look_for_lost_peers()

    @rule()
    def link_breaks_or_mends(self) -> None:
        self.run(self._break_or_mend())

    async def _break_or_mend(self) -> None:
        if self.link.is_up:
            self.link.down()
        else:
            self.link.up()
        await self.link.settle()

    @rule(operator=SIDES)
    def restart(self, operator: str) -> None:
        self.run(self._restart(operator))

    async def _restart(self, operator: str) -> None:
        await self._look_at_answers()
        clients = [self.consoles[operator]]
        if operator == "aoba":
            clients += self.handsets.values()
        else:
            for each in self.asked:
                each.task.cancel()
            self.asked.clear()
        for client in clients:
            client.read(self.calls)
            client.cut()
        await self.site(operator).restart()
        was_up = self.link.is_up
        self.link.down()
        if was_up:
            self.link.up()

    # --- what must hold -----------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        if self.calls:
            self.run(self._check())

    async def _check(self) -> None:
        await self._look_at_answers()
        for call_id in self.calls:
            lines = await self._check_lines(call_id)
            await self._check_owner(call_id)
            for client in (self.handsets[call_id], *self.consoles.values()):
                client.read(self.calls)
                seen = client.seen[call_id]
                assert seen == lines[: len(seen)], "a client shows another order than the anchor"

    async def _check_lines(self, call_id: UUID) -> list[ChatLine]:
        lines = await self.link.a.lines(call_id)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        by_client = {line.client_id: line for line in lines}
        assert len(by_client) == len(lines)
        for client_id, stored in self.acknowledged[call_id].items():
            line = by_client[client_id]
            assert (line.seq, line.at) == (stored.seq, stored.at)
            assert line.text == client_id.removeprefix("c-")
        assert not self.refused_lines & by_client.keys(), "refused, and said all the same"
        there = await self.link.b.lines(call_id)
        assert there == [lines[line.seq - 1] for line in there]
        return lines

    async def _check_owner(self, call_id: UUID) -> None:
        for site in (self.link.a, self.link.b):
            await site.service.core.ensure(call_id)
            live = site.live(call_id)
            if live.call is not None:
                stored = (await site.stored(call_id)).known()
                for name in ("state", "epoch", "owner", "peer", "presence", "mode", "told"):
                    assert getattr(stored, name) == getattr(live.call, name), name
                assert live.call.mode is self.modes[call_id]
        anchor, there = self.link.a.live(call_id).known(), self.link.b.live(call_id).call
        assert (anchor.peer == "midori") == (anchor.owner.provider == "midori")
        if there is None:
            assert anchor.owner.provider == "aoba"
            return
        assert there.epoch <= anchor.epoch
        if there.open and there.owner.provider == "midori" and anchor.open:
            same = there.epoch == anchor.epoch
            assert same == (anchor.owner.provider == "midori")

    def teardown(self) -> None:
        try:
            if hasattr(self, "link"):
                self.run(self._end())
        finally:
            self.runner.close()
            self.folder.cleanup()

    async def _end(self) -> None:
        """With a good link again everything comes to rest, and both sides agree."""
        if not self.link.is_up:
            self.link.up()
        for _ in range(20):
            await self.link.flow()
            await self._time_passes(0.5)
            if not any([await pipe.waiting() for pipe in self.link.pipes]):
                break
        await self.link.flow()
        await self._check()
        for call_id in self.calls:
            anchor, there = self.link.a.live(call_id).known(), self.link.b.live(call_id)
            assert not self.link.a.live(call_id).held
            assert not there.held
            owns = there.call is not None and there.call.owner.provider == "midori"
            if there.call is not None and there.call.open and owns:
                assert anchor.open
                assert anchor.epoch == there.call.epoch
            if anchor.owner.provider == "midori":
                assert owns
                assert there.call is not None
                assert (there.call.state, there.call.epoch) == (anchor.state, anchor.epoch)
                assert await self.link.b.lines(call_id) == await self.link.a.lines(call_id)
                assert not there.pending
            elif there.call is not None and there.call.open:
                assert there.call.state is CallState.OFFERING
        assert not self.asked, "somebody still waits for an answer"
        for site in (self.link.a, self.link.b):
            await site.stop()


def test_two_providers_and_a_bad_link() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        TwoProviders,
        settings=settings(
            max_examples=40,
            stateful_step_count=50,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
