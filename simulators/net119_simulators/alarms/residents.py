"""Who is beside an alarm unit, and what they say to what comes out of its loudspeaker.

A resident is asked once for each hail and each line of the center; None is silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from net119_protocol.alarms.signals import Utterance


class Resident(Protocol):
    """Somebody at the unit."""

    delay_s: float
    """Seconds from a word to the answer."""

    def hears(self, words: Utterance) -> str | None:
        """What is said in answer; None is silence."""


@dataclass
class Absent:
    """Nobody answers: unconscious, out of hearing, or not at home."""

    delay_s: float = 0.0

    def hears(self, words: Utterance) -> str | None:
        """Silence."""
        return None


@dataclass
class Answering:
    """Says these lines, one after the other, then nothing more.

    ``after_hails``: so many hails are not heard first.
    """

    lines: Sequence[str]
    delay_s: float = 0.0
    after_hails: int = 0
    _said: int = field(default=0, init=False)
    _hailed: int = field(default=0, init=False)

    def hears(self, words: Utterance) -> str | None:
        """The next line, if there is one."""
        self._hailed += words.hail
        if self._hailed <= self.after_hails or self._said >= len(self.lines):
            return None
        self._said += 1
        return self.lines[self._said - 1]


def unclear(delay_s: float = 0.0) -> Answering:
    """Answers once, so that nobody can make out what it is, and no more."""
    return Answering(("うう…………あ、の……",), delay_s)


def mistaken(delay_s: float = 0.0) -> Answering:
    """Pressed by mistake, and says so."""
    return Answering(("すみません、間違えて押しました。", "はい、何ともありません。"), delay_s)
