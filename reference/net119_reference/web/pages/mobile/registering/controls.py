"""One control of a form as a feature phone has it, and the short pages that they are put on."""

from dataclasses import dataclass
from enum import Enum

Choices = tuple[tuple[str, str], ...]


class Look(Enum):
    """How a control looks."""

    LINE = "line"
    LINES = "lines"
    LIST = "list"
    """One of many, to be unfolded."""
    RADIO = "radio"


class Keys(Enum):
    """What the phone's keys write at first; the value is i-mode's ``istyle``, which others skip."""

    KANA = "1"
    LETTERS = "3"
    DIGITS = "4"


@dataclass(frozen=True)
class Control:
    """One field; ``name`` is its dotted path as in a ``FieldProblem``."""

    name: str
    label: str
    value: str
    required: bool
    look: Look = Look.LINE
    keys: Keys | None = None
    options: Choices = ()
    hint: str = ""


@dataclass(frozen=True)
class Part:
    """One page of the form.

    ``key`` is its place in the URL; ``paths`` are those of the problems that it shows besides the
    ones of its own controls, with all that lies below them.
    """

    key: str
    title: str
    controls: tuple[Control, ...] = ()
    paths: tuple[str, ...] = ()
    filled: bool = False
    """Whether something of it has been entered."""
    required: bool = True
    """Whether the form is incomplete without it."""

    def shows(self, path: str) -> bool:
        """Whether a problem with this path belongs here."""
        return any(each.name == path for each in self.controls) or any(
            path == each or path.startswith(f"{each}.") for each in self.paths
        )
