"""The home alarm service of the providers that a run starts: Kyoto's, with short timers."""

from typing import Any

from net119_protocol.alarms.sample import kyoto

HAIL_S, HAIL_MOST_S, TALK_S, HELPER_S = 2.0, 6.0, 6.0, 2.0
"""Silence after a hail, the latest of it, silence after an answer, and a helper who says nothing.

Long enough for a dispatcher who acts at once on a loaded machine, short enough to be waited for.
"""
LONGEST_S = max(HAIL_S, HAIL_MOST_S, TALK_S, HELPER_S)
"""After so long none of them can still run, so that what has not been dispatched never will be."""
_TIMERS = {
    "hail_s": HAIL_S,
    "hail_most_s": HAIL_MOST_S,
    "talk_s": TALK_S,
    "helper_s": HELPER_S,
    "poll_s": 5.0,
}


def alarm_settings(wanted: bool) -> dict[str, Any]:
    """Settings of a provider with the service, or none."""
    return {"alarms": {**kyoto(), "timers": _TIMERS}} if wanted else {}
