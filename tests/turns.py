"""Whose turn it is where one run of the tests has time for a part only.

Which part is run differs from commit to commit and is the same for one. ``NET119_TURNS=all``
(``make every-turn``) runs all parts.
"""

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")

ALL = os.environ.get("NET119_TURNS") == "all"
"""Whether every part is run."""


@cache
def revision() -> int:
    """A number that differs from commit to commit, and is the same for one; 0 without git."""
    try:
        found = subprocess.run(
            ("git", "rev-parse", "HEAD"),
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(found.stdout[:8], 16)


def part(items: Sequence[Item], parts: int, number: int | None = None) -> list[Item]:
    """Every ``parts``-th of the items, for this commit (or the ``number``-th part); or all.

    The parts of one set differ in size by one at most, and together they are the whole.
    """
    if ALL and number is None:
        return list(items)
    turn = revision() if number is None else number
    return list(items[turn % parts :: parts])
