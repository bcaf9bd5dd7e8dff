"""Base model of everything that travels: camelCase on the wire, snake_case in code."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

TEXT_LIMIT = 2000
"""Longest text of one chat line, in characters (design: "Chat relay")."""
CLIENT_ID_LIMIT = 64
"""Longest identifier that a client chooses, in characters."""
MAX_COUNT = 2**53 - 1
"""Largest count: the largest whole number every JSON reader holds exactly (RFC 7493, 2.2)."""


class WireModel(BaseModel):
    """Base of all wire models.

    Unknown fields are ignored (design: "Interface B"), so that a newer minor version can add
    some; values are immutable, since a message that was sent is never changed afterwards.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        ser_json_bytes="base64",
    )


M = TypeVar("M", bound=WireModel)


def trusted(model: type[M], **values: Any) -> M:
    """A model of values that were checked before; all fields must be given, by their names.

    ``model_construct`` does the same, and looks at every field for aliases and defaults first:
    this is for what is made once or more for every line of a chat.
    """
    made: M = _new(model)
    _set_values(made, values)
    # One set for all: they are frozen, and who copies one copies its set before changing that.
    _set_given(made, _FIELDS.get(model) or _FIELDS.setdefault(model, set(values)))
    _set_extra(made, None)
    _set_private(made, None)
    return made


_FIELDS: dict[type[WireModel], set[str]] = {}
_new: Any = object.__new__
# As object.__setattr__ does, which looks for each of them anew.
_set_values, _set_given, _set_extra, _set_private = (
    BaseModel.__dict__[name].__set__
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
)


def altered(model: M, **values: Any) -> M:
    """The same with some fields replaced, which were checked before; given by their names.

    As ``model_copy(update=...)``, which costs several times as much, with the same care needed.
    """
    made = trusted(type(model), **{**model.__dict__, **values})
    _set_given(made, {*model.__pydantic_fields_set__, *values})
    return made


class StrictModel(WireModel):
    """Base of what a client of our own APIs sends: an unknown field is a mistake and is named."""

    model_config = ConfigDict(extra="forbid")


_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _written_out(value: Any) -> Any:
    """Let no number, and no shape but that of RFC 3339, pass for a time."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError(
            "a time is written like 2026-04-01T00:00:00Z or 2026-04-01T09:00:00.000+09:00"
        )
    return value


def _day_written_out(value: Any) -> Any:
    if isinstance(value, datetime) or not isinstance(value, date | str):
        raise ValueError("a day is written like 2026-04-01")
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("a day is written like 2026-04-01")
    return value


def _aware_utc(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a time needs its offset from UTC, for example 2026-04-01T00:00:00Z")
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time lies between the years 1 and 9999 in UTC") from None
    # Cut here, not only on the wire, so that both ends hold the same value.
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _iso_z(value: datetime) -> str:
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return f"{value.isoformat(timespec='milliseconds')[:-6]}Z"


def _storable(value: Any) -> Any:
    """Refuse what UTF-8 or a database cannot hold, before it is on its way to one."""
    if isinstance(value, str) and (found := _UNSTORABLE.search(value)):
        code = ord(found.group())
        what = "the character NUL" if code == 0 else "half of a surrogate pair"
        raise ValueError(
            f"the text holds {what} (U+{code:04X}) at position {found.start()};"
            " it can be neither sent nor stored, so leave it out"
        )
    return value


Timestamp = Annotated[
    datetime,
    BeforeValidator(_written_out),
    AfterValidator(_aware_utc),
    PlainSerializer(_iso_z, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment, always with its offset; UTC with milliseconds, in the value and on the wire."""

Day = Annotated[date, BeforeValidator(_day_written_out)]
"""A calendar day, ``YYYY-MM-DD``."""

Count = Annotated[int, Field(ge=0, le=MAX_COUNT, strict=True)]
"""A count from 0; ``True``, ``1.0`` and ``"1"`` are no counts."""

Text = Annotated[
    str, BeforeValidator(_storable), Field(json_schema_extra={"pattern": r"^[^\u0000]*$"})
]
"""Any text that can be sent and stored: no NUL, no lone surrogate."""

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
"""A code of ours: operator, department, center."""

ShortText = Annotated[Text, Field(max_length=200)]
LongText = Annotated[Text, Field(max_length=TEXT_LIMIT)]
ClientId = Annotated[
    str, Field(min_length=1, max_length=CLIENT_ID_LIMIT, pattern=r"^[\x21-\x7e]+$")
]
"""An identifier chosen by a client for one line or one call, so that a repeat is recognised."""
