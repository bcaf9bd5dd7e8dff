"""A measured position in the hidden fields of a page, from the measuring to the call."""

from datetime import datetime

from net119_protocol.codes import FixSource, Refusal
from net119_protocol.places import Fix
from pydantic import ValidationError

from net119_reference.ports import Refused
from net119_reference.web.pages.mobile.form import MobileForm

_LAT, _LON, _ACCURACY, _TAKEN = "fix.lat", "fix.lon", "fix.accuracy_m", "fix.taken_at"


def hidden_fields(fix: Fix | None) -> tuple[tuple[str, str], ...]:
    """Names and values; none without a position."""
    if fix is None:
        return ()
    fields = [(_LAT, repr(fix.lat)), (_LON, repr(fix.lon))]
    if fix.accuracy_m is not None:
        fields.append((_ACCURACY, repr(fix.accuracy_m)))
    if fix.taken_at is not None:
        fields.append((_TAKEN, fix.taken_at.isoformat()))
    return tuple(fields)


def fix_of(form: MobileForm) -> Fix | None:
    """The position that the form carries; ``None`` if it carries none.

    Raises:
        Refused: (``invalid``) it carries something else.
    """
    lat, lon = form.get(_LAT), form.get(_LON)
    if not lat and not lon:
        return None
    accuracy, taken = form.get(_ACCURACY), form.get(_TAKEN)
    try:
        return Fix(
            lat=float(lat),
            lon=float(lon),
            accuracy_m=float(accuracy) if accuracy else None,
            source=FixSource.CARRIER,
            taken_at=datetime.fromisoformat(taken) if taken else None,
        )
    except (ValueError, ValidationError):
        raise Refused(
            Refusal.INVALID, "the position in the form is none; measure once more", field="fix"
        ) from None
