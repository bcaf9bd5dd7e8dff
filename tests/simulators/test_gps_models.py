"""Error models of positioning: what they promise, with fixed seeds."""

import itertools
import math
import random
import statistics
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from net119_protocol.codes import FixSource, Positioning
from net119_protocol.directory import PLATFORM_FACTOR, distance_m
from net119_protocol.places import Fix
from net119_simulators import gps

SEEDS = range(4_000)
PLACE = (42.6341, 141.6055)
SURROUNDINGS = [gps.OPEN_SKY, gps.URBAN_CANYON, gps.INDOOR, gps.CELL]


def fix_of(position: gps.Position) -> Fix:
    assert position.positioning is Positioning.ON
    assert position.fix is not None
    return position.fix


def error_m(position: gps.Position) -> float:
    fix = fix_of(position)
    return distance_m(PLACE[1], PLACE[0], fix.lon, fix.lat)


def inside(surroundings: gps.Surroundings, claim: float, factor: float = 1.0) -> float:
    """The share of errors within ``factor`` times the claimed accuracy, over many receivers."""
    count = 0
    for seed in SEEDS:
        rng = random.Random(f"{surroundings.name} {seed}")
        position = gps.Receiver(*PLACE, rng, surroundings, claim).fix(rng.uniform(0, 600))
        count += error_m(position) <= factor * (fix_of(position).accuracy_m or math.nan)
    return count / len(SEEDS)


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=lambda s: s.name)
def test_an_honest_claim_holds_68_percent(surroundings: gps.Surroundings) -> None:
    assert inside(surroundings, gps.HONEST) == pytest.approx(0.68, abs=0.025)


def test_1_6_times_an_honest_claim_holds_95_percent_unless_there_are_outliers() -> None:
    assert inside(gps.OPEN_SKY, gps.HONEST, PLATFORM_FACTOR) == pytest.approx(0.947, abs=0.015)
    assert inside(gps.INDOOR, gps.HONEST, PLATFORM_FACTOR) == pytest.approx(0.947, abs=0.015)
    assert inside(gps.URBAN_CANYON, gps.HONEST, PLATFORM_FACTOR) < 0.92


def test_a_boast_holds_far_less() -> None:
    # 1 - exp(-(0.3 * 1.51)**2 / 2)
    assert inside(gps.OPEN_SKY, gps.BOASTFUL) == pytest.approx(0.098, abs=0.02)


def test_the_size_of_errors_is_the_stated_one() -> None:
    for surroundings, median in ((gps.OPEN_SKY, 3.82), (gps.INDOOR, 32.8)):
        errors = [
            error_m(gps.Receiver(*PLACE, random.Random(seed), surroundings).fix(0))
            for seed in SEEDS
        ]
        assert statistics.median(errors) == pytest.approx(median, rel=0.08)


def test_an_error_drifts_without_growing() -> None:
    """Correlation exp(-dt / T) between two fixes, the same variance at any time."""
    surroundings = gps.Surroundings("even", 10.0, 0.0, 100.0)
    pairs = []
    for seed in SEEDS:
        receiver = gps.Receiver(*PLACE, random.Random(seed), surroundings)
        pairs.append((fix_of(receiver.fix(500.0)).lat, fix_of(receiver.fix(550.0)).lat))
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    assert statistics.correlation(first, second) == pytest.approx(math.exp(-0.5), abs=0.03)
    metre = 1 / 111_070
    for values in (first, second):
        assert statistics.stdev(values) == pytest.approx(10 * metre, rel=0.05)
        assert statistics.fmean(values) == pytest.approx(PLACE[0], abs=0.5 * metre)


def test_a_receiver_follows_its_phone_and_keeps_its_error() -> None:
    receiver = gps.Receiver(*PLACE, random.Random(4))
    before = fix_of(receiver.fix(10.0))
    receiver.move(PLACE[0] + 0.01, PLACE[1])
    after = fix_of(receiver.fix(10.0))
    assert after.lat - before.lat == pytest.approx(0.01, abs=1e-9)
    assert after.lon == pytest.approx(before.lon, abs=1e-5)
    with pytest.raises(ValueError, match="after one at"):
        receiver.fix(9.0)


def test_a_silent_platform_claims_nothing() -> None:
    assert fix_of(gps.Receiver(*PLACE, random.Random(1), claim=None).fix(0)).accuracy_m is None


def test_a_cold_start_searches_then_has_the_cell_then_the_satellites() -> None:
    start = gps.ColdStart(*PLACE, random.Random(5))
    times = (0.0, 1.9, 2.0, 15.0, 29.9, 30.0, 60.0)
    seen = [start.position(at) for at in times]
    assert [p.fix.source if p.fix else None for p in seen] == [
        None,
        None,
        FixSource.NETWORK,
        FixSource.NETWORK,
        FixSource.NETWORK,
        FixSource.GPS,
        FixSource.GPS,
    ]
    assert all(p.positioning is Positioning.ON for p in seen)
    cell, sky = fix_of(seen[3]).accuracy_m, fix_of(seen[5]).accuracy_m
    assert cell is not None
    assert sky is not None
    assert cell > 5 * sky
    never = gps.ColdStart(*PLACE, random.Random(5), satellite_s=None)
    assert fix_of(never.position(1e6)).source is FixSource.NETWORK


@pytest.mark.parametrize("radius", [gps.IOS_APPROXIMATE_M, gps.ANDROID_APPROXIMATE_M])
def test_an_approximate_position_is_coarse_and_true(radius: float) -> None:
    errors = []
    for seed in SEEDS:
        position = gps.approximate(*PLACE, radius, random.Random(seed))
        assert fix_of(position).accuracy_m == radius
        errors.append(error_m(position))
    assert max(errors) <= radius * 1.01
    # Even over the disc: half of the errors within sqrt(1/2) of the radius.
    assert statistics.median(errors) == pytest.approx(radius * math.sqrt(0.5), rel=0.04)


def test_a_downgrade_in_mid_call() -> None:
    exact = gps.fixed(*PLACE)
    down = gps.Downgrade(*PLACE, random.Random(6), after_s=60.0)
    assert down.position(59.9, exact) == exact
    coarse = [down.position(at, exact) for at in (60.0, 61.0, 600.0)]
    assert len(set(map(str, coarse))) == 1
    assert fix_of(coarse[0]).accuracy_m == gps.ANDROID_APPROXIMATE_M
    assert down.position(100.0, gps.switched_off()).positioning is Positioning.OFF
    for to, positioning in (
        (gps.Permission.DENIED, Positioning.DENIED),
        (gps.Permission.OFF, Positioning.OFF),
        (gps.Permission.PRECISE, Positioning.ON),
    ):
        other = gps.Downgrade(*PLACE, random.Random(6), after_s=60.0, to=to)
        assert other.position(60.0, exact).positioning is positioning


def test_a_stale_fix_looks_like_a_good_one() -> None:
    then = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
    assert fix_of(gps.stale(43.06, 141.35, then)) == Fix(
        lat=43.06, lon=141.35, accuracy_m=12.0, source=FixSource.GPS, taken_at=then
    )
    assert fix_of(gps.stale(43.06, 141.35, then, dated=False)).taken_at is None


@pytest.mark.parametrize(
    ("lie", "south_east"), [(gps.tokyo_taken_for_wgs84, True), (gps.converted_twice, False)]
)
def test_a_wrong_datum_shifts_and_tells_nothing(
    lie: Callable[[gps.Position], gps.Position], south_east: bool
) -> None:
    told = fix_of(lie(gps.fixed(*PLACE)))
    assert (told.lat < PLACE[0], told.lon > PLACE[1]) == (south_east, south_east)
    assert 390 < distance_m(PLACE[1], PLACE[0], told.lon, told.lat) < 430
    assert told.accuracy_m == 12.0
    assert lie(gps.denied()) == gps.denied()


def test_everything_is_repeatable_from_its_seed() -> None:
    def run(seed: int) -> list[str]:
        rng = random.Random(seed)
        receivers = [gps.Receiver(*PLACE, rng, each) for each in SURROUNDINGS]
        start = gps.ColdStart(*PLACE, rng)
        fixes = [r.fix(at) for r, at in itertools.product(receivers, (1.0, 5.0, 60.0))]
        return [*map(str, fixes), str(start.position(40)), str(gps.approximate(*PLACE, 5e3, rng))]

    assert run(7) == run(7)
    assert run(7) != run(8)


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=lambda s: s.name)
def test_the_radius_of_a_spread_is_the_inverse_of_its_share(
    surroundings: gps.Surroundings,
) -> None:
    spread = surroundings.spread
    for share in (0.1, 0.5, 0.68, 0.95, 0.999):
        assert spread.within(spread.radius(share)) == pytest.approx(share)
