"""A sentence as it is meant where it stands: with the question or label that introduces it, a row
of a table with its header, and the amounts that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copilot.answer.amounts import quantities, unit_in
from copilot.answer.extract import Scored
from copilot.structure import plain

_INTRODUCES = re.compile(r"[?:][\"”’*)]*\Z")
_CELLS = " | "


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, its text with what introduces it, and its amounts as `quantities` has them."""

    scored: Scored
    text: str
    amounts: dict[str, set[float]]


def statements(sentences: Sequence[Scored]) -> Iterator[Statement]:
    """The statements of sentences in reading order; the header of a table makes none."""
    before = ""
    header: list[str] = []
    for one in sentences:
        text = plain(one.text)
        if _CELLS in text:
            cells = text.split(_CELLS)
            if header:
                row = _row(header, cells)
                yield Statement(one, row, quantities(row))
            else:
                header = cells
            before = ""
            continue
        header = []
        told = f"{before} {text}" if _INTRODUCES.search(before) else text
        yield Statement(one, told, quantities(told))
        before = text


def _row(header: Sequence[str], cells: Sequence[str]) -> str:
    """A row as words: "Loan period: 12 weeks"; a bare number gets the unit of its label."""
    parts = []
    for label, cell in zip(header, cells, strict=False):
        unit = unit_in(label) or unit_in(cells[0])
        counted = unit is not None and cell.strip().isdigit()
        parts.append(f"{label}: {cell} {unit}" if counted else f"{label}: {cell}")
    return ", ".join(parts)
