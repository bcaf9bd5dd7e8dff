"""What each phone sends when it tells its position, byte for byte as the carriers published it.

The formats are those of the carriers' developer pages as jpmobile keeps them
(https://github.com/jpmobile/jpmobile, helpers.rb, mobile/*.rb and their tests); the error ellipse
of au is a circle here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from net119_simulators.handsets.datum import tokyo_of
from net119_simulators.handsets.model import Datum, Dialect

_JAPAN = ZoneInfo("Asia/Tokyo")
_EXAMPLE_AREA = "00100"
"""Area code of docomo's i-area; a made-up one, since the published table is gone."""


@dataclass(frozen=True)
class Measured:
    """Where the phone truly is (WGS 84, degrees) and how well it knows it (radius, metres)."""

    lat: float
    lon: float
    accuracy_m: float = 50.0
    altitude_m: float = 0.0
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def in_datum(self, datum: Datum) -> tuple[float, float]:
        """Latitude and longitude as this datum has them."""
        return tokyo_of(self.lat, self.lon) if datum is Datum.TOKYO else (self.lat, self.lon)


def _dms(degrees: float, decimals: int, width: int = 2) -> str:
    """Degrees.minutes.seconds; seconds with so many decimals, never 60."""
    ticks = 10**decimals
    total = round(abs(degrees) * 3600 * ticks)
    whole, part = divmod(total, 3600 * ticks)
    minutes, seconds = divmod(part, 60 * ticks)
    full, fraction = divmod(seconds, ticks)
    return f"{whole}.{minutes:0{width}d}.{full:0{width}d}.{fraction:0{decimals}d}"


def _sign(value: float) -> str:
    return "-" if value < 0 else "+"


def _grade(accuracy_m: float) -> int:
    """The grades of docomo and SoftBank: 3 within 50 m, 2 within 300 m, else 1."""
    return 3 if accuracy_m < 50 else 2 if accuracy_m < 300 else 1


def _docomo(here: Measured, asked: Mapping[str, str]) -> str:
    return f"lat={_plus(here.lat)}&lon={_plus(here.lon)}&geo=wgs84&x-acc={_grade(here.accuracy_m)}"


def _docomo_upper(here: Measured, asked: Mapping[str, str]) -> str:
    altitude = f"{quote(_sign(here.altitude_m), safe='')}{abs(here.altitude_m):.3f}"
    return (
        f"lat={_plus(here.lat)}&lon={_plus(here.lon)}&geo=WGS84&alt={altitude}"
        f"&x-acc={_grade(here.accuracy_m)}"
    )


def _docomo_area(here: Measured, asked: Mapping[str, str]) -> str:
    return (
        f"LAT={_plus(here.lat)}&LON={_plus(here.lon)}&GEO=wgs84&POSINFO=2"
        f"&AREACODE={_EXAMPLE_AREA}&ACTN=OK"
    )


def _plus(value: float) -> str:
    return f"{quote(_sign(value), safe='')}{_dms(value, 3)}"


def _au(here: Measured, asked: Mapping[str, str]) -> str:
    """In the datum and unit that the link asked for: 1 is Tokyo, 1 is decimal degrees."""
    datum, unit = asked.get("datum", "0"), asked.get("unit", "0")
    lat, lon = here.in_datum(Datum.TOKYO if datum == "1" else Datum.WGS84)

    def written(value: float) -> str:
        figures = f"{abs(value):.5f}" if unit == "1" else _dms(value, 2)
        return f"{quote(_sign(value), safe='').lower()}{figures}"

    axis = round(here.accuracy_m)
    return (
        f"ver=1&datum={datum}&unit={unit}&lat={written(lat)}&lon={written(lon)}"
        f"&alt={round(here.altitude_m)}&time={here.at.astimezone(_JAPAN):%Y%m%d%H%M%S}"
        f"&smaj={axis}&smin={axis}&vert={axis}&majaa=0&fm=1"
    )


def _au_simple(here: Measured, asked: Mapping[str, str]) -> str:
    """Says ``tokyo``, but the figures are WGS 84: the phone converts nothing."""
    return f"datum=tokyo&unit=dms&lat={_dms(here.lat, 2)}&lon={_dms(here.lon, 2)}"


def _softbank(here: Measured, asked: Mapping[str, str]) -> str:
    """Minutes and seconds are not padded."""
    north, east = _letters(here.lat, here.lon)
    lat, lon = _dms(here.lat, 2, width=1), _dms(here.lon, 2, width=1)
    return f"pos={north}{lat}{east}{lon}&geo=wgs84&x-acr={_grade(here.accuracy_m)}"


def _willcom(here: Measured, asked: Mapping[str, str]) -> str:
    lat, lon = here.in_datum(Datum.TOKYO)
    north, east = _letters(lat, lon)
    return f"pos={north}{_dms(lat, 3)}{east}{_dms(lon, 3)}"


def _letters(lat: float, lon: float) -> tuple[str, str]:
    return "S" if lat < 0 else "N", "W" if lon < 0 else "E"


_WRITERS: Mapping[Dialect, Callable[[Measured, Mapping[str, str]], str]] = {
    Dialect.DOCOMO_GPS: _docomo,
    Dialect.DOCOMO_GPS_UPPER: _docomo_upper,
    Dialect.DOCOMO_AREA: _docomo_area,
    Dialect.AU_GPS: _au,
    Dialect.AU_SIMPLE: _au_simple,
    Dialect.SOFTBANK: _softbank,
    Dialect.WILLCOM: _willcom,
}


def position_query(dialect: Dialect, here: Measured, asked: Mapping[str, str] | None = None) -> str:
    """The query that a phone of this dialect adds; ``asked`` are the parameters of the link.

    Raises:
        KeyError: the dialect is not one of links (``none``, ``browser``).
    """
    return _WRITERS[dialect](here, asked or {})
