"""What a map in the real browser shows of its own scale, to whoever looks for a place on it."""

import math
import re
from collections.abc import Iterable
from statistics import median
from typing import TYPE_CHECKING

from net119_protocol.places import Fix

if TYPE_CHECKING:
    from playwright.async_api import Locator

MAP = "#map, [role=region][aria-label*=地図]"
_DRAWN = """mark => {
  const map = mark.closest("MAP");
  const drawn = (all, told) => Array.from(map.querySelectorAll(all))
    .filter(one => one.checkVisibility())
    .map(one => [told(one), one.getBoundingClientRect().width])
    .filter(([, width]) => width >= 16);
  return [
    drawn("img", one => one.currentSrc || one.src),
    drawn(".leaflet-control-scale-line, .ol-scale-line-inner, .maplibregl-ctrl-scale, " +
      ".mapboxgl-ctrl-scale", one => one.innerText)
  ];
}""".replace("MAP", MAP)
_TILE = re.compile(r"/(\d{1,2})/(\d{1,7})/(\d{1,7})(?:@\w+)?(?:\.\w+)?(?:\?|$)")
_BAR = re.compile(r"([\d.,]+)\s*(m|km)")
_EQUATOR_M = 40_075_017
"""Once around the earth, as Web Mercator has it."""
_LEAST_ZOOM = 8
"""Below, half of Japan is near every tile, and any three small numbers look like one."""
_NEAR_TILES = 4
"""So many tiles fit between a mark on a phone's screen and the edge of the screen."""


async def metres_of_a_pixel(mark: "Locator", fix: Fix) -> float | None:
    """How many metres a pixel of the map is, by what is drawn on it; None where nothing tells.

    Tiles are read by the number of their zoom in the address, as nearly all are addressed, and
    count only if they show the surroundings of the fix; scale bars are those of the map libraries
    Leaflet, OpenLayers and MapLibre.
    """
    tiles, bars = await mark.evaluate(_DRAWN)
    return scale_of(tiles, bars, fix)


def scale_of(
    tiles: Iterable[tuple[str, float]], bars: Iterable[tuple[str, float]], fix: Fix
) -> float | None:
    """Metres of a pixel, by addresses of tiles, else by texts of scale bars, and their widths."""
    found = [told for url, width in tiles if (told := _by_tile(url, width, fix)) is not None]
    if not found:
        found = [told for text, width in bars if (told := _by_bar(text, width)) is not None]
    return median(found) if found else None


def _by_tile(url: str, width: float, fix: Fix) -> float | None:
    if (named := _TILE.search(url)) is None:
        return None
    zoom, x, y = map(int, named.groups())
    if zoom < _LEAST_ZOOM:
        return None
    lat = math.radians(fix.lat)
    here_x = (fix.lon + 180) / 360 * (1 << zoom)
    here_y = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * (1 << zoom)
    if abs(x + 0.5 - here_x) > _NEAR_TILES or abs(y + 0.5 - here_y) > _NEAR_TILES:
        return None
    return _EQUATOR_M * math.cos(lat) / (1 << zoom) / width


def _by_bar(text: str, width: float) -> float | None:
    if (said := _BAR.fullmatch(text.strip())) is None:
        return None
    number = float(said[1].replace(",", ""))
    return number * (1000 if said[2] == "km" else 1) / width
