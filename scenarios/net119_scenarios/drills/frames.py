"""What the consoles of each center were told, as one stream of frames for a replay."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from net119_scenarios.drills.record import Frame

_OWN = frozenset({"ack", "refused", "pong"})
"""What a console is told of its own doing alone."""


class FramesOfCenters:
    """Keeps the frames of one console of each center at a time: all of them get the same.

    The first that is told something is kept; when its connection ends, the next takes its place.
    """

    def __init__(self) -> None:
        self._lead: dict[str, str] = {}
        self._frames: dict[str, list[tuple[float, Mapping[str, Any]]]] = {}
        self._acts: dict[str, set[str]] = {}
        self._alarms: dict[str, tuple[str, bool]] = {}
        """Home alarms, by id: their unit, and whether they began with the drill, not before."""

    def add(self, console: str, center: str, at_s: float, frame: Mapping[str, Any]) -> None:
        """A console got a frame."""
        if frame.get("type") in _OWN or self._lead.setdefault(center, console) != console:
            return
        if frame.get("type") == "alarm":
            incident = frame["incident"]
            self._alarms.setdefault(incident["incidentId"], (incident["unitId"], at_s > 0))
            # What is registered is no part of a replay: neither the house nor who lives near it.
            shown = {name: value for name, value in incident.items() if name != "house"}
            frame = {**frame, "incident": shown}
        self._frames.setdefault(center, []).append((at_s, frame))

    def ended(self, console: str, center: str) -> None:
        """A console's connection ended."""
        if self._lead.get(center) == console:
            del self._lead[center]

    def acts(self, center: str, at_s: float, upto: datetime, record: Mapping[str, Any]) -> None:
        """A console read a call's record: what was done ``upto`` a time of the provider.

        No frame of the feed tells of dispatches and disclosures; ``acts`` is a frame of replays.
        """
        frame = {"type": "acts", "callId": record["call"]["callId"]} | {
            name: [e for e in record.get(name, ()) if datetime.fromisoformat(e["at"]) <= upto]
            for name in ("dispatches", "disclosures")
        }
        known = self._acts.setdefault(center, set())
        if (key := json.dumps(frame, sort_keys=True)) not in known:
            known.add(key)
            self._frames.setdefault(center, []).append((at_s, frame))

    def of(self, calls: Collection[str]) -> dict[str, tuple[Frame, ...]]:
        """By center, in order of time, what is about these calls (by id) and the drill's alarms."""
        ours = {alarm: unit for alarm, (unit, began) in self._alarms.items() if began}
        return {
            center: tuple(
                Frame(at=at_s, frame=dict(frame))
                for at_s, told in sorted(each, key=lambda one: one[0])
                if (frame := _about(told, calls, ours)) is not None
            )
            for center, each in self._frames.items()
        }


def _about(
    frame: Mapping[str, Any], calls: Collection[str], alarms: Mapping[str, str]
) -> Mapping[str, Any] | None:
    if frame.get("type") == "alarm":
        return frame if frame["incident"]["incidentId"] in alarms else None
    if frame.get("type") == "alarm-unit":
        return frame if frame["unit"]["unitId"] in alarms.values() else None
    if frame.get("type") == "welcome":
        return {**frame, "calls": [each for each in frame["calls"] if each["callId"] in calls]}
    call_id = frame["call"]["callId"] if frame.get("type") == "call" else frame.get("callId")
    return frame if call_id in calls else None
