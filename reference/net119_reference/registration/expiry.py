"""When a registration expires."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from net119_protocol.profile.model import Validity

_JAPAN = ZoneInfo("Asia/Tokyo")


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def new_expiry(validity: Validity, now: datetime) -> datetime | None:
    """The end of the last valid day in Japan, as UTC; ``None`` where nothing expires."""
    if validity.months == 0:
        return None
    last = months_later(now.astimezone(_JAPAN).date(), validity.months)
    return datetime.combine(last + timedelta(days=1), time(), _JAPAN).astimezone(UTC)


def last_valid_day(expires_at: datetime) -> date:
    """What people are told of an expiry: the day in Japan that it ends."""
    return (expires_at - timedelta(seconds=1)).astimezone(_JAPAN).date()
