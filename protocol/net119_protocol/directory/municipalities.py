"""The municipalities of Japan as polygons: package data and their credit.

A municipality is known by its five-digit JIS code. Kyoto City and Hiroshima City come as their
wards, the other designated cities as one polygon each (see ``data/README.md``).
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

CREDIT_JA = "出典：気象庁ホームページを加工して作成"
"""To be shown with every map drawn from the polygons (ASO-23)."""
CREDIT_EN = "Source: made by processing data of the Japan Meteorological Agency website"


class Municipality(NamedTuple):
    """One municipality: code, prefecture, name with its district (郡), English name."""

    code: str
    prefecture: str
    name_ja: str
    name_en: str


class MunicipalityFileError(ValueError):
    """The polygon file cannot be used; the text says what is wrong with it and where."""


class Municipalities(Mapping[str, Municipality]):
    """All municipalities by code, in order of code, with their polygons (WGS 84, lon/lat)."""

    def __init__(self, rows: list[Municipality], polygons: NDArray[Any]) -> None:
        order = sorted(range(len(rows)), key=lambda i: rows[i].code)
        self._rows = {rows[i].code: rows[i] for i in order}
        if len(self._rows) != len(rows):
            raise MunicipalityFileError("a municipality code occurs twice in the polygon file")
        self.codes: tuple[str, ...] = tuple(self._rows)
        self.polygons: NDArray[Any] = polygons[order]
        self._numbers = {code: number for number, code in enumerate(self.codes)}

    def __getitem__(self, code: str) -> Municipality:
        return self._rows[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def number(self, code: str) -> int:
        """Position of ``code`` in `codes` and `polygons`; KeyError if there is none."""
        return self._numbers[code]

    def polygon(self, code: str) -> Any:
        """The polygon or multipolygon of ``code``; KeyError if there is none."""
        return self.polygons[self._numbers[code]]

    def some_point(self, code: str) -> tuple[float, float]:
        """A point (latitude, longitude) inside ``code``, always the same; KeyError if none.

        It stands in for an address whose position nobody confirmed on a map.
        """
        point = shapely.point_on_surface(self.polygon(code))
        return float(shapely.get_y(point)), float(shapely.get_x(point))


def packaged_geojson() -> bytes:
    """The polygon file of this package, gzipped GeoJSON, for instance to serve it to a map."""
    return files(__package__).joinpath("data/municipalities.geojson.gz").read_bytes()


def load_municipalities(path: Path | None = None) -> Municipalities:
    """Read the polygons (about 0.4 s); of this package unless ``path`` names another file.

    Raises `MunicipalityFileError` if the file is no gzipped GeoJSON with ``code``, ``pref``,
    ``name`` and ``name_en`` for each feature and a valid polygon. Callers keep the result: nothing
    is cached here.
    """
    where = str(path) if path else "packaged municipalities.geojson.gz"
    try:
        text = gzip.decompress(path.read_bytes() if path else packaged_geojson()).decode()
        features = json.loads(text)["features"]
        rows = [
            Municipality(p["code"], p["pref"], p["name"], p["name_en"])
            for p in (feature["properties"] for feature in features)
        ]
        polygons = np.array(shapely.get_parts(shapely.from_geojson(text)))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise MunicipalityFileError(f"{where}: not a file of municipalities: {error}") from error
    except shapely.errors.GEOSException as error:
        raise MunicipalityFileError(f"{where}: not GeoJSON: {error}") from error
    if not rows or len(rows) != len(polygons):
        raise MunicipalityFileError(f"{where}: {len(rows)} codes for {len(polygons)} polygons")
    usable = shapely.is_valid(polygons) & (shapely.area(polygons) > 0)
    if not usable.all():
        bad = ", ".join(rows[i].code for i in np.flatnonzero(~usable))
        raise MunicipalityFileError(f"{where}: no valid polygon for {bad}")
    return Municipalities(rows, polygons)
