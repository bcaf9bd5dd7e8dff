"""Charts as inline SVG: they need no script, no font and no network to be looked at."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float | None]]

_WIDTH, _HEIGHT = 760, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 16, 40
# Told apart by their dashes, too, where colours are not seen (WCAG 2.2, 1.4.1).
_STYLES = (
    'stroke="#0b5cad"',
    'stroke="#a84300" stroke-dasharray="7 3"',
    'stroke="#7a0f5c" stroke-dasharray="2 3"',
    'stroke="#1c6b2a" stroke-dasharray="9 3 2 3"',
)


@dataclass(frozen=True)
class Curve:
    """One line of a chart. ``None`` in its points breaks it: nothing was measured there."""

    name: str
    points: Points


@dataclass(frozen=True)
class Chart:
    """A chart of some curves; ``x_ticks`` replaces the numbers below it by words."""

    title: str
    x_name: str
    y_name: str
    curves: Sequence[Curve]
    x_ticks: Sequence[tuple[float, str]] = ()
    marks: Sequence[tuple[float, str]] = ()
    """Vertical lines with a word each: when something happened."""

    def svg(self) -> str:
        """The chart; empty where no curve has a point."""
        xs = [x for curve in self.curves for x, y in curve.points if y is not None]
        ys = [y for curve in self.curves for _, y in curve.points if y is not None]
        if not xs:
            return ""
        low, high = min(xs), max(xs)
        scale = _Scale(low, high if high > low else low + 1, _rounded_up(max(ys)))
        parts = [
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{_safe(self.title)}">',
            *self._grid(scale),
            *(_mark(scale, x, word) for x, word in self.marks),
            *(
                _curve(scale, curve, style)
                for curve, style in zip(self.curves, _cycle(), strict=False)
            ),
            "</svg>",
        ]
        return "".join(parts)

    def legend(self) -> str:
        """Which curve is which, as HTML."""
        rows = (
            f'<li><svg viewBox="0 0 40 10" width="40" height="10" aria-hidden="true">'
            f'<line x1="0" y1="5" x2="40" y2="5" {style} stroke-width="2.5"/></svg> '
            f"{_safe(curve.name)}</li>"
            for curve, style in zip(self.curves, _cycle(), strict=False)
        )
        return f'<ul class="legend">{"".join(rows)}</ul>'

    def _grid(self, scale: "_Scale") -> list[str]:
        parts = []
        for step in range(5):
            value = scale.top * step / 4
            y = scale.y(value)
            parts.append(
                f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" '
                'stroke="#c4c9cf"/>'
                f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>'
            )
        for value, word in self.x_ticks or scale.x_ticks():
            x = scale.x(value)
            parts.append(
                f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">'
                f"{_safe(word or _number(value))}</text>"
            )
        parts.append(
            f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2:.0f}" y="{_HEIGHT - 6}" '
            f'text-anchor="middle">{_safe(self.x_name)}</text>'
            f'<text transform="translate(14 {(_TOP + _HEIGHT - _BOTTOM) / 2:.0f}) rotate(-90)" '
            f'text-anchor="middle">{_safe(self.y_name)}</text>'
        )
        return parts


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    top: float

    def x_ticks(self) -> list[tuple[float, str]]:
        """Round numbers below the chart, eight at most."""
        step = _rounded_up((self.high - self.low) / 7)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [(number * step, "") for number in range(first, last + 1)]

    def x(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - value / self.top * (_HEIGHT - _TOP - _BOTTOM)


def _curve(scale: _Scale, curve: Curve, style: str) -> str:
    pieces: list[list[str]] = [[]]
    for x, y in curve.points:
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{scale.x(x):.1f},{scale.y(y):.1f}")
    drawn = []
    for piece in pieces:
        if len(piece) == 1:
            # A point alone would be no line at all.
            x_at, y_at = piece[0].split(",")
            drawn.append(f'<circle cx="{x_at}" cy="{y_at}" r="2" fill="none" {style}/>')
        elif piece:
            drawn.append(
                f'<polyline points="{" ".join(piece)}" fill="none" {style} stroke-width="2"/>'
            )
    return "".join(drawn)


def _mark(scale: _Scale, x: float, word: str) -> str:
    at = scale.x(x)
    return (
        f'<line x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{_HEIGHT - _BOTTOM}" '
        'stroke="#5b6168" stroke-dasharray="3 3"/>'
        f'<text x="{at + 4:.1f}" y="{_TOP + 10}">{_safe(word)}</text>'
    )


def _cycle() -> Sequence[str]:
    return _STYLES * 4


def _rounded_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten, so that the grid has round numbers."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.9999))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"


def _safe(text: str) -> str:
    return html.escape(text, quote=True)
