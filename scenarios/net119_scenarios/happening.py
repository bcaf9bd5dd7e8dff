"""What happens in a scenario, as data: narrated to people, printed as JSON, looked at by checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who acts, seen from the caller: the registration's side or the place's side."""

    STAGE = "stage"
    CALLER = "caller"
    HOME_DISPATCHER = "home-dispatcher"
    LOCAL_DISPATCHER = "local-dispatcher"
    HOME_PROVIDER = "home-provider"
    BETWEEN = "between-providers"


class What(StrEnum):
    """The kinds of happenings; the names are those of the JSON output."""

    PERSON = "person"
    PLACE = "place"
    EXPECTED = "expected"
    STARTING = "starting"
    STARTED = "started"
    STAFFED = "staffed"
    UNSTAFFED = "unstaffed"
    CALLED = "called"
    REFUSED = "refused"
    ROUTED = "routed"
    WIRE = "wire"
    SHOWN = "shown"
    PASSED_ON = "passed-on"
    DISPATCHER_TOLD = "dispatcher-told"
    CALLER_TOLD = "caller-told"
    CALLER_SEES = "caller-sees"
    ANSWER_PRESSED = "answer-pressed"
    CLOSE_PRESSED = "close-pressed"
    LINE = "line"
    HOME_TAKES_OVER = "home-takes-over"
    RECORDED = "recorded"
    RADIO = "radio"
    DROPPED = "dropped"
    RESUMED = "resumed"
    BROKEN_OFF = "broken-off"


@dataclass(frozen=True)
class Happening:
    """One thing that happened.

    ``at`` is when, ``None`` before the call. ``details`` are JSON values; their keys belong to
    ``what`` and are those that the phrases of the narrator read.
    """

    what: What
    role: Role
    at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
