"""The scale of a map, by what is drawn on it."""

from datetime import UTC, datetime

import pytest
from net119_conformance.at_maps import scale_of
from net119_protocol.places import Fix

HERE = Fix(lat=35.0, lon=137.0, accuracy_m=20.0, taken_at=datetime(2026, 1, 1, tzinfo=UTC))
AT_17 = 0.978
"""Metres of a pixel of Web Mercator at 35 degrees north, where the world has 256 · 2**17 pixels."""
X, Y = 115416, 51918


@pytest.mark.parametrize(
    ("url", "width"),
    [
        (f"https://tiles.example.test/xyz/std/17/{X}/{Y}.png", 256.0),
        (f"https://tiles.example.test/17/{X + 1}/{Y - 1}@2x.png?key=1", 256.0),
        (f"https://tiles.example.test/16/{X // 2}/{Y // 2}", 512.0),
    ],
)
def test_tiles_tell_the_scale(url: str, width: float) -> None:
    assert scale_of([(url, width)], [("1 km", 50.0)], HERE) == pytest.approx(AT_17, rel=0.01)


@pytest.mark.parametrize(
    ("text", "width"), [("50 m", 51.1), ("0.2 km", 204.5), ("1,000 m", 1022.0)]
)
def test_a_scale_bar_tells_it_where_no_tile_does(text: str, width: float) -> None:
    elsewhere = f"https://tiles.example.test/17/{X + 40}/{Y}.png"
    bars = [("200 ft", 60.0), (text, width)]
    assert scale_of([(elsewhere, 256.0)], bars, HERE) == pytest.approx(AT_17, rel=0.01)


def test_nothing_tells_it() -> None:
    assert scale_of([("https://example.test/logo/2/3/4.png", 32.0)], [("20", 30.0)], HERE) is None
