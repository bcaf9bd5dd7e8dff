"""The dated directory: municipalities -> department -> center -> provider (interface D).

Rows are dated in Japanese days: a row is valid from ``valid_from`` up to and including
``valid_until``, and changes at midnight in Japan. A code may have several rows with disjoint
dates. What no row names has not adopted NET119. Planned stops have times, also of Japan.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

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


def _date_and_time(given: Any) -> Any:
    # A bare date would leave open which end of the day is meant, a number whose clock it is.
    if not isinstance(given, str | datetime) or (isinstance(given, str) and ":" not in given):
        raise ValueError("a date with a time of Japan, such as 2026-12-01T01:00:00, stands here")
    return given


def _in_japan(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        return moment.replace(tzinfo=JAPAN)
    try:
        return moment.astimezone(JAPAN)
    except OverflowError:
        raise ValueError("the time lies between the years 1 and 9999 in Japan") from None


JapanTime = Annotated[datetime, BeforeValidator(_date_and_time), AfterValidator(_in_japan)]
"""A moment; Japan's time where it is written without an offset."""


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


class PlannedStop(BaseModel):
    """Announced maintenance: in this time a provider, or one center, takes no calls from others.

    It lasts from ``stop_from`` up to, but not including, ``stop_until``. Exactly one of
    ``provider`` and ``center`` says what stops; `check` sees to that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stop_from: JapanTime
    stop_until: JapanTime
    provider: Code | None = None
    center: Code | None = None
    reason_ja: ShortText = ""
    reason_en: ShortText = ""

    def lasts_at(self, moment: datetime) -> bool:
        """Whether the stop is under way; ValueError for a time without offset."""
        if moment.utcoffset() is None:
            raise ValueError("a moment needs its offset from UTC to be compared with a stop")
        return self.stop_from <= moment < self.stop_until


class DirectoryFile(BaseModel):
    """The whole file, as TOML or JSON with the same keys; rules across rows are in `check`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(min_length=1, max_length=80)]
    providers: tuple[ProviderRow, ...] = ()
    centers: tuple[CenterRow, ...] = ()
    departments: tuple[DepartmentRow, ...] = ()
    stops: tuple[PlannedStop, ...] = ()


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

    @property
    def in_japanese(self) -> str:
        """The days as they are written in Japanese."""
        shown = str(self)
        return "いつも" if shown == "always" else shown.replace("..", "〜")


def within_days(day: date, start: date | None, end: date | None) -> bool:
    """Whether a day lies between two, both included; ``None`` is open."""
    return (start is None or start <= day) and (end is None or day <= end)
