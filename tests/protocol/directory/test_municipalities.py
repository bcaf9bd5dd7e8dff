"""The packaged polygons."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from net119_protocol.directory import (
    CREDIT_JA,
    JurisdictionIndex,
    Municipalities,
    MunicipalityFileError,
    distance_m,
    load_municipalities,
    packaged_geojson,
)
from net119_protocol.directory.metric import scale_at

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
NAMED = {"code": "01100", "pref": "北海道", "name": "札幌市", "name_en": "Sapporo City"}


def written(folder: Path, *features: tuple[dict[str, str], dict[str, Any]]) -> Path:
    rows = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path = folder / "m.geojson.gz"
    text = json.dumps({"type": "FeatureCollection", "features": rows})
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_all_municipalities_are_there(municipalities: Municipalities) -> None:
    assert len(municipalities) == 1_758
    assert list(municipalities) == sorted(municipalities)
    assert municipalities["43424"] == ("43424", "熊本県", "阿蘇郡小国町", "Oguni Town")
    assert municipalities["26101"].name_en == "Kita Ward, Kyoto City"
    assert municipalities["34101"].name_en == "Naka Ward, Hiroshima City"
    assert municipalities["04100"].name_en == "Sendai City"
    assert all(m.name_ja and m.name_en and m.prefecture for m in municipalities.values())
    assert {code[:2] for code in municipalities} == {f"{n:02}" for n in range(1, 48)}


@pytest.mark.parametrize(
    ("code", "km2"), [("43424", 136.9), ("23216", 55.9), ("43433", 137.3), ("01224", 594.5)]
)
def test_areas_agree_with_the_official_ones(
    index: JurisdictionIndex, municipalities: Municipalities, code: str, km2: float
) -> None:
    polygon = municipalities.polygon(code)
    scale = scale_at(polygon.centroid.y)
    assert polygon.area * scale.x * scale.y / 1e6 == pytest.approx(km2, rel=0.03)


def test_the_credit_is_that_of_the_source() -> None:
    assert CREDIT_JA == "出典：気象庁ホームページを加工して作成"
    assert "気象庁" in json.loads(gzip.decompress(packaged_geojson()))["source"]


def test_a_degree_has_its_known_length() -> None:
    # Values of the WGS 84 ellipsoid from published tables.
    assert scale_at(0.0) == pytest.approx((111_320, 110_574), rel=1e-5)
    assert scale_at(45.0) == pytest.approx((78_847, 111_132), rel=1e-5)
    assert distance_m(141.3544, 43.0621, 139.6917, 35.6895) == pytest.approx(831_000, rel=0.005)
    assert distance_m(10.0, 20.0, 10.0, 20.0) == 0.0


@pytest.mark.parametrize(
    ("name", "features", "message"),
    [
        ("crossing itself", [(NAMED, BOW_TIE)], "no valid polygon for 01100"),
        ("twice", [(NAMED, SQUARE), (NAMED, SQUARE)], "occurs twice"),
        ("no name", [({"code": "01100", "pref": "北海道"}, SQUARE)], "name"),
        ("empty", [], "0 codes"),
    ],
)
def test_a_bad_polygon_file_is_refused(
    tmp_path: Path, name: str, features: list[Any], message: str
) -> None:
    with pytest.raises(MunicipalityFileError, match=message):
        load_municipalities(written(tmp_path, *features))


# With ids: gzip writes the time, and two workers must collect the same tests.
@pytest.mark.parametrize(
    "content",
    [b"", b"{}", gzip.compress(b"{"), gzip.compress(b"[]")],
    ids=["empty", "not gzip", "not JSON", "no object"],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(content)
    with pytest.raises(MunicipalityFileError, match="not a file of municipalities"):
        load_municipalities(path)


def test_another_file_can_be_used(tmp_path: Path) -> None:
    index = JurisdictionIndex(load_municipalities(written(tmp_path, (NAMED, SQUARE))))
    assert index.at(0.5, 0.5).municipality == "01100"
    assert index.within(0.5, 0.0, 1_000.0)[0].share == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("code", ["01213", "13421", "23445", "47382"])
def test_some_point_of_a_municipality_lies_inside_and_stays_the_same(
    municipalities: Municipalities, index: JurisdictionIndex, code: str
) -> None:
    lat, lon = municipalities.some_point(code)
    assert index.at(lon, lat).municipality == code
    assert municipalities.some_point(code) == (lat, lon)
