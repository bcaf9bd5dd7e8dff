"""Municipalities for pages: lists by prefecture, borders for maps, and a drawn map."""

import contextlib
import json
import math
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import shapely
from fastapi import APIRouter
from net119_protocol.codes import Refusal
from net119_protocol.directory import JurisdictionIndex
from net119_protocol.labels import Language
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from net119_reference.ports import Refused
from net119_reference.web.pages.forms import Form, read_form
from net119_reference.web.pages.rendering import HEADERS, pick
from net119_reference.web.pages.routing import PageContext

_KEEP_S = 24 * 3600
_AROUND = 0.05
"""How far around a municipality its neighbours are drawn, degrees (some 5 km)."""
_DIGITS = 5
"""Decimals of a degree that a border is told with: a metre."""
_WIDE, _HIGH, _EDGE = 320.0, 240.0, 12.0


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add what the form's scripts ask for; nothing of it is personal."""
    desk = context.context.service.registrations

    async def municipalities(request: Request) -> Response:
        prefecture = request.query_params.get("prefecture", "")
        rows = [
            {"code": code, "ja": ja, "en": en} for code, ja, en in listed(desk.places(), prefecture)
        ]
        return _kept(rows)

    async def borders(request: Request) -> Response:
        code = request.path_params["code"]
        index = desk.places()
        if code not in index.municipalities:
            raise Refused(Refusal.NOT_FOUND, "no municipality has this code")
        lat, lon = index.municipalities.some_point(code)
        return _kept({"point": [lat, lon], "borders": _features(index, code)})

    async def at(request: Request) -> Response:
        """The municipality at a point; by POST, so that no position stands in a URL."""
        form = await read_form(request)
        lat, lon = (_degrees(form, name, most) for name, most in (("lat", 90.0), ("lon", 180.0)))
        index = desk.places()
        hit = index.at(lon, lat)
        code = hit.municipality
        names = {lang: "" if code is None else named(index, code, lang) for lang in ("ja", "en")}
        found = {"code": code, "outside_japan": hit.outside_japan, **names}
        return JSONResponse(found, headers=dict(HEADERS))

    context.add(routes, "/places/municipalities", municipalities)
    context.add(routes, "/places/at", at, "POST")
    context.add(routes, "/places/{code}", borders)


def _degrees(form: Form, name: str, most: float) -> float:
    """A field in degrees.

    Raises:
        Refused: (``invalid``) it is no number from ``-most`` to ``most``.
    """
    text = form.get(name)
    with contextlib.suppress(ValueError):
        if len(text) <= 40 and -most <= (value := float(text)) <= most:
            return value
    raise Refused(
        Refusal.INVALID, f"{name} is no number between {-most:g} and {most:g}", field=name
    )


def _kept(content: object) -> Response:
    headers = {**HEADERS, "Cache-Control": f"public, max-age={_KEEP_S}"}
    return JSONResponse(content, headers=headers)


def listed(index: JurisdictionIndex, prefecture: str) -> Iterator[tuple[str, str, str]]:
    """Code and names of a prefecture's municipalities, in order of code."""
    for code, row in index.municipalities.items():
        if row.prefecture == prefecture:
            yield code, row.name_ja, row.name_en


def named(index: JurisdictionIndex, code: str, lang: Language) -> str:
    """A municipality with its prefecture; the code itself if there is none."""
    row = index.municipalities.get(code)
    return pick(lang, f"{row.prefecture}{row.name_ja}", row.name_en) if row else code


def _features(index: JurisdictionIndex, code: str) -> list[dict[str, Any]]:
    """A municipality and those around it, as GeoJSON."""
    known = index.municipalities
    around = shapely.box(*known.polygon(code).bounds).buffer(_AROUND)
    numbers = index.tree.query(around, predicate="intersects")
    codes = sorted((known.codes[number] for number in numbers), key=lambda each: each != code)
    return [
        {
            "type": "Feature",
            "properties": {
                "own": each == code,
                "ja": known[each].name_ja,
                "en": known[each].name_en,
            },
            "geometry": json.loads(shapely.to_geojson(_rounded(known.polygon(each)))),
        }
        for each in codes
    ]


def _rounded(polygon: Any) -> Any:
    return shapely.transform(polygon, lambda points: points.round(_DIGITS))


def drawn(index: JurisdictionIndex, code: str, lat: float, lon: float, title: str) -> str:
    """A municipality with a mark at the point, as SVG: a map that needs no script.

    The point counts for the frame, too: it is seen wherever it lies.
    """
    polygon = index.municipalities.polygon(code)
    west, south, east, north = shapely.union_all([polygon, shapely.Point(lon, lat)]).bounds
    # A degree of longitude is shorter than one of latitude.
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = min(
        (_WIDE - 2 * _EDGE) / max((east - west) * squeeze, 1e-6),
        (_HIGH - 2 * _EDGE) / max(north - south, 1e-6),
    )
    left = (_WIDE - (east - west) * squeeze * scale) / 2
    top = (_HIGH - (north - south) * scale) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (x - west) * squeeze * scale, top + (north - y) * scale

    path = "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*point) for point in ring.coords)) + "Z"
        for part in shapely.get_parts(polygon)
        for ring in (part.exterior, *part.interiors)
    )
    x, y = at(lon, lat)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:.0f} {_HIGH:.0f}"'
        f' width="{_WIDE:.0f}" height="{_HIGH:.0f}"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="#e8eef5"/>'
        f'<path d="{path}" fill="#fff" stroke="#4a4a4a" stroke-width="1.5" fill-rule="evenodd"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" fill="none" stroke="#9b1c1c" stroke-width="3"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#9b1c1c"/></svg>'
    )


__all__ = ["add_routes", "drawn", "listed", "named"]
