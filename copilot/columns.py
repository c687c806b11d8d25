"""Texts side by side in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_GAP = 2


def columns(texts: Sequence[str], widths: Sequence[int]) -> str:
    """Each text in a column of its own, wrapped to its width in characters."""
    wrapped = [
        [line for part in text.split("\n") for line in textwrap.wrap(part, width) or [""]]
        for text, width in zip(texts, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    rows = zip(*(one + [""] * (height - len(one)) for one in wrapped), strict=True)
    lines = (
        (" " * _GAP).join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def equal_widths(label: int, count: int, total: int) -> list[int]:
    """A column for labels, and `count` that share the rest of `total` characters."""
    each = max(12, (total - label - count * _GAP) // count)
    return [label, *[each] * count]
