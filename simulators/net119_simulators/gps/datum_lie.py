"""Phones that take one datum for the other."""

from collections.abc import Callable
from dataclasses import replace

from net119_protocol.gps import tokyo_to_wgs84, wgs84_to_tokyo

from net119_simulators.gps.position import Position


def tokyo_taken_for_wgs84(position: Position) -> Position:
    """The numbers of the Tokyo datum handed on as WGS 84: some 450 m south-east of the truth.

    What happens to a phone that measures in Tokyo datum when the conversion is forgotten. The
    claimed accuracy is the measurement's: nothing in the fix tells of the mistake.
    """
    return _with(position, wgs84_to_tokyo)


def converted_twice(position: Position) -> Position:
    """WGS 84 numbers converted once more: some 450 m north-west of the truth.

    What happens to au's simple position, labelled ``tokyo``, when the label is believed.
    """
    return _with(position, tokyo_to_wgs84)


def _with(position: Position, convert: Callable[[float, float], tuple[float, float]]) -> Position:
    fix = position.fix
    if fix is None:
        return position
    lat, lon = convert(fix.lat, fix.lon)
    return replace(position, fix=fix.model_copy(update={"lat": lat, "lon": lon}))
