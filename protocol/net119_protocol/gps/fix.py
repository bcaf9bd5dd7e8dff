"""A position as a feature phone told it, read and put into WGS 84."""

from dataclasses import dataclass
from datetime import datetime

from net119_protocol.codes import FixSource
from net119_protocol.directory.accuracy import radius_from_platform
from net119_protocol.gps.carrier import Carrier, Dialect, carrier_of
from net119_protocol.gps.datum import Datum, tokyo_to_wgs84
from net119_protocol.places import Fix


@dataclass(frozen=True, slots=True)
class CarrierFix:
    """What a phone said, and what it means.

    ``told_lat`` and ``told_lon`` are the numbers told, in degrees of ``datum``; ``lat`` and ``lon``
    are WGS 84. ``datum`` is what the numbers really refer to, which is not always what the phone
    called it. ``accuracy_m`` is a radius of 68 % confidence as in `places.Fix`, None if nothing was
    told. ``altitude_m`` is as told, above whatever the phone measures from.
    """

    dialect: Dialect
    datum: Datum
    told_lat: float
    told_lon: float
    lat: float
    lon: float
    accuracy_m: float | None
    altitude_m: float | None = None

    @property
    def carrier(self) -> Carrier:
        """Whose phone it was."""
        return carrier_of(self.dialect)

    @property
    def radius_95_m(self) -> float:
        """The radius of 95 % confidence that routing will use, in metres."""
        return radius_from_platform(self.accuracy_m)

    def to_fix(self, taken_at: datetime | None = None) -> Fix:
        """The position as every handset's is handled.

        ``taken_at`` is when the answer came: the dialects that tell a time do not tell its zone.
        """
        return Fix(
            lat=self.lat,
            lon=self.lon,
            accuracy_m=self.accuracy_m,
            source=FixSource.CARRIER,
            taken_at=taken_at,
        )


def carrier_fix(
    dialect: Dialect,
    datum: Datum,
    told: tuple[float, float],
    accuracy_m: float | None,
    altitude_m: float | None = None,
) -> CarrierFix:
    """A fix from the numbers ``told`` (lat, lon), converted where ``datum`` is Tokyo's."""
    lat, lon = tokyo_to_wgs84(*told) if datum is Datum.TOKYO else told
    return CarrierFix(dialect, datum, *told, lat, lon, accuracy_m, altitude_m)
