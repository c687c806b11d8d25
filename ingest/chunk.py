"""Cuts a document into chunks by heading and sentence, with exact offsets into its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from copilot.sentence import Span
from copilot.structure import Block, Kind, blocks, plain, sentences
from copilot.types import Chunk, Document
from ingest.readers import frontmatter

# Chosen on the WixQA and TechQA samples, where 110 and 230 were no better
# (docs/decisions/0003-retrieval.md). Tokens are estimated, so that cutting needs no model.
TARGET_TOKENS = 170
HARD_TOKENS = 215
# A heading opens a new chunk only when the one before it has this much, so that short
# sections stay together.
SECTION_TOKENS = 60

# Chinese and Japanese characters and Korean syllables are a token each.
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+|[^\w\s]")


def tokens(text: str) -> int:
    """About how many WordPiece tokens a text has: long words count for more than one."""
    return sum(1 + (len(word) - 1) // 7 for word in _WORD.findall(text))


def cut(document: Document) -> list[Chunk]:
    """The chunks of a document, in order; together they hold every visible character of its body.

    A chunk never crosses HARD_TOKENS, except that no word is ever cut.
    """
    start = 0
    if document.media_type in ("text/markdown", "text/plain"):
        start = frontmatter.body_start(document.text)
    return list(_Cutter(document.text).cut(start))


@dataclass(slots=True)
class _Piece:
    """What cannot be cut further: a sentence, or a block without sentences."""

    start: int
    end: int
    sentence: Span | None
    block: Block
    first: bool


@dataclass(slots=True)
class _Cutter:
    text: str
    headings: list[tuple[int, str]] = field(default_factory=list)
    pieces: list[_Piece] = field(default_factory=list)
    size: int = 0
    ordinal: int = 0
    path: str = ""

    def cut(self, start: int) -> Iterator[Chunk]:
        for block in blocks(self.text, start):
            if block.kind is Kind.HEADING:
                if self._body_size() >= SECTION_TOKENS:
                    yield from self._close()
                self._enter(block)
            for piece in self._pieces(block):
                size = tokens(self.text[piece.start : piece.end])
                full = self.size + size > (TARGET_TOKENS if piece.first else HARD_TOKENS)
                if self.pieces and full and not self._only_headings():
                    yield from self._close()
                if self._only_headings():
                    self.path = " › ".join(title for _, title in self.headings)
                self.pieces.append(piece)
                self.size += size
        yield from self._close(last=True)

    def _enter(self, block: Block) -> None:
        self.headings = [entry for entry in self.headings if entry[0] < block.level]
        self.headings.append((block.level, plain(self.text[slice(*block.content)])))

    def _only_headings(self) -> bool:
        return all(piece.block.kind is Kind.HEADING for piece in self.pieces)

    def _body_size(self) -> int:
        return 0 if self._only_headings() else self.size

    def _pieces(self, block: Block) -> Iterator[_Piece]:
        spans = sentences(self.text, block)
        if not spans:
            yield _Piece(block.start, block.end, None, block, True)
            return
        position = block.start
        for number, span in enumerate(spans):
            last = number == len(spans) - 1
            end = block.end if last else spans[number + 1][0]
            for part, (left, right) in enumerate(self._parts(span)):
                stop = end if right == span[1] else right
                yield _Piece(position, stop, (left, right), block, number == 0 and part == 0)
                position = stop

    def _parts(self, span: Span) -> Iterator[Span]:
        """A sentence too long for any window, in parts between words."""
        begin, end = span
        if tokens(self.text[begin:end]) <= HARD_TOKENS:
            yield span
            return
        left, size = begin, 0
        for word in re.finditer(r"\S+\s*", self.text[begin:end]):
            weight = tokens(word.group())
            if size and size + weight > TARGET_TOKENS:
                right = begin + word.start()
                yield left, left + len(self.text[left:right].rstrip())
                left, size = right, 0
            size += weight
        yield left, end

    def _close(self, *, last: bool = False) -> Iterator[Chunk]:
        """Gives the chunk that is open; headings at its end belong to the next one."""
        pieces, self.pieces = self.pieces, []
        while not last and pieces and pieces[-1].block.kind is Kind.HEADING:
            self.pieces.insert(0, pieces.pop())
        self.size = sum(tokens(self.text[piece.start : piece.end]) for piece in self.pieces)
        if not pieces:
            return
        start, end = pieces[0].start, pieces[-1].end
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start == end:
            return
        yield Chunk(
            ordinal=self.ordinal,
            heading=self.path,
            start=start,
            end=end,
            text=self.text[start:end],
            sentences=tuple(piece.sentence for piece in pieces if piece.sentence is not None),
        )
        self.ordinal += 1
