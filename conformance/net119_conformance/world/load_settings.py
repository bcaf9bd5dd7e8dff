"""What a claim of capacity means for the world of a run, and for a provider started in it."""

from typing import Any

from net119_conformance.capacity import Capacity, Chat, Part
from net119_conformance.world.needs import Needs

PER_CENTER = 50
"""Calls that one console of a crowd holds."""


def not_claimed(needs: Needs, capacity: Capacity) -> tuple[Part, ...]:
    """The parts that a purpose verifies and that nothing is claimed for."""
    return tuple(part for part in needs.capacity if not capacity.claims(part))


def more_centers(needs: Needs, capacity: Capacity) -> int:
    """Centers that a crowd needs besides the one of its home department."""
    if not needs.crowd or not_claimed(needs, capacity):
        return 0
    callers = capacity.chat.callers if isinstance(capacity.chat, Chat) else 0
    if Part.LIMIT in needs.capacity and isinstance(capacity.open_calls, int):
        callers = capacity.open_calls
    return max(0, -(-callers // PER_CENTER) - 1)


def call_limit(needs: Needs, capacity: Capacity) -> dict[str, Any]:
    """Settings of a provider that takes as many open calls as is claimed."""
    if not needs.call_limit or isinstance(capacity.open_calls, str):
        return {}
    return {"limits": {"open_calls": capacity.open_calls}}
