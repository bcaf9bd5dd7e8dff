"""Positions: raw fix, corrected pin and registered address are kept apart (A38, A39)."""

from typing import Annotated

from pydantic import Field, StrictBool

from net119_protocol.codes import FixSource, PlaceChoice
from net119_protocol.model import ShortText, Timestamp, WireModel

Latitude = Annotated[float, Field(ge=-90.0, le=90.0, allow_inf_nan=False, strict=True)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0, allow_inf_nan=False, strict=True)]
Metres = Annotated[float, Field(ge=0.0, le=1_000_000.0, allow_inf_nan=False, strict=True)]


class Point(WireModel):
    """A point in WGS 84, degrees."""

    lat: Latitude
    """Latitude in degrees, north positive."""
    lon: Longitude
    """Longitude in degrees, east positive."""


class Fix(Point):
    """A position as the handset's platform reports it.

    ``accuracy_m`` is the platform's own radius in metres (68 % confidence), ``None`` if the
    platform did not say; the 95 % radius that routing uses is computed from it.
    """

    accuracy_m: Metres | None = None
    """Radius of 68 % confidence in metres; absent if the platform did not say."""
    source: FixSource = FixSource.GPS
    """Where the position comes from."""
    taken_at: Timestamp | None = None
    """When the position was measured."""


class RegisteredPlace(Point):
    """The registered home address with its position (TOM-13)."""

    address: ShortText
    """The address in one line, from the prefecture down."""
    confirmed: StrictBool | None = None
    """False where nobody confirmed the position on a map; absent means confirmed."""


class ChosenPlace(Point):
    """A registered frequent place that the caller chose as the place of the call (TOM-14).

    A field of its own beside ``choice``, which stays ``current``: a peer that does not know it
    ignores it and still reads the routed point, while a new code of the choice would make it
    refuse the whole offer.
    """

    label: ShortText
    """What the registrant calls the place."""
    address: ShortText
    """Address of the place, as registered."""


class CallPlace(WireModel):
    """Everything known of where a call comes from (CNB-27: home and fix are both sent).

    ``point`` is the one that was routed; ``radius_m`` its 95 % radius in metres, 0 for a pin
    or a confirmed address, ``None`` for an address that nobody confirmed on a map.  ``point`` is
    ``None`` where there is no position at all.
    """

    choice: PlaceChoice
    """What the caller said of the place: at home, or where the handset is."""
    point: Point | None = None
    """The point that was routed; absent if there is no position at all."""
    radius_m: Metres | None = None
    """Radius of 95 % confidence around ``point`` in metres; 0 for a pin or a confirmed address."""
    fix: Fix | None = None
    """The handset's position as reported, never altered."""
    corrected_pin: Point | None = None
    """The point to which the caller dragged the pin (CNB-28)."""
    registered: RegisteredPlace | None = None
    """The registered home address, where the caller chose home; else left out (CNB-27)."""
    frequent: ChosenPlace | None = None
    """The frequent place that was chosen instead; absent if none was, and from older providers."""
