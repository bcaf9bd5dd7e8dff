"""The dated directory: municipalities -> department -> center -> provider (interface D).

Rows are dated in Japanese days: a row is valid from ``valid_from`` up to and including
``valid_until``, and changes at midnight in Japan. A code may have several rows with disjoint
dates. What no row names has not adopted NET119 (facts A06, A07).
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from net119_protocol.codes import ProviderState
from net119_protocol.model import Code, ShortText

JAPAN = ZoneInfo("Asia/Tokyo")


def _fictional(phone: str) -> str:
    if not re.fullmatch(r"0000-\d{2}-\d{4}", phone, re.ASCII):
        raise ValueError("only a fictional number, of the form 0000-00-0119, may stand here")
    return phone


FictionalPhone = Annotated[str, AfterValidator(_fictional)]
"""No number in Japan starts with 0000; a directory cannot hold one that rings anywhere."""

MunicipalityCode = Annotated[str, Field(pattern=r"^\d{5}$")]


def japan_date(moment: datetime) -> date:
    """The day it is in Japan at a moment; ValueError for a time without offset."""
    if moment.utcoffset() is None:
        raise ValueError("a moment needs its offset from UTC to tell the day in Japan")
    return moment.astimezone(JAPAN).date()


class DatedRow(BaseModel):
    """Something that holds from one day to another, both included; open where ``None``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    name_ja: ShortText
    name_en: ShortText
    valid_from: date | None = None
    valid_until: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the row holds on a day."""
        return within_days(day, self.valid_from, self.valid_until)


class ProviderRow(DatedRow):
    """A service provider; ``code`` is its operator code on interface B."""

    state: ProviderState = ProviderState.NORMAL


class CenterRow(DatedRow):
    """A command center and the provider that serves it."""

    provider: Code
    state: ProviderState = ProviderState.NORMAL


class DepartmentRow(DatedRow):
    """A fire department, its municipalities, and since when NET119 reaches it through ``center``.

    Without ``center`` the department is known, with its name and phone, but has not adopted
    NET119; the same holds before ``adopted_from`` and after ``adopted_until``.
    """

    municipalities: Annotated[tuple[MunicipalityCode, ...], Field(min_length=1)]
    phone: FictionalPhone
    center: Code | None = None
    adopted_from: date | None = None
    adopted_until: date | None = None

    def adopted_on(self, day: date) -> bool:
        """Whether NET119 reaches the department on a day."""
        return (
            self.center is not None
            and self.valid_on(day)
            and within_days(day, self.adopted_from, self.adopted_until)
        )


class DirectoryFile(BaseModel):
    """The whole file, as TOML or JSON with the same keys; rules across rows are in `check`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(min_length=1, max_length=80)]
    providers: tuple[ProviderRow, ...] = ()
    centers: tuple[CenterRow, ...] = ()
    departments: tuple[DepartmentRow, ...] = ()


class Span(BaseModel):
    """Days from one to another, both included, as ordinals; used to compare validities."""

    model_config = ConfigDict(frozen=True)

    first: int
    last: int

    @classmethod
    def of(cls, start: date | None, end: date | None) -> Self:
        """The days between two dates; ``None`` is the beginning or the end of time."""
        first = start.toordinal() if start else date.min.toordinal()
        return cls(first=first, last=end.toordinal() if end else date.max.toordinal())

    def __bool__(self) -> bool:
        return self.first <= self.last

    def meet(self, other: "Span") -> "Span":
        """The days of both; false if there are none."""
        return Span(first=max(self.first, other.first), last=min(self.last, other.last))

    def minus(self, others: list["Span"]) -> Iterator["Span"]:
        """The days of this span that none of the others has."""
        first = self.first
        for other in sorted(others, key=lambda span: span.first):
            if other.last < first or not other:
                continue
            if other.first > self.last:
                break
            if other.first > first:
                yield Span(first=first, last=other.first - 1)
            first = max(first, other.last + 1)
        if first <= self.last:
            yield Span(first=first, last=self.last)

    def __str__(self) -> str:
        first = "" if self.first == date.min.toordinal() else date.fromordinal(self.first)
        last = "" if self.last == date.max.toordinal() else date.fromordinal(self.last)
        return f"{first}..{last}" if first or last else "always"


def within_days(day: date, start: date | None, end: date | None) -> bool:
    """Whether a day lies between two, both included; ``None`` is open."""
    return (start is None or start <= day) and (end is None or day <= end)
