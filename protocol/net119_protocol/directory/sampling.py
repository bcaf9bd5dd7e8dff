"""Places for simulated people: points inside a municipality, on its border, in its neighbours."""

import random
from typing import Any

import numpy as np
import shapely

from net119_protocol.directory.lookup import JurisdictionIndex
from net119_protocol.directory.metric import scale_at

# Borders of the source are drawn twice, once from each side, up to this far apart (degrees, ~20 m).
_SAME_BORDER = 0.0002
_TRIES = 10_000
_BORDER_SAMPLES = 48


def random_point_in(
    index: JurisdictionIndex, code: str, rng: random.Random, *, margin_m: float = 0.0
) -> tuple[float, float]:
    """A point (lon, lat) inside a municipality, equally likely everywhere in it.

    It is at least ``margin_m`` metres from every border and coast of the municipality, and in no
    other municipality. The same ``rng`` state gives the same point. KeyError for an unknown code,
    ValueError if no point lies that far from the border.
    """
    number = index.municipalities.number(code)
    polygon = index.municipalities.polygon(code)
    lon, lat = shapely.get_coordinates(shapely.centroid(polygon))[0]
    if margin_m > 0:
        scale = scale_at(lat)
        flat = shapely.transform(polygon, lambda xy: (xy - (lon, lat)) * scale)
        inner = shapely.buffer(flat, -margin_m * 1.01)
        polygon = shapely.transform(inner, lambda xy: xy / scale + (lon, lat))
    parts = shapely.get_parts(polygon)
    if shapely.is_empty(polygon) or not len(parts):
        raise ValueError(f"municipality {code} has no point {margin_m:g} m from its border")
    areas = shapely.area(parts).tolist()
    for _ in range(_TRIES):
        part = rng.choices(parts, areas)[0]
        west, south, east, north = shapely.bounds(part).tolist()
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if not shapely.intersects_xy(part, x, y):
            continue
        if index.tree.query(shapely.Point(x, y), predicate="intersects").tolist() != [number]:
            continue
        if margin_m <= 0 or index.border_distance_m(code, x, y) >= margin_m:
            return x, y
    raise ValueError(f"municipality {code}: no point {margin_m:g} m from its border was found")


def neighbours(index: JurisdictionIndex, code: str) -> list[str]:
    """Codes of the municipalities that share a border with one, in order; KeyError if unknown."""
    polygon = index.municipalities.polygon(code)
    found = index.tree.query(polygon, predicate="dwithin", distance=_SAME_BORDER)
    codes = sorted(index.municipalities.codes[number] for number in found.tolist())
    codes.remove(code)
    return codes


def border_point(index: JurisdictionIndex, code: str, other: str) -> tuple[float, float]:
    """A point (lon, lat) on the border of two neighbours, where both sides are best balanced.

    Of points spread evenly over the common border it is the one where the smaller of the two
    shares of a disc of 1 km is largest, so that third municipalities and the sea are far if they
    can be. KeyError for an unknown code, ValueError if the two have no common border.
    """
    one, two = index.municipalities.polygon(code), index.municipalities.polygon(other)
    common = shapely.intersection(shapely.boundary(one), shapely.buffer(two, _SAME_BORDER))
    lines = [part for part in shapely.get_parts(common) if part.length > 0]
    if code == other or not lines:
        raise ValueError(f"municipalities {code} and {other} have no common border")
    best: tuple[float, tuple[float, float]] | None = None
    for lon, lat in _spread(lines):
        shares = dict(index.within(lon, lat, 1_000.0))
        worth = min(shares.get(code, 0.0), shares.get(other, 0.0))
        if best is None or worth > best[0]:
            best = worth, (lon, lat)
    if best is None or best[0] <= 0.0:
        raise ValueError(f"municipalities {code} and {other} only touch in a point")
    return best[1]


def _spread(lines: list[Any]) -> list[tuple[float, float]]:
    """About `_BORDER_SAMPLES` points along some lines, at equal steps."""
    lengths = np.cumsum([line.length for line in lines])
    points = []
    for step in (np.arange(_BORDER_SAMPLES) + 0.5) / _BORDER_SAMPLES * lengths[-1]:
        which = int(np.searchsorted(lengths, step))
        before = float(lengths[which - 1]) if which else 0.0
        x, y = shapely.get_coordinates(lines[which].interpolate(float(step) - before))[0].tolist()
        points.append((x, y))
    return points
