"""Cost of jurisdiction look-ups as a ratio to the bare STRtree query, in one run.

    .venv/bin/python benchmarks/routing_lookup.py

"bare" asks the tree which bounding boxes hold a point and nothing else; "made" builds the point
from its two numbers first, as every caller has to, "given" gets it for nothing. Limits, against
"made": a point 3 times, a point with a disc of uncertainty 25 times. Each figure is the median of
five rounds over the same points: one in each municipality, at random. Exit status 1 over a limit.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import shapely
from net119_protocol.directory import JurisdictionIndex, load_municipalities, random_point_in

T = TypeVar("T")

ROUNDS = 5
LIMIT_POINT = 3.0
LIMIT_DISC = 25.0
RADII_M = (100.0, 500.0, 1_600.0, 5_000.0)


def main() -> int:
    say = sys.stdout.write
    municipalities, load_s = timed(load_municipalities)
    index, build_s = timed(lambda: JurisdictionIndex(municipalities))
    say(f"load polygons {load_s:.2f} s, build index {build_s:.2f} s\n")
    rng = random.Random(119)
    places = [random_point_in(index, code, rng) for code in municipalities]
    points = [shapely.Point(*place) for place in places]
    jobs: dict[str, Callable[[], object]] = {
        "bare, point given": lambda: each(index.tree.query, points),
        "bare, point made": lambda: each(lambda p: index.tree.query(shapely.Point(*p)), places),
        "point": lambda: each(lambda p: index.at(*p), places),
    }
    for radius in RADII_M:
        ask = partial(within, index, radius)
        jobs[f"disc of {radius:g} m"] = partial(each, ask, places)
    # Rounds are interleaved, so that a busy moment of the machine hits all alike.
    rounds = [{name: timed(job)[1] for name, job in jobs.items()} for _ in range(ROUNDS)]
    seconds = {name: statistics.median(one[name] for one in rounds) / len(places) for name in jobs}
    given, made = seconds["bare, point given"], seconds["bare, point made"]
    say(f"{'':22}{'us':>8}{'x made':>9}{'x given':>9}\n")
    over = False
    for name, cost in seconds.items():
        limit = LIMIT_POINT if name == "point" else LIMIT_DISC
        missed = not name.startswith("bare") and cost / made > limit
        over |= missed
        note = f"  over {limit:g}" if missed else ""
        say(f"{name:22}{cost * 1e6:8.1f}{cost / made:9.1f}{cost / given:9.1f}{note}\n")
    return 1 if over else 0


def within(index: JurisdictionIndex, radius: float, place: tuple[float, float]) -> None:
    index.within(*place, radius)


def each(act: Callable[[T], object], items: Iterable[T]) -> None:
    for item in items:
        act(item)


def timed(job: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = job()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
