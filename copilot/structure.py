"""Finds blocks and sentences in Markdown-shaped or plain text, with exact offsets.

It knows just enough Markdown to tell headings, list items, table rows, fences and paragraphs
apart; anything else is a paragraph. It changes no character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from copilot.sentence import Span, lines, split, trim


class Kind(StrEnum):
    HEADING = "heading"
    ITEM = "item"
    ROW = "row"
    CODE = "code"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text: `start` to `end` with its marker, `content` without it.

    `level` is a heading's depth (1 to 6) or an item's indentation in columns.
    """

    kind: Kind
    start: int
    end: int
    content: Span
    level: int = 0


_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(?=\S)")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9 ,&/()'’-]{2,58}[A-Z0-9)]:?")
_ITEM = re.compile(
    r"([ \t]*)(?:[-*+•‣◦▪●○·–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)"
)
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*")
_RULER = re.compile(r"[ \t:|-]+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r" {0,3}(?:={3,}|-{3,})[ \t]*")
_TITLE = 100


def blocks(text: str, start: int = 0) -> Iterator[Block]:
    """The blocks of `text[start:]` in order; together they hold every visible character."""
    scanner = _Scanner(text)
    for begin, end in lines(text, start, len(text)):
        yield from scanner.line(begin, end)
    yield from scanner.flush()


def sentences(text: str, block: Block) -> list[Span]:
    """The sentences of a block; empty for a heading, one a line for code, one for a row."""
    begin, end = block.content
    if block.kind is Kind.HEADING or begin == end:
        return []
    if block.kind is Kind.ROW:
        return [(begin, end)]
    if block.kind is Kind.CODE:
        spans = (trim(text, *line) for line in lines(text, begin, end))
        return [span for span in spans if span[0] < span[1]]
    return split(text, begin, end)


_ORDINAL = re.compile(r"[ \t]*\(?(\d{1,3})[.)]")
# Fewer numbered items than this are no procedure.
_LEAST_ITEMS = 3


def numbered_lists(text: str) -> list[Span]:
    """The lists that count 1, 2, 3 …, each from its first item to the end of its last one.

    What is indented below an item belongs to it; a heading ends a list.
    """
    found: list[Span] = []
    start = end = count = level = 0
    for block in blocks(text):
        match = _ORDINAL.match(text, block.start) if block.kind is Kind.ITEM else None
        number = int(match.group(1)) if match else None
        if count and number == count + 1 and block.level <= level:
            count, end = count + 1, block.end
        elif count and block.kind is not Kind.HEADING and block.level > level:
            end = block.end
        elif number == 1 or block.kind is Kind.HEADING:
            if count >= _LEAST_ITEMS:
                found.append((start, end))
            start, end, count, level = block.start, block.end, number or 0, block.level
    if count >= _LEAST_ITEMS:
        found.append((start, end))
    return found


class _Scanner:
    """Collects lines into blocks; one pass, no look-ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: Block | None = None
        self.fence = ""
        self.after_blank = True

    def flush(self) -> Iterator[Block]:
        if self.open is not None:
            yield self.open
        self.open = None

    def line(self, begin: int, end: int) -> Iterator[Block]:
        line = self.text[begin:end]
        if not line.strip():
            if not self.fence:
                yield from self.flush()
            self.after_blank = True
            return
        if self.fence or _FENCE.match(line):
            yield from self._code(begin, end, line)
        elif self.open is not None and self._underlines(line):
            level = 1 if "=" in line else 2
            self.open = Block(Kind.HEADING, self.open.start, end, self.open.content, level)
            yield from self.flush()
        elif (made := self._marked(begin, end, line)) is not None:
            yield from self.flush()
            if made.kind in (Kind.HEADING, Kind.ROW):
                yield made
            else:
                self.open = made
        elif self.open is not None:
            self._extend(begin, end)
        else:
            self.open = Block(Kind.PARAGRAPH, begin, end, trim(self.text, begin, end))
        self.after_blank = False

    def _underlines(self, line: str) -> bool:
        """Whether the line makes the one-line paragraph above it a heading."""
        if self.open is None or self.open.kind is not Kind.PARAGRAPH:
            return False
        above = self.text[slice(*self.open.content)]
        titled = len(above) <= _TITLE and "\n" not in above and not above.endswith((".", ":"))
        return titled and _UNDERLINE.fullmatch(line.rstrip("\r\n")) is not None

    def _code(self, begin: int, end: int, line: str) -> Iterator[Block]:
        marker = _FENCE.match(line)
        if not self.fence:
            yield from self.flush()
            self.fence = marker.group(1) if marker else ""
            self.open = Block(Kind.CODE, begin, end, (end, end))
            return
        closing = marker is not None and line.strip().strip(self.fence[0]) == ""
        closing = closing and len(line.strip()) >= len(self.fence)
        if self.open is None:
            self.open = Block(Kind.CODE, begin, end, (begin, begin))
        first = self.open.content[0]
        content = (first, self.open.content[1] if closing else end)
        self.open = Block(Kind.CODE, self.open.start, end, content)
        if closing:
            self.fence = ""
            yield from self.flush()

    def _marked(self, begin: int, end: int, line: str) -> Block | None:
        if match := _HEADING.match(line):
            content = trim(self.text, begin + match.end(), end)
            return Block(Kind.HEADING, begin, end, content, len(match.group(1)))
        bare = line.strip()
        if self.after_blank and _CAPITALS.fullmatch(bare):
            return Block(Kind.HEADING, begin, end, trim(self.text, begin, end), 2)
        if match := _ITEM.match(line):
            content = trim(self.text, begin + match.end(), end)
            indent = len(match.group(1).expandtabs(4))
            return Block(Kind.ITEM, begin, end, content, indent)
        if _ROW.fullmatch(line.rstrip("\r\n")):
            if _RULER.fullmatch(line.rstrip("\r\n")) and "--" in line:
                return Block(Kind.ROW, begin, end, (begin, begin))
            left, right = trim(self.text, begin, end)
            return Block(Kind.ROW, begin, end, trim(self.text, left + 1, right - 1))
        return None

    def _extend(self, begin: int, end: int) -> None:
        assert self.open is not None  # noqa: S101 - line() checks; tells mypy
        content = (self.open.content[0], trim(self.text, begin, end)[1])
        self.open = Block(self.open.kind, self.open.start, end, content, self.open.level)


_STRONG = re.compile(r"\*\*|__|`+")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_\n]*[^*_\s])\1(?![\w*_])")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((?:[^()\s]|\([^()\s]*\))*\)")


def plain(quote: str) -> str:
    """A quote as a person would read it: no emphasis marks, links as their text, one line."""
    bare = _EMPHASIS.sub(r"\2", _STRONG.sub("", _LINK.sub(r"\1", quote)))
    return " ".join(bare.split())
