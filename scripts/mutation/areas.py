"""What is mutated and which tests are to notice: ``areas.toml``, and the sample drawn from it."""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AREAS = HERE / "areas.toml"


@dataclass(frozen=True)
class Area:
    """Modules that decide about one thing, and the tests that are to notice a defect in them."""

    name: str
    title: str
    modules: tuple[str, ...]
    pure: tuple[str, ...]
    wide: tuple[str, ...]

    def stages(self) -> tuple[tuple[str, ...], ...]:
        """Sets of tests in the order in which a mutant meets them."""
        return tuple(each for each in (self.pure, self.wide) if each)


@dataclass(frozen=True)
class Mutant:
    """One changed place of a module.

    ``start`` and ``end`` are offsets in characters of the module's text, between which stands
    ``text`` instead; ``before`` and ``after`` are the lines concerned, for people.
    """

    id: str
    module: str
    where: str
    line: int
    before: str
    after: str
    start: int
    end: int
    text: str

    def applied(self, source: str) -> str:
        """The module's text with the defect."""
        return source[: self.start] + self.text + source[self.end :]

    def asdict(self) -> dict[str, Any]:
        """As it is written to JSON."""
        return asdict(self)


def read_areas(path: Path = AREAS) -> tuple[Area, ...]:
    """The areas of a file."""
    return tuple(
        Area(
            each["name"],
            each["title"],
            tuple(each["modules"]),
            tuple(each["pure"]),
            tuple(each["wide"]),
        )
        for each in tomllib.loads(path.read_text())["area"]
    )


def missing(areas: Iterable[Area], root: Path = ROOT) -> list[str]:
    """Paths that the areas name and that are not there."""
    return sorted(
        {
            path
            for area in areas
            for path in (*area.modules, *area.pure, *area.wide)
            if not (root / path).exists()
        }
    )


def sample(mutants: Iterable[Mutant], size: int, seed: int) -> list[Mutant]:
    """As many mutants as asked for, the same for the same seed, in the order of the modules.

    Each has its place in a lottery by its own name: one that is drawn stays drawn while the code
    around it changes, so that two runs can be compared.
    """

    def lot(mutant: Mutant) -> str:
        return hashlib.sha256(f"{seed} {mutant.id}".encode()).hexdigest()

    drawn = sorted(mutants, key=lot)[:size]
    return sorted(drawn, key=lambda each: (each.module, each.start, each.id))
