"""The point that is routed, and what the directory says of it."""

from dataclasses import dataclass

from net119_protocol.codes import PlaceChoice
from net119_protocol.directory import (
    COAST_M,
    LEAST_RADIUS_M,
    Department,
    DirectoryView,
    JurisdictionIndex,
    distance_m,
)

from net119_reference.routing.decision import DepartmentShare, PointSource
from net119_reference.routing.facts import Fix, Position, RoutingInput

HOME_DIFFERS_M = 1_000.0
"""Home and fix further apart than the accuracy plus this are both shown."""
RIM_SHARE = 0.02
"""The part of a disc of the least radius that may lie in other departments without a flag.

The least radius, 100 m, is no phone's accuracy but room for borders that deviate by up to 82 m.
Along a straight border its outermost 2 % begin 89.5 m away, which leaves 7.5 m for the phone's own
error. A larger disc is the phone's own, and all of it counts. Measured in docs/border-study.md.
"""


@dataclass(frozen=True, slots=True)
class RoutedPoint:
    """A position with the radius of its disc of uncertainty; 0 for a place a person stated."""

    position: Position
    source: PointSource
    radius_m: float


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a routed point.

    ``department`` is responsible there: the one with the largest share of the disc, or where the
    disc touches no land, the one of the nearest municipality; None outside Japan. ``far_at_sea``
    and ``outside_japan`` are false as long as the disc touches land: somebody may be there.
    ``shares`` is all that the disc covers, ``ambiguous`` whether that leaves a doubt (`RIM_SHARE`).
    """

    department: Department | None
    municipality: str | None
    distance_to_land_m: float
    far_at_sea: bool
    outside_japan: bool
    shares: tuple[DepartmentShare, ...]
    ambiguous: bool


def routed_point(facts: RoutingInput) -> RoutedPoint | None:
    """The corrected pin, else the place that was chosen (frequent, or home), else the fix.

    A pin and a registered place were confirmed on a map: they are taken as they are, without
    the accuracy of a fix that they replace.
    """
    if facts.pin is not None:
        return RoutedPoint(facts.pin, PointSource.PIN, 0.0)
    if facts.frequent is not None:
        return RoutedPoint(facts.frequent, PointSource.FREQUENT, 0.0)
    if facts.place == PlaceChoice.HOME and facts.registered_address is not None:
        return RoutedPoint(facts.registered_address, PointSource.HOME, 0.0)
    if facts.fix is not None:
        return RoutedPoint(facts.fix.position, PointSource.FIX, facts.fix.radius_m)
    return None


def look_up(point: RoutedPoint, index: JurisdictionIndex, view: DirectoryView) -> Found:
    """The department responsible at a point, and the departments its disc covers."""
    lon, lat = point.position.lon, point.position.lat
    hit = index.at(lon, lat)
    shares = _department_shares(point, index, view)
    if shares:
        largest = shares[0]
        inside = hit.municipality in largest.municipalities
        return Found(
            department=view.department(largest.department),
            municipality=hit.municipality if inside else largest.municipalities[0],
            distance_to_land_m=hit.distance_m,
            far_at_sea=False,
            outside_japan=False,
            shares=shares,
            ambiguous=_ambiguous(shares, point.radius_m),
        )
    code = hit.municipality
    return Found(
        department=view.department_at(code) if code is not None else None,
        municipality=code,
        distance_to_land_m=hit.distance_m,
        far_at_sea=hit.sea and hit.distance_m > COAST_M,
        outside_japan=hit.outside_japan,
        shares=(),
        ambiguous=False,
    )


def home_differs(facts: RoutingInput) -> bool:
    """Whether "home" was said of a place that the fix contradicts (CNB-27)."""
    home = facts.registered_address if facts.place == PlaceChoice.HOME else None
    return _contradicted(home, facts.fix)


def place_differs(facts: RoutingInput) -> bool:
    """Whether a frequent place was chosen that the fix contradicts."""
    return _contradicted(facts.frequent, facts.fix)


def _contradicted(chosen: Position | None, fix: Fix | None) -> bool:
    if chosen is None or fix is None:
        return False
    apart = distance_m(chosen.lon, chosen.lat, fix.position.lon, fix.position.lat)
    return apart > fix.radius_m + HOME_DIFFERS_M


def _ambiguous(shares: tuple[DepartmentShare, ...], radius_m: float) -> bool:
    """Whether departments other than the first hold enough of the disc to be the right one."""
    others = sum(share.share for share in shares[1:])
    rim = RIM_SHARE if radius_m <= LEAST_RADIUS_M else 0.0
    return others > rim * (shares[0].share + others)


def _department_shares(
    point: RoutedPoint, index: JurisdictionIndex, view: DirectoryView
) -> tuple[DepartmentShare, ...]:
    """The disc's overlap summed by department, largest first, then by code."""
    if point.radius_m <= 0:
        return ()
    sums: dict[str, float] = {}
    members: dict[str, list[str]] = {}
    for municipality, share in index.within(point.position.lon, point.position.lat, point.radius_m):
        code = view.department_at(municipality).code
        sums[code] = sums.get(code, 0.0) + share
        members.setdefault(code, []).append(municipality)
    order = sorted(sums, key=lambda code: (-sums[code], code))
    return tuple(DepartmentShare(code, sums[code], tuple(members[code])) for code in order)
