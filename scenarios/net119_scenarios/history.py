"""Reads call records: what went over the wire between two providers, and what else was recorded.

The traffic between providers cannot be seen from outside; what both wrote into their records of
the call can, with the time of each on the same clock.
"""

from collections.abc import Iterable, Sequence

from net119_protocol.api.console import HistoryEntry
from net119_protocol.codes import RejectReason

from net119_scenarios.happening import Happening, Role, What

# Told already by what phone and consoles showed.
_SEEN_ELSEWHERE = {"opened", "routed", "ringing", "handset connected", "handset gone"}
_SEEN_IF_LOCAL = {"answered", "closed"}
# Recorded by both sides; the anchor's entry is the one that is told.
_SAID_BY_ANCHOR = {"assigned", "answered", "closed", "handset connected", "handset gone"}

_FROM_HOME = {
    "offered": "call.offer",
    "offered again": "call.offer",
    "assigned": "call.assign",
    "closed": "call.close",
}
_TO_HOME = {"rejected": "call.reject", "rings": "call.ringing", "answered": "call.answered"}


class HomeRecord:
    """The home provider's record: it is asked again and again, and told from where it grew.

    ``there`` is the provider of the place, ``None`` where only one takes part.
    """

    def __init__(self, home: str, there: str | None) -> None:
        self._home = home
        self._there = there
        self._known = 0
        self._away = False

    def grown(self, history: Sequence[HistoryEntry]) -> list[Happening]:
        """The happenings of the entries that are new."""
        new = history[self._known :]
        self._known = len(history)
        return [each for entry in new for each in self._told(entry)]

    def _told(self, entry: HistoryEntry) -> Iterable[Happening]:
        between = self._there is not None
        if entry.what == "taken home":
            self._away = False
            yield _plain(What.HOME_TAKES_OVER, entry)
        elif between and entry.what == "handset gone" and self._away:
            yield self._wire(entry, "caller.presence", to_home=False)
        elif entry.what in _SEEN_ELSEWHERE:
            return
        elif between and entry.what in _FROM_HOME and (self._away or entry.what != "closed"):
            self._away = self._away or entry.what == "assigned"
            yield self._wire(entry, _FROM_HOME[entry.what], to_home=False)
        elif between and entry.what in _TO_HOME and (self._away or entry.what == "rejected"):
            yield self._wire(entry, _TO_HOME[entry.what], to_home=True)
        elif entry.what not in _SEEN_IF_LOCAL:
            yield _plain(What.RECORDED, entry)

    def _wire(self, entry: HistoryEntry, message: str, *, to_home: bool) -> Happening:
        ends = (self._there, self._home) if to_home else (self._home, self._there)
        return _wire(entry, message, ends)


class OtherRecord:
    """The record of the provider of the place, as `HomeRecord`."""

    def __init__(self, home: str, there: str) -> None:
        self._ends = (there, home)
        self._known = 0

    def grown(self, history: Sequence[HistoryEntry]) -> list[Happening]:
        """The happenings of the entries that are new."""
        new = history[self._known :]
        self._known = len(history)
        return [each for entry in new for each in self._told(entry)]

    def _told(self, entry: HistoryEntry) -> Iterable[Happening]:
        home_to_there = (self._ends[1], self._ends[0])
        if entry.what == "offer accepted":
            yield _wire(entry, "call.accept", self._ends)
        elif entry.what == "close asked":
            yield _wire(entry, "call.close", self._ends, asked=True)
        elif entry.what == "withdrawn":
            yield _wire(entry, "call.withdraw", home_to_there)
        elif entry.what not in _SAID_BY_ANCHOR:
            yield _plain(What.RECORDED, entry)


def _wire(
    entry: HistoryEntry, message: str, ends: tuple[str | None, str | None], *, asked: bool = False
) -> Happening:
    details: dict[str, object] = {
        "source": ends[0],
        "target": ends[1],
        "message": message,
        "epoch": entry.epoch,
        "again": entry.what == "offered again",
        "asked": asked,
    }
    if message == "call.reject":
        reasons = [reason.value for reason in RejectReason if reason.value in entry.detail]
        details |= {"reason": reasons[0] if reasons else None, "detail": entry.detail}
    return Happening(What.WIRE, Role.BETWEEN, entry.at, details)


def _plain(what: What, entry: HistoryEntry) -> Happening:
    details = {"entry": entry.what, "detail": entry.detail, "epoch": entry.epoch}
    return Happening(what, Role.HOME_PROVIDER, entry.at, details)
