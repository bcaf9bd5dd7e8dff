"""The sequence diagram of one purpose run, drawn as SVG from its evidence.

Colours and fonts come from the style sheet of the page (`report.css`); every colour has a letter
or a word beside it. Times are seconds from the start of the purpose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from net119_conformance.catalogue import Text
from net119_conformance.report.clean import fit, visible, width

Line = Mapping[str, Any]
"""One line of an evidence log."""

MOST_MESSAGES = 60
"""More messages than these are folded."""
FIRST, LAST, AROUND = 24, 12, 3
"""Of a folded log: drawn from the start, from the end, and around what a failed check points at."""

_TIME = 86
_CHAR = 6.9
_MARGIN = 12
_HEAD = 44
_ROW = {"message": 34, "check": 22, "note": 22, "gap": 26}


@dataclass(frozen=True)
class _Row:
    kind: str
    line: Line = field(default_factory=dict)
    offending: bool = False


def sequence_diagram(lines: Sequence[Line], title: str) -> Markup:
    """The diagram as an `<svg>` element; empty if there is no message to draw."""
    messages = [line for line in lines if line.get("kind") == "message"]
    if not messages:
        return Markup("")
    offending = {
        line["offending"]
        for line in lines
        if line.get("kind") == "check" and not line["passed"] and line["offending"] is not None
    }
    rows = _fold(lines, _drawn(lines, offending), offending)
    shown = [row.line for row in rows if row.kind == "message"]
    actors = _actors(messages)
    columns = _columns(actors, shown)
    return _Canvas(actors, columns, rows).draw(title)


def _drawn(lines: Sequence[Line], offending: set[int]) -> set[int]:
    """Numbers of the messages that are drawn."""
    numbers = [line["n"] for line in lines if line.get("kind") == "message"]
    if len(numbers) <= MOST_MESSAGES:
        return set(numbers)
    focus = set(offending)
    for line in lines:
        if line.get("kind") == "check" and not line["passed"]:
            focus.add(max(line["after_event"] - 1, 0))
    near = {n for one in focus for n in range(one - AROUND, one + AROUND + 1)}
    return set(numbers[:FIRST]) | set(numbers[-LAST:]) | (near & set(numbers))


def _fold(lines: Sequence[Line], drawn: set[int], offending: set[int]) -> list[_Row]:
    rows: list[_Row] = []
    hidden = 0
    for line in lines:
        kind = str(line.get("kind"))
        if kind == "message" and line["n"] not in drawn:
            hidden += 1
            continue
        if kind == "cut":
            hidden += int(line["messages"])
            continue
        if hidden and kind == "check" and line["passed"]:
            continue  # it is in the list of checks; here it would tear the fold apart
        if hidden:
            rows.append(_Row("gap", {"messages": hidden}))
            hidden = 0
        if kind in _ROW:
            rows.append(_Row(kind, line, kind == "message" and line["n"] in offending))
    if hidden:
        rows.append(_Row("gap", {"messages": hidden}))
    return rows


def _actors(messages: Sequence[Line]) -> list[str]:
    """Actors from left to right: handsets, providers, consoles, the rest."""
    seen: dict[str, set[str]] = {}
    for line in messages:
        for actor in (line["source"], line["target"]):
            seen.setdefault(actor, set()).add(line["interface"])

    def place(actor: str) -> int:
        interfaces = seen[actor]
        if "B" in interfaces or len(interfaces) > 1:
            return 1
        return {"A": 0, "C": 2}.get(next(iter(interfaces)), 3)

    # The sort is stable: within a group the order of first appearance stays.
    return sorted(seen, key=place)


def _columns(actors: Sequence[str], messages: Sequence[Line]) -> dict[str, float]:
    """The x of every actor; a gap is as wide as the labels between neighbours need, in bounds."""
    # Four actors with long labels still fit a page without scrolling.
    widest = 330.0 if len(actors) <= 3 else 250.0
    gaps = [max(150.0, (width(a) + width(b)) * _CHAR / 2 + 36) for a, b in pairwise(actors)]
    order = {actor: place for place, actor in enumerate(actors)}
    for line in messages:
        left, right = sorted((order[line["source"]], order[line["target"]]))
        if right - left == 1:
            needed = width(line["label"]) * _CHAR + 40
            gaps[left] = min(max(gaps[left], needed), widest)
    x = _TIME + max(60.0, min(width(actors[0]), 24) * _CHAR / 2 + 14)
    columns = {actors[0]: x}
    for actor, gap in zip(actors[1:], gaps, strict=True):
        x += min(gap, widest)
        columns[actor] = x
    return columns


class _Canvas:
    """Collects the elements of one diagram from top to bottom."""

    def __init__(
        self, actors: Sequence[str], columns: Mapping[str, float], rows: Sequence[_Row]
    ) -> None:
        self._actors = actors
        self._columns = columns
        self._rows = rows
        # To the right of the last actor there is room for its box and for a message to itself.
        self._width = max(columns.values()) + max(
            130.0, min(width(actors[-1]), 24) * _CHAR / 2 + 20
        )
        self._parts: list[Markup] = []

    def draw(self, title: str) -> Markup:
        """All of it, under a title that is read aloud."""
        y: float = _HEAD
        for row in self._rows:
            height = _ROW[row.kind]
            getattr(self, f"_{row.kind}")(row, y, y + height - 10)
            y += height
        bottom = y + 14
        lifelines = [
            _filled(
                '<line class="life" x1="{x}" y1="{top}" x2="{x}" y2="{end}"/>',
                x=_n(x),
                top=_HEAD - 8,
                end=_n(bottom - 6),
            )
            for x in self._columns.values()
        ]
        heads = [self._head(actor) for actor in self._actors]
        parts = [*lifelines, *heads, *self._parts]
        return _filled(
            '<svg class="sequence" role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
            'xmlns="http://www.w3.org/2000/svg"><title>{title}</title>{body}</svg>',
            w=_n(self._width),
            h=_n(bottom),
            title=visible(title),
            body=Markup("").join(parts),
        )

    def _head(self, actor: str) -> Markup:
        name = fit(visible(actor), 24)
        half = max(34.0, width(name) * _CHAR / 2 + 10)
        x = self._columns[actor]
        return _filled(
            '<g class="actor"><title>{full}</title><rect x="{left}" y="8" width="{w}" height="26" '
            'rx="4"/><text x="{x}" y="26" text-anchor="middle">{name}</text></g>',
            full=visible(actor),
            left=_n(x - half),
            w=_n(2 * half),
            x=_n(x),
            name=name,
        )

    def _message(self, row: _Row, top: float, y: float) -> None:
        line = row.line
        start, end = self._columns[line["source"]], self._columns[line["target"]]
        letter = str(line["interface"])
        css = f"message if-{letter if letter in 'ABCM' else 'other'}"
        if row.offending:
            css += " offending"
            self._parts.append(
                _filled(
                    '<rect class="band" x="0" y="{y}" width="{w}" height="{h}"/>',
                    y=_n(top),
                    w=_n(self._width),
                    h=_ROW["message"],
                )
            )
        to_self = start == end
        span = 120.0 if to_self else abs(end - start)
        label = fit(visible(line["label"]), int((span - 24) / _CHAR))
        mark = "✗ " if row.offending else ""
        full = f"#{line['n']} {line['source']} → {line['target']}: {line['label']}"
        self._parts.append(
            _filled(
                '<g class="{css}"><title>{full}</title>'
                '<text class="time" x="{m}" y="{ty}">{time}</text>'
                '<text class="side" x="{sx}" y="{ty}" text-anchor="end">{letter}</text>'
                '<text class="label" x="{lx}" y="{ly}" text-anchor="{anchor}">{mark}{label}</text>'
                "{arrow}</g>",
                css=css,
                full=visible(full),
                m=_MARGIN,
                ty=_n(y + 4),
                time=_seconds(line),
                sx=_TIME - 4,
                letter=letter if len(letter) == 1 else "·",
                lx=_n(start + 10 if to_self else (start + end) / 2),
                ly=_n(y - 6),
                anchor="start" if to_self else "middle",
                mark=mark,
                label=label,
                arrow=_loop(start, y) if to_self else _arrow(start, end, y),
            )
        )

    def _check(self, row: _Row, top: float, y: float) -> None:
        passed = bool(row.line["passed"])
        css = "check-passed" if passed else "check-failed"
        mark = "✓" if passed else "✗"
        name, name_ja = row.line["name"], row.line.get("name_ja") or row.line["name"]
        self._strip(css, Text(en=f"{mark} {name}", ja=f"{mark} {name_ja}"), row.line, top)

    def _note(self, row: _Row, top: float, y: float) -> None:
        text = str(row.line.get("text", "")).split("\n", 1)[0]
        self._strip("note", Text(en=text, ja=text), row.line, top)

    def _gap(self, row: _Row, top: float, y: float) -> None:
        count = row.line["messages"]
        text = Text(en=f"⋮ {count} messages not drawn", ja=f"⋮ 電文 {count} 件を省略")
        self._strip("gap", text, row.line, top)

    def _strip(self, css: str, text: Text, line: Line, top: float) -> None:
        columns = int((self._width - _TIME - 24) / _CHAR)
        self._parts.append(
            _filled(
                '<g class="strip {css}"><title>{full}</title>'
                '<rect x="{x}" y="{y}" width="{w}" height="18" rx="3"/>'
                '<text class="time" x="{m}" y="{ty}">{time}</text>'
                '<text class="en" x="{tx}" y="{ty}">{en}</text>'
                '<text class="ja" x="{tx}" y="{ty}">{ja}</text></g>',
                css=css,
                full=visible(text.en if text.en == text.ja else f"{text.en} / {text.ja}"),
                x=_TIME,
                y=_n(top + 2),
                w=_n(self._width - _TIME - _MARGIN),
                m=_MARGIN,
                ty=_n(top + 15),
                time=_seconds(line) if "offset_s" in line else "",
                tx=_TIME + 8,
                en=fit(visible(text.en), columns),
                ja=fit(visible(text.ja), columns),
            )
        )


def _filled(template: str, **values: object) -> Markup:
    """As `Markup.format`, which is written in Python and takes ten times as long."""
    return Markup(template.format(**{name: escape(value) for name, value in values.items()}))  # noqa: S704  # all values are escaped


def _arrow(start: float, end: float, y: float) -> Markup:
    tip = end - 2 if end > start else end + 2
    back = tip - 9 if end > start else tip + 9
    return _filled(
        '<line x1="{a}" y1="{y}" x2="{b}" y2="{y}"/><path d="M{tip} {y}L{b} {up}L{b} {down}Z"/>',
        a=_n(start),
        b=_n(back),
        y=_n(y),
        tip=_n(tip),
        up=_n(y - 4.5),
        down=_n(y + 4.5),
    )


def _loop(x: float, y: float) -> Markup:
    return _filled(
        '<polyline points="{x},{a} {r},{a} {r},{b} {e},{b}"/><path d="M{t} {b}L{e} {u}L{e} {d}Z"/>',
        x=_n(x), r=_n(x + 26), a=_n(y - 3), b=_n(y + 5), e=_n(x + 11), t=_n(x + 2),
        u=_n(y + 0.5), d=_n(y + 9.5),
    )  # fmt: skip


def _seconds(line: Line) -> str:
    return f"+{float(line.get('offset_s', 0)):.3f}"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
