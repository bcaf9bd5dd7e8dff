"""Where a call goes: municipalities as polygons, and the directory's departments."""

import gzip
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Ring = list[list[float]]

JAPAN = timezone(timedelta(hours=9))
AT_LAND_M = 1_000.0
AT_SEA_M = 22_000.0
METRES_OF_DEGREE = 111_320.0
LEAST_RADIUS_M = 100.0
WITHOUT_ACCURACY_M = 500.0
TO_95_PERCENT = 1.6
LEAST_SHARE = 0.02


def radius_of(fix: Json) -> float:
    """Radius of 95 % confidence of a fix, metres."""
    if fix.get("accuracyM") is None:
        return WITHOUT_ACCURACY_M
    return max(LEAST_RADIUS_M, float(fix["accuracyM"]) * TO_95_PERCENT)


class Map:
    """The municipalities of Japan, from a GeoJSON file with ``code`` as a property."""

    def __init__(self, file: Path) -> None:
        data = file.read_bytes()
        features = json.loads(gzip.decompress(data) if file.suffix == ".gz" else data)["features"]
        self._areas = [
            (each["properties"]["code"], _box(polygon), polygon)
            for each in features
            for polygon in _polygons(each["geometry"])
        ]

    def at(self, lat: float, lon: float) -> str | None:
        """The municipality at a point on land."""
        for code, (west, south, east, north), polygon in self._areas:
            if west <= lon <= east and south <= lat <= north and _inside(lon, lat, polygon):
                return str(code)
        return None

    def nearest(self, lat: float, lon: float) -> tuple[str | None, float]:
        """The municipality at a point or nearest to it, and how far it is, metres."""
        here = self.at(lat, lon)
        if here is not None:
            return here, 0.0
        margin = AT_SEA_M * 1.5 / METRES_OF_DEGREE
        best: tuple[str | None, float] = (None, math.inf)
        for code, (west, south, east, north), polygon in self._areas:
            wide = margin / math.cos(math.radians(lat))
            if not (west - wide <= lon <= east + wide and south - margin <= lat <= north + margin):
                continue
            away = min(_distance(lat, lon, ring) for ring in polygon)
            if away < best[1]:
                best = (code, away)
        return best

    def shares(self, lat: float, lon: float, radius_m: float) -> Counter[str]:
        """How much of the circle lies in each municipality, by sampled points."""
        tall = radius_m / METRES_OF_DEGREE
        wide = tall / math.cos(math.radians(lat))
        near = [
            (code, polygon)
            for code, (west, south, east, north), polygon in self._areas
            if west - wide <= lon <= east + wide and south - tall <= lat <= north + tall
        ]
        found: Counter[str] = Counter()
        for north_share, east_share in _samples():
            x, y = lon + east_share * wide, lat + north_share * tall
            found.update(code for code, polygon in near if _inside(x, y, polygon))
        return found


def _samples() -> Iterator[tuple[float, float]]:
    """Points of equal weight in a circle of radius 1, north and east of its middle."""
    rings, steps = 8, 16
    for ring in range(rings):
        away = math.sqrt((ring + 0.5) / rings)
        for step in range(steps):
            angle = 2 * math.pi * (step + 0.5 * (ring % 2)) / steps
            yield away * math.cos(angle), away * math.sin(angle)


def _polygons(geometry: Json) -> list[list[Ring]]:
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"])


def _box(polygon: list[Ring]) -> tuple[float, float, float, float]:
    xs = [point[0] for point in polygon[0]]
    ys = [point[1] for point in polygon[0]]
    return min(xs), min(ys), max(xs), max(ys)


def _inside(x: float, y: float, polygon: list[Ring]) -> bool:
    within = False
    for ring in polygon:
        x1, y1 = ring[-1][:2]
        for point in ring:
            x2, y2 = point[0], point[1]
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                within = not within
            x1, y1 = x2, y2
    return within


def _distance(lat: float, lon: float, ring: Ring) -> float:
    east = METRES_OF_DEGREE * math.cos(math.radians(lat))
    points = [((x - lon) * east, (y - lat) * METRES_OF_DEGREE) for x, y in ring]
    best = math.inf
    x1, y1 = points[-1]
    for x2, y2 in points:
        dx, dy = x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        share = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length))
        best = min(best, math.hypot(x1 + share * dx, y1 + share * dy))
        x1, y1 = x2, y2
    return best


@dataclass
class Decision:
    """Where a call is to go; ``department`` None means nowhere."""

    rule: str
    department: Json | None = None
    center: Json | None = None
    alternatives: list[Json] = field(default_factory=list)
    ambiguous: bool = False
    stop_until: str | None = None


class Directory:
    """The directory in its JSON form, and who is responsible at a moment."""

    def __init__(self, content: Json) -> None:
        self.version = str(content.get("version", ""))
        self._departments = content.get("departments", [])
        self._centers = content.get("centers", [])
        self._stops = content.get("stops", [])

    def department(self, code: str) -> Json | None:
        """A department that is valid today."""
        return next((each for each in self._valid(self._departments) if each["code"] == code), None)

    def of_municipality(self, code: str) -> Json | None:
        """The department that is responsible for a municipality today."""
        for each in self._valid(self._departments):
            if code in each["municipalities"]:
                found: Json = each
                return found
        return None

    def center(self, department: Json) -> Json | None:
        """Its center, if NET119 is adopted there today."""
        today = datetime.now(UTC).astimezone(JAPAN).date().isoformat()
        if not department.get("center"):
            return None
        if (department.get("adopted_from") or today) > today:
            return None
        if (department.get("adopted_until") or today) < today:
            return None
        wanted = department["center"]
        return next((each for each in self._valid(self._centers) if each["code"] == wanted), None)

    def stopped_until(self, center: Json) -> datetime | None:
        """The end of a planned stop of the center or its provider, if one is under way."""
        now = datetime.now(UTC)
        for stop in self._stops:
            if stop.get("center") not in (None, center["code"]):
                continue
            if stop.get("provider") not in (None, center["provider"]):
                continue
            begin, end = _time(stop["stop_from"]), _time(stop["stop_until"])
            if begin <= now < end:
                return end
        return None

    @staticmethod
    def _valid(rows: list[Json]) -> Iterator[Json]:
        today = datetime.now(UTC).astimezone(JAPAN).date().isoformat()
        for row in rows:
            begins, ends = row.get("valid_from") or today, row.get("valid_until") or today
            if begins <= today <= ends:
                yield row


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=JAPAN)


def reference(department: Json) -> Json:
    """A department as messages name it."""
    return {
        "code": department["code"],
        "nameJa": department["name_ja"],
        "nameEn": department["name_en"],
        "phone": department["phone"],
    }
