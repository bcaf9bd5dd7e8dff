"""Which municipality a point, or a disc of uncertainty, lies in."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from net119_protocol.directory.grid import CELL, cell_of, cells_of_box, polygon_cells
from net119_protocol.directory.metric import (
    Floats,
    Scale,
    disc_areas,
    distances_to_origin,
    polygon_edges,
    scale_at,
)
from net119_protocol.directory.municipalities import Municipalities

COAST_M = 1_000.0
"""Up to here from land a point at sea belongs to the nearest municipality: coasts are
simplified."""
AT_SEA_M = 22_000.0
"""Up to here from land (12 nautical miles) a point is at sea off Japan, beyond it outside Japan."""
MAX_RADIUS_M = 50_000.0
"""Largest disc that `JurisdictionIndex.within` accepts; the local plane is no good beyond."""

# A share below this is rounding, not a place where somebody could be (0.0001 % of the disc).
_LEAST_SHARE = 1e-6

# Larger discs than this cross a border more often than not.
_SMALL_M = 2_000.0


class PointHit(NamedTuple):
    """What lies at a point.

    ``municipality`` is the one whose polygon holds the point, else the nearest one within 22 km,
    else ``None``. ``distance_m`` is 0 on land and ``inf`` where ``municipality`` is ``None``.
    ``sea`` is true outside every polygon, which includes the hairline gaps between inland
    polygons (a few metres wide, so the nearest one is what is wanted there too).
    """

    municipality: str | None
    distance_m: float
    sea: bool
    outside_japan: bool


class Overlap(NamedTuple):
    """A municipality and the share (0..1) of the disc's area that lies in it."""

    municipality: str
    share: float


def check_position(lon: float, lat: float) -> None:
    """Raise ValueError unless ``lon``, ``lat`` are degrees of a place on earth."""
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):  # false for NaN, too
        raise ValueError(
            f"no position on earth: longitude {lon}, latitude {lat}; "
            "degrees are wanted, longitude -180..180, latitude -90..90"
        )


class JurisdictionIndex:
    """Point and disc queries over the municipalities; built once (about 0.4 s), then read only.

    Doubly claimed ground (60 hairline overlaps, at most 0.09 km2 each): a point belongs to the
    municipality with the smaller area, then to the lower code; shares of a disc that add up to
    more than one are scaled down to one. Enclaves are holes in the polygon around them and need
    no rule of their own.

    "Outside Japan" means: no Japanese municipality within 22 km. No foreign land lies that near
    to a Japanese polygon. The northern territories are not among the polygons: points there are
    "at sea" up to 22 km from Hokkaido and "outside Japan" beyond.
    """

    def __init__(self, municipalities: Municipalities) -> None:
        self.municipalities = municipalities
        self._polygons = municipalities.polygons.copy()
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons)
        areas = shapely.area(self._polygons)
        # Codes are in order, so the number breaks ties of area as the code would.
        self._rank = np.empty(len(areas), dtype=np.intp)
        self._rank[np.lexsort((np.arange(len(areas)), areas))] = np.arange(len(areas))
        self._edges, first = polygon_edges(self._polygons)
        self._first: list[int] = first.tolist()
        self._cells, self._whole = polygon_cells(self._polygons, self._tree)

    @property
    def tree(self) -> Any:
        """The STRtree over the polygons, numbered as ``municipalities.codes``."""
        return self._tree

    def at(self, lon: float, lat: float) -> PointHit:
        """The municipality at a point in degrees; ValueError if it is no position on earth."""
        check_position(lon, lat)
        cell = cell_of(lon, lat)
        number = self._whole.get(cell)
        if number is None:
            number = self._holding(self._cells.get(cell, ()), lon, lat)
        if number is not None:
            return PointHit(self.municipalities.codes[number], 0.0, False, False)
        scale = scale_at(lat)
        for limit in (COAST_M, AT_SEA_M):
            nearest = self._nearest(lon, lat, scale, limit)
            if nearest is not None:
                return PointHit(self.municipalities.codes[nearest[0]], nearest[1], True, False)
        return PointHit(None, math.inf, True, True)

    def within(self, lon: float, lat: float, radius_m: float) -> list[Overlap]:
        """Municipalities that a disc touches, largest share first, then by code.

        ``radius_m`` is at most `MAX_RADIUS_M`. The shares are exact for a disc in the local
        plane; they add up to 1 on land, to less where part of the disc lies at sea, and are an
        empty list where all of it does. ValueError for a bad position or radius.
        """
        check_position(lon, lat)
        if not 0.0 < radius_m <= MAX_RADIUS_M:
            raise ValueError(f"radius {radius_m} m: more than 0 and at most {MAX_RADIUS_M} m")
        scale = scale_at(lat)
        found = self._candidates(lon, lat, scale, radius_m)
        if not found:
            return []
        # Most discs of this size cross no border: then the edges of one polygon settle it.
        holder = self._holding(found, lon, lat) if radius_m <= _SMALL_M else None
        if holder is not None:
            own, _ = self._edges_around([holder], lon, lat, scale, radius_m)
            if float(distances_to_origin(own).min()) >= 1.0:
                return [Overlap(self.municipalities.codes[holder], 1.0)]
        lines, starts = self._edges_around(found, lon, lat, scale, radius_m)
        shares = disc_areas(lines, starts) / math.pi
        total = float(shares.sum())
        if total > 1.0:
            shares /= total
        codes = self.municipalities.codes
        overlaps = [
            Overlap(codes[number], share)
            for number, share in zip(found, shares.tolist(), strict=True)
            if share > _LEAST_SHARE
        ]
        # Codes are already in order and the sort is stable.
        overlaps.sort(key=lambda overlap: -overlap.share)
        return overlaps

    def border_distance_m(self, code: str, lon: float, lat: float) -> float:
        """Distance in metres from a point to the nearest border or coast of ``code``."""
        number = [self.municipalities.number(code)]
        lines, _ = self._edges_around(number, lon, lat, scale_at(lat), 1.0)
        return float(distances_to_origin(lines).min())

    def _holding(self, numbers: Sequence[int], lon: float, lat: float) -> int | None:
        """The polygon among ``numbers`` that holds the point; the smallest if several do."""
        if len(numbers) < 2:
            alone = numbers and shapely.intersects_xy(self._polygons[numbers[0]], lon, lat)
            return numbers[0] if alone else None
        some = np.array(numbers)
        holding = some[shapely.intersects_xy(self._polygons[some], lon, lat)]
        return int(holding[np.argmin(self._rank[holding])]) if len(holding) else None

    def _candidates(self, lon: float, lat: float, scale: Scale, reach_m: float) -> list[int]:
        """Numbers, in order, of all polygons within reach and maybe of a few beyond."""
        dx, dy = reach_m / scale.x, reach_m / scale.y
        if max(dx, dy) <= CELL:
            cells = cells_of_box(lon - dx, lat - dy, lon + dx, lat + dy)
            return sorted({n for cell in cells for n in self._cells.get(cell, ())})
        diagonal = shapely.LineString(((lon - dx, lat - dy), (lon + dx, lat + dy)))
        numbers: list[int] = np.sort(self._tree.query(diagonal)).tolist()
        return numbers

    def _edges_around(
        self, numbers: Sequence[int], lon: float, lat: float, scale: Scale, unit_m: float
    ) -> tuple[Floats, NDArray[np.intp]]:
        """Edges of some polygons in a plane around a point, and where each polygon's begin."""
        first = self._first
        starts, length = [], 0
        for number in numbers:
            starts.append(length)
            length += first[number + 1] - first[number]
        runs = [self._edges[first[n] : first[n + 1]] for n in numbers]
        edges = np.concatenate(runs) if len(runs) > 1 else runs[0]
        x, y = scale.x / unit_m, scale.y / unit_m
        local: Floats = ((edges - (lon, lat, lon, lat)) * (x, y, x, y)).T
        return local, np.array(starts)

    def _nearest(
        self, lon: float, lat: float, scale: Scale, limit_m: float
    ) -> tuple[int, float] | None:
        found = self._candidates(lon, lat, scale, limit_m)
        if not found:
            return None
        lines, starts = self._edges_around(found, lon, lat, scale, 1.0)
        distances = np.minimum.reduceat(distances_to_origin(lines), starts)
        best = int(np.argmin(distances))  # the first of equals: the lowest code
        distance = float(distances[best])
        return (found[best], distance) if distance <= limit_m else None
