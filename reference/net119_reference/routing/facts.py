"""What routing is told of a call: plain, immutable, checked when made."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from net119_protocol.codes import (
    FixSource,
    LinkSecurity,
    PlaceChoice,
    Positioning,
    ProviderState,
)
from net119_protocol.directory import (
    LEAST_RADIUS_M,
    MAX_RADIUS_M,
    Department,
    radius_from_platform,
)

T3_S = 30.0
"""A peer that has been silent for this long is not running (T3)."""


class Standing(StrEnum):
    """Whether a registrant may call at all (CNB-34, ASO-20)."""

    OK = "ok"
    REFUSED = "refused"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class CallerStanding:
    """The caller's standing, and the reason to be told where it is not OK."""

    status: Standing = Standing.OK
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A place on earth in WGS 84 degrees; ValueError for anything else, NaN included."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not -90.0 <= self.lat <= 90.0:
            raise ValueError(f"latitude {self.lat}: degrees between -90 and 90")
        if not -180.0 <= self.lon <= 180.0:
            raise ValueError(f"longitude {self.lon}: degrees between -180 and 180")


@dataclass(frozen=True, slots=True)
class Fix:
    """A measured position.

    ``accuracy_m`` is the platform's radius of 68 % confidence in metres, None if not stated.
    ``radius_95_m`` overrides it where the radius of 95 % is known instead, as from the class of a
    carrier (`radius_from_class`). ValueError for a negative or non-finite number.
    """

    position: Position
    accuracy_m: float | None = None
    source: FixSource = FixSource.UNKNOWN
    radius_95_m: float | None = None

    def __post_init__(self) -> None:
        radius_from_platform(self.accuracy_m)
        known = self.radius_95_m
        if known is not None and not (math.isfinite(known) and known > 0):
            raise ValueError(f"radius {known} m: a finite number of metres above 0")

    @property
    def radius_m(self) -> float:
        """The radius of 95 % confidence that routing uses, in metres."""
        if self.radius_95_m is None:
            return radius_from_platform(self.accuracy_m)
        return min(max(self.radius_95_m, LEAST_RADIUS_M), MAX_RADIUS_M)


@dataclass(frozen=True, slots=True)
class RoutingInput:
    """Everything about one call that its routing depends on.

    ``pin`` is the position as corrected by the caller on the map (CNB-28, ASO-16),
    ``registered_address`` the confirmed position of the registered home (CNB-27), ``frequent``
    that of the frequent place that the caller chose (TOM-14), and ``plaintext_allowed`` what the
    profile of the home department says (ASO-08, CNB-11).
    """

    home_department: str
    standing: CallerStanding = field(default_factory=CallerStanding)
    link: LinkSecurity = LinkSecurity.ENCRYPTED
    positioning: Positioning = Positioning.ON
    fix: Fix | None = None
    pin: Position | None = None
    place: PlaceChoice = PlaceChoice.CURRENT
    registered_address: Position | None = None
    frequent: Position | None = None
    plaintext_allowed: bool = False


class NotRunning(StrEnum):
    """Why a department that has adopted NET119 cannot be offered a call (ASO-18). Stable names."""

    PLANNED_STOP = "planned-stop"
    """The directory announces it, with its end."""
    MAINTENANCE = "maintenance"
    OVERLOADED = "overloaded"
    STOPPING = "stopping"
    DOWN = "down"
    """No session, or nothing heard for T3."""


_BY_STATE = {
    ProviderState.MAINTENANCE: NotRunning.MAINTENANCE,
    ProviderState.OVERLOADED: NotRunning.OVERLOADED,
    ProviderState.STOPPING: NotRunning.STOPPING,
}


@dataclass(frozen=True, slots=True)
class PeerState:
    """A peer provider as this one sees it; ``last_frame_age_s`` is None before the first frame."""

    session_up: bool
    last_frame_age_s: float | None
    state: ProviderState = ProviderState.NORMAL

    def running(self, t3_s: float) -> bool:
        """Session up, last frame younger than T3, state normal (ASO-18)."""
        age = self.last_frame_age_s
        recent = age is not None and age < t3_s
        return self.session_up and recent and self.state == ProviderState.NORMAL


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers by operator code, as seen by the provider ``operator`` itself."""

    operator: str
    states: Mapping[str, PeerState] = field(default_factory=dict)
    t3_s: float = T3_S

    def running(self, operator: str) -> bool:
        """Whether a provider can be offered a call; this one always can, a stranger never."""
        if operator == self.operator:
            return True
        state = self.states.get(operator)
        return state is not None and state.running(self.t3_s)

    def why_not(self, responsible: Department) -> NotRunning | None:
        """Why a department's center cannot be offered a call; None if it can.

        What was announced or reported counts before silence: who stops for maintenance goes
        silent next, and its users are better told of the maintenance.
        """
        if responsible.stop is not None:
            return NotRunning.PLANNED_STOP
        operator = responsible.provider
        known = None if operator == self.operator else self.states.get(operator or "")
        reported = known.state if known is not None else ProviderState.NORMAL
        for state in (responsible.state, reported):
            if state is not ProviderState.NORMAL:
                return _BY_STATE[state]
        return None if operator and self.running(operator) else NotRunning.DOWN
