"""Where everybody is: a map of borders and points, drawn as SVG."""

from collections.abc import Sequence
from html import escape
from math import cos, radians
from typing import Any

import shapely
from net119_protocol.directory.municipalities import CREDIT_EN, CREDIT_JA
from net119_protocol.labels import Language
from net119_simulators.person import jurisdictions

from net119_scenarios.acted.alarms.cast import AlarmUser
from net119_scenarios.acted.base import Spot
from net119_scenarios.acted.cast import Dispatcher, Peer
from net119_scenarios.acted.deeds import Call, Correct, Move
from net119_scenarios.acted.performance import Outcome
from net119_scenarios.acted.venue import directory_of

WIDTH, HEIGHT = 720.0, 420.0
_METRES_A_DEGREE = 111_195.0
"""Of latitude, on a sphere."""
_COLOURS = {
    "caller": "#b00020",
    "dispatcher": "#1f5fae",
    "peer": "#5b3a8c",
    "alarm-user": "#7a4a12",
}


def map_of(outcome: Outcome, language: Language) -> str:
    """An SVG, and the same as a list for who cannot see it."""
    points = _points(outcome)
    frame = Frame([spot for _, _, spot in points])
    drawn = [
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}" '
        'role="img" aria-hidden="true">',
        *frame.land(),
    ]
    shown = []
    for at, (name, role, spot) in enumerate(points, 1):
        x, y = frame.at(spot.lat, spot.lon)
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="{_COLOURS[role]}" stroke="#fff" '
            f'stroke-width="2"/><text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" fill="#fff" '
            f'text-anchor="middle">{at}</text>'
        )
        who = outcome.names[name].of(language) if name in outcome.names else name
        where = f"（{spot.said}）" if spot.said else ""
        shown.append(f"<li>{escape(who)}{escape(where)} {spot.lat:.4f}, {spot.lon:.4f}</li>")
    credit = CREDIT_JA if language == "ja" else CREDIT_EN
    return "".join([*drawn, f"</svg><p><small>{credit}</small></p><ol>", *shown, "</ol>"])


def _points(outcome: Outcome) -> list[tuple[str, str, Spot]]:
    scenario = outcome.scenario
    view = directory_of(scenario.network).at(outcome.timeline.began)
    found: list[tuple[str, str, Spot]] = []
    for name, actor in scenario.actors.items():
        spot = getattr(actor, "position", None)
        if isinstance(actor, AlarmUser):
            spot = _somewhere([actor.ward])
        elif spot is None and isinstance(actor, Dispatcher):
            known = actor.center in view.centers
            spot = _somewhere(view.area_of(actor.center)) if known else None
        elif spot is None and isinstance(actor, Peer):
            theirs = (each for each in view.adopted() if each.provider == actor.provider)
            spot = _somewhere([code for each in theirs for code in each.municipalities])
        if spot is not None:
            found.append((name, actor.role, spot))
        for step in scenario.timeline:
            if step.actor == name and isinstance(step, Move | Correct):
                found.append((name, actor.role, step.to))
            elif step.actor == name and isinstance(step, Call) and step.pin is not None:
                found.append((name, actor.role, step.pin))
    return found


def _somewhere(municipalities: Sequence[str]) -> Spot | None:
    """Some point of the first municipality: where its center is, nobody says."""
    if not municipalities:
        return None
    lat, lon = jurisdictions().municipalities.some_point(municipalities[0])
    return Spot(lat=lat, lon=lon)


class Frame:
    """The part of the earth that holds all points, on the paper; at least so many degrees of it."""

    def __init__(self, spots: list[Spot], least: float = 0.1) -> None:
        lats, lons = [s.lat for s in spots] or [36.0], [s.lon for s in spots] or [138.0]
        self._lat = (min(lats) + max(lats)) / 2
        self._lon = (min(lons) + max(lons)) / 2
        self._shrink = cos(radians(self._lat))
        tall = max(max(lats) - min(lats), least) * 1.5
        wide = max(max(lons) - min(lons), least) * 1.5 * self._shrink
        self._scale = min(HEIGHT / tall, WIDTH / wide)

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a point is on the paper."""
        x = WIDTH / 2 + (lon - self._lon) * self._shrink * self._scale
        return x, HEIGHT / 2 - (lat - self._lat) * self._scale

    def pixels(self, metres: float) -> float:
        """How long so many metres are on the paper."""
        return metres / _METRES_A_DEGREE * self._scale

    def land(self) -> list[str]:
        """The municipalities, as far as they are on the paper, in lines of half a pixel."""
        half_lat = HEIGHT / 2 / self._scale
        half_lon = WIDTH / 2 / self._scale / self._shrink
        paper = shapely.box(
            self._lon - half_lon, self._lat - half_lat, self._lon + half_lon, self._lat + half_lat
        )
        polygons = jurisdictions().municipalities.polygons
        near = polygons[shapely.intersects(polygons, paper)]
        paths = []
        for shape in shapely.simplify(shapely.intersection(near, paper), 0.5 / self._scale):
            for part in shapely.get_parts(shape):
                if shapely.get_type_id(part) == shapely.GeometryType.POLYGON:
                    paths.append(self._path(shapely.get_coordinates(part)))
        return paths

    def _path(self, ring: Any) -> str:
        points = " ".join(
            f"{x:.1f},{y:.1f}" for x, y in (self.at(float(lat), float(lon)) for lon, lat in ring)
        )
        return f'<polygon points="{points}" fill="#fbfaf5" stroke="#9a9a9a" stroke-width="0.7"/>'
