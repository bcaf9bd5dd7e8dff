"""Positions in words, since these pages have no map (CNB-28, ASO-16)."""

import math

from net119_protocol.directory import JurisdictionIndex
from net119_protocol.directory.accuracy import radius_from_platform
from net119_protocol.directory.lookup import COAST_M
from net119_protocol.labels import Label

from net119_reference.web.pages.places import named


def in_words(
    index: JurisdictionIndex, lat: float, lon: float, accuracy_m: float | None
) -> Label | None:
    """Municipality and accuracy of a position; ``None`` outside Japan (CNB-35)."""
    hit = index.at(lon, lat)
    if hit.municipality is None:
        return None
    ja, en = named(index, hit.municipality, "ja"), named(index, hit.municipality, "en")
    if hit.sea and hit.distance_m > COAST_M:
        ja, en = f"{ja}の沖", f"off {en}"
    if accuracy_m is None:
        return Label(f"{ja}（誤差はわかりません）", f"{en} (accuracy unknown)")
    far = _distance(radius_from_platform(accuracy_m))
    return Label(f"{ja}（誤差 約{far}）", f"{en} (within about {far})")


def _distance(metres: float) -> str:
    """Rounded up to two digits, so that nothing looks better than it is."""
    step = 10.0 ** (math.floor(math.log10(metres)) - 1)
    metres = math.ceil(metres / step - 1e-9) * step
    return f"{metres / 1000:g}km" if metres >= 1000 else f"{metres:g}m"
