"""The lines of a call as all its screens had them, and who wrote them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from net119_protocol.codes import Presence, SenderRole

from net119_scenarios.drills.record import CallKept, DrillRecord, LineShown, Screen, Taken


@dataclass(frozen=True)
class Said:
    """A line: as the first screen had it, and when each had it (seconds), by its name."""

    line: LineShown
    first: str
    """The screen that had it first."""
    shown: dict[str, float]

    @property
    def at_s(self) -> float:
        """When the first screen had it."""
        return self.line.at_s


def said_in(call: CallKept) -> tuple[Said, ...]:
    """All lines of a call in the order of their numbers, each once."""
    first: dict[int, tuple[LineShown, str]] = {}
    shown: dict[int, dict[str, float]] = {}
    for screen in call.screens:
        for line in screen.lines:
            shown.setdefault(line.seq, {})[screen.of] = line.at_s
            known = first.get(line.seq)
            if known is None or line.at_s < known[0].at_s:
                first[line.seq] = (line, screen.of)
    return tuple(Said(*first[seq], shown[seq]) for seq in sorted(first))


def consoles(call: CallKept, center: str | None = None) -> tuple[Screen, ...]:
    """The consoles that showed the call, of one center or of all."""
    return tuple(
        each for each in call.screens if each.side == "console" and center in (None, each.center)
    )


def has_call(screen: Screen, at_s: float) -> bool:
    """Whether a screen showed the call then: a phone at all, a console as its own center's."""
    before = [each for each in screen.states if each.at_s <= at_s]
    return bool(before) and (screen.side == "caller" or before[-1].mine)


def gone_times(call: CallKept) -> tuple[tuple[float, float], ...]:
    """When the caller's handset was not connected, from - to in seconds, as the owners saw it.

    One that never came back is gone until the last thing that a console showed of the call.
    """
    told = sorted(
        ((each.at_s, each.presence) for screen in consoles(call) for each in screen.states),
        key=lambda one: one[0],
    )
    found: list[tuple[float, float]] = []
    since: float | None = None
    for at_s, presence in told:
        if presence is Presence.GONE and since is None:
            since = at_s
        elif presence is Presence.CONNECTED and since is not None:
            found.append((since, at_s))
            since = None
    if since is not None:
        found.append((since, max(at_s for at_s, _ in told)))
    return tuple(found)


def speakers(record: DrillRecord, call: CallKept, said: Said) -> tuple[Taken, ...]:
    """The dispatchers of the cast who may have written a line: whose name it bears.

    A name that nobody of the cast has is that of a person at the center which has the call.
    """
    if said.line.sender is not SenderRole.DISPATCHER:
        return ()
    cast = [each for each in record.roles if each.role == "dispatcher"]
    named = tuple(each for each in cast if said.line.sender_name in each.titles)
    if named:
        return named
    having = {each.center for each in consoles(call) if has_call(each, said.at_s)}
    return tuple(each for each in cast if each.center in having)


def of_caller(lines: Sequence[Said]) -> Iterator[Said]:
    """What the caller wrote or tapped."""
    return (each for each in lines if each.line.sender is SenderRole.CALLER)


def of_dispatchers(lines: Sequence[Said]) -> Iterator[Said]:
    """What dispatchers wrote."""
    return (each for each in lines if each.line.sender is SenderRole.DISPATCHER)
