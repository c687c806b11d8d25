"""Tables on a page, found where several lines have cells that stand under one another."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.lines import Cell, Line

_WRAPS_WITHIN = 1.25
_ROWS_WITHIN = 3.5


class _Column:
    """Where the cells of a column have stood so far."""

    def __init__(self, cell: Cell) -> None:
        self.left, self.right = cell.left, cell.right

    def holds(self, cell: Cell) -> bool:
        return cell.left < self.right and cell.right > self.left

    def widen(self, cell: Cell) -> None:
        self.left, self.right = min(self.left, cell.left), max(self.right, cell.right)


def table_at(lines: Sequence[Line], pitch: float) -> tuple[list[list[str]], int]:
    """The table with which `lines` begin, and how many lines it takes; 0 for none.

    Two rows of three cells, or three rows of two, are a table. `pitch` is that of the body, in
    letter heights; a line closer than that with one cell continues the cell above it.
    """
    columns: list[_Column] = []
    rows: list[dict[int, str]] = []
    taken = 0
    for line in lines:
        cells = line.columns
        gap = (lines[taken - 1].last_bottom - line.bottom) / line.height if taken else 0.0
        if taken and (line.page != lines[0].page or not 0 < gap < _ROWS_WITHIN):
            break
        places = _places(cells, columns)
        if places is None:
            break
        if len(cells) > 1:
            rows.append({})
        elif not taken or places[0] in (0, len(columns)) or gap > _WRAPS_WITHIN * pitch:
            break
        _add(cells, places, columns, rows[-1])
        taken += 1
    if len(rows) < 2 or (len(rows) < 3 and len(columns) < 3):
        return [], 0
    order = sorted(range(len(columns)), key=lambda index: columns[index].left)
    return [[row.get(index, "") for index in order] for row in rows], taken


def _places(cells: Sequence[Cell], columns: Sequence[_Column]) -> list[int] | None:
    """The column of each cell, new ones after the last; None where a cell fits more than one."""
    places: list[int] = []
    new = len(columns)
    for cell in cells:
        fitting = [index for index, column in enumerate(columns) if column.holds(cell)]
        if len(fitting) > 1 or (fitting and fitting[0] in places):
            return None
        places.append(fitting[0] if fitting else new)
        new += not fitting
    return places


def _add(
    cells: Sequence[Cell], places: Sequence[int], columns: list[_Column], row: dict[int, str]
) -> None:
    for cell, place in zip(cells, places, strict=True):
        if place == len(columns):
            columns.append(_Column(cell))
        columns[place].widen(cell)
        row[place] = f"{row[place]} {cell.text}" if place in row else cell.text
