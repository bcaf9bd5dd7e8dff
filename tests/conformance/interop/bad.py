"""Known-bad partners of a pair: the reference with one defect, and which check must name it.

A bad partner plays one side; the other one is the reference as it is. Each check of each purpose of
pairs has at least one (`test_bad_partners`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from net119_conformance.interop.blame import Side

from tests.mutants.registry import Patch, load_mutants


@dataclass(frozen=True)
class Bad:
    """A bad partner: its name, its part in the call, and by purpose the first check that it fails.

    ``why`` stands in what it is told to be at fault for. ``apply`` makes the defect; None: it is
    the mutant of that name.
    """

    name: str
    side: Side
    kills: Mapping[str, str]
    why: str
    apply: Callable[[Patch], None] | None = None


def bad(
    name: str, side: Side, kills: Mapping[str, str], why: str = ""
) -> Callable[[Callable[[Patch], None]], Bad]:
    """Make a bad partner of a function that patches the reference, whose docstring tells how."""

    def decorate(apply: Callable[[Patch], None]) -> Bad:
        if not apply.__doc__:
            raise ValueError(f"{name}: say in a docstring which defect it is")
        return Bad(name, side, dict(kills), why, apply)

    return decorate


def known(name: str, side: Side, kills: Mapping[str, str], why: str = "") -> Bad:
    """A mutant of the reference that is known from elsewhere, as a partner."""
    if name not in load_mutants():
        raise LookupError(f"no mutant is named {name!r}")
    return Bad(name, side, dict(kills), why)
