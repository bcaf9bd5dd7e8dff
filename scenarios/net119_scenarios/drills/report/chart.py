"""The course of a drill on one picture: the states of each call, and what happened when."""

from dataclasses import dataclass
from html import escape

from net119_protocol.codes import CallState
from net119_protocol.labels import label_of

from net119_scenarios.drills.record import CallKept, StateShown
from net119_scenarios.drills.report.analysis import Analysis
from net119_scenarios.drills.report.lines import consoles, of_caller, of_dispatchers, said_in
from net119_scenarios.drills.report.times import Figure, TimesOfCall
from net119_scenarios.drills.report.words import FIGURES, Speaker

_WIDTH, _LEFT, _RIGHT = 1000.0, 10.0, 10.0
_LANE, _TOP = 96.0, 26.0
_MOST_TICKS = 10
_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_FILLS = {
    CallState.RINGING: ("#ffe08a", "#1c1c1c"),
    CallState.ANSWERED: ("#bfe3c8", "#1c1c1c"),
    CallState.INTERRUPTED: ("#f6c3c9", "#1c1c1c"),
    CallState.TRANSFERRING: ("#d9c8f0", "#1c1c1c"),
    CallState.CLOSED: ("#d8d8d8", "#1c1c1c"),
}
_MARKED = (
    Figure.ANSWER,
    Figure.LOCATED,
    Figure.FIRST_QUESTION,
    Figure.UNDERSTOOD,
    Figure.TRANSFER,
    Figure.DISPATCH,
    Figure.CLOSED,
)


@dataclass(frozen=True)
class Mark:
    """A numbered moment on the picture."""

    number: int
    at_s: float
    words: str


def marks_of(times: TimesOfCall, speaker: Speaker, first: int = 1) -> tuple[Mark, ...]:
    """What is marked of a call, in order of time."""
    found = []
    if times.alarm_s is not None:
        found.append((times.alarm_s, speaker.t("alarm")))
    for figure in _MARKED:
        ended = times.time(figure).ended_s
        if ended is not None:
            name = FIGURES[figure][0].of(speaker.language)
            found.append((ended, name.removesuffix("まで").removeprefix("until ")))
    found.sort(key=lambda one: one[0])
    return tuple(Mark(first + n, at_s, words) for n, (at_s, words) in enumerate(found))


def states_of(call: CallKept) -> tuple[StateShown, ...]:
    """What the centers that had the call showed, in order of time, each state once."""
    shown = sorted(
        (each for screen in consoles(call) for each in screen.states if each.mine),
        key=lambda each: each.at_s,
    )
    found: list[StateShown] = []
    for each in shown:
        if not found or (found[-1].state, found[-1].owner) != (each.state, each.owner):
            found.append(each)
    return tuple(found)


class Chart:
    """The picture of a whole drill, as SVG."""

    def __init__(self, analysis: Analysis, speaker: Speaker) -> None:
        self._speaker = speaker
        self._record = analysis.record
        last = [each.at_s for call in analysis.record.calls for each in states_of(call)]
        self._length = max([analysis.record.length_s, *last, 1.0])
        self._calls = analysis.calls
        self.marks: list[tuple[Mark, ...]] = []
        number = 1
        for times in analysis.calls:
            marks = marks_of(times, speaker, number)
            self.marks.append(marks)
            number += len(marks)

    def svg(self) -> str:
        """The picture; the marks are told beside it in words."""
        height = _TOP + _LANE * len(self._calls) + 4
        parts = [
            f'<svg class="chart" viewBox="0 0 {_WIDTH:g} {height:g}" role="img" '
            'aria-hidden="true" font-size="13">',
            '<defs><pattern id="halt" width="8" height="8" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect width="8" height="8" fill="#fff"/>'
            '<rect width="3" height="8" fill="#8c8c8c"/></pattern></defs>',
            *self._axis(height),
        ]
        for lane, (times, marks) in enumerate(zip(self._calls, self.marks, strict=True)):
            parts += self._lane(_TOP + lane * _LANE, times.call, marks)
        for pause in self._record.pauses:
            x, wide = self._x(pause.began_s), self._x(pause.ended_s) - self._x(pause.began_s)
            parts.append(
                f'<rect x="{x:.1f}" y="{_TOP:g}" width="{max(wide, 1):.1f}" '
                f'height="{height - _TOP:g}" fill="url(#halt)" opacity="0.6"/>'
            )
        return "".join([*parts, "</svg>"])

    def _x(self, at_s: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(at_s, self._length) / self._length

    def _axis(self, height: float) -> list[str]:
        step = next((s for s in _STEPS_S if self._length / s <= _MOST_TICKS), _STEPS_S[-1])
        parts, tick = [], 0.0
        while tick <= self._length:
            x = self._x(tick)
            anchor = "start" if tick == 0 else "middle" if x < _WIDTH - 40 else "end"
            label = self._speaker.at(tick, fine=step < 1)
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height:g}" stroke="#d0d0d0"/>'
                f'<text x="{x:.1f}" y="14" text-anchor="{anchor}" fill="#595959">{label}</text>'
            )
            tick += step
        return parts

    def _lane(self, top: float, call: CallKept, marks: tuple[Mark, ...]) -> list[str]:
        parts = []
        states = states_of(call)
        for at, shown in enumerate(states):
            until = states[at + 1].at_s if at + 1 < len(states) else self._length
            x, wide = self._x(shown.at_s), self._x(until) - self._x(shown.at_s)
            fill, ink = _FILLS.get(shown.state, ("#eef2f7", "#1c1c1c"))
            words = label_of(shown.state)
            label = words.ja if self._speaker.language == "ja" else words.en
            parts.append(
                f'<rect x="{x:.1f}" y="{top + 40:g}" width="{max(wide, 1):.1f}" height="24" '
                f'fill="{fill}" stroke="#5a5a5a" stroke-width="0.7"/>'
            )
            room = len(label) * (13 if self._speaker.language == "ja" else 7.5) + 8
            if wide >= room:
                parts.append(
                    f'<text x="{x + 4:.1f}" y="{top + 57:g}" fill="{ink}">{escape(label)}</text>'
                )
        lines = said_in(call)
        for each in of_dispatchers(lines):
            x = self._x(each.at_s)
            parts.append(f'<path d="M{x:.1f} {top + 38:g} l-5 -9 h10 z" fill="#1f5fae"/>')
        for each in of_caller(lines):
            x = self._x(each.at_s)
            parts.append(f'<circle cx="{x:.1f}" cy="{top + 73:g}" r="5" fill="#8a1c2b"/>')
        if len(self._calls) > 1:
            role = self._record.role(call.caller)
            who = role.name.of(self._speaker.language) if role is not None else call.caller_name
            parts.append(
                f'<text x="{_LEFT:g}" y="{top + 92:g}" font-weight="bold">{escape(who)}</text>'
            )
        return [*parts, *self._numbers(top, marks)]

    def _numbers(self, top: float, marks: tuple[Mark, ...]) -> list[str]:
        """The marks' numbers above the lane; those that would lie on each other move aside."""
        parts, free = [], _LEFT
        for mark in marks:
            x = self._x(mark.at_s)
            at = min(max(x, free + 10), _WIDTH - _RIGHT - 4)
            free = at + 10
            parts.append(
                f'<path d="M{x:.1f} {top + 40:g} L{at:.1f} {top + 24:g}" stroke="#1c1c1c"/>'
                f'<circle cx="{at:.1f}" cy="{top + 15:g}" r="10" fill="#1c1c1c"/>'
                f'<text x="{at:.1f}" y="{top + 19.5:g}" fill="#fff" text-anchor="middle">'
                f"{mark.number}</text>"
            )
        return parts
