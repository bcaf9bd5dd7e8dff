"""What a mutant is, and where all of them are found."""

import importlib
import pkgutil
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.mutants import defects
from tests.turns import part

CLEAN = "clean"
"""Stands for the reference without a defect, where the name of a mutant is asked for."""
OTHERWISE = "otherwise"
"""Stands for the reference that does some things otherwise, and as rightly (`otherwise`)."""
SMOKE = "ROUTE-OWN"


class Patch:
    """Changes the code of this process, which is a fork made for the purpose; nothing is undone.

    What is patched must exist: a mutant that changes nothing would prove nothing.
    """

    def __call__(self, owner: Any, name: str, replacement: Any) -> None:
        """Put something else in the place of ``owner.name``.

        Raises:
            AttributeError: there is none.
        """
        getattr(owner, name)
        setattr(owner, name, replacement)

    def around(self, owner: Any, name: str, defect: Callable[..., Any]) -> None:
        """Let ``defect(original, *arguments)`` be called in the place of ``owner.name``.

        For functions of modules and methods of classes, coroutine functions among them; a
        function that other modules imported by name is patched where it is used.
        """
        original = getattr(owner, name)

        def replaced(*arguments: Any, **named: Any) -> Any:
            return defect(original, *arguments, **named)

        setattr(owner, name, replaced)


@dataclass(frozen=True)
class Mutant:
    """The reference with one named defect.

    ``kills``: which purposes must fail, and on which check (its name) each of them.
    ``smoke``: a purpose that must still pass, so that the mutant is known to work otherwise.
    """

    name: str
    defect: str
    kills: Mapping[str, str]
    smoke: str
    apply: Callable[[Patch], None]


def mutant(
    name: str, *, kills: Mapping[str, str], smoke: str = SMOKE
) -> Callable[[Callable[[Patch], None]], Mutant]:
    """Make a mutant of a function that patches the reference; its docstring names the defect."""
    if not kills or smoke in kills:
        raise ValueError(f"mutant {name}: it must kill something, and not its smoke purpose")

    def decorate(apply: Callable[[Patch], None]) -> Mutant:
        if not apply.__doc__:
            raise ValueError(f"mutant {name}: say in a docstring which defect it is")
        return Mutant(name, " ".join(apply.__doc__.split()), dict(kills), smoke, apply)

    return decorate


def load_mutants() -> dict[str, Mutant]:
    """All mutants of :mod:`tests.mutants.defects` by name.

    Raises:
        ValueError: two have one name.
    """
    found: dict[str, Mutant] = {}
    for module in pkgutil.iter_modules(defects.__path__, f"{defects.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if not isinstance(value, Mutant):
                continue
            if value.name in found or value.name in (CLEAN, OTHERWISE):
                raise ValueError(f"two mutants are named {value.name}")
            found[value.name] = value
    return found


def cover(mutants: Mapping[str, Mutant]) -> dict[str, Mutant]:
    """As few of the mutants as kill every purpose that all of them kill.

    Greedy: the one that kills most of what is left, the first by name among equals, so that the
    choice is the same everywhere and changes only with the mutants.
    """
    left = {purpose for one in mutants.values() for purpose in one.kills}
    chosen: dict[str, Mutant] = {}
    while left:
        best = min(mutants, key=lambda name: (-len(left & mutants[name].kills.keys()), name))
        chosen[best] = mutants[best]
        left -= mutants[best].kills.keys()
    return {name: one for name, one in mutants.items() if name in chosen}


def part_of(mutants: Mapping[str, Mutant], parts: int, number: int) -> dict[str, Mutant]:
    """The ``number``-th of so many parts of equal size, each with mutants of many modules."""
    mixed = sorted(mutants, key=lambda name: zlib.crc32(name.encode()))
    chosen = set(part(mixed, parts, number))
    return {name: one for name, one in mutants.items() if name in chosen}
