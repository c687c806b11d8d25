"""What the lines of a PDF form: headings, items, tables and paragraphs, Markdown-shaped.

Geometry and punctuation only; knows no PDF library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.blocks import Blocks
from ingest.readers.columns import table_at
from ingest.readers.lines import Line, Usual, running_text, usual_in

_BULLET = re.compile(r"([•◦▪▫‣⁃●○■□❖➢➤✓·]|[\ue000-\uf8ff])\s*(?=\S)|(?P<dash>[-–—*])\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_LETTER = re.compile(r"\(?[a-z][.)]\s+(?=\S)")
_ROUND = re.compile(r"o\s+(?=\S)")
_SECTION = re.compile(r"(\d+(?:\.\d+)+)\.?\s+[^\W\d_]")
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_HYPHEN_JOIN = re.compile(r"(\w+)[\ufffe\x02\xad](\w+)")
_BROKEN = re.compile(r"([^\W\d_]+)[-‐\xad\x02\ufffe]$")
_HYPHENATED = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_LONGEST_HEADING = 200
_LONGEST_BOLD = 90
_TAIL = 80
# A line stands apart when it is this much further from the line above it than is usual.
_APART = 1.3
# A line ends of its own when the next word would have fitted with this many letter heights left.
_FORCED = 1.5


def shaped(pages: Sequence[Sequence[Line]]) -> str:
    """The text of all pages; empty where they have no lines."""
    lines = running_text(pages)
    if not lines:
        return ""
    writer = _Writer(lines)
    index = 0
    while index < len(lines):
        taken = 0
        if len(lines[index].columns) > 1:
            rows, taken = table_at(lines[index:], writer.usual.pitch)
        if taken:
            writer.table(rows, lines[index + taken - 1])
        else:
            writer.line(lines[index], lines[index + 1] if index + 1 < len(lines) else None)
        index += taken or 1
    return writer.finish()


class _Writer:
    """Gathers lines until the block that they form is complete."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.usual: Usual = usual_in(lines)
        self._blocks = Blocks()
        self._hyphenated = {
            word.casefold() for line in lines for word in _HYPHENATED.findall(line.text)
        }
        self._words = ""
        self._kind = "paragraph"
        self._level = 0
        self._number: int | None = None
        self._previous: Line | None = None
        self._markers: list[float] = []
        self._counts: list[int] = []

    def finish(self) -> str:
        self._flush()
        return self._blocks.text()

    def table(self, rows: list[list[str]], last: Line) -> None:
        self._flush()
        self._blocks.table(rows)
        self._previous, self._kind = last, "table"
        self._leave_list()

    def line(self, line: Line, following: Line | None) -> None:
        """Begin a block with the line, or go on with the one that is open."""
        text = _HYPHEN_JOIN.sub(self._join_match, line.text)
        apart = self._is_apart(line)
        level = self._heading_level(line, following, apart=apart)
        marker = None if level else self._marker(line, text, apart=apart)
        if level:
            self._heading(text, level, apart=apart)
        elif marker:
            self._flush()
            self._item(line, text, *marker)
        elif apart or self._kind in ("heading", "table"):
            self._flush()
            self._paragraph(line, text)
        else:
            self._go_on(line, text)
        self._previous = line

    def _heading(self, text: str, level: int, *, apart: bool) -> None:
        if self._kind == "heading" and self._level == level and not apart:
            self._words += " " + text
            return
        self._flush()
        self._kind, self._level, self._words = "heading", level, text
        self._leave_list()

    def _item(self, line: Line, text: str, number: int | None, start: int) -> None:
        near = self.usual.height * 0.4
        while self._markers and line.left < self._markers[-1] - near:
            self._markers.pop()
            self._counts.pop()
        if not self._markers or line.left > self._markers[-1] + near:
            self._markers.append(line.left)
            self._counts.append(0)
        if number is not None:
            self._counts[-1] = number
        self._kind, self._number, self._words = "item", number, text[start:]

    def _paragraph(self, line: Line, text: str) -> None:
        near = self.usual.height * 0.4
        while self._markers and line.left <= self._markers[-1] + near:
            self._markers.pop()
            self._counts.pop()
        self._kind, self._words = "paragraph", text

    def _go_on(self, line: Line, text: str) -> None:
        broken = _BROKEN.search(self._words, max(len(self._words) - _TAIL, 0))
        first = re.match(r"[^\W\d_]+", text)
        if broken and first:
            kept = self._words[: broken.start()]
            self._words = kept + self._joined(broken[1], first[0]) + text[first.end() :]
        else:
            forced = self._room_after(self._previous, line) > _FORCED * line.height
            forced = forced and not text[:1].islower()
            self._words += ("\n" if forced else " ") + text

    def _flush(self) -> None:
        words, self._words = self._words, ""
        if not words:
            return
        if self._kind == "heading":
            self._blocks.heading(self._level, words)
        elif self._kind == "item":
            self._blocks.item(words, len(self._markers) - 1, self._number)
        else:
            self._blocks.paragraph(words, len(self._markers))

    def _leave_list(self) -> None:
        self._markers, self._counts = [], []

    def _marker(self, line: Line, text: str, *, apart: bool) -> tuple[int | None, int] | None:
        """The number of an item and where its words start, if the line begins one."""
        begins = apart or self._kind != "paragraph" or bool(_ENDS.search(self._words[-_TAIL:]))
        if found := _NUMBER.match(text):
            number = int(found[1])
            follows = number - 1 in self._counts
            return (number, found.end()) if begins and (apart or follows or number == 1) else None
        if found := _BULLET.match(text):
            return (None, found.end()) if begins or not found["dash"] else None
        if _LETTER.match(text):
            return (None, 0) if begins else None
        deeper = self._markers and line.left > self._markers[0] + self.usual.height * 0.4
        if (found := _ROUND.match(text)) and deeper and self._kind == "item":
            return None, found.end()
        return None

    def _heading_level(self, line: Line, following: Line | None, *, apart: bool) -> int | None:
        text = line.text
        if len(text) > _LONGEST_HEADING or sum(map(str.isalpha, text)) < 2:
            return None
        if level := self.usual.size_level(line):
            return level
        if len(text) > _LONGEST_BOLD or not apart or _ENDS.search(text) or text.endswith(","):
            return None
        if _BULLET.match(text) or _NUMBER.match(text):
            return None
        lowest = len(self.usual.sizes) + 1
        if section := _SECTION.match(text):
            return max(lowest, section[1].count(".") + 1)
        return lowest if self.usual.is_bold(line) and not self._goes_on(line, following) else None

    def _goes_on(self, line: Line, following: Line | None) -> bool:
        """Whether a bold line is the first of a bold paragraph."""
        if following is None or len(following.cells) > 1 or not self.usual.is_bold(following):
            return False
        pitch = line.last_bottom - following.bottom
        return 0 < pitch <= _APART * self.usual.pitch * line.height

    def _is_apart(self, line: Line) -> bool:
        """Whether the line does not go on with what the line before it says."""
        before = self._previous
        if before is None:
            return True
        ended = bool(_ENDS.search(before.text[-_TAIL:]))
        pitch = before.last_bottom - line.bottom
        if before.page != line.page or pitch < -line.height:
            return ended or not line.text[:1].islower()
        if pitch > _APART * self.usual.pitch * max(before.height, line.height):
            return True
        if not 0.87 < line.height / before.height < 1.15:
            return True
        indented = line.left > before.left + 0.7 * line.height and self._kind == "paragraph"
        return ended and (indented or self._room_after(before, line) > _FORCED * line.height)

    def _room_after(self, before: Line | None, line: Line) -> float:
        """How much room the line before had left for the first word of this one, in points."""
        if before is None:
            return 0.0
        first = line.cells[0]
        width = (first.right - first.left) / max(len(first.text), 1)
        return before.edge - before.right - width * (len(first.text.split()[0]) + 1)

    def _join_match(self, match: re.Match[str]) -> str:
        return self._joined(match[1], match[2])

    def _joined(self, start: str, end: str) -> str:
        """A word that a line end parted, with its hyphen where it has one elsewhere."""
        hyphenated = f"{start}-{end}"
        keeps = hyphenated.casefold() in self._hyphenated or not end[:1].islower()
        return hyphenated if keeps else start + end
