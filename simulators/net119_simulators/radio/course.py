"""What happens on the radio, and when: drawn from a profile and a seed, the same each time."""

import bisect
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What can happen to a phone's radio."""

    TUNNEL = "tunnel"
    """No byte gets through; connections stay, and new ones wait."""
    HAND_OVER = "hand-over"
    """Every connection is reset; new ones are fine at once."""
    OUT_OF_AREA = "out-of-area"
    """No byte gets through; new connections fail; at the end the old ones are reset."""
    WEAK = "weak"
    """Another link for a while."""


class NoNetwork(StrEnum):
    """How a new connection fails out of the area."""

    REFUSE = "refuse"
    VANISH = "vanish"
    """Nothing answers: whoever connects waits for its own deadline."""


@dataclass(frozen=True)
class Link:
    """A radio link. ``latency_s`` is one way; a packet takes up to ``jitter_s`` more.

    ``loss`` is the share of packets lost in the air, each way. Rates in bits a second.
    """

    latency_s: float
    jitter_s: float
    loss: float
    up_bps: float
    down_bps: float

    def __post_init__(self) -> None:
        if min(self.latency_s, self.jitter_s, self.loss) < 0 or self.loss > 0.9:
            raise ValueError(f"{self}: latency and jitter must not be negative, loss is 0 to 0.9")
        if min(self.up_bps, self.down_bps) <= 0:
            raise ValueError(f"{self}: rates must be more than 0")


@dataclass(frozen=True)
class Planned:
    """An event of a profile; moment and length are drawn evenly from their ranges, seconds."""

    event: Event
    at_s: tuple[float, float]
    for_s: tuple[float, float] = (0.0, 0.0)
    new: NoNetwork = NoNetwork.REFUSE
    link: Link | None = None


@dataclass(frozen=True)
class RadioProfile:
    """A named radio: its link and what happens; again every ``repeat_s`` seconds, if given."""

    code: str
    title_ja: str
    title_en: str
    link: Link
    planned: tuple[Planned, ...] = ()
    repeat_s: float | None = None

    def __post_init__(self) -> None:
        for each in self.planned:
            if not 0 <= each.at_s[0] <= each.at_s[1] or not 0 <= each.for_s[0] <= each.for_s[1]:
                raise ValueError(
                    f"radio {self.code}: {each.event}: times must be 0 or more, in order"
                )
            if self.repeat_s is not None and each.at_s[1] + each.for_s[1] > self.repeat_s:
                raise ValueError(
                    f"radio {self.code}: {each.event} may last beyond repeat_s = {self.repeat_s:g}"
                )


@dataclass(frozen=True)
class Happening:
    """Something that happens from ``begin`` until before ``end``, seconds of the course."""

    event: Event
    begin: float
    end: float
    new: NoNetwork = NoNetwork.REFUSE
    link: Link | None = None

    @property
    def silences(self) -> bool:
        """Whether no byte gets through meanwhile."""
        return self.event in (Event.TUNNEL, Event.OUT_OF_AREA) and self.end > self.begin

    @property
    def reset_at(self) -> float | None:
        """When it resets the connections that there are, if it does."""
        match self.event:
            case Event.HAND_OVER:
                return self.begin
            case Event.OUT_OF_AREA:
                return self.end
            case _:
                return None

    def covers(self, now: float) -> bool:
        """Whether it is going on."""
        return self.begin <= now < self.end

    def __str__(self) -> str:
        if self.end > self.begin:
            return f"{self.event} for {self.end - self.begin:g} s"
        return str(self.event)


class Course:
    """All that happens to one phone's radio, by seconds since its begin (before 0: nothing)."""

    def __init__(self, profile: RadioProfile, seed: int) -> None:
        self.profile = profile
        self.seed = seed
        self._drawn: list[Happening] = []
        self._extra: list[Happening] = []
        self._cycles = 0

    def add(self, happening: Happening) -> None:
        """Let something happen besides what was drawn."""
        self._extra.append(happening)

    def at(self, now: float) -> tuple[Happening, ...]:
        """What is going on at a moment."""
        self._draw(now)
        return tuple(each for each in self._all() if each.covers(now))

    def link(self, now: float) -> Link:
        """The link at a moment: the latest of those that replace the profile's own."""
        weak = [each.link for each in self.at(now) if each.link is not None]
        return weak[-1] if weak else self.profile.link

    def silent_until(self, now: float) -> float:
        """The end of the silence at a moment; ``now`` itself if bytes get through."""
        return max((each.end for each in self.at(now) if each.silences), default=now)

    def next_change(self, now: float) -> float | None:
        """The first moment after ``now`` at which something begins or ends."""
        ahead = now + (self.profile.repeat_s or 0.0)
        self._draw(ahead)
        moments = (moment for each in self._all() for moment in (each.begin, each.end))
        return min((moment for moment in moments if moment > now), default=None)

    def resets(self, after: float, until: float) -> tuple[float, ...]:
        """Moments in (after, until] at which all connections are reset."""
        self._draw(until)
        found = (each.reset_at for each in self._all())
        return tuple(sorted(at for at in found if at is not None and after < at <= until))

    def begun(self, after: float, until: float) -> tuple[Happening, ...]:
        """What of the profile began in (after, until], in order."""
        self._draw(until)
        return tuple(each for each in self._drawn if after < each.begin <= until)

    def _all(self) -> Iterator[Happening]:
        yield from self._drawn
        yield from self._extra

    def _draw(self, until: float) -> None:
        """Draw what happens up to a moment; each repetition has a generator of its own."""
        repeat = self.profile.repeat_s
        while self._cycles == 0 or (repeat is not None and self._cycles * repeat <= until):
            offset = self._cycles * (repeat or 0.0)
            generator = random.Random(f"radio {self.seed} {self.profile.code} {self._cycles}")
            for each in self.profile.planned:
                begin = offset + generator.uniform(*each.at_s)
                end = begin + generator.uniform(*each.for_s)
                bisect.insort(
                    self._drawn,
                    Happening(each.event, begin, end, each.new, each.link),
                    key=lambda one: one.begin,
                )
            self._cycles += 1
