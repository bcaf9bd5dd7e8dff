"""YAML text with the place of every value, so that an error can say where it is.

PyYAML's nodes are read instead of its plain data: they carry line and column of keys and values.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
Spot: TypeAlias = tuple[int, int]
"""Line and column, counted from 1."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a scenario: where, what, and what to write instead."""

    file: str
    line: int
    column: int
    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}. {self.instead}"


class ScenarioError(ValueError):
    """A scenario that cannot be used; ``problems`` lists all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(each) for each in problems))


def near(given: str, known: Iterable[str]) -> str:
    """The hint: the known name that is meant, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(given, names, 1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Use one of {', '.join(names)}" if names else "Leave it out"


class Source:
    """A parsed file: its ``data``, and where each part of them stands.

    Raises:
        ScenarioError: the text is no YAML, or a key stands twice in one place.
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._spots: dict[Path, Spot] = {}
        self._keys: dict[Path, Spot] = {}
        self._nodes: set[int] = set()
        self.problems: list[Problem] = []
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as wrong:
            mark = wrong.problem_mark or wrong.context_mark
            spot = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise ScenarioError([self._unread(spot, wrong.problem or str(wrong))]) from None
        except yaml.YAMLError as wrong:
            raise ScenarioError([self._unread((1, 1), str(wrong))]) from None
        except RecursionError:
            raise ScenarioError([self._unread((1, 1), "it is nested too deeply")]) from None
        if node is None:
            raise ScenarioError([self._unread((1, 1), "the file is empty")])
        self.data: Any = self._read(node, ())
        if self.problems:
            raise ScenarioError(self.problems)

    def spot(self, path: Path) -> Spot:
        """Where a value stands, or the nearest part around it that is there."""
        while path not in self._spots and path:
            path = path[:-1]
        return self._spots.get(path, (1, 1))

    def problem(self, path: Path, what: str, instead: str, *, key: bool = False) -> Problem:
        """A problem at a value, or at its key."""
        line, column = self._keys[path] if key and path in self._keys else self.spot(path)
        return Problem(self.file, line, column, what, instead)

    def _unread(self, spot: Spot, why: str) -> Problem:
        return Problem(
            self.file,
            *spot,
            f"this cannot be read as YAML: {why}",
            "Write `key: value` lines, indented by two spaces; quote texts with `: ` or `#`",
        )

    def _read(self, node: yaml.Node, path: Path) -> Any:
        if id(node) in self._nodes and not isinstance(node, yaml.ScalarNode):
            # One that contains itself would never end, and others can grow without measure.
            spot = self._spots.get(path[:-1], (1, 1))
            what = "an alias (*) stands here"
            self.problems.append(Problem(self.file, *spot, what, "Write the part out again"))
            return None
        self._nodes.add(id(node))
        self._spots[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._read(each, (*path, at)) for at, each in enumerate(node.value)]
        if node.tag in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"):
            # Dates stay as written; of the words for yes and no, only those that pydantic knows.
            return {"true": True, "false": False}.get(str(node.value), str(node.value))
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node)
        except (yaml.YAMLError, ValueError) as wrong:
            self.problems.append(self._unread(self._spots[path], str(wrong)))
            return None
        finally:
            loader.dispose()

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            spot = (key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(self._unread(spot, "a list or mapping stands as a key"))
                continue
            name = str(key.value)
            inner = (*path, name)
            if name in found:
                first = self._keys[inner]
                self.problems.append(
                    Problem(
                        self.file,
                        *spot,
                        f"{name!r} stands twice; the first time in line {first[0]}",
                        "Keep one of the two",
                    )
                )
                continue
            self._keys[inner] = spot
            found[name] = self._read(value, inner)
        return found
