"""Where the callers were: a map that needs no other server, and the same in words."""

from dataclasses import dataclass

from net119_protocol.directory.municipalities import CREDIT_EN, CREDIT_JA
from net119_simulators.person import jurisdictions

from net119_scenarios.acted.as_map import HEIGHT, WIDTH, Frame
from net119_scenarios.acted.base import Spot
from net119_scenarios.drills.record import CallKept, DrillRecord, PositionShown
from net119_scenarios.drills.report.lines import consoles
from net119_scenarios.drills.report.words import Speaker

_LEAST_DEGREES = 0.02
"""A map shows some two kilometres at least: the circle of a good fix is seen on it."""
_CAUSES = {
    "call": ("通報時", "with the call"),
    "moved": ("移動した", "moved"),
    "asked": ("照会への回答", "asked for"),
    "corrected": ("地図で修正", "corrected on the map"),
    "callback": ("呼び返し後", "after the callback"),
}


@dataclass(frozen=True)
class Place:
    """A numbered place, in words."""

    number: int
    caller: str
    at: str
    cause: str
    where: str
    accuracy: str


def positions_of(call: CallKept) -> tuple[PositionShown, ...]:
    """What the consoles were told of the call's place, each once, in order of time."""
    found: dict[tuple[float, float, str], PositionShown] = {}
    for screen in consoles(call):
        for each in screen.positions:
            key = (each.lat, each.lon, each.cause)
            if key not in found or each.at_s < found[key].at_s:
                found[key] = each
    return tuple(sorted(found.values(), key=lambda each: each.at_s))


def places_of(record: DrillRecord, speaker: Speaker) -> tuple[str, tuple[Place, ...]]:
    """The map as SVG, with its credit, and the places; empty if there are none."""
    shown = [(call, each) for call in record.calls for each in positions_of(call)]
    if not shown:
        return "", ()
    frame = Frame([Spot(lat=each.lat, lon=each.lon) for _, each in shown], _LEAST_DEGREES)
    parts = [
        f'<svg class="map" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-hidden="true">',
        *frame.land(),
    ]
    places = []
    for number, (call, each) in enumerate(shown, 1):
        x, y = frame.at(each.lat, each.lon)
        if each.accuracy_m is not None:
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{frame.pixels(each.accuracy_m):.1f}" '
                'fill="#1f5fae" fill-opacity="0.15" stroke="#1f5fae"/>'
            )
        places.append(_place(number, call, each, record, speaker))
    for number, (_, each) in enumerate(shown, 1):
        x, y = frame.at(each.lat, each.lon)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="#8a1c2b" stroke="#fff" '
            f'stroke-width="2"/><text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" fill="#fff" '
            f'text-anchor="middle">{number}</text>'
        )
    credit = CREDIT_JA if speaker.language == "ja" else CREDIT_EN
    return "".join([*parts, f"</svg><p><small>{credit}</small></p>"]), tuple(places)


def _place(
    number: int, call: CallKept, shown: PositionShown, record: DrillRecord, speaker: Speaker
) -> Place:
    cause = _CAUSES.get(shown.cause, (shown.cause, shown.cause))
    code = jurisdictions().at(shown.lon, shown.lat).municipality
    known = jurisdictions().municipalities[code] if code is not None else None
    name = (known.name_ja if speaker.language == "ja" else known.name_en) if known else ""
    role = record.role(call.caller)
    return Place(
        number,
        role.name.of(speaker.language) if role is not None else call.caller_name,
        speaker.at(shown.at_s, fine=record.length_s < 60),
        cause[0] if speaker.language == "ja" else cause[1],
        f"{name} {shown.lat:.5f}, {shown.lon:.5f}".strip(),
        speaker.t("accuracy", s=f"{shown.accuracy_m:g}") if shown.accuracy_m is not None else "",
    )
