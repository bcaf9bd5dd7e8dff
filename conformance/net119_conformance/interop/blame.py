"""Which of two systems is at fault, as far as what they said to each other tells it.

Pure. What a pair has to show comes about step by step, each the duty of one side; the first step
that is missing on the wire names the side. Where nothing was recorded, or one refused what the
other said, nobody can tell from outside, and nobody is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from net119_conformance.catalogue import Text


class Side(StrEnum):
    """One of the two systems of a pair, by its part in the call."""

    ORIGINATING = "originating"
    """The home provider: its registrant calls, it offers the call."""
    RECEIVING = "receiving"
    """The provider of the place of the call: it is offered the call."""

    @property
    def other(self) -> "Side":
        """The other side."""
        return Side.RECEIVING if self is Side.ORIGINATING else Side.ORIGINATING


@dataclass(frozen=True)
class Step:
    """Something that one side must do on the way: whose duty, whether it is done, and what it is.

    ``missing`` says what was not done, as a sentence without its subject: "sent no call.offer".
    ``refused``: the other side had refused, by `error`, what led here, so that the step is missing
    for a reason that the wire does not judge.
    """

    side: Side
    done: bool
    missing: Text
    refused: bool = False


@dataclass(frozen=True)
class Fault:
    """A side at fault, and why."""

    side: Side
    why: Text


NOT_DONE = Text(
    en="does not do what its own people ask of it",
    ja="自分の側の人の操作に応じていません",
)
NOT_SHOWN = Text(
    en="was told everything over interface B, and does not show it",
    ja="事業者間の電文はすべて受け取っているのに、表示していません",
)


def at_fault(steps: Sequence[Step], shows: Side, *, heard: bool) -> Fault | None:
    """The side that did not do its part; None where that cannot be told.

    ``steps`` lead up, in order, to something that the side ``shows`` must show in the end;
    without any, it is between that side and its own people. ``heard``: whether anything between
    the two was recorded at all.
    """
    if not steps:
        return Fault(shows, NOT_DONE)
    if not heard:
        return None
    for step in steps:
        if not step.done:
            return None if step.refused else Fault(step.side, step.missing)
    return Fault(shows, NOT_SHOWN)
