"""What happened, in order of time: one entry for each thing that somebody did or saw."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from net119_protocol.directory.model import JAPAN

from net119_scenarios.words import Words


def in_japan(moment: datetime) -> str:
    """The time of day in Japan, to the second."""
    return f"{moment.astimezone(JAPAN):%H:%M:%S}"


class Sort(StrEnum):
    """What kind of thing an entry tells."""

    STAGE = "stage"
    """Something about the systems, that no person does."""
    DEED = "deed"
    SEEN = "seen"
    LINE = "line"
    NOTICE = "notice"
    REFUSED = "refused"
    NOTE = "note"


@dataclass(frozen=True)
class Entry:
    """One thing; ``actor`` is a name of the cast, empty for the stage.

    ``at`` is the machine's time, ``clock`` what the providers' clocks showed: a scenario may have
    set them.
    """

    at: datetime
    clock: datetime
    actor: str
    sort: Sort
    words: Words
    call: str = ""
    planned: float | None = None
    """When the scenario meant it to happen, in seconds from the beginning; None where it is silent.

    A run at full speed is over in a second: this is the time that people would need.
    """


def plan_shown(entry: Entry, before: Entry | None) -> str:
    """The planned time as ``m:ss`` (or ``h:mm:ss``), where it is another than that before."""
    if entry.planned is None or (before is not None and before.planned == entry.planned):
        return ""
    minutes, seconds = divmod(int(entry.planned), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def clock_shown(entry: Entry) -> str:
    """The time of day in Japan as the providers' clocks had it, to a hundredth of a second."""
    hundredths = entry.clock.microsecond // 10_000
    return f"{in_japan(entry.clock)}.{hundredths:02}"


class Timeline:
    """Keeps the entries; ``tell`` gets each as it comes, ``clock`` tells the providers' time."""

    def __init__(
        self,
        tell: Callable[[Entry], None] = lambda _: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._entries: list[Entry] = []
        self.planned: float | None = None
        """``at`` of the step that goes on."""
        self.began = datetime.now(UTC)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order in which they came."""
        return tuple(self._entries)

    def add(self, actor: str, sort: Sort, ja: str, en: str, call: str = "") -> None:
        """Something happened just now."""
        entry = Entry(
            datetime.now(UTC), self._clock(), actor, sort, Words(ja, en), call, self.planned
        )
        self._entries.append(entry)
        self._tell(entry)

    def restart(self) -> None:
        """The scenario begins now; what was before it (people registering) is forgotten."""
        self._entries.clear()
        self.planned = None
        self.began = datetime.now(UTC)
