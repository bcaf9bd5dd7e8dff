"""What differs between the screens of a call, and which lines came late."""

import math
from dataclasses import dataclass
from typing import Literal

from net119_protocol.codes import Presence

from net119_scenarios.drills.record import CallKept, LineShown, Screen
from net119_scenarios.drills.report.lines import Said, consoles, gone_times, has_call, said_in

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
    `LATE_S` (a center that gives the call away needs no more lines), never came there, while the
    caller's phone was connected.
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


def back_s(call: CallKept, screen: Screen, at_s: float) -> float | None:
    """When a caller's phone that was not connected at a moment was so again; else None.

    A break shows at the consoles a little after it: up to `LATE_S`. One that never came back has
    no such moment: infinity.
    """
    if screen.side != "caller":
        return None
    gone = gone_times(call)
    for number, (begin, end) in enumerate(gone, start=1):
        never = number == len(gone) and not _came_back(call)
        if begin - LATE_S <= at_s and (never or at_s < end):
            return math.inf if never else end
    return None


def _came_back(call: CallKept) -> bool:
    shown = [(each.at_s, each.presence) for screen in consoles(call) for each in screen.states]
    told = [(at_s, presence) for at_s, presence in shown if presence is not None]
    return not told or max(told, key=lambda each: each[0])[1] is not Presence.GONE


def late_s(call: CallKept, screen: Screen, said_s: float, shown_s: float) -> float:
    """How much later a screen had a line than it could: not for want of a connection."""
    back = back_s(call, screen, said_s)
    return shown_s - (said_s if back is None else max(said_s, min(back, shown_s)))


def late_in(call: CallKept) -> tuple[Late, ...]:
    """The late lines, in the order of their numbers."""
    screens = {each.of: each for each in call.screens}
    return tuple(
        Late(call.name, said.line.seq, name, round(late_s(call, screens[name], said.at_s, at_s), 3))
        for said in said_in(call)
        for name, at_s in said.shown.items()
        if late_s(call, screens[name], said.at_s, at_s) > LATE_S
        and has_call(screens[name], said.at_s)
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
            if back_s(call, screen, said.at_s) is not None:
                continue  # it was not connected: no screen is to blame
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
    if seen is there or back_s(call, phone, console.states[-1].at_s) is not None:
        return []
    return [Difference(call.name, phone.of, "other-end", None, seen.value, there.value)]


def _content(line: LineShown) -> tuple[object, ...]:
    return line.sender, line.said, line.options


__all__ = [
    "LATE_S",
    "Difference",
    "Late",
    "back_s",
    "differences_in",
    "late_in",
    "late_s",
    "should_have",
]
