"""The state machine: a random run of two providers, their people, their links and a stranger."""

import random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from net119_protocol.codes import Mode, ProviderState
from net119_reference.mail.schedule import Answer
from net119_reference.ports import Channel

from tests.reference.interplay.carrier import LATER, TAKEN, UNKNOWN
from tests.reference.interplay.clients import Placed
from tests.reference.interplay.invariants import Invariants
from tests.reference.interplay.node import OPERATORS
from tests.reference.interplay.wires import PIPES
from tests.reference.interplay.world import World
from tests.reference.service.support import CHITOSE, TOKONAME

SIDES = st.sampled_from(OPERATORS)
WHICH = st.integers(0, 2)
PLACES = st.sampled_from([TOKONAME, TOKONAME, CHITOSE])
DEPARTMENTS = st.sampled_from(
    ["chitose", "tomakomai", "chita-tokoname", "chita-handa", "aso", "nowhere"]
)
MOST_CALLS = 3
ELSEWHERE = {"aoba": TOKONAME, "midori": CHITOSE}
"""A place of the other provider."""
APART = (-86_400.0, -3_600.0, -20.0, -2.0, 0.0, 0.0, 2.0, 20.0, 3_600.0, 86_400.0)
"""How far the clock of a machine is set before the time, in seconds."""


class Interplay(RuleBasedStateMachine):
    """See the module's text.  ``world`` is lent, since building one takes longer than a run."""

    world: ClassVar[World]
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

    def call(self, which: int) -> Placed:
        return self.world.calls[which % len(self.world.calls)]

    def has_calls(self) -> bool:
        return bool(self.world.calls)

    # --- callers ------------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.calls) < MOST_CALLS)
    @rule(operator=SIDES, fix=PLACES, mode=st.sampled_from([Mode.TEST, Mode.DRILL, Mode.PRACTICE]))
    def place(self, operator: str, fix: object, mode: Mode) -> None:
        if self.world.nodes[operator].alive:
            self.world.place(operator, fix, mode)  # type: ignore[arg-type]  # a strategy of fixes

    @precondition(has_calls)
    @rule(which=WHICH)
    def caller_says(self, which: int) -> None:
        self.world.caller_says(self.call(which))

    @precondition(has_calls)
    @rule(which=WHICH, index=st.integers(0, 5))
    def caller_repeats(self, which: int, index: int) -> None:
        call = self.call(which)
        known = [each for each in call.acknowledged if each in call.by_caller]
        known += call.unanswered
        if known:
            self.world.caller_says(call, known[-1 - index % len(known)])

    @precondition(has_calls)
    @rule(which=WHICH)
    def handset_comes_or_goes(self, which: int) -> None:
        call = self.call(which)
        if self.world.nodes[call.anchor].alive and not self.world.toggle(call.handset):
            self.world.connect_handset(call)

    @precondition(has_calls)
    @rule(which=WHICH, fix=st.sampled_from([CHITOSE, TOKONAME, None]))
    def caller_tells_the_place(self, which: int, fix: object) -> None:
        self.world.tell_place(self.call(which), fix)  # type: ignore[arg-type]  # a strategy of fixes

    # --- dispatchers --------------------------------------------------------------------------

    @rule(operator=SIDES)
    def console_comes_or_goes(self, operator: str) -> None:
        if self.world.nodes[operator].alive and not self.world.toggle(
            self.world.consoles[operator]
        ):
            self.world.connect_console(operator)

    @precondition(has_calls)
    @rule(which=WHICH)
    def owner_says(self, which: int) -> None:
        call = self.call(which)
        owner = self.world.owner(call)
        if owner in OPERATORS:
            self.world.dispatcher_says(owner, call)

    @precondition(has_calls)
    @rule(operator=SIDES, which=WHICH)
    def dispatcher_says(self, operator: str, which: int) -> None:
        self.world.dispatcher_says(operator, self.call(which))

    @precondition(has_calls)
    @rule(operator=SIDES, which=WHICH)
    def dispatcher_answers(self, operator: str, which: int) -> None:
        self.world.answer(operator, self.call(which))

    @precondition(has_calls)
    @rule(operator=SIDES, which=WHICH, dice=st.integers(0, 3))
    def dispatcher_closes(self, operator: str, which: int, dice: int) -> None:
        if dice == 3:  # else most calls would be over before anything has happened to them
            self.world.end(operator, self.call(which))

    @precondition(has_calls)
    @rule(which=WHICH)
    def owner_sends_a_crew(self, which: int) -> None:
        call = self.call(which)
        owner = self.world.owner(call)
        if owner in OPERATORS:
            self.world.dispatch(owner, call)

    @rule(operator=SIDES)
    def staff_reads(self, operator: str) -> None:
        self.world.staff_reads(operator)

    @precondition(has_calls)
    @rule(which=WHICH, department=DEPARTMENTS)
    def owner_transfers(self, which: int, department: str) -> None:
        call = self.call(which)
        owner = self.world.owner(call)
        if owner in OPERATORS:
            self.world.transfer(owner, call, department)

    @precondition(has_calls)
    @rule(operator=SIDES, which=WHICH, department=DEPARTMENTS)
    def dispatcher_transfers(self, operator: str, which: int, department: str) -> None:
        self.world.transfer(operator, self.call(which), department)

    @precondition(has_calls)
    @rule(operator=SIDES, which=WHICH)
    def dispatcher_asks_where(self, operator: str, which: int) -> None:
        self.world.ask_place(operator, self.call(which))

    @precondition(has_calls)
    @rule(operator=SIDES, which=WHICH)
    def dispatcher_reports(self, operator: str, which: int) -> None:
        self.world.report(operator, self.call(which))

    @precondition(has_calls)
    @rule(which=WHICH)
    def owner_calls_back(self, which: int) -> None:
        call = self.call(which)
        owner = self.world.stored_owner(call)
        if owner in OPERATORS:
            self.world.call_back(owner, call)

    @precondition(has_calls)
    @rule(operator=SIDES, which=WHICH)
    def dispatcher_calls_back(self, operator: str, which: int) -> None:
        self.world.call_back(operator, self.call(which))

    @precondition(has_calls)
    @rule(which=WHICH)
    def called_back_after_the_close(self, which: int) -> None:
        """All the way for once: closed, called back, opened by the letter's URL."""
        world, call = self.world, self.call(which)
        owner = world.stored_owner(call)
        if owner in OPERATORS:
            world.end(owner, call)
            world.flow_if_possible()
            world.call_back(owner, call)
            world.flow_if_possible()
            letters = world.letters(call)
            if letters:
                world.open_url(call, letters[-1])

    # --- letters ------------------------------------------------------------------------------

    @rule(operator=SIDES, answer=st.sampled_from([TAKEN, TAKEN, UNKNOWN, LATER]))
    def carrier_changes(self, operator: str, answer: Answer) -> None:
        self.world.nodes[operator].carrier.answer = answer

    @rule()
    def letters_are_carried(self) -> None:
        self.world.carry_letters()

    @precondition(has_calls)
    @rule(which=WHICH, index=st.integers(0, 2))
    def opens_a_url(self, which: int, index: int) -> None:
        """The newest letter, or an older one, which may be another call's."""
        call = self.call(which)
        letters = self.world.letters(call)
        if letters:
            self.world.open_url(call, letters[-1 - index % len(letters)])

    @precondition(has_calls)
    @rule(which=WHICH, index=st.integers(0, 2))
    def a_letter_comes_back(self, which: int, index: int) -> None:
        call = self.call(which)
        letters = self.world.letters(call)
        if letters:
            self.world.bounce(call.anchor, letters[-1 - index % len(letters)])

    @rule(operator=SIDES, address=st.sampled_from(["hanako@mail.example", "h@other.example"]))
    def address_changes(self, operator: str, address: str) -> None:
        self.world.move(operator, address)

    @rule(operator=SIDES, state=st.sampled_from([ProviderState.NORMAL, *ProviderState]))
    def state_changes(self, operator: str, state: ProviderState) -> None:
        self.world.set_state(operator, state)

    @precondition(has_calls)
    @rule(which=WHICH)
    def goes_well_for_once(self, which: int) -> None:
        """Everybody is there and talks; else most runs would be nothing but trouble."""
        world, call = self.world, self.call(which)
        world.set_link(True)
        for name in OPERATORS:
            world.set_clock(name, 0.0)
            world.set_state(name, ProviderState.NORMAL)
            if world.consoles[name].attachment is None and world.nodes[name].alive:
                world.connect_console(name)
        world.flow_if_possible()
        owner = world.owner(call)
        if owner in OPERATORS:
            world.answer(owner, call)
            world.flow_if_possible()
            world.ask_place(owner, call)
            world.dispatcher_says(owner, call)
            world.dispatch(owner, call)
            world.report(owner, call)
        world.caller_says(call)
        world.flow_if_possible()
        world.tell_place(call, TOKONAME)
        world.flow_if_possible()

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

    @precondition(has_calls)
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

    @precondition(has_calls)
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
