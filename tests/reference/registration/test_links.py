"""Mailed URLs: why one does not open, and how many an address may be mailed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from net119_reference.registration.links import (
    PER_WINDOW,
    WINDOW,
    Link,
    mail_key,
    problem,
    too_many,
)
from net119_reference.registration.ports import LinkProblem, LinkPurpose

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
END = START + timedelta(hours=24)
MOMENT = timedelta(microseconds=1)


def link(**changes: Any) -> Link:
    given: dict[str, Any] = {
        "token_hash": "x",
        "purpose": LinkPurpose.APPLY,
        "department": "aso",
        "mail": "a@mail.example",
        "created_at": START,
        "expires_at": END,
    }
    return Link(**{**given, **changes})


def test_a_url_opens_until_its_end_and_not_at_it() -> None:
    assert problem(link(), START) is None
    assert problem(link(), END - MOMENT) is None
    assert problem(link(), END) is LinkProblem.EXPIRED
    assert problem(link(), END + timedelta(days=400)) is LinkProblem.EXPIRED


@pytest.mark.parametrize("now", [START, END - MOMENT, END, END + timedelta(days=9)])
def test_who_has_used_a_url_is_told_so_whatever_became_of_it_since(now: datetime) -> None:
    assert problem(None, now) is LinkProblem.UNKNOWN
    assert problem(link(used_at=START), now) is LinkProblem.USED
    assert problem(link(revoked_at=START), now) is LinkProblem.REVOKED
    assert problem(link(used_at=START, revoked_at=START), now) is LinkProblem.USED


def test_a_url_ends_when_it_is_used_or_revoked_or_else_by_itself() -> None:
    """What was entered through it and the URL itself are kept by this moment."""
    soon = START + timedelta(hours=1)
    for ended in (link(used_at=soon), link(revoked_at=soon)):
        assert (ended.ends_at, ended.pending) == (soon, False)
    assert (link().ends_at, link().pending) == (END, True)


def test_an_address_is_mailed_its_share_within_the_window_and_then_again() -> None:
    full = [START] * PER_WINDOW
    assert not too_many([], START)
    assert not too_many(full[1:], START)
    assert too_many(full, START)
    assert too_many(full, START + WINDOW - MOMENT)
    assert not too_many(full, START + WINDOW)
    assert not too_many([START - WINDOW, *full[1:]], START)


def test_spaces_around_an_address_and_its_case_make_no_other_address() -> None:
    assert mail_key(" Hanako@MAIL.example ") == mail_key("hanako@mail.example")
    assert mail_key("hanako@mail.example") != mail_key("hanako.@mail.example")
