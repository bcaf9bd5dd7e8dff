"""Angles as phones write them, read strictly: the whole text in its one form, or not at all."""

import math
import re
from fractions import Fraction
from typing import NamedTuple

from net119_protocol.gps.problem import PositionProblem, PositionUnreadable


class Axis(NamedTuple):
    """Latitude or longitude: its greatest value and how many digits its degrees have."""

    field: str
    limit: int
    digits: int


LATITUDE = Axis("lat", 90, 2)
LONGITUDE = Axis("lon", 180, 3)


SIGN = "[-+ ]"
"""A sign that must be there; a bare plus may have become a space on the way (see `Answer`)."""
PLUS_AT_MOST = "[+ ]?"
NO_SIGN = ""


def sexagesimal(axis: Axis, text: str, decimals: int, sign: str) -> float:
    """Degrees from ``+35.00.35.600``: degrees, minutes, seconds with ``decimals``, all padded.

    ``sign`` is one of the three patterns above. Every digit has its place, so that a character lost
    or gained on the way never gives another number. `PositionUnreadable` for anything else, and for
    60 minutes, 60 seconds or more than the axis has.
    """
    form = rf"({sign})(\d{{{axis.digits}}})\.(\d\d)\.(\d\d\.\d{{{decimals}}})"
    found = re.fullmatch(form, text, re.ASCII)
    if found is None:
        shape = f"{'d' * axis.digits}.mm.ss.{'s' * decimals}"
        raise _malformed(axis, text, ("+" if sign == SIGN else "") + shape)
    return degrees_of(axis, text, found[1] == "-", found[2], found[3], found[4])


def decimal(axis: Axis, text: str) -> float:
    """Degrees from ``+43.07772``: exactly five decimals, so that a lost one cannot go unnoticed."""
    found = re.fullmatch(rf"({SIGN})(\d{{{axis.digits}}}\.\d{{5}})", text, re.ASCII)
    if found is None:
        raise _malformed(axis, text, f"+{'d' * axis.digits}.ddddd")
    return _within(axis, text, Fraction(found[2]), found[1] == "-")


def degrees_of(
    axis: Axis, text: str, negative: bool, degrees: str, minutes: str, seconds: str
) -> float:
    """Degrees from digits already split; `PositionUnreadable` outside 60 and the axis."""
    if int(minutes) >= 60 or Fraction(seconds) >= 60:
        expected = "minutes and seconds below 60"
        raise PositionUnreadable(PositionProblem.OUT_OF_RANGE, axis.field, text, expected)
    value = int(degrees) + Fraction(int(minutes), 60) + Fraction(seconds) / 3600
    return _within(axis, text, value, negative)


def number(field: str, text: str, *, signed: bool = False, whole: bool = True) -> float:
    """A plain number such as an altitude or an axis of an ellipse, in metres or degrees."""
    form = (r"[-+ ]?" if signed else "") + r"\d{1,6}" + ("" if whole else r"(\.\d{1,6})?")
    if re.fullmatch(form, text, re.ASCII) is None:
        problem = PositionProblem.MALFORMED
        raise PositionUnreadable(problem, field, text, "a number of up to six digits")
    return float(text.replace(" ", "+"))


def _within(axis: Axis, text: str, value: Fraction, negative: bool) -> float:
    if value > axis.limit:
        expected = f"at most {axis.limit} degrees"
        raise PositionUnreadable(PositionProblem.OUT_OF_RANGE, axis.field, text, expected)
    # Fractions keep the sum exact: the nearest float is the one that the text means.
    return math.copysign(float(value), -1.0 if negative else 1.0)


def _malformed(axis: Axis, text: str, form: str) -> PositionUnreadable:
    return PositionUnreadable(PositionProblem.MALFORMED, axis.field, text, form)
