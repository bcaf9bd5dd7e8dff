"""Japanese fiscal years, and the day from which documents may be destroyed (CNB-07)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")


def japan_day(moment: datetime) -> date:
    """The day it is in Japan.

    Raises:
        ValueError: the moment has no offset.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment needs its offset from UTC to tell the day in Japan")
    return moment.astimezone(JAPAN).date()


def fiscal_year(day: date) -> int:
    """The fiscal year of a day, named by the year it begins in: 1 April to 31 March."""
    return day.year if day.month >= 4 else day.year - 1


def destroy_documents_on(last_used: date, years: int) -> date:
    """First day on which documents last used on a day are no longer kept.

    They are kept ``years`` years, counted from 1 April of the year after the one in which they
    were last used (CNB-07): used on 2026-05-10 (fiscal 2026) and three years, until 2030-03-31.

    Raises:
        ValueError: ``years`` is negative.
    """
    if years < 0:
        raise ValueError("a period of retention is not negative")
    return date(fiscal_year(last_used) + 1 + years, 4, 1)
