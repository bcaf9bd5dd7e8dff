"""The one codec between the flat fields of a form and an application.

Names are dotted paths as in `FieldProblem.path`: ``data.birth_date``, ``basis``,
``data.optional.contacts.0.name``.  Outer spaces are cut and line ends unified, a blank field is
an absent value; what comes back from `from_fields` is the same after another round.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from net119_protocol.application import Application
from net119_protocol.profile.check import FieldProblem, no_means
from net119_protocol.profile.form_fields import BLOCKS, FIELDS, LISTS, FieldKind, FormField
from net119_protocol.profile.form_values import AGAIN, FieldFault, missing, read_field

MAX_FIELDS = 2000
"""More fields than this are no form of ours."""
MAX_ENTRIES = 20
"""Entries of one list that are read; a department's own limit is lower."""
_SHOWN_UNKNOWN = 10
"""Unknown names that are told; more help nobody."""

_OURS = frozenset({"data", "guardian"})
_NUMBERED = re.compile(rf"({'|'.join(map(re.escape, LISTS))})\.(0|[1-9][0-9]*)(\.[a-z_]+)?")
_CONTACT = "data.optional.contacts.*"
_MEANS = ("phone", "fax", "mail")
_KEPT_BLANK = frozenset(
    {
        "data.address.street",
        "data.optional.frequent_places.*.label",
        "data.optional.frequent_places.*.address",
    }
)
"""Texts that the model demands and that may be empty."""

_Node: TypeAlias = dict[str, Any]
"""A block of the form: names to fields and inner blocks, ``*`` for a list's entry."""


def to_fields(application: Application) -> dict[str, str]:
    """The fields of a form that shows an application; what is absent or empty has none.

    A block that is present with nothing in it has one field of its own name, ``yes``.
    """
    return dict(_shown("", application))


def from_fields(
    fields: Mapping[str, object],
) -> tuple[Application | None, tuple[FieldProblem, ...]]:
    """The application that the fields of a form make, or everything that is wrong with them.

    Names that are no path of an application, such as ``action``, belong to the page and are left
    alone.  A list's entry with all its fields blank is left out.  ``basis``, which a document may
    leave to its default, a form has to say: nobody ticked it otherwise.  Nothing raises.  Whether a
    department takes the application says `check.problems`.
    """
    if len(fields) > MAX_FIELDS:
        ja, en = AGAIN
        return None, (
            FieldProblem(
                "",
                "too-many-fields",
                f"項目が{MAX_FIELDS}個をこえています。{ja}",
                f"There are more than {MAX_FIELDS} fields. {en}",
            ),
        )
    reading = _Reading(fields)
    if reading.problems:
        return None, tuple(reading.problems)
    try:
        return Application.model_validate(reading.raw), ()
    except ValidationError as error:
        return None, tuple(_unforeseen(error))


def _shown(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        inner = [
            found
            for name in type(value).model_fields
            for found in _shown(f"{path}.{name}" if path else name, getattr(value, name))
        ]
        yield from inner or [(path, "yes")]
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _shown(f"{path}.{number}", each)
    elif value is not None and value != "":
        yield path, _written(value)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value)


def _unforeseen(error: ValidationError) -> Iterator[FieldProblem]:
    """What the fields' own checks let through; there is nothing known, and nothing may raise."""
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        yield FieldProblem(
            ".".join(map(str, each["loc"])),
            "invalid",
            "この項目は読み取れません。確かめて入れ直してください。",
            f"This cannot be read: {each['msg']}. Check it and enter it again.",
        )


def _tree() -> _Node:
    root: _Node = {}
    for name, field in FIELDS.items():
        *above, last = name.split(".")
        node = root
        for part in above:
            node = node.setdefault(part, {})
        node[last] = field
    return root


def _with_ancestors(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            yield ".".join(parts[:end])


_TREE = _tree()
_UNKNOWN = FieldFault(
    "unknown-field",
    f"このページにない項目が送られました。{AGAIN[0]}",
    f"There is no such field. {AGAIN[1]}",
)
_NO_TEXT = FieldFault(
    "not-text",
    "ここには文字を入れてください。ファイルは送れません。",
    "Give text here; a file cannot be sent.",
)


class _Reading:
    """One form being read: what it says, and what is wrong with it."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.problems: list[FieldProblem] = []
        self._texts: dict[str, str] = {}
        self._numbers: dict[str, set[str]] = {path: set() for path in LISTS}
        self._sort(fields)
        self._filled = set(_with_ancestors(self._texts))
        self.raw = self._block(_TREE, "", "")

    def _sort(self, fields: Mapping[str, object]) -> None:
        """Set aside what is ours; a name of ours that nobody knows is a mistake."""
        unknown = []
        for name, value in fields.items():
            numbered = _NUMBERED.fullmatch(name)
            general = f"{numbered[1]}.*{numbered[3] or ''}" if numbered else name
            if "*" in name or (general not in FIELDS and general not in BLOCKS):
                unknown += [name] if name.split(".", 1)[0] in _OURS else []
                continue
            if numbered:
                self._numbers[numbered[1]].add(numbered[2])
            if not isinstance(value, str):
                self._add(name, _NO_TEXT)
                continue
            text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
            if text and (general in FIELDS or text == "yes"):
                self._texts[name] = text
        for name in unknown[:_SHOWN_UNKNOWN]:
            self._add(name[:100], _UNKNOWN)

    def _block(self, node: _Node, path: str, general: str) -> dict[str, Any]:
        """What a block says, as far as it can be read."""
        raw: dict[str, Any] = {}
        for name, child in node.items():
            where, rule = (f"{path}.{name}", f"{general}.{name}") if path else (name, name)
            if isinstance(child, FormField):
                if (value := self._field(child, where)) is not None:
                    raw[name] = value
            elif rule in LISTS:
                raw[name] = [
                    self._block(child["*"], f"{where}.{number}", f"{rule}.*")
                    for number in self._entries(where)
                    if f"{where}.{number}" in self._filled
                ]
            elif rule not in BLOCKS or where in self._filled:
                raw[name] = self._block(child, where, rule)
        if general == _CONTACT and not any(f"{path}.{each}" in self._texts for each in _MEANS):
            self.problems.append(no_means(path))
        return raw

    def _entries(self, path: str) -> range:
        """The numbers of a list's entries, blank ones included."""
        (ja, en), digits = LISTS[path], self._numbers[path]
        # Lengths first: a number of a million digits is not worth reading.
        if any(len(each) > len(str(MAX_ENTRIES)) or int(each) >= MAX_ENTRIES for each in digits):
            fault = FieldFault(
                "too-many", f"{ja}は{MAX_ENTRIES}件までです。", f"At most {MAX_ENTRIES} {en}."
            )
            self._add(path, fault)
            return range(0)
        gap = next((n for n in range(len(digits)) if str(n) not in digits), None)
        if gap is not None:
            fault = FieldFault(
                "gap",
                f"{ja}の{gap + 1}件目がありません。{AGAIN[0]}",
                f"Number {gap + 1} of the {en} is missing. {AGAIN[1]}",
            )
            self._add(path, fault)
            return range(0)
        return range(len(digits))

    def _field(self, field: FormField, path: str) -> object:
        """What a field says; ``None`` where it is blank or wrong."""
        text = self._texts.get(path)
        if text is None:
            if self._is_missed(field, path):
                self._add(path, missing(field))
            return "" if field.name in _KEPT_BLANK else None
        try:
            return read_field(field, text)
        except FieldFault as fault:
            self._add(path, fault)
            return None

    def _is_missed(self, field: FormField, path: str) -> bool:
        if field.kind is not FieldKind.DEGREES:
            return field.required
        # Half a position is none; a whole one that is missing is told once.
        parent, _, name = path.rpartition(".")
        other = f"{parent}.{'lon' if name == 'lat' else 'lat'}"
        return other in self._texts or (field.required and name == "lat")

    def _add(self, path: str, fault: FieldFault) -> None:
        self.problems.append(FieldProblem(path, fault.code, fault.ja, fault.en))


__all__ = ["MAX_ENTRIES", "MAX_FIELDS", "from_fields", "to_fields"]
