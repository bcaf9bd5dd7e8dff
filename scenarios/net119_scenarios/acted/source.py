"""YAML text with the place of every value, so that an error can say where it is.

PyYAML's nodes are read instead of its plain data: they carry line and column of keys and values.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml
from net119_protocol.labels import Language

from net119_scenarios.acted.nodes import compose
from net119_scenarios.words import Words

Path: TypeAlias = tuple[str | int, ...]
Spot: TypeAlias = tuple[int, int]
"""Line and column, counted from 1."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a scenario: where, what, and what to write instead."""

    file: str
    line: int
    column: int
    what: Words
    instead: Words

    def shown(self, language: Language) -> str:
        """The problem in one line."""
        full_stop = "。" if language == "ja" else ". "
        what, instead = self.what.of(language), self.instead.of(language)
        return f"{self.file}:{self.line}:{self.column}: {what}{full_stop}{instead}"

    def __str__(self) -> str:
        return self.shown("en")


class ScenarioError(ValueError):
    """A scenario that cannot be used; ``problems`` lists all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(each) for each in problems))


LEAVE_OUT = Words("消してください", "Leave it out")


def near(given: str, known: Iterable[str]) -> Words:
    """The hint: the known name that is meant, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(given, names, 1)
    if close:
        return Words(f"「{close[0]}」ではありませんか", f"Did you mean {close[0]!r}?")
    return one_of(names) if names else LEAVE_OUT


def one_of(names: Iterable[str]) -> Words:
    """The hint that lists what may stand there."""
    listed = ", ".join(names)
    return Words(f"次のどれかにしてください: {listed}", f"Use one of {listed}")


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
            node = compose(text)
        except yaml.MarkedYAMLError as wrong:
            mark = wrong.problem_mark or wrong.context_mark
            spot = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise ScenarioError([self._unread(spot, _parser(wrong.problem or wrong))]) from None
        except yaml.YAMLError as wrong:
            raise ScenarioError([self._unread((1, 1), _parser(wrong))]) from None
        except RecursionError:
            deep = Words("入れ子が深すぎます", "it is nested too deeply")
            raise ScenarioError([self._unread((1, 1), deep)]) from None
        if node is None:
            empty = Words("ファイルが空です", "the file is empty")
            raise ScenarioError([self._unread((1, 1), empty)])
        self.data: Any = self._read(node, ())
        if self.problems:
            raise ScenarioError(self.problems)

    def spot(self, path: Path) -> Spot:
        """Where a value stands, or the nearest part around it that is there."""
        while path not in self._spots and path:
            path = path[:-1]
        return self._spots.get(path, (1, 1))

    def problem(self, path: Path, what: Words, instead: Words, *, key: bool = False) -> Problem:
        """A problem at a value, or at its key."""
        line, column = self._keys[path] if key and path in self._keys else self.spot(path)
        return Problem(self.file, line, column, what, instead)

    def _unread(self, spot: Spot, why: Words) -> Problem:
        return Problem(
            self.file,
            *spot,
            Words(f"YAMLとして読めません（{why.ja}）", f"this cannot be read as YAML: {why.en}"),
            Words(
                "「キー: 値」の行を、空白2つずつ字下げして書き、"
                "「: 」や「#」を含む文は引用符で囲んでください",
                "Write `key: value` lines, indented by two spaces; quote texts with `: ` or `#`",
            ),
        )

    def _read(self, node: yaml.Node, path: Path) -> Any:
        if id(node) in self._nodes and not isinstance(node, yaml.ScalarNode):
            # One that contains itself would never end, and others can grow without measure.
            spot = self._spots.get(path[:-1], (1, 1))
            what = Words("別名（*）は使えません", "an alias (*) stands here")
            instead = Words("その部分をもう一度書いてください", "Write the part out again")
            self.problems.append(Problem(self.file, *spot, what, instead))
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
        try:
            return yaml.constructor.SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError) as wrong:
            self.problems.append(self._unread(self._spots[path], _parser(wrong)))
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            spot = (key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                why = Words("キーの場所に一覧や表があります", "a list or mapping stands as a key")
                self.problems.append(self._unread(spot, why))
                continue
            name = str(key.value)
            inner = (*path, name)
            if name in found:
                first = self._keys[inner]
                self.problems.append(
                    Problem(
                        self.file,
                        *spot,
                        Words(
                            f"「{name}」が2回あります（1回目は{first[0]}行）",
                            f"{name!r} stands twice; the first time in line {first[0]}",
                        ),
                        Words("どちらか一つを残してください", "Keep one of the two"),
                    )
                )
                continue
            self._keys[inner] = spot
            found[name] = self._read(value, inner)
        return found


def _parser(said: object) -> Words:
    """What PyYAML says, which knows English only."""
    return Words(f"読み取りプログラムの報告: {said}", str(said))
