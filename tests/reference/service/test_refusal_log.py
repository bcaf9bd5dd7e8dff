"""Refused inputs are kept and counted; a flood does not push out what others did (I10)."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from net119_reference.service.refusals import (
    DIFFERENT_ONES,
    FLOOD_WITHIN_S,
    KEPT,
    SAME_WITHIN_S,
    RefusalLog,
)


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def elapsed(self) -> float:
        return self.time.timestamp()

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def test_the_same_refusal_is_counted_for_a_moment() -> None:
    clock = Clock()
    log = RefusalLog(clock)
    for _ in range(3):
        log.note("B", "midori", "malformed-json", "no JSON")
    clock.advance(SAME_WITHIN_S)
    log.note("B", "midori", "malformed-json", "no JSON")
    assert [(each.number, each.count) for each in log.after(0).entries] == [(1, 3), (2, 1)]
    assert [each.number for each in log.after(1).entries] == [2]


def test_a_flood_of_different_ones_is_counted_together(caplog: pytest.LogCaptureFixture) -> None:
    log = RefusalLog(Clock())
    log.note("A", "127.0.0.9", "invalid", "somebody else's")
    caplog.clear()
    with caplog.at_level(logging.WARNING, "net119.refused"):
        for number in range(2 * KEPT):
            log.note("B", "midori", "unknown-type", f"type-{number}")
    first, *flood = log.after(0).entries
    assert first.detail == "somebody else's"
    assert len(flood) == len(caplog.records) == DIFFERENT_ONES + 1
    assert sum(each.count for each in flood) == 2 * KEPT
    assert "counted together" in flood[-1].detail
    assert flood[-1].count == 2 * KEPT - DIFFERENT_ONES


def test_another_code_or_source_is_listed_during_a_flood() -> None:
    log = RefusalLog(Clock())
    for number in range(100):
        log.note("B", "midori", "unknown-type", f"type-{number}")
    log.note("B", "midori", "stale-epoch", "epoch 1")
    log.note("B", "akane", "unknown-type", "type-1")
    assert [each.detail for each in log.after(0).entries[-2:]] == ["epoch 1", "type-1"]


def test_after_a_flood_different_ones_are_listed_again() -> None:
    clock = Clock()
    log = RefusalLog(clock)
    for number in range(100):
        log.note("B", "midori", "unknown-type", f"type-{number}")
    clock.advance(FLOOD_WITHIN_S)
    log.note("B", "midori", "unknown-type", "type-x")
    assert log.after(0).entries[-1].detail == "type-x"


def test_what_is_kept_is_bounded() -> None:
    log = RefusalLog(Clock())
    for number in range(3 * KEPT):
        log.note("http", f"10.0.{number // 250}.{number % 250}", "not-found", "no such page")
    entries = log.after(0).entries
    assert len(entries) == KEPT
    assert entries[-1].number == 3 * KEPT
