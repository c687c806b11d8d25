"""Lines of a page as a PDF gives them, and what is usual in a document: sizes, pitch, margins.

Coordinates are points, upwards from the foot of the page.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_MARKER_ALONE = re.compile(r"\d{1,3}[.)]|[a-z][.)]|[^\w\s]|[\ue000-\uf8ff]|o")
_PAGE_NUMBER = re.compile(r"(page )?[-– ]*(#|[ivxlc]+)[-– ]*((of|/) *#)?", re.IGNORECASE)
_LEADER = re.compile(r"(?:\.\s?){6,}\s*\w{1,5}$")
# Two sizes closer than this are one, as the boxes of letters differ from font to font.
_SAME_SIZE = 1.12
_BOLDER = 150


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together on a line."""

    left: float
    right: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. `last_bottom` is below `bottom` where a hyphen joined two lines.

    `edge` is how far right the lines around it reach.
    """

    cells: tuple[Cell, ...]
    bottom: float
    last_bottom: float
    height: float
    weight: float
    page: int = 0
    edge: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return self.cells[-1].right

    @property
    def columns(self) -> tuple[Cell, ...]:
        """The cells, where a list marker and the words after its tab are one."""
        first, *rest = self.cells
        if rest and _MARKER_ALONE.fullmatch(first.text):
            merged = Cell(first.left, rest[0].right, f"{first.text} {rest[0].text}")
            return (merged, *rest[1:])
        return self.cells


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in one document. `pitch` is from line to line, in letter heights."""

    height: float
    weight: float
    pitch: float
    sizes: tuple[float, ...]

    def size_level(self, line: Line) -> int | None:
        """1 for the largest size above that of the body, and so on; None for the body's."""
        for level, size in enumerate(self.sizes, start=1):
            if line.height > size / _SAME_SIZE and line.height > self.height * _SAME_SIZE:
                return level
        return None

    def is_bold(self, line: Line) -> bool:
        return line.weight >= self.weight + _BOLDER


def usual_in(lines: Sequence[Line]) -> Usual:
    """Measure a document; `lines` is not empty."""
    by_height: Counter[float] = Counter()
    by_weight: Counter[float] = Counter()
    for line in lines:
        by_height[round(line.height * 2) / 2] += len(line.text)
        by_weight[line.weight] += len(line.text)
    height = by_height.most_common(1)[0][0]
    larger = sorted((size for size in by_height if size > height * _SAME_SIZE), reverse=True)
    sizes: list[float] = []
    for size in larger:
        if not sizes or size < sizes[-1] / _SAME_SIZE:
            sizes.append(size)
    weight = by_weight.most_common(1)[0][0]
    return Usual(height, weight, _pitch(lines), tuple(sizes))


def _pitch(lines: Sequence[Line]) -> float:
    """The lower third of the distances between neighbours of one size, in letter heights."""
    pitches = sorted(
        (above.last_bottom - below.bottom) / below.height
        for above, below in itertools.pairwise(lines)
        if above.page == below.page
        and 1 / _SAME_SIZE < above.height / below.height < _SAME_SIZE
        and 0 < above.last_bottom - below.bottom < 3 * below.height
    )
    return min(pitches[len(pitches) // 3], 1.6) if pitches else 1.1


def running_text(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines that are read: no contents lists, and of three or more pages no page numbers and
    no headers and footers that recur on most of them. Numbers in these count as equal.
    """
    margins = [_margins(page) if len(pages) >= 3 else {} for page in pages]
    seen = Counter(key for keys in margins for key in set(keys.values()))
    recurring = {key for key, count in seen.items() if count > len(pages) / 2}
    kept: list[Line] = []
    for page, keys in zip(pages, margins, strict=True):
        kept += [
            line for i, line in enumerate(page) if not _is_apparatus(line, keys.get(i), recurring)
        ]
    return [line for column in _columns(kept) for line in _edged(column)]


def _margins(page: Sequence[Line]) -> dict[int, tuple[str, int]]:
    """The two topmost and the two lowest lines: what they say and how high they stand."""
    order = sorted(range(len(page)), key=lambda index: page[index].bottom)
    outer = {*order[:2], *order[-2:]}
    return {i: (re.sub(r"\d+", "#", page[i].text), round(page[i].bottom / 4)) for i in outer}


def _is_apparatus(
    line: Line, margin: tuple[str, int] | None, recurring: set[tuple[str, int]]
) -> bool:
    if _LEADER.search(line.text[-200:]):
        return True
    return margin is not None and (margin in recurring or bool(_PAGE_NUMBER.fullmatch(margin[0])))


def _columns(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines that go down one page."""
    run: list[Line] = []
    for line in lines:
        if run and (line.page != run[-1].page or line.bottom > run[-1].bottom + line.height):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _edged(column: Sequence[Line]) -> Iterator[Line]:
    edge = max(line.right for line in column)
    return (replace(line, edge=edge) for line in column)
