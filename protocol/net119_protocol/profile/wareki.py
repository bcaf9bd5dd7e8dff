"""Dates of birth as people in Japan write them: 1993-06-01, 平成5年6月1日, H5.6.1 (CNB-44)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date


class DateProblem(ValueError):
    """A text is no date of birth: a stable ``code`` and what to tell the person."""

    def __init__(self, code: str, ja: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.ja = ja
        self.en = en


@dataclass(frozen=True)
class Era:
    """One era: its first day, and the names it goes by."""

    first: date
    name: str
    letter: str


ERAS = (
    Era(date(2019, 5, 1), "令和", "R"),
    Era(date(1989, 1, 8), "平成", "H"),
    Era(date(1926, 12, 25), "昭和", "S"),
    Era(date(1912, 7, 30), "大正", "T"),
    Era(date(1868, 1, 25), "明治", "M"),
)
"""The eras since Meiji, newest first; Meiji's first day is in the Gregorian calendar."""

OLDEST_AGE = 130

_NUMBERS = r"(\d{1,4}|元)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?"
_WESTERN = re.compile(_NUMBERS)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ERA = re.compile(rf"(令和|平成|昭和|大正|明治|[RHSTMrhstm])\s*{_NUMBERS}")


def parse_birth_date(text: str, today: date) -> date:
    """The day that a text means; ``today`` is the day in Japan.

    Raises:
        DateProblem: with code ``empty``, ``form``, ``no-such-date``, ``outside-era``, ``future``
            or ``too-old``.
    """
    return checked_birth_date(written_day(text), today)


def written_day(text: str) -> date:
    """The day that a text means, whether or not anybody can be born on it.

    Raises:
        DateProblem: with code ``empty``, ``form``, ``no-such-date`` or ``outside-era``.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("‐", "-")
    if not plain:
        raise DateProblem("empty", "生年月日を入れてください。", "Give the date of birth.")
    era_match = _ERA.fullmatch(plain)
    western = _WESTERN.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if era_match:
        return _in_era(era_match)
    if western and western.group(1) != "元" and len(western.group(1)) == 4:
        return _day(int(western.group(1)), int(western.group(2)), int(western.group(3)))
    raise DateProblem(
        "form",
        "生年月日は 1993-06-01 または 平成5年6月1日 のように入れてください。",
        "Write the date of birth like 1993-06-01 or 平成5年6月1日.",
    )


def checked_birth_date(found: date, today: date) -> date:
    """A date of birth that can be one.

    Raises:
        DateProblem: ``future`` or ``too-old``.
    """
    if found > today:
        raise DateProblem(
            "future",
            f"{found.isoformat()} は今日より後の日付です。生年月日を確かめてください。",
            f"{found.isoformat()} lies in the future. Check the date of birth.",
        )
    if (found.year + OLDEST_AGE, found.month, found.day) < (today.year, today.month, today.day):
        raise DateProblem(
            "too-old",
            f"{found.isoformat()} は{OLDEST_AGE}年より前です。生年月日を確かめてください。",
            f"{found.isoformat()} is more than {OLDEST_AGE} years ago. Check the date of birth.",
        )
    return found


def in_wareki(day: date) -> str:
    """A day in the Japanese calendar: 平成5年6月1日; before Meiji, in the western one."""
    for era in ERAS:
        if day >= era.first:
            year = day.year - era.first.year + 1
            shown = "元" if year == 1 else str(year)
            return f"{era.name}{shown}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def _in_era(match: re.Match[str]) -> date:
    named, year, month, day = match.groups()
    number = next(
        index
        for index, era in enumerate(ERAS)
        if named in (era.name, era.letter, era.letter.lower())
    )
    era = ERAS[number]
    count = 1 if year == "元" else int(year)
    found = _day(era.first.year + count - 1, int(month), int(day))
    after = ERAS[number - 1].first if number else date.max
    # Until 1926 the day of a change belongs to both eras; since 1989 a change comes at midnight.
    too_late = found > after if after <= ERAS[2].first else found >= after
    if count < 1 or found < era.first or too_late:
        raise DateProblem(
            "outside-era",
            f"{era.name}{year}年{month}月{day}日 という日はありません。年号を確かめてください。",
            f"{era.name} has no such day. Check the name of the era.",
        )
    return found


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateProblem(
            "no-such-date",
            f"{year}年{month}月{day}日 という日はありません。",
            f"There is no day {year}-{month:02}-{day:02}.",
        ) from None
