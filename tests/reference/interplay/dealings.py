"""Rules of the state machine: what callers, dispatchers and their mail do."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from net119_protocol.codes import Mode, ProviderState
from net119_reference.mail.schedule import Answer

from tests.reference.interplay.carrier import LATER, TAKEN, UNKNOWN
from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import OPERATORS
from tests.reference.interplay.world import World
from tests.reference.service.support import CHITOSE, TOKONAME

SIDES = st.sampled_from(OPERATORS)
WHICH = st.integers(0, 2)
PLACES = st.sampled_from([TOKONAME, TOKONAME, CHITOSE])
DEPARTMENTS = st.sampled_from(
    ["chitose", "tomakomai", "chita-tokoname", "chita-handa", "aso", "nowhere"]
)
MOST_CALLS = 3


class Dealings(RuleBasedStateMachine):
    """``world`` is lent, since building one takes longer than a run."""

    world: ClassVar[World]

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
