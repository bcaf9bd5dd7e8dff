"""Answers computed another way than the code under test: plain shapely, polygon by polygon.

The disc is a polygon of 720 corners in a plane scaled for a sphere, so it agrees with the exact
disc on the ellipsoid to about one part in two hundred.
"""

import math

import numpy as np
import shapely
from net119_protocol.directory import Municipalities
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_195.0


def near(municipalities: Municipalities, lon: float, lat: float, degrees: float) -> list[str]:
    """Municipalities whose bounding box is within some degrees of a point."""
    west, south, east, north = shapely.bounds(municipalities.polygons).T
    wide = (west - degrees <= lon) & (lon <= east + degrees)
    high = (south - degrees <= lat) & (lat <= north + degrees)
    return [municipalities.codes[number] for number in np.flatnonzero(wide & high)]


def holding(municipalities: Municipalities, lon: float, lat: float) -> list[str]:
    """Every municipality whose polygon holds the point."""
    point = shapely.Point(lon, lat)
    codes = near(municipalities, lon, lat, 0.0)
    return [code for code in codes if municipalities.polygon(code).intersects(point)]


def in_metres(polygon: BaseGeometry, lon: float, lat: float) -> BaseGeometry:
    """A polygon in metres around a point."""
    x = METRES_PER_DEGREE * math.cos(math.radians(lat))
    y = METRES_PER_DEGREE
    return affine_transform(polygon, [x, 0, 0, y, -lon * x, -lat * y])


def distances(municipalities: Municipalities, lon: float, lat: float) -> dict[str, float]:
    """Distance in metres of every municipality within about 60 km."""
    origin = shapely.Point(0, 0)
    return {
        code: in_metres(municipalities.polygon(code), lon, lat).distance(origin)
        for code in near(municipalities, lon, lat, 0.6)
    }


def shares(
    municipalities: Municipalities, lon: float, lat: float, radius_m: float
) -> dict[str, float]:
    """Share of a disc in every municipality that it touches, not corrected for overlaps."""
    disc = shapely.Point(0, 0).buffer(radius_m, quad_segs=180)
    found = {}
    for code in near(municipalities, lon, lat, radius_m * 2 / METRES_PER_DEGREE):
        area = in_metres(municipalities.polygon(code), lon, lat).intersection(disc).area
        if area > 0:
            found[code] = area / disc.area
    return found
