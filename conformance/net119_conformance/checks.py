"""What a check is, and how expected and seen values are written down."""

import json
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from net119_conformance.verdict import Verdict

MAX_VALUE = 2_000
"""Characters of an expected or seen value that are kept; what is cut is marked."""


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
    """`value` as a reader of a report wants it: texts as they are, models and tables as JSON."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, BaseModel):
        text = json.dumps(
            value.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False
        )
    elif isinstance(value, bytes):
        text = value.decode("utf-8", "backslashreplace")
    elif isinstance(value, dict | list | tuple):
        text = json.dumps(value, ensure_ascii=False, default=show)
    else:
        text = str(value)
    return cut(text, MAX_VALUE)


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning with a mark that says how much is missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… [cut: {len(text) - limit} of {len(text)} characters not kept]"
