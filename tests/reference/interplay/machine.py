"""The state machine: a random run of two providers, their people, their links and a stranger."""

import random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from net119_protocol.codes import Mode
from net119_reference.ports import Channel

from tests.reference.interplay.dealings import MOST_CALLS, SIDES, WHICH, Dealings
from tests.reference.interplay.invariants import Invariants
from tests.reference.interplay.node import OPERATORS
from tests.reference.interplay.wires import PIPES
from tests.reference.service.support import CHITOSE, TOKONAME

ELSEWHERE = {"aoba": TOKONAME, "midori": CHITOSE}
"""A place of the other provider."""
APART = (-86_400.0, -3_600.0, -20.0, -2.0, 0.0, 0.0, 2.0, 20.0, 3_600.0, 86_400.0)
"""How far the clock of a machine is set before the time, in seconds."""


class Interplay(Dealings):
    """See the module's text.  ``world`` is lent, since building one takes longer than a run."""

    steps: ClassVar[int] = 0

    @initialize(stage=st.sampled_from(["nothing", "offered", "talking", "talking", "both"]))
    def begin(self, stage: str) -> None:
        world = self.world
        world.begin()
        self.law = Invariants(world)
        if stage == "nothing":
            return
        call = world.place("aoba", TOKONAME, Mode.TEST)
        assert call is not None
        if stage == "offered":
            return
        world.flow()
        world.answer("midori", call)
        world.flow()
        if stage == "both":
            other = world.place("midori", CHITOSE, Mode.DRILL)
            assert other is not None
            world.flow()
            world.answer("aoba", other)
            world.flow()

    # --- links --------------------------------------------------------------------------------

    @precondition(lambda self: self.world.can_flow())
    @rule(pipe=st.sampled_from(PIPES), index=st.integers(0, 3), receipt=st.booleans())
    def deliver(self, pipe: tuple[str, str, Channel], index: int, receipt: bool) -> None:
        waiting = len(self.world.waiting(pipe))
        if waiting:
            self.world.deliver(pipe, min(index, waiting - 1), receipt=receipt)

    @precondition(lambda self: self.has_calls() and self.world.can_flow())
    @rule(which=WHICH, times=st.integers(1, 5))
    def one_after_the_other(self, which: int, times: int) -> None:
        """Messages of one call arrive; what each does is looked at before the next."""
        world, call = self.world, self.call(which)
        for _ in range(times):
            if not world.can_flow() or not world.deliver_of(call):
                return
            self.everything_holds_now()

    @precondition(lambda self: self.world.can_flow())
    @rule(pipe=st.sampled_from(PIPES))
    def lose(self, pipe: tuple[str, str, Channel]) -> None:
        self.world.lose(pipe)

    @precondition(lambda self: self.has_calls() and self.world.can_flow())
    @rule(which=WHICH)
    def a_line_is_lost(self, which: int) -> None:
        """On its way to the owner, who sees the gap by the next one and asks for it."""
        world, call = self.world, self.call(which)
        owner = world.owner(call)
        if owner in OPERATORS and owner != call.anchor:
            world.flow()
            for _ in range(2):
                world.caller_says(call)
            world.lose((call.anchor, owner, Channel.CLIENT))
            world.flow_if_possible()
            world.pass_time(1.0)
            world.flow_if_possible()

    @precondition(lambda self: self.world.can_flow())
    @rule()
    def flow(self) -> None:
        self.world.flow()

    @precondition(lambda self: self.world.can_flow())
    @rule()
    def flow_again(self) -> None:
        self.world.flow()

    @rule()
    def link_breaks_or_mends(self) -> None:
        self.world.set_link(not self.world.link_up)

    @precondition(Dealings.has_calls)
    @rule(which=WHICH)
    def owner_falls_silent(self, which: int) -> None:
        """Past T3: the call comes home, and its owner learns that when it is back (I7)."""
        world, call = self.world, self.call(which)
        if world.owner(call) in OPERATORS and world.owner(call) != call.anchor:
            world.set_link(False)
            world.pass_time(33.0)
            self.everything_holds_now()
            world.set_link(True)
            world.flow_if_possible()

    @rule()
    def stranger_comes_or_goes(self) -> None:
        self.world.set_stranger(not self.world.stranger_up)

    # --- time and death -----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.5, 0.5, 2.0, 5.0, 11.0, 31.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(hours=st.sampled_from([0.01, 2, 30]))
    def machines_sleep(self, hours: float) -> None:
        self.world.jump(3600 * hours)

    @rule(operator=SIDES, apart=st.sampled_from(APART))
    def clock_is_set(self, operator: str, apart: float) -> None:
        """The clocks of the providers are apart from now on, or right again."""
        self.world.set_clock(operator, apart)

    @rule(operator=SIDES, apart=st.sampled_from(APART), seconds=st.sampled_from([3.0, 16.0, 16.0]))
    def clock_is_set_while_nobody_hears(self, operator: str, apart: float, seconds: float) -> None:
        """Nothing is carried meanwhile, although all sessions are up; somebody calls, if he may."""
        self.world.silent = True
        if len(self.world.calls) <= MOST_CALLS and self.world.nodes[operator].alive:
            self.world.place(operator, ELSEWHERE[operator], Mode.TEST)
        self.everything_holds_now()
        self.world.set_clock(operator, apart)
        self.world.pass_time(seconds)
        self.everything_holds_now()
        self.world.silent = False

    @rule(operator=SIDES, orderly=st.booleans())
    def restart(self, operator: str, orderly: bool) -> None:
        self.world.restart(operator, orderly=orderly)

    @rule(operator=SIDES, commits=st.integers(1, 6), after=st.booleans())
    def will_die(self, operator: str, commits: int, after: bool) -> None:
        """It dies before or after one of its next commits."""
        node = self.world.nodes[operator]
        point = node.commits + commits
        node.dies_before_commit, node.dies_after_commit = (None, point) if after else (point, None)

    # --- the stranger -------------------------------------------------------------------------

    @rule(seed=st.integers(0, 2**32 - 1), times=st.integers(1, 3))
    def stranger_speaks(self, seed: int, times: int) -> None:
        dice = random.Random(seed)
        self.world.feed_stranger()
        # A peer that offers another's call id before its anchor does has a call by that name there,
        # and the anchor's gets another name, under which the laws do not look for it.
        known = [
            call for call in self.world.calls if all(self.world.record(n, call) for n in OPERATORS)
        ]
        self.world.stranger.overheard = [(call.call_id, call.mode) for call in known]
        for _ in range(times):
            self.law.hear(self.world.stranger.speak(dice))

    @precondition(Dealings.has_calls)
    @rule(which=WHICH)
    def given_to_the_stranger(self, which: int) -> None:
        """The owner asks for the stranger's department, and the stranger takes it."""
        call = self.call(which)
        owner = self.world.owner(call)
        if owner in OPERATORS:
            self.world.transfer(owner, call, "aso")
            self.world.flow_if_possible()
            for said in self.world.stranger.willing(call.call_id):
                self.law.hear(said)
            self.world.flow_if_possible()

    # --- what must hold -----------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        type(self).steps += 1
        if hasattr(self, "law"):
            self.everything_holds_now()

    def everything_holds_now(self) -> None:
        """In the middle of a step."""
        self.world.revive()
        self.law.check()

    def teardown(self) -> None:
        if hasattr(self, "law"):
            self.law.come_to_rest()
