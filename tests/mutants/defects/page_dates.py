"""Dates as people in Japan write them."""

from datetime import date
from typing import Any

from net119_protocol.profile import form_values
from net119_protocol.profile.wareki import DateProblem

from tests.mutants.registry import Patch, mutant


@mutant(
    "no-first-year",
    kills={"PAGE-WAREKI": "the first year of an era is taken, and its day is shown"},
)
def no_first_year(patch: Patch) -> None:
    """Years of an era are numbers: the first, which is written 元, is none."""

    def written_day(original: Any, text: str) -> date:
        if "元" in text:
            raise DateProblem("form", "年を数字で入れてください。", "Write the year as a number.")
        found: date = original(text)
        return found

    patch.around(form_values, "written_day", written_day)


@mutant(
    "first-year-is-the-second",
    kills={
        "PAGE-WAREKI": "the first year of an era: staff are shown the day that was handed in",
    },
)
def first_year_is_the_second(patch: Patch) -> None:
    """元年 is read as a year after the one in which the era began."""

    def written_day(original: Any, text: str) -> date:
        found: date = original(text)
        return found.replace(year=found.year + 1) if "元" in text else found

    patch.around(form_values, "written_day", written_day)


@mutant(
    "showa-off-by-one",
    kills={"PAGE-WAREKI": "the last day of an era: staff are shown the day that was handed in"},
)
def showa_off_by_one(patch: Patch) -> None:
    """Showa is counted from 1926 on instead of 1925."""

    def written_day(original: Any, text: str) -> date:
        found: date = original(text)
        return found.replace(year=found.year + 1) if text.startswith("昭和") else found

    patch.around(form_values, "written_day", written_day)
