"""What differs between the screens of a call, and which lines came late."""

from dataclasses import dataclass
from typing import Literal

from net119_scenarios.drills.record import CallKept, LineShown, Screen
from net119_scenarios.drills.report.lines import Said, has_call, said_in

LATE_S = 3.0
"""A line that a screen has more than this after the first screen, seconds, is late."""
What = Literal["missing", "other-text", "other-order", "other-end"]


@dataclass(frozen=True)
class Late:
    """A line that came late to a screen which showed the call already, by so many seconds."""

    call: str
    seq: int
    screen: str
    seconds: float


@dataclass(frozen=True)
class Difference:
    """Something that a screen showed otherwise than the others.

    ``missing``: a line that was stored while the screen showed the call, and went on showing it for
    `LATE_S` (a center that gives the call away needs no more lines), never came there.
    ``other-text``: the line ``seq`` says something else. ``other-order``: it came before a line
    with a smaller number. ``other-end``: the phone and the console that had the call last show
    different states at the end.
    """

    call: str
    screen: str
    what: What
    seq: int | None = None
    seen: str = ""
    elsewhere: str = ""


def should_have(screen: Screen, at_s: float) -> bool:
    """Whether a screen should have a line of then: it had the call, and did not just give it away.

    What is written while a call changes hands comes to the new center alone.
    """
    return has_call(screen, at_s) and has_call(screen, at_s + LATE_S)


def late_in(call: CallKept) -> tuple[Late, ...]:
    """The late lines, in the order of their numbers."""
    screens = {each.of: each for each in call.screens}
    return tuple(
        Late(call.name, said.line.seq, name, round(at_s - said.at_s, 3))
        for said in said_in(call)
        for name, at_s in said.shown.items()
        if at_s - said.at_s > LATE_S and has_call(screens[name], said.at_s)
    )


def differences_in(call: CallKept) -> tuple[Difference, ...]:
    """All differences between the screens of a call."""
    lines = said_in(call)
    found = [
        difference
        for screen in call.screens
        for difference in (*_against(call, screen, lines), *_order(call, screen))
    ]
    return (*found, *_ends(call))


def _against(call: CallKept, screen: Screen, lines: tuple[Said, ...]) -> list[Difference]:
    own = {each.seq: each for each in screen.lines}
    found = []
    for said in lines:
        here, there = own.get(said.line.seq), said.line
        if here is None and should_have(screen, said.at_s):
            found.append(
                Difference(call.name, screen.of, "missing", there.seq, elsewhere=there.said)
            )
        elif here is not None and _content(here) != _content(there):
            found.append(
                Difference(call.name, screen.of, "other-text", there.seq, here.said, there.said)
            )
    return found


def _order(call: CallKept, screen: Screen) -> list[Difference]:
    """Lines that stand after one with a greater number: `Screen.lines` are in order of coming."""
    found, most = [], 0
    for line in screen.lines:
        if line.seq < most:
            found.append(Difference(call.name, screen.of, "other-order", line.seq, line.said))
        most = max(most, line.seq)
    return found


def _ends(call: CallKept) -> list[Difference]:
    phones = [each for each in call.screens if each.side == "caller" and each.states]
    having = [e for e in call.screens if e.side == "console" and e.states and e.states[-1].mine]
    if not phones or not having:
        return []
    phone = max(phones, key=lambda each: each.states[-1].at_s)
    console = max(having, key=lambda each: each.states[-1].at_s)
    seen, there = phone.states[-1].state, console.states[-1].state
    if seen is there:
        return []
    return [Difference(call.name, phone.of, "other-end", None, seen.value, there.value)]


def _content(line: LineShown) -> tuple[object, ...]:
    return line.sender, line.said, line.options


__all__ = ["LATE_S", "Difference", "Late", "differences_in", "late_in", "should_have"]
