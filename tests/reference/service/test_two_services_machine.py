"""Two providers and a bad link between them, driven at random; the invariants hold all the time.

The link repeats, delays, and, worse than STOMP allows, reorders and loses; either provider is
restarted at any time.  I1: one owner, whom nobody contradicts under the same epoch.  I2: every
acknowledged line is in the anchor's database.  I3 and I4: one order, nothing twice, at every
client and in both transcripts.  I5: the mode never changes.
"""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
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
from net119_protocol.codes import Mode, Refusal
from net119_protocol.interconnect import decode
from net119_reference.ports import Refused

from tests.reference.service.link import Link
from tests.reference.service.support import (
    CLOSED,
    TOKONAME,
    ManualClock,
    Site,
    new_call,
    new_line,
)
from tests.reference.service.watched import LIMITS, Asked, Client, Watched

SIDES = st.sampled_from(["aoba", "midori"])
WHICH = st.integers(0, 1)


class TwoProviders(Watched, RuleBasedStateMachine):
    """See the module's text."""

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
        says = self.link.a.service.caller_says(self.caller, call_id, new_line(text))
        (result,) = await asyncio.gather(says, return_exceptions=True)
        if isinstance(result, LineStored):
            self._acknowledge(call_id, result)
            return
        assert isinstance(result, Refused)
        assert result.code is Refusal.CALL_CLOSED
        assert not self.link.a.live(call_id).known().open
        self.refused_lines.add(f"c-{text}")

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

    @rule()
    def link_breaks_or_mends(self) -> None:
        self.run(self._break_or_mend())

    async def _break_or_mend(self) -> None:
        if self.link.is_up:
            self.link.down()
        else:
            self.link.up()
        await self.link.settle()

    @precondition(lambda self: self.link.is_up)
    @rule(mended=st.booleans())
    def the_link_is_down_for_longer_than_t3(self, mended: bool) -> None:
        self.run(self._break_or_mend())
        self.run(self._time_passes(31))
        if mended:
            self.run(self._break_or_mend())

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

    def teardown(self) -> None:
        try:
            if hasattr(self, "link"):
                self.run(self._end())
        finally:
            self.runner.close()
            self.folder.cleanup()


def test_two_providers_and_a_bad_link() -> None:
    run_state_machine_as_test(
        TwoProviders,
        settings=settings(
            max_examples=25,
            stateful_step_count=50,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
