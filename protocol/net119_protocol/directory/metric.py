"""Metres around one point: a local plane, and the exact area of a disc inside polygons.

All geometry here lives in a plane with its origin at the point asked about: degrees times the
length of a degree there (WGS 84 radii of curvature). Against the ellipsoid a distance is wrong by
less than 0.01 % at 1 km and 0.5 % at 22 km anywhere in Japan, less than the 35-82 m by which the
borders themselves deviate from other sources.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_SQUARED = 6.694_379_990_141e-3
_MEAN_RADIUS_M = 6_371_008.8


class Scale(NamedTuple):
    """Metres for one degree of longitude (``x``) and of latitude (``y``) at a latitude."""

    x: float
    y: float


def scale_at(lat: float) -> Scale:
    """Lengths of a degree at ``lat``; ``x`` is kept above zero so that it can be divided by."""
    sine = math.sin(math.radians(lat))
    root = 1.0 - _ECCENTRICITY_SQUARED * sine * sine
    normal = _SEMI_MAJOR_M / math.sqrt(root)
    meridian = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / (root * math.sqrt(root))
    cosine = max(math.cos(math.radians(lat)), 1e-9)
    return Scale(math.radians(normal * cosine), math.radians(meridian))


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance in metres (sphere; wrong by 0.5 % at most), for any two points."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    half = math.sin((other_phi - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * _MEAN_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def _from_0_to_1(values: Floats) -> Floats:
    # np.clip does the same and takes five times as long on arrays as short as these.
    limited: Floats = np.minimum(np.maximum(values, 0.0), 1.0)
    return limited


def distances_to_origin(edges: Floats) -> Floats:
    """Distance of the origin from each edge; the rows of ``edges`` are ax, ay, bx, by.

    No edge may have length zero.
    """
    ax, ay, bx, by = edges
    dx, dy = bx - ax, by - ay
    along = _from_0_to_1(-(ax * dx + ay * dy) / (dx * dx + dy * dy))
    distances: Floats = np.hypot(ax + along * dx, ay + along * dy)
    return distances


def disc_areas(edges: Floats, starts: NDArray[np.intp]) -> Floats:
    """Areas that polygons share with the unit disc around the origin.

    The rows of ``edges`` are ax, ay, bx, by; edges run counter-clockwise around shells and
    clockwise around holes; ``starts`` is where the edges of each polygon begin. Every edge
    contributes the signed area between itself, the origin and the circle: a triangle where it runs
    inside the disc, circular sectors before and after. An edge that misses the disc gets its two
    intersections clipped to one and the same point, so that the three terms add up to its one
    sector without a case of its own.
    """
    ax, ay, bx, by = edges
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    half = ax * dx + ay * dy
    root = np.sqrt(np.maximum(half * half - square * (ax * ax + ay * ay - 1.0), 0.0))
    enter = _from_0_to_1((-half - root) / square)
    leave = _from_0_to_1((-half + root) / square)
    px, py = ax + enter * dx, ay + enter * dy
    qx, qy = ax + leave * dx, ay + leave * dy
    twice = (
        np.arctan2(ax * py - ay * px, ax * px + ay * py)
        + (px * qy - py * qx)
        + np.arctan2(qx * by - qy * bx, qx * bx + qy * by)
    )
    areas: Floats = np.add.reduceat(twice, starts) * 0.5
    return areas


def polygon_edges(polygons: NDArray[Any]) -> tuple[Floats, NDArray[np.intp]]:
    """All edges of all polygons, and where those of each polygon start (one entry more).

    Each edge is a row (ax, ay, bx, by) in degrees, none of length zero; edges run counter-clockwise
    around shells and clockwise around holes, as `disc_areas` wants them.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    shell = np.r_[True, part[1:] != part[:-1]]  # the first ring of a part is its shell
    forward = shapely.is_ccw(rings) == shell
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = (ring[1:] == ring[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    ring = ring[:-1][same]
    start, end = points[:-1][same], points[1:][same]
    keep = forward[ring][:, None]
    edges = np.hstack((np.where(keep, start, end), np.where(keep, end, start)))
    first = np.searchsorted(owner[part[ring]], np.arange(len(polygons) + 1))
    return np.ascontiguousarray(edges), first.astype(np.intp)
