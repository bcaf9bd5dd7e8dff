"""Reads what pages show beside a label, in a list of facts."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from net119_simulators.pages.page import Page

_DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.-]*")
_JAPAN = ZoneInfo("Asia/Tokyo")


def day_in(text: str) -> datetime | None:
    """The first day that a text names in figures, from midnight in Japan."""
    found = _DAY.search(text)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    return datetime(year, month, day, tzinfo=_JAPAN)


def labelled(page: Page, label: str) -> str:
    """The value beside a label of a list of facts; empty if there is none."""
    for term in page.document.find_all("dt"):
        if term.get_text().strip() == label:
            described = term.find_next("dd")
            return described.get_text().strip() if described is not None else ""
    return ""


def labelled_day(page: Page, label: str) -> datetime | None:
    """The day beside a label, from midnight in Japan."""
    return day_in(labelled(page, label))


def labelled_version(page: Page, label: str) -> str | None:
    """The version of the terms beside a label."""
    found = _VERSION.search(labelled(page, label))
    return found.group().removesuffix("版") if found else None
