"""A grid of small cells over the municipalities: most questions are answered by one dict look-up.

It stands before the STRtree because a tree query costs more in Python's calls than in its search;
with it a point costs less than a bare tree query and a small disc needs no query at all.
"""

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

CELL = 0.04
"""Side of a cell in degrees: about 4.4 km by 3.6 km in the middle of Japan."""

# A cell is named by one integer, since integers make the fastest keys.
_ROW = 1 << 16


def cell_of(lon: float, lat: float) -> int:
    """The cell that holds a point."""
    return math.floor(lon / CELL) * _ROW + math.floor(lat / CELL)


def cells_of_box(west: float, south: float, east: float, north: float) -> list[int]:
    """The cells that a box touches."""
    rows = range(math.floor(south / CELL), math.floor(north / CELL) + 1)
    columns = range(math.floor(west / CELL), math.floor(east / CELL) + 1)
    return [column * _ROW + row for column in columns for row in rows]


def polygon_cells(
    polygons: NDArray[Any], tree: Any
) -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
    """For each cell the numbers of the polygons it touches, in order; and, for each cell that
    lies wholly inside one polygon and touches no other, that polygon's number.

    ``polygons`` are prepared, ``tree`` is an STRtree over them.
    """
    boxes = np.floor(shapely.bounds(shapely.get_parts(polygons)) / CELL).astype(np.int64)
    names = np.unique(
        np.concatenate(
            [
                np.add.outer(np.arange(x, xx + 1) * _ROW, np.arange(y, yy + 1)).ravel()
                for x, y, xx, yy in boxes.tolist()
            ]
        )
    )
    x, y = names // _ROW, names % _ROW
    squares = shapely.box(x * CELL, y * CELL, (x + 1) * CELL, (y + 1) * CELL)
    square, number = tree.query(squares)
    touching = shapely.intersects(polygons[number], squares[square])
    square, number = square[touching], number[touching]
    inside = shapely.contains_properly(polygons[number], squares[square])

    cells: dict[int, tuple[int, ...]] = {}
    for name, n in zip(names[square].tolist(), number.tolist(), strict=True):
        cells[name] = (*cells.get(name, ()), n)
    whole = {
        name: n
        for name, n in zip(names[square[inside]].tolist(), number[inside].tolist(), strict=True)
        if len(cells[name]) == 1
    }
    return {name: tuple(sorted(numbers)) for name, numbers in cells.items()}, whole
