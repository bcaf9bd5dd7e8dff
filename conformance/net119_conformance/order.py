"""In which order the items of a run come: at random, so that none leans on what came before it."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Self

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.plan import PlanItem

_SEEDS = 1_000_000
"""Few enough to be typed, many enough to meet no order twice in a life."""
_EARLY = 0.8
"""The part of a run in which whatever may take long has begun."""


class OrderName(StrEnum):
    """How a run is ordered."""

    RANDOM = "random"
    LISTED = "listed"


@dataclass(frozen=True)
class Order:
    """The order of a run; ``seed`` makes a random one again, None stands for the order listed.

    The same seed gives the same order for the same selection of the same suite. What happens at
    the same time besides hangs on the number of workers and on the machine.
    """

    seed: int | None

    @classmethod
    def chosen(cls, name: OrderName | str = OrderName.RANDOM, seed: int | None = None) -> Self:
        """The order that options ask for; for a random one without a seed, a seed is drawn.

        Raises ConformanceError for a seed of the order listed.
        """
        if name == OrderName.LISTED:
            if seed is not None:
                raise ConformanceError(
                    Text(
                        en=f"the order listed has no seed, and {seed} is given",
                        ja=f"一覧の順にシードはありませんが、{seed} が指定されています",
                    ),
                    "options of the order",
                    Text(en="leave one of the two out", ja="どちらか一方だけにしてください"),
                )
            return cls(None)
        return cls(secrets.randbelow(_SEEDS) if seed is None else seed)

    def arrange(self, items: Sequence[PlanItem]) -> list[PlanItem]:
        """The items in this order.

        Whatever may take long, which its time limit tells, comes within the first four fifths: at
        the end of a run all other workers would wait for it.
        """
        mixed = list(items)
        if self.seed is None:
            return mixed
        rng = random.Random(self.seed)
        rng.shuffle(mixed)
        limit_s = 2 * median(item.timeout_s for item in mixed) if mixed else 0.0
        first_late = round(len(mixed) * _EARLY)
        late = [
            place for place in range(first_late, len(mixed)) if mixed[place].timeout_s > limit_s
        ]
        early = [place for place in range(first_late) if mixed[place].timeout_s <= limit_s]
        rng.shuffle(early)
        for here, there in zip(late, early, strict=False):
            mixed[here], mixed[there] = mixed[there], mixed[here]
        return mixed


def order_words(seed: int | None, option: str = "--seed") -> Text:
    """The order of a run for its reader, and how to have it again."""
    if seed is None:
        return Text(en="Order: as listed.", ja="実行順: 一覧の順。")
    return Text(
        en=f"Order: random, seed {seed} ({option} {seed} repeats it).",
        ja=f"実行順: ランダム、シード {seed} ({option} {seed} で同じ順になります)。",
    )
