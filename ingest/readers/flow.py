"""From a tree of HTML elements to blocks: what is hidden is left out, what has structure keeps it.

Owns which elements are blocks, lists, tables and code; finding the right part of a page is the
HTML reader's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.readers.blocks import WIDEST, Blocks, one_line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_SKIPPED = re.compile(
    r"script|style|template|noscript|nav|footer|head|title|svg|math|iframe|object|embed|canvas"
    r"|audio|video|select|datalist|input|del|s|strike"
)
_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|caption|center|d[dlt]|details|dialog|div|fieldset"
    r"|fig(caption|ure)|form|h[1-6r]|header|hgroup|html|legend|li|main|menu|ol|p|pre|section"
    r"|summary|table|tbody|t[dhr]|tfoot|thead|ul"
)
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu"))
_SKIPPED_ROLES = frozenset(("navigation", "contentinfo"))
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)"
    r"|(font-size|opacity|font)\s*:\s*\+?(0+(\.0*)?|\.0+)(?![\d.])",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")


def is_hidden(node: LexborNode) -> bool:
    """Whether the element shows nothing, by its tag, its attributes or its inline style."""
    if _SKIPPED.fullmatch(node.tag or ""):
        return True
    given = node.attributes
    if not given:
        return False
    return (
        "hidden" in given
        or (given.get("aria-hidden") or "").strip().lower() == "true"
        or (given.get("role") or "").strip().lower() in _SKIPPED_ROLES
        or bool(_UNSEEN.search(_COMMENT.sub("", given.get("style") or "")))
    )


def blocks_of(root: LexborNode) -> Blocks:
    """The visible blocks below an element, in the order of the page."""
    flow = _Flow()
    stack = [(root, root.iter(include_text=True))]
    while stack:
        node, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            flow.leave(node)
        elif child.is_text_node:
            flow.words.append(_SPACE.sub(" ", child.text_content or ""))
        elif child.is_element_node and not is_hidden(child) and flow.enter(child):
            stack.append((child, child.iter(include_text=True)))
    flow.flush()
    return flow.blocks


class _Flow:
    """Where a walk over the tree stands: the words so far, the lists around them, the marker."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self.words: list[str] = []
        self._lists: list[Iterator[int] | None] = []
        self._item_waits = False
        self._number: int | None = None
        self._level = 0

    def enter(self, node: LexborNode) -> bool:
        """Open an element; False when it was written whole."""
        tag = node.tag or ""
        if tag == "br":
            self.words.append("\n")
            return False
        if _BLOCK.fullmatch(tag):
            self.flush()
        if tag == "pre":
            self.blocks.fence(_code(node), len(self._lists))
            return False
        if tag == "table" and not _is_layout(node):
            self._table(node)
            return False
        if tag in _LISTS:
            self._open_list(node)
        elif tag == "li":
            self._open_item(node)
        elif tag in _LEVELS:
            self._level = _LEVELS[tag]
        return True

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if _BLOCK.fullmatch(tag):
            self.flush()
        if tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._item_waits = False
        elif tag in _LEVELS:
            self._level = 0

    def flush(self) -> None:
        """Write the words so far as what they are. Empty lines part paragraphs."""
        text, self.words = "".join(self.words), []
        for part in re.split(r"\n[ ]*(?:\n[ ]*)+", text):
            if part.strip():
                self._write(part)

    def _write(self, text: str) -> None:
        depth = len(self._lists)
        if self._item_waits and (self._number is not None or not self._level):
            self.blocks.item(text, max(depth - 1, 0), self._number)
            self._item_waits = False
        elif self._level:
            self.blocks.heading(self._level, one_line(text).rstrip("¶#"))
            self._item_waits = False
        else:
            self.blocks.paragraph(text, depth)

    def _open_list(self, node: LexborNode) -> None:
        if not self._lists:
            self.blocks.end_list()
        self._lists.append(_numbers(node) if node.tag == "ol" else None)

    def _open_item(self, node: LexborNode) -> None:
        numbers = self._lists[-1] if self._lists else None
        self._item_waits = True
        self._number = next(numbers) if numbers else None
        value = _integer(node, "value")
        if numbers and value is not None:
            self._number, self._lists[-1] = value, _count(value + 1, 1)

    def _table(self, node: LexborNode) -> None:
        for caption in node.iter():
            if caption.tag == "caption" and not is_hidden(caption):
                self.blocks.paragraph(blocks_of(caption).flat(), len(self._lists))
        self.blocks.table(_rows(node), len(self._lists))


def _count(start: int, step: int) -> Iterator[int]:
    while True:
        yield start
        start += step


def _numbers(node: LexborNode) -> Iterator[int]:
    """The numbers of an ordered list, from its `start`, downwards where it is reversed."""
    start = _integer(node, "start")
    if "reversed" in node.attributes:
        items = sum(child.tag == "li" for child in node.iter())
        return _count(items if start is None else start, -1)
    return _count(1 if start is None else start, 1)


def _integer(node: LexborNode, name: str) -> int | None:
    value = (node.attributes.get(name) or "").strip()
    return int(value) if re.fullmatch(r"-?\d{1,6}", value, re.ASCII) else None


def _is_layout(table: LexborNode) -> bool:
    """Whether a table only places things: it holds tables or headings, or has one column."""
    if (table.attributes.get("role") or "").lower() in ("presentation", "none"):
        return True
    inner = table.css(",".join(("table", *_LEVELS)))
    if any(node.mem_id != table.mem_id for node in inner):
        return True
    return max((len(_cells(row)) for row in table.css("tr")), default=0) <= 1


def _cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in ("td", "th") and not is_hidden(cell)]


def _rows(table: LexborNode) -> list[list[str]]:
    """The cells' texts. A cell over rows is repeated in each, one over columns leaves gaps."""
    rows: list[list[str]] = []
    spans: dict[int, tuple[int, str]] = {}
    for tr in table.css("tr"):
        if is_hidden(tr) or (tr.parent is not None and is_hidden(tr.parent)):
            continue
        row: list[str] = []
        for cell in _cells(tr):
            _fill_spanned(row, spans)
            text = blocks_of(cell).flat()
            across = min(max(_integer(cell, "colspan") or 1, 1), WIDEST)
            if (down := _integer(cell, "rowspan") or 1) > 1:
                spans.update({len(row) + i: (down - 1, "" if i else text) for i in range(across)})
            row += [text] + [""] * (across - 1)
        _fill_spanned(row, spans)
        rows.append(row)
    return rows


def _fill_spanned(row: list[str], spans: dict[int, tuple[int, str]]) -> None:
    while len(row) in spans and len(row) < WIDEST:
        left, text = spans.pop(len(row))
        if left > 1:
            spans[len(row)] = (left - 1, text)
        row.append(text)


def _code(pre: LexborNode) -> str:
    """The visible text of preformatted code with its own line ends."""
    parts: list[str] = []
    stack = [pre.iter(include_text=True)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif node.is_text_node:
            parts.append(node.text_content or "")
        elif node.tag == "br":
            parts.append("\n")
        elif node.is_element_node and not is_hidden(node):
            stack.append(node.iter(include_text=True))
    return "".join(parts)
