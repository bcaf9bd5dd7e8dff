"""Random histories of incidents: what must hold whatever happens, after every step.

None ends without a dispatch or a recorded reason why not; none that began with a test alarm is
ever dispatched; a silent user is dispatched in time, also one who answered and pressed again, and
whatever a dispatcher says meanwhile; every press is hailed, or begins an incident of its own;
helpers are asked in their order; an incident ends as what was done for its last press.
"""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from net119_protocol.alarms.codes import (
    DISPATCHING,
    Accident,
    AlarmOutcome,
    Finding,
    HelperAnswer,
    IncidentKind,
    IncidentState,
    Recipient,
    SceneEvent,
    SignalKind,
)
from net119_protocol.alarms.incident import Incident
from net119_reference.alarms import afterwards, asking, machine, pressed
from net119_reference.alarms.machine import Decision, NotNow

from tests.reference.alarms.people import HELPERS, NOW, OFFICE, TIMERS, WHOSE, raised

SECONDS = st.sampled_from([0.0, 1.0, 10.0, 29.0, 31.0, 61.0, 121.0, 3600.0])
WORDS = st.sampled_from(["", "  ", "間違えました", "ヘルパーが来ない", "警報器の故障"])
BY = st.sampled_from(["指令員①", "指令員②"])
TRIES = (NotNow, asking.NotAsked)


class Histories(RuleBasedStateMachine):
    """One incident, and everybody who can do something with it, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.incident: Incident
        self.before: Incident | None = None
        # Told here from what was done, not from what the incident says of itself.
        self.answered = False
        self.unanswered_since = NOW
        self.said: list[datetime] = []
        """When somebody at the unit spoke since the last press."""
        self.press_number = 0
        self.matters: dict[int, int] = {}
        """Of which press each telling is, by its number."""
        self.unreached: set[int] = set()
        self.looks: set[int] = set()
        """Presses for which crews went to look, or were at the house."""
        self.sent = self.spoken = self.explained = False
        self.found: Finding | None = None

    @initialize(
        kind=st.sampled_from(
            [SignalKind.ALARM, SignalKind.ALARM, SignalKind.TEST, SignalKind.CONSULTATION]
        ),
        helpers=st.integers(0, 3),
    )
    def begin(self, kind: SignalKind, helpers: int) -> None:
        self.helpers = HELPERS[:helpers]
        self.incident = raised(kind)

    def _wait(self, seconds: float) -> None:
        """As the shell does it: what is due is done when it is due, not later."""
        until = self.now + timedelta(seconds=seconds)
        while (due := machine.due(self.incident)) is not None and due <= until:
            self.now = max(self.now, due)
            hailing = self.incident.state is IncidentState.HAILING
            self._to(machine.tick, self.helpers, self.now, TIMERS)
            if hailing:
                self.sent = True
                silent = Finding.UNCLEAR if self.answered else Finding.NO_ANSWER
                assert (self.incident.finding, self.incident.reason) == (silent, "")
        self.now = until

    @property
    def done(self) -> bool:
        """Whether the last act was possible."""
        return self.incident is not self.before

    @property
    def known(self) -> bool:
        """Whether of the last press somebody was told, or still is to be told."""
        current = {number for number, press in self.matters.items() if press == self.press_number}
        return bool(current - self.unreached)

    @property
    def looked(self) -> bool:
        return self.press_number in self.looks

    def _to(self, what: Any, *given: Any, **named: Any) -> None:
        self.before = self.incident
        try:
            self.incident = what(self.incident, *given, **named)
        except TRIES:
            assert self.incident is self.before

    @rule(seconds=SECONDS)
    def time_goes_by(self, seconds: float) -> None:
        self._wait(seconds)

    @rule(by=BY)
    def take(self, by: str) -> None:
        self._to(machine.take, by)

    @rule(by=BY)
    def hail(self, by: str) -> None:
        self._to(machine.hail, by, self.now, TIMERS)

    @rule(by=st.sampled_from(["", "指令員①"]), text=WORDS)
    def speak(self, by: str, text: str) -> None:
        if not by and self.incident.open:
            self.answered = self.spoken = True
            self.said.append(self.now)
        self._to(machine.speak, by, text, self.now, TIMERS)

    @rule()
    def press(self) -> None:
        """The button again, of an alarm; every press is one that is heard."""
        self._wait(0.001)  # two things happen at no moment at once
        before, kind = self.incident, self.incident.kind
        if not before.open or kind is not IncidentKind.ALARM:
            return
        if not pressed.belongs(before, SignalKind.ALARM, before.mode, WHOSE, self.now, TIMERS):
            sent = max(each.at for each in before.dispatches if not each.to_investigate)
            final = (SceneEvent.HANDED_OVER, SceneEvent.NOTHING_FOUND)
            assert before.state is IncidentState.DISPATCHED
            assert self.now - sent > timedelta(seconds=TIMERS.anew_s) or any(
                each.event in final and each.at >= sent for each in before.scene
            )
            return
        self._to(pressed.pressed_again, before.signals[-1] + 1, self.now, TIMERS)
        if self.answered:
            self.unanswered_since = self.now
        self.answered = False
        self.said.clear()
        self.press_number += 1
        self.found = None
        now = self.incident
        assert (now.hails[-1].at, now.hails[-1].by) == (self.now, "")
        assert now.state in (IncidentState.HAILING, IncidentState.DISPATCHED)
        if now.state is IncidentState.HAILING:
            assert (now.finding, now.reason) == (None, "")
            assert before.reason in ("", *now.notes)

    @rule(kind=st.sampled_from([SignalKind.TEST, SignalKind.CONSULTATION]))
    def other_signal(self, kind: SignalKind) -> None:
        """Another test or consultation; one beside an alarm is no part of it."""
        mode = self.incident.mode
        if pressed.belongs(self.incident, kind, mode, WHOSE, self.now, TIMERS):
            assert self.incident.kind is not IncidentKind.ALARM
            self._to(pressed.pressed_again, self.incident.signals[-1] + 1, self.now, TIMERS)

    @rule(
        finding=st.sampled_from(Finding),
        accident=st.sampled_from(Accident),
        units=st.sampled_from(["", "救急1"]),
        reason=WORDS,
        by=BY,
    )
    def decide(
        self, finding: Finding, accident: Accident, units: str, reason: str, by: str
    ) -> None:
        decision = Decision(finding, by, accident, units, reason)
        self._to(machine.decide, decision, self.helpers, self.now, TIMERS)
        if not self.done:
            return
        if finding in DISPATCHING:
            self.sent = True
            return
        assert self.answered, "found to be no disaster, and nobody had answered the last press"
        self.found = finding
        if finding is Finding.FIRE_SERVICE and units:
            self.looks.add(self.press_number)

    @rule(
        finding=st.sampled_from([Finding.OTHER, Finding.FIRE_SERVICE]),
        units=st.sampled_from(["", "調査1"]),
    )
    def no_disaster(self, finding: Finding, units: str) -> None:
        """The user answers, and it is found to be none: seldom enough if left to chance."""
        self.speak("", "ヘルパーが来ない")
        self.decide(finding, Accident.UNKNOWN, units, "災害でない", "指令員①")

    @rule(
        before=st.sampled_from([Finding.OTHER, Finding.FIRE_SERVICE]),
        finding=st.sampled_from([Finding.OTHER, Finding.FIRE_SERVICE]),
        reason=WORDS,
    )
    def no_disaster_once_more(self, before: Finding, finding: Finding, reason: str) -> None:
        """Somebody looks, or is told; then the button again, and nothing is done for that."""
        self.no_disaster(before, "調査1")
        if before is Finding.OTHER:
            self.tell(Recipient.POLICE, urgent=True)
        self.press()
        self.no_disaster(finding, "")
        self.close(reason, "指令員①")

    @rule(reason=WORDS)
    def ends_while_somebody_waits(self, reason: str) -> None:
        """A relative is to be told, the incident ends, and the relative is not there."""
        self.tell(Recipient.RELATIVE, urgent=False)
        self.close(reason, "指令員①")
        for number in range(1, len(self.matters) + 1):
            self.told(number, reached=False)

    @rule(seconds=st.sampled_from([20.0, 100.0]), act=st.sampled_from(["user", "words", "hail"]))
    def talks_on(self, seconds: float, act: str) -> None:
        """Somebody answers, and the talk goes on without a decision."""
        self.speak("", "うう……")
        for _ in range(7):
            self._wait(seconds)
            if act == "hail":
                self.hail("指令員①")
            else:
                self.speak("" if act == "user" else "指令員①", "…")

    @rule(order=st.integers(1, 4), answer=st.sampled_from(HelperAnswer))
    def helper(self, order: int, answer: HelperAnswer) -> None:
        if self.incident.open:
            self._to(asking.helper_answers, order, answer, self.helpers, self.now, TIMERS)

    @rule(event=st.sampled_from(SceneEvent), accident=st.sampled_from([None, *Accident]))
    def report(self, event: SceneEvent, accident: Accident | None) -> None:
        self._to(afterwards.report, event, "救急1", self.now, accident=accident)
        assert self.done is bool(self.sent or self.looks), "who was sent can report, to the end"
        if self.done:
            self.looks.add(self.press_number)

    @rule(recipient=st.sampled_from(Recipient), urgent=st.booleans())
    def tell(self, recipient: Recipient, urgent: bool) -> None:
        self._to(afterwards.tell, recipient, "用件", OFFICE, self.now, urgent=urgent)
        if self.done:
            self.matters[len(self.matters) + 1] = self.press_number

    @rule(number=st.integers(1, 4), reached=st.booleans())
    def told(self, number: int, reached: bool) -> None:
        self._to(afterwards.told, number, "指令員①", OFFICE, self.now, reached=reached)
        if self.done and not reached:
            self.unreached.add(number)
            if len(self.incident.tellings) > len(self.matters):
                self.matters[len(self.matters) + 1] = self.matters[number]

    @rule(good=st.booleans(), note=WORDS)
    def check(self, good: bool, note: str) -> None:
        self._to(machine.check_equipment, "指令員①", self.now, good=good, note=note)

    @rule(reason=WORDS, by=BY)
    def close(self, reason: str, by: str) -> None:
        self._to(machine.close, by, reason, self.now)
        self.explained |= self.done and bool(reason.strip())

    @invariant()
    def nobody_is_forgotten(self) -> None:
        incident = self.incident
        if incident.state is IncidentState.CLOSED:
            assert incident.dispatched or incident.reason.strip()
            assert incident.outcome is not None

    @invariant()
    def it_ends_as_what_was_done_for_the_last_press(self) -> None:
        incident = self.incident
        match incident.outcome:
            case AlarmOutcome.DISPATCHED:
                assert self.sent
            case AlarmOutcome.INVESTIGATED:
                assert self.looked
                assert not self.sent
            case AlarmOutcome.PASSED_ON:
                assert self.known
                assert not self.sent
            case AlarmOutcome.CONSULTED:
                assert incident.kind is IncidentKind.CONSULTATION
                assert self.spoken
                assert self.found is None
            case AlarmOutcome.NO_ACTION:
                assert (self.sent, self.known, self.looked) == (False, False, False)
                assert self.spoken is False or self.found is not None
                assert incident.reason.strip()
        if incident.outcome is None or self.sent or self.known:
            assert not incident.reason_owed
            return
        decided = self.found is Finding.OTHER or (
            self.found is Finding.FIRE_SERVICE and not self.looked
        )
        if decided:
            assert self.explained or afterwards.owed(incident), "nobody knows, and nobody is told"
        else:
            assert not incident.reason_owed

    @invariant()
    def a_test_is_never_dispatched(self) -> None:
        if self.incident.kind is IncidentKind.TEST:
            assert not self.incident.dispatches
            assert not self.incident.helpers

    @invariant()
    def silence_is_dispatched_in_time(self) -> None:
        incident = self.incident
        if incident.state is not IncidentState.HAILING:
            return
        assert incident.answered is self.answered
        if self.answered:
            assert self.now < self.said[-1] + timedelta(seconds=TIMERS.talk_s)
            assert self.now < self.said[0] + timedelta(seconds=TIMERS.talk_most_s)
        else:
            since = self.unanswered_since
            last = max([since] + [each.at for each in incident.hails if each.by])
            assert self.now < last + timedelta(seconds=TIMERS.hail_s)
            assert self.now < since + timedelta(seconds=TIMERS.hail_most_s)

    @invariant()
    def nothing_is_waited_for_longer_than_is_said(self) -> None:
        due = machine.due(self.incident)
        if due is not None:
            assert due - self.now <= machine.longest_wait(self.incident, TIMERS)

    @invariant()
    def nobody_is_sent_away_unheard(self) -> None:
        if self.incident.outcome is AlarmOutcome.MISTAKE:
            assert any(not each.by for each in self.incident.speech)

    @invariant()
    def helpers_are_asked_in_their_order_after_a_dispatch_only(self) -> None:
        incident = self.incident
        names = [each.name for each in incident.helpers]
        assert names == [each.name for each in self.helpers[: len(names)]]
        assert not names or incident.dispatched
        if incident.dispatched and self.helpers:
            assert names, "somebody was to be asked at once"
        coming = any(each.answer in asking.ON_THE_WAY for each in incident.helpers)
        if incident.dispatched and incident.open and not coming and len(names) < len(self.helpers):
            assert incident.ask_next_by is not None, "the next one would never be asked"

    @invariant()
    def what_happened_stays(self) -> None:
        before, now = self.before, self.incident
        if before is None:
            return
        for name in ("dispatches", "scene", "speech", "signals"):
            kept = getattr(now, name)[: len(getattr(before, name))]
            assert kept == getattr(before, name)
        if not before.open:
            # Who is told of it, what the house reports, and how it ended by that: nothing else.
            free = ("tellings", "scene", "accident", "outcome", "reason", "notes", "reason_owed")
            kept = {name: getattr(before, name) for name in free}
            assert now.model_copy(update=kept) == before
            assert before.reason_owed or (now.reason, now.notes) == (before.reason, before.notes)
        if now.kind is IncidentKind.TEST:
            assert not now.tellings


HISTORIES = int(os.environ.get("HISTORIES", "400"))
"""How many are tried; ``make soak`` tries 10,000."""
ASKED = settings(
    max_examples=HISTORIES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
Histories.TestCase.settings = ASKED
TestHistories = pytest.mark.timeout(max(300, HISTORIES))(Histories.TestCase)
