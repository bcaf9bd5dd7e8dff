"""How routing does at a border: calls flagged ambiguous, and calls sent wrong without a flag.

    .venv/bin/python benchmarks/border_study.py [--people 10000] [--seed 119] [--within 1000]

People stand at random places within so many metres of the border of Tomakomai and Chitose, on
either side; each calls with a fix of a simulated phone, and the reference's routing decides. Their
true department is the one whose polygon holds them. Nothing depends on the machine: the same seed
gives the same figures. docs/border-study.md tells what they mean. Exit status 1 if a bound that it
promises is broken.
"""

import argparse
import math
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import shapely
from net119_protocol.directory import (
    PLATFORM_FACTOR,
    DirectoryView,
    JurisdictionIndex,
    border_point,
    load_directory,
    load_municipalities,
)
from net119_protocol.directory.metric import scale_at
from net119_reference.routing import Fix, Peers, Position, RoutingDecision, RoutingInput, route
from net119_simulators import gps

TOMAKOMAI, CHITOSE = "01213", "01224"
DAY = date(2026, 4, 1)
BORDER_ERROR_M = 82.0
"""By so much the polygons' borders differ at most from other published ones."""
_SAME_BORDER_M = 20.0

Model = Callable[[float, float, random.Random], gps.Position]


@dataclass(frozen=True)
class Bound:
    """What a row promises, as shares of its calls; None promises nothing."""

    flagged: float | None = None
    wrong: float | None = None


@dataclass(frozen=True)
class Case:
    """One row of the study: a phone, and by how many metres the true border lies elsewhere."""

    name: str
    model: Model
    border_error_m: float = 0.0
    bound: Bound = Bound()


@dataclass
class Tally:
    """Counts of one row."""

    calls: int = 0
    flagged: int = 0
    wrong: int = 0
    unflagged_wrong: int = 0

    def share(self, count: int) -> float:
        """A count as a share of the calls."""
        return count / self.calls

    def upper(self, count: int) -> float:
        """Upper end of the 95 % confidence interval of a share (Wilson)."""
        z, n, p = 1.96, self.calls, self.share(count)
        middle = p + z * z / (2 * n)
        return (middle + z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


class Border:
    """The land within some metres of the common border of two municipalities."""

    def __init__(self, index: JurisdictionIndex, one: str, other: str, within_m: float) -> None:
        self.index = index
        self.lon, self.lat = border_point(index, one, other)
        self._scale = scale_at(self.lat)
        sides = [self._flat(index.municipalities.polygon(code)) for code in (one, other)]
        common = shapely.intersection(
            shapely.boundary(sides[0]), shapely.buffer(sides[1], _SAME_BORDER_M)
        )
        self.length_m = float(shapely.length(common))
        self.land = shapely.intersection(
            shapely.buffer(common, within_m), shapely.union(sides[0], sides[1])
        )
        self._codes = (one, other)

    def people(self, rng: random.Random) -> Iterator[tuple[float, float]]:
        """Places (lat, lon), equally likely everywhere on that land, without end."""
        west, south, east, north = shapely.bounds(self.land).tolist()
        shapely.prepare(self.land)
        while True:
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if not shapely.intersects_xy(self.land, x, y):
                continue
            lat, lon = self.lat + y / self._scale.y, self.lon + x / self._scale.x
            if self.index.at(lon, lat).municipality in self._codes:
                yield lat, lon

    def _flat(self, polygon: shapely.Geometry) -> shapely.Geometry:
        origin = (self.lon, self.lat)
        return shapely.transform(polygon, lambda xy: (xy - origin) * self._scale)


def receiver(surroundings: gps.Surroundings, claim: float | None = gps.HONEST) -> Model:
    """A phone whose error has drifted for a random time when the call is made."""

    def model(lat: float, lon: float, rng: random.Random) -> gps.Position:
        return gps.Receiver(lat, lon, rng, surroundings, claim).fix(rng.uniform(0.0, 600.0))

    return model


def coarse(radius_m: float) -> Model:
    return lambda lat, lon, rng: gps.approximate(lat, lon, radius_m, rng)


def spread(radius_m: float) -> Model:
    """A fix whose true radius of 95 % is this one, as claimed."""
    return lambda lat, lon, rng: gps.scattered(lat, lon, radius_m / PLATFORM_FACTOR, rng)


def lying(lie: Callable[[gps.Position], gps.Position]) -> Model:
    return lambda lat, lon, rng: lie(receiver(gps.OPEN_SKY)(lat, lon, rng))


PROMISED = Bound(flagged=0.10, wrong=0.001)
CASES = (
    Case("open sky", receiver(gps.OPEN_SKY), bound=PROMISED),
    Case("open sky, true border 82 m off", receiver(gps.OPEN_SKY), BORDER_ERROR_M),
    Case("indoor", receiver(gps.INDOOR), bound=Bound(wrong=0.001)),
    Case("indoor, true border 82 m off", receiver(gps.INDOOR), BORDER_ERROR_M),
    *(
        Case(f"honest 95 % radius of {radius} m", spread(radius), bound=Bound(wrong=0.001))
        for radius in (100, 200, 300, 500)
    ),
    Case("network cell", receiver(gps.CELL)),
    Case("urban canyon", receiver(gps.URBAN_CANYON)),
    Case("open sky, claims 0.3 of the truth", receiver(gps.OPEN_SKY, gps.BOASTFUL)),
    Case("indoor, claims 0.3 of the truth", receiver(gps.INDOOR, gps.BOASTFUL)),
    Case("open sky, claims nothing", receiver(gps.OPEN_SKY, None), bound=Bound(wrong=0.001)),
    Case("Android approximate", coarse(gps.ANDROID_APPROXIMATE_M), bound=Bound(wrong=0.001)),
    Case("iOS approximate", coarse(gps.IOS_APPROXIMATE_M), bound=Bound(wrong=0.001)),
    Case("Tokyo datum taken for WGS 84", lying(gps.tokyo_taken_for_wgs84)),
    Case("WGS 84 converted once more", lying(gps.converted_twice)),
)


class Study:
    """The reference's routing on the default directory, all peers running."""

    def __init__(self, within_m: float = 1_000.0) -> None:
        municipalities = load_municipalities()
        self.index = JurisdictionIndex(municipalities)
        self.view: DirectoryView = load_directory(municipalities).on(DAY)
        self.border = Border(self.index, TOMAKOMAI, CHITOSE, within_m)

    def decide(self, position: gps.Position) -> RoutingDecision:
        """The decision for a registrant of Tomakomai; who is at home where changes no flag."""
        fix = position.fix
        facts = RoutingInput(
            home_department="tomakomai",
            positioning=position.positioning,
            fix=Fix(Position(fix.lat, fix.lon), fix.accuracy_m, fix.source) if fix else None,
        )
        return route(facts, self.index, self.view, DAY, Peers(operator="aoba"))

    def department_at(self, lat: float, lon: float) -> str | None:
        """The department whose polygon holds a place."""
        code = self.index.at(lon, lat).municipality
        return None if code is None else self.view.department_at(code).code

    def run(self, case: Case, people: int, seed: int) -> Tally:
        """Calls of so many people; the same people for every case with the same seed."""
        places, rng = self.border.people(random.Random(seed)), random.Random(f"{case.name} {seed}")
        tally = Tally()
        for _, (lat, lon) in zip(range(people), places, strict=False):
            decision = self.decide(case.model(lat, lon, rng))
            turn = rng.uniform(0.0, 2.0 * math.pi)
            off_m = case.border_error_m
            true = self.department_at(
                *gps.moved(lat, lon, off_m * math.sin(turn), off_m * math.cos(turn))
            )
            wrong = decision.responsible != true
            tally.calls += 1
            tally.flagged += decision.ambiguous
            tally.wrong += wrong
            tally.unflagged_wrong += wrong and not decision.ambiguous
        return tally


def broken(case: Case, tally: Tally) -> list[str]:
    """The promises that a row breaks."""
    flagged, wrong = tally.share(tally.flagged), tally.share(tally.unflagged_wrong)
    found = []
    if case.bound.flagged is not None and flagged > case.bound.flagged:
        found.append(f"{case.name}: flagged {flagged:.2%}, at most {case.bound.flagged:.2%}")
    if case.bound.wrong is not None and wrong >= case.bound.wrong:
        found.append(f"{case.name}: wrong without a flag {wrong:.3%}, below {case.bound.wrong:.2%}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=119)
    parser.add_argument("--within", type=float, default=1_000.0, help="metres from the border")
    asked = parser.parse_args()
    study = Study(asked.within)
    say = sys.stdout.write
    say(f"{asked.people} people within {asked.within:g} m of the border, seed {asked.seed};")
    say(f" border {study.border.length_m / 1000:.1f} km\n\n")
    say("| phone | flagged | wrong | wrong, no flag | at most (95 %) |\n")
    say("| --- | --- | --- | --- | --- |\n")
    problems = []
    for case in CASES:
        tally = study.run(case, asked.people, asked.seed)
        share, least = tally.share, tally.upper(tally.unflagged_wrong)
        say(f"| {case.name} | {share(tally.flagged):.2%} | {share(tally.wrong):.2%}")
        say(f" | {share(tally.unflagged_wrong):.3%} | {least:.3%} |\n")
        problems += broken(case, tally)
    say("".join(f"\nBROKEN {line}" for line in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
