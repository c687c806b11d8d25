"""Markdown-shaped text, written block by block, for the formats that are not text themselves.

Owns how headings, list items, tables, fences and paragraphs look in the text that is stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_INDENT = "   "
# Rows are filled up to this many cells; beyond, a few long rows could make a table of any size.
WIDEST = 200
# Characters that show nothing and could carry words past a reader: controls, soft hyphens,
# zero-width spaces, direction overrides and the tag characters; and what UTF-8 cannot write.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_NUMBERED = re.compile(r"(\d{1,4})[.)]\s+(?=\S)")
_RULE = re.compile(r"([-=*_])(\s*\1){2,}")
_LOOKS_LIKE_STRUCTURE = re.compile(r"#{1,6}(?=\s|$)|```|~~~")


def visible(text: str) -> str:
    """The text without characters that cannot be seen."""
    return _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """The visible text with every run of white space as one space."""
    return " ".join(visible(text).split())


class Blocks:
    """Blocks in the order in which they are added; `text()` is what is stored.

    An item or a block inside an item has a depth, counted from 0; each depth is indented by
    three spaces. An item is never more than one deeper than the item before it.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._deepest = -1
        self._was_item = False

    @property
    def inside(self) -> int:
        """The depth of a block that belongs to the last item; 0 outside a list."""
        return self._deepest + 1

    def heading(self, level: int, text: str) -> None:
        if words := one_line(text):
            self._add("#" * min(max(level, 1), 6) + " " + words)
            self._deepest = -1

    def paragraph(self, text: str, depth: int = 0) -> None:
        """A paragraph; line ends in it stay. At a depth above 0 it belongs to the item there."""
        if lines := _lines(text):
            depth = min(depth, self._deepest + 1)
            self._add(_indented([_escaped(line) for line in lines], depth))
            self._deepest = depth - 1

    def item(self, text: str, depth: int, number: int | None = None) -> None:
        """A list item. A bullet whose text brings its own number is written as that number."""
        lines = _lines(text)
        if not lines:
            return
        if number is None and (typed := _NUMBERED.match(lines[0])):
            number, lines[0] = int(typed[1]), lines[0][typed.end() :]
        depth = min(depth, self._deepest + 1)
        marker = "- " if number is None else f"{number}. "
        first = _INDENT * depth + marker + lines[0]
        rest = [_INDENT * (depth + 1) + line for line in lines[1:]]
        self._add("\n".join([first, *rest]), joins=self._was_item)
        self._deepest, self._was_item = depth, True

    def table(self, rows: Sequence[Sequence[str]], depth: int = 0) -> None:
        """A table whose first row is its head. Short rows are filled up with empty cells."""
        cells = [[one_line(cell).replace("|", r"\|") for cell in row] for row in rows]
        cells = [row for row in cells if any(row)]
        if not cells:
            return
        width = min(max(map(len, cells)), WIDEST)
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in cells]
        lines.insert(1, "|" + "---|" * width)
        depth = min(depth, self._deepest + 1)
        self._add(_indented(lines, depth))
        self._deepest = depth - 1

    def fence(self, code: str, depth: int = 0) -> None:
        """Code as it is, between fences that it does not contain itself."""
        lines = visible(code).expandtabs(4).strip("\n").splitlines()
        if not any(line.strip() for line in lines):
            return
        longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
        depth = min(depth, self._deepest + 1)
        marks = "`" * (longest + 1)
        self._add(_indented([marks, *(line.rstrip() for line in lines), marks], depth))
        self._deepest = depth - 1

    def end_list(self) -> None:
        """Have the next item begin a list of its own."""
        self._deepest, self._was_item = -1, False

    def flat(self) -> str:
        """Everything on one line, as the cell of a table holds it."""
        return one_line(self.text())

    def text(self) -> str:
        """The blocks with blank lines between them; items of one list follow line by line."""
        return "".join(self._parts) + "\n" if self._parts else ""

    def _add(self, block: str, *, joins: bool = False) -> None:
        if self._parts:
            self._parts.append("\n" if joins else "\n\n")
        self._parts.append(block)
        self._was_item = False


def _lines(text: str) -> list[str]:
    lines = (one_line(line) for line in text.split("\n"))
    return [line for line in lines if line and not _RULE.fullmatch(line)]


def _indented(lines: Sequence[str], depth: int) -> str:
    return "\n".join((_INDENT * depth + line).rstrip() for line in lines)


def _escaped(line: str) -> str:
    """A line of a paragraph that would otherwise begin a heading or a fence."""
    return "\\" + line if _LOOKS_LIKE_STRUCTURE.match(line) else line
