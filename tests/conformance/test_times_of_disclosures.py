"""Which times a record may give for what was done at a known time."""

from datetime import UTC, datetime, timedelta

import pytest
from net119_conformance.purposes.recorded_acts import Made

BEGAN = datetime(2026, 3, 1, 9, 14, 50, tzinfo=UTC)
MADE = Made({"指令員"}, BEGAN, BEGAN + timedelta(seconds=2))


@pytest.mark.parametrize(
    "text",
    [
        "09:14:51.250",
        "09:14:25",  # a clock that is behind by seconds
        "09:15:20",  # one that is ahead
        "09:14:00",  # the minute
        "09:15:00",  # the nearest minute
    ],
)
def test_can_be_when_it_was_done(text: str) -> None:
    assert MADE.timed([datetime.fromisoformat(f"2026-03-01T{text}+00:00")])


@pytest.mark.parametrize("text", ["09:13:51", "09:15:51", "09:13:00", "09:16:00", "18:14:51"])
def test_cannot_be_when_it_was_done(text: str) -> None:
    assert not MADE.timed([datetime.fromisoformat(f"2026-03-01T{text}+00:00")])
