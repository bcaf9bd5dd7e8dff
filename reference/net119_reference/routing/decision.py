"""What routing decides, complete enough to be kept in the call record as it is."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from net119_protocol.directory import Department

from net119_reference.routing.facts import NotRunning, Position


class RoutingOutcome(StrEnum):
    """Whether there is a call at all."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class RoutingRule(StrEnum):
    """The row of the routing table that decided; the first that fits. Names are stable."""

    REFUSED_REGISTRANT = "refused-registrant"
    POSITIONING_OFF = "positioning-off"
    OUTSIDE_JAPAN = "outside-japan"
    PLAINTEXT_NOT_ALLOWED = "plaintext-not-allowed"
    PLAINTEXT_HOME = "plaintext-home"
    NO_POSITION = "no-position"
    FAR_AT_SEA = "far-at-sea"
    HOME_CENTER = "home-center"
    OTHER_RUNNING = "other-running"
    OTHER_NOT_RUNNING = "other-not-running"
    NOT_ADOPTED = "not-adopted"
    # Found out only after the call was offered (see `fall_back_home`).
    PEER_REJECTED = "peer-rejected"
    PEER_SILENT = "peer-silent"


REFUSING_RULES = frozenset(
    {
        RoutingRule.REFUSED_REGISTRANT,
        RoutingRule.POSITIONING_OFF,
        RoutingRule.OUTSIDE_JAPAN,
        RoutingRule.PLAINTEXT_NOT_ALLOWED,
    }
)
"""The rules by which there is no call; each has its page of guidance."""


class PointSource(StrEnum):
    """Which position was routed."""

    PIN = "pin"
    HOME = "home"
    FREQUENT = "frequent"
    FIX = "fix"


class AlternativeReason(StrEnum):
    """Why a department is named beside the chosen one."""

    AMBIGUOUS = "ambiguous"
    HOME_DIFFERS = "home-differs"
    PLACE_DIFFERS = "place-differs"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the home department should phone; numbers of departments are fictional."""

    name_ja: str
    name_en: str
    phone: str
    department: str | None = None


COAST_GUARD = Contact("海上保安庁", "Japan Coast Guard", "118")


@dataclass(frozen=True, slots=True)
class DepartmentShare:
    """The part (0..1) of the disc of uncertainty that lies in a department's municipalities."""

    department: str
    share: float
    municipalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another department that may be the right one."""

    department: str
    name_ja: str
    name_en: str
    phone: str
    reason: AlternativeReason


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """Who gets the call, by which rule, and what else to tell.

    ``department``, ``center`` and ``provider`` are None when there is no call. ``responsible``
    is the department found for the place, whoever gets the call; None where none was searched.
    ``shares`` lists, largest first, what the disc of uncertainty covers; ``ambiguous`` says that
    this is more than one department, by more than the rim of a disc of the least radius
    (`net119_reference.routing.point.RIM_SHARE`). ``point`` and ``radius_m`` (95 %, 0 for a pin or a
    registered address) are what was routed. ``distance_to_land_m`` is None where the point itself
    is farther than 22 km from land, though its disc may touch some. ``not_running`` is why the
    responsible department could not be offered the call, and ``stop_until`` the end of its planned
    stop; ``adopts_on`` the day from whose midnight in Japan NET119 reaches a place that it does
    not reach yet.
    """

    outcome: RoutingOutcome
    rule: RoutingRule
    directory_version: str
    home_department: str
    department: str | None = None
    center: str | None = None
    provider: str | None = None
    responsible: str | None = None
    municipality: str | None = None
    point: Position | None = None
    point_source: PointSource | None = None
    radius_m: float = 0.0
    distance_to_land_m: float | None = 0.0
    shares: tuple[DepartmentShare, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    whom_to_phone: tuple[Contact, ...] = ()
    reason: str = ""
    plaintext: bool = False
    no_position: bool = False
    ambiguous: bool = False
    home_differs: bool = False
    place_differs: bool = False
    not_running: NotRunning | None = None
    stop_until: datetime | None = None
    adopts_on: date | None = None

    @property
    def accepted(self) -> bool:
        """Whether there is a call."""
        return self.outcome == RoutingOutcome.ACCEPT

    def as_record(self) -> dict[str, Any]:
        """The decision as plain JSON values, for the call record."""
        times = {
            "stop_until": self.stop_until and self.stop_until.isoformat(),
            "adopts_on": self.adopts_on and self.adopts_on.isoformat(),
        }
        return asdict(self) | times


def contact_of(department: Department) -> Contact:
    """A department as somebody to phone."""
    return Contact(department.name_ja, department.name_en, department.phone, department.code)


def alternative_of(department: Department, reason: AlternativeReason) -> Alternative:
    """A department as an alternative to the chosen one."""
    return Alternative(
        department.code, department.name_ja, department.name_en, department.phone, reason
    )
