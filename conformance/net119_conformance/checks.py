"""What a check is, and how expected and seen values are written down."""

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, time
from enum import Enum, StrEnum

from net119_simulators.peer.messages import Received
from pydantic import BaseModel, ConfigDict, Field

from net119_conformance.verdict import Verdict

MAX_VALUE = 2_000
"""Characters of an expected or seen value that are kept; what is cut is marked."""

MAX_MODEL = 200
"""Characters of a model's JSON that are kept; the whole message is in the evidence."""


class CheckLevel(StrEnum):
    """How strongly what a check looks at is asked for."""

    MUST = "must"
    SHOULD = "should"
    DERIVED = "derived"
    """Our own conclusion from the source; its failure is a WARN unless the SUT claims it."""


class Check(BaseModel):
    """One named comparison of what was expected with what was seen.

    `offset_s` counts from the start of the purpose; `after_event` is the number of messages in
    the evidence at that moment; `offending` is the number of the message to look at, from 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    name_ja: str = ""
    passed: bool
    level: CheckLevel = CheckLevel.MUST
    counts_as: Verdict
    expected: str
    seen: str
    offset_s: float = Field(ge=0)
    after_event: int = Field(ge=0)
    offending: int | None = None


def show(value: object) -> str:
    """`value` as a reader of a report wants it, never the Python repr of an object of ours.

    Texts and numbers stay as they are. Models become short JSON, enums their value, times ISO
    8601, messages at a simulated peer their label; tables, lists, tuples and sets are written like
    JSON, each of their values by the same rules. Of anything else that says no more about itself
    than its fields or its address in memory, the name of its class is left.
    """
    return cut(_text(value), MAX_VALUE)


def _text(value: object) -> str:
    """`value` in full, except for models."""
    match value:
        case Enum():
            return _text(value.value)
        case str():
            return value
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case BaseModel():
            data = value.model_dump(mode="json", by_alias=True, exclude_none=True)
            return cut(json.dumps(data, ensure_ascii=False), MAX_MODEL)
        case Received():
            return value.label
        case date() | time():
            return value.isoformat()
        case Mapping() | list() | tuple() | set() | frozenset():
            return _inside(value)
    return _words(value)


def _inside(value: object) -> str:
    """`value` as it is written within a list or table: what is text stands in quotes."""
    match value:
        case None | bool() | int() | float() if not isinstance(value, Enum):
            return json.dumps(value)
        case BaseModel():
            return _text(value)
        case Mapping():
            pairs = (f"{_quoted(_text(key))}: {_inside(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list() | tuple():
            return f"[{', '.join(map(_inside, value))}]"
        case set() | frozenset():
            return f"[{', '.join(sorted(map(_inside, value)))}]"
        case Enum():
            return _inside(value.value)
    return _quoted(_text(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _words(value: object) -> str:
    """What an object says of itself, or the name of its class."""
    if isinstance(value, type):
        return value.__name__
    kind = type(value)
    if is_dataclass(value) and kind.__str__ is object.__str__:
        return kind.__name__  # its repr lists the fields as Python does
    text = str(value)
    bare = text.startswith("<") and " at 0x" in text  # objects, functions, generators
    return kind.__name__ if bare or not text else text


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning with a mark that says how much is missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… [cut: {len(text) - limit} of {len(text)} characters not kept]"
