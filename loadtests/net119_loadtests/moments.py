"""Waiting for whichever comes first."""

import asyncio


async def first_of(*events: asyncio.Event, within_s: float | None = None) -> bool:
    """Wait for one of these events, as many seconds at most; whether any of them came."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        within = None if within_s is None else max(0.0, within_s)
        await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
    return any(event.is_set() for event in events)
