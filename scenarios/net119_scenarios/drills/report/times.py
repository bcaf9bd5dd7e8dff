"""The times of a call: from the alarm to what matters, and the silences. Pauses are taken out.

All times are real ones: where the drill ran at another pace than that of people, simulated roles
were faster than people would have been.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from net119_protocol.codes import CallState

from net119_scenarios.acted.understanding import questions
from net119_scenarios.drills.record import Aim, CallKept, DrillRecord, Pause
from net119_scenarios.drills.report.checklist import Answered
from net119_scenarios.drills.report.lines import (
    Said,
    consoles,
    gone_times,
    of_caller,
    of_dispatchers,
    said_in,
)

LOCATED_WITHIN_M = 200.0
"""A crew finds somebody within this radius (95 %), metres."""
KIND_QUESTIONS = (
    "kind",
    "what-happened",
    "what",
    "what-burns",
    "ill-or-hurt",
    "situation",
    "condition",
)
"""Ids of checklist questions that ask what has happened; the first that the list has for a call
counts."""
_OPEN = (CallState.ANSWERED, CallState.INTERRUPTED, CallState.TRANSFERRING)
Span: TypeAlias = tuple[float, float]


class Figure(StrEnum):
    """The times that are measured, each from the alarm unless its text says otherwise.

    The alarm is the first moment at which a console of the drill showed the call as ringing for its
    own center.
    """

    ANSWER = "answer"
    """Until a console first showed the call as answered."""
    LOCATED = "located"
    """Until a console of a center that has the call showed a position with a radius of 95 % of
    `LOCATED_WITHIN_M` at most."""
    UNDERSTOOD = "understood"
    """Until the caller's first reply, after the answer, to the question what has happened (the
    first of `KIND_QUESTIONS` on the checklist), or told it unasked; without such a question on the
    list, or asked in another call, until the caller's first line after the answer. None if the
    question was missed."""
    FIRST_QUESTION = "first-question"
    """Until the dispatchers' first line, after the answer, that asks something or offers answers
    to tap."""
    DISPATCH = "dispatch"
    """Until the first crew was recorded as sent."""
    TRANSFER = "transfer"
    """Until the first transfer was accepted."""
    TRANSFER_TOOK = "transfer-took"
    """From the asking for the transfer which was accepted first, until then."""
    CLOSED = "closed"
    """Until a console first showed the call as closed after its last answer."""
    DISPATCHER_SILENCE = "dispatcher-silence"
    """The longest time, between the answer and the close, in which no dispatcher wrote."""
    CALLER_SILENCE = "caller-silence"
    """The longest time, between the answer and the close, in which the caller neither wrote nor
    tapped; time in which the handset was not connected is taken out."""


@dataclass(frozen=True)
class Time:
    """One time of a call: ``seconds`` without pauses, None for what did not happen.

    ``began_s`` and ``ended_s`` are seconds of the drill, pauses included.
    """

    figure: Figure
    seconds: float | None = None
    began_s: float | None = None
    ended_s: float | None = None


@dataclass(frozen=True)
class TimesOfCall:
    """The times of one call, one for each `Figure`."""

    call: CallKept
    alarm_s: float | None
    times: tuple[Time, ...]
    gone_s: float
    """How long the caller's handset was not connected, without pauses."""

    def time(self, figure: Figure) -> Time:
        """One of them."""
        return next(each for each in self.times if each.figure is figure)


@dataclass(frozen=True)
class AimHeld:
    """A target of the scenario: how long it took without pauses, None if it was not reached."""

    aim: Aim
    seconds: float | None

    @property
    def held(self) -> bool:
        """Whether it was reached in time."""
        return self.seconds is not None and self.seconds <= self.aim.seconds


def without(span: Span, holes: Iterable[Span]) -> float:
    """Length of a span without the holes in it, which may overlap; never negative."""
    begin, end = span
    left, at = 0.0, begin
    for hole_begin, hole_end in sorted(holes):
        left += max(0.0, min(hole_begin, end) - at)
        at = max(at, min(hole_end, end))
    return max(0.0, left + max(0.0, end - at))


def aims_of(record: DrillRecord) -> tuple[AimHeld, ...]:
    """Every target of the scenario, by the moments of its steps."""
    holes = holes_of(record.pauses)
    found = []
    for aim in record.aims:
        begin, end = record.moments.get(aim.begin), record.moments.get(aim.end)
        reached = begin is not None and end is not None
        took = without((begin, end), holes) if begin is not None and end is not None else None
        found.append(AimHeld(aim, took if reached else None))
    return tuple(found)


def times_of(
    record: DrillRecord, call: CallKept, checklist: Sequence[Answered] = ()
) -> TimesOfCall:
    """The times of a call; ``checklist`` is that of the same record."""
    holes = holes_of(record.pauses)
    alarm = alarm_of(call)
    answer = _first_state(call, (CallState.ANSWERED,), alarm)
    closed = _closed(call)
    lines = said_in(call)
    asked, accepted = _transfer(call)
    ends: dict[Figure, float | None] = {
        Figure.ANSWER: answer,
        Figure.LOCATED: _located(call),
        Figure.UNDERSTOOD: _understood(call, lines, checklist, answer),
        Figure.FIRST_QUESTION: _first_question(lines, answer),
        Figure.DISPATCH: _first_act(call, "dispatched"),
        Figure.TRANSFER: accepted,
        Figure.CLOSED: closed,
    }
    times = {f: _time(f, alarm, end, holes) for f, end in ends.items()}
    times[Figure.TRANSFER_TOOK] = _time(Figure.TRANSFER_TOOK, asked, accepted, holes)
    gone = gone_times(call)
    until = closed if closed is not None else record.length_s
    for figure, wrote, besides in (
        (Figure.DISPATCHER_SILENCE, of_dispatchers(lines), ()),
        (Figure.CALLER_SILENCE, of_caller(lines), gone),
    ):
        moments = [each.at_s for each in wrote]
        times[figure] = _silence(figure, answer, until, moments, (*holes, *besides))
    away = sum(without(each, holes) for each in gone)
    return TimesOfCall(call, alarm, tuple(times[each] for each in Figure), away)


def holes_of(pauses: Iterable[Pause]) -> tuple[Span, ...]:
    """The pauses as spans."""
    return tuple((each.began_s, each.ended_s) for each in pauses)


def alarm_of(call: CallKept) -> float | None:
    """When a console first showed it as ringing for its own center; None if it never rang."""
    return _first_state(call, (CallState.RINGING,), 0.0)


def answer_of(call: CallKept) -> float | None:
    """When a console first showed it as answered."""
    return _first_state(call, (CallState.ANSWERED,), 0.0)


def _time(figure: Figure, begin: float | None, end: float | None, holes: Sequence[Span]) -> Time:
    if begin is None or end is None:
        return Time(figure)
    # Two consoles may show things in another order than they happened.
    end = max(begin, end)
    return Time(figure, without((begin, end), holes), begin, end)


def _first_state(call: CallKept, states: Sequence[CallState], since: float | None) -> float | None:
    found = [
        each.at_s
        for screen in consoles(call)
        for each in screen.states
        if each.mine and each.state in states and since is not None and each.at_s >= since
    ]
    return min(found, default=None)


def _closed(call: CallKept) -> float | None:
    """The first sight of the close that nothing followed."""
    shown = [
        (each.at_s, each.state) for screen in consoles(call) for each in screen.states if each.mine
    ]
    reopened = max((at for at, state in shown if state in _OPEN), default=0.0)
    after = [at for at, state in shown if state is CallState.CLOSED and at >= reopened]
    return min(after, default=None)


def _located(call: CallKept) -> float | None:
    found = []
    for screen in consoles(call):
        since = min((each.at_s for each in screen.states if each.mine), default=None)
        for each in screen.positions:
            near = each.radius_m is not None and each.radius_m <= LOCATED_WITHIN_M
            if since is not None and near:
                found.append(max(since, each.at_s))
    return min(found, default=None)


def _understood(
    call: CallKept, lines: Sequence[Said], checklist: Sequence[Answered], answer: float | None
) -> float | None:
    if answer is None:
        return None
    own = (each for each in checklist if each.question.call in ("", call.name))
    by_id = {each.question.id: each for each in own}
    known = next((by_id[each] for each in KIND_QUESTIONS if each in by_id), None)
    if known is not None and known.state == "missed":
        return None
    if known is not None and known.call == call.name:
        return known.told_s if known.told_s is not None else known.reply_s
    return min((each.at_s for each in of_caller(lines) if each.at_s >= answer), default=None)


def _first_question(lines: Sequence[Said], answer: float | None) -> float | None:
    asking = (
        each.at_s
        for each in of_dispatchers(lines)
        if each.line.options or questions(each.line.text)
    )
    return min((at for at in asking if answer is not None and at >= answer), default=None)


def _first_act(call: CallKept, what: str) -> float | None:
    return min((each.at_s for each in call.acts if each.what == what), default=None)


def _transfer(call: CallKept) -> tuple[float | None, float | None]:
    """When the transfer that was accepted first was asked for, and accepted."""
    done = min(
        (e for e in call.acts if e.what == "transferred"), key=lambda e: e.at_s, default=None
    )
    if done is None:
        return None, None
    asked = [
        each.at_s
        for each in call.acts
        if each.what == "transfer-asked" and each.detail == done.detail and each.at_s <= done.at_s
    ]
    return max(asked, default=done.at_s), done.at_s


def _silence(
    figure: Figure,
    begin: float | None,
    end: float,
    moments: Sequence[float],
    holes: Sequence[Span],
) -> Time:
    """The longest span between two of the moments, the beginning and the end."""
    if begin is None or end < begin:
        return Time(figure)
    inside = sorted(at for at in moments if begin < at < end)
    edges = [begin, *inside, end]
    longest = max(pairwise(edges), key=lambda span: without(span, holes))
    return Time(figure, without(longest, holes), *longest)
