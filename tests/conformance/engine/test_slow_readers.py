"""Slow readers press as hard as the purpose says: or a system that waits for them would pass."""

from pathlib import Path
from typing import Any

import pytest
from net119_conformance.capacity import REFERENCE, Chat
from net119_conformance.crowds import Outcome
from net119_conformance.errors import TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.purposes.load_slow import (
    BUFFERS_BYTES,
    LONG,
    pressed,
    shape_for,
    shares_of,
    stops_for,
)
from net119_conformance.trial import Trial

from tests.conformance.engine.toy_world import toy

assert isinstance(REFERENCE.chat, Chat)
CHAT = REFERENCE.chat
HELD_BYTES = 4 * 1024 * 1024 + 512 * 1024
"""Most that Linux (tcp_wmem) and asyncio's TLS hold for a connection that nobody reads."""


@pytest.mark.parametrize("consoles", range(2, 9))
def test_most_callers_are_at_the_consoles_that_the_generator_slows_down(consoles: int) -> None:
    _, stops_s = stops_for(CHAT, consoles)
    slow = shape_for(stops_s).slow
    assert slow is not None
    shares = shares_of(consoles)
    assert len(shares) == consoles
    are_slow = [slow.console(number, consoles) for number in range(consoles)]
    assert any(are_slow)
    assert not all(are_slow)
    slowest_of_others = max(
        share for share, is_slow in zip(shares, are_slow, strict=True) if not is_slow
    )
    for share, is_slow in zip(shares, are_slow, strict=True):
        assert not is_slow or share > slowest_of_others


@pytest.mark.parametrize("consoles", range(2, 9))
def test_what_one_slow_console_misses_fills_all_buffers_for_longer_than_is_claimed(
    consoles: int,
) -> None:
    chat = CHAT.model_copy(update={"callers": 120, "lines_per_s": 240.0})
    _, stops_s = stops_for(chat, consoles)
    shares = shares_of(consoles)
    missed_a_second = chat.callers * max(shares) / sum(shares) / chat.every_s * LONG * 3
    full_s = HELD_BYTES / missed_a_second
    held_up_s = stops_s - full_s
    late_s = held_up_s - chat.seen_p99_ms / 1000
    # So many of all lines wait longer than is claimed: the 99th percentile shows it.
    assert late_s / stops_s > 0.02


LINES = BUFFERS_BYTES // (LONG * 3)
"""As many lines are in full buffers."""
STOOD = {"slow_seen_by_dispatcher_ms": [5000.0] * LINES, "slow_ack_ms": [5000.0]}


async def _nothing(trial: Trial, world: Any) -> None:
    """The body is in each test."""


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"slow_seen_by_dispatcher_ms": [5000.0] * (LINES // 2)}, "left 4500000 bytes unread"),
        ({"slow_seen_by_dispatcher_ms": [300.0] * LINES}, "left 4500000 bytes unread"),
        ({"slow_seen_by_dispatcher_ms": []}, "left 4500000 bytes unread"),
        ({"slow_ack_ms": [200.0]}, "slow handsets stood still"),
    ],
)
def test_readers_who_were_not_slow_prove_nothing(
    changed: dict[str, list[float]], missing: str, tmp_path: Path
) -> None:
    trial = Trial(toy("TOY-SLOW", _nothing), EvidenceLog(tmp_path / "evidence.jsonl"))
    pressed(trial, Outcome(16, series=STOOD), consoles=2)
    with pytest.raises(TrialEnded, match=missing):
        pressed(trial, Outcome(16, series=STOOD | changed), consoles=2)
