"""From the XML of a Word document's body to blocks.

Owns how paragraphs, lists, tables and text boxes are read; opening the file is the DOCX reader's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.readers.blocks import Blocks
from ingest.readers.numbering import Numbering, W, value_of, whole

_TRANSPARENT = {W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml")}
_UNREAD = {
    W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "rt")
}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_CHARACTERS = {W + "tab": " ", W + "cr": "\n", W + "noBreakHyphen": "-", W + "ptab": " "}
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list (bullet|number|continue)(?: ([2-9]))?", re.IGNORECASE)
_OFF = {"0", "false", "off"}


class Body:
    """Writes the body of one document; lists count on through all of it."""

    def __init__(self, body: Any, styles: Any, numbering: Any | None) -> None:
        self._body = body
        self._styles = {style.get(W + "styleId"): style for style in styles.iter(W + "style")}
        self._numbering = Numbering(numbering)
        self._last_list: str | None = None

    def text(self) -> str:
        """The body as Markdown-shaped text; empty where it has no words."""
        blocks = Blocks()
        self._write(self._body, blocks)
        return blocks.text()

    def _write(self, parent: Any, blocks: Blocks) -> None:
        for node in _children(parent):
            if node.tag == W + "p":
                self._paragraph(node, blocks)
            elif node.tag == W + "tbl":
                self._table(node, blocks)

    def _paragraph(self, node: Any, blocks: Blocks) -> None:
        styles = list(self._chain(value_of(node, "pPr/pStyle")))
        names = [value_of(style, "name") or "" for style in styles]
        if names and names[0].lower().startswith("toc"):
            return
        boxes: list[Any] = []
        words = _words(node, boxes)
        listed = _list_of(node, styles, names)
        if level := _heading_level(node, styles, names):
            if listed:  # a numbered heading has the lists below it begin anew
                self._numbering.next_number(*listed[:2])
            blocks.heading(level, words)
        elif listed:
            self._item(words, *listed, blocks)
        else:
            blocks.paragraph(words, blocks.inside if _is_indented(node, names) else 0)
        for box in boxes:
            self._write(box, blocks)

    def _item(self, words: str, list_id: str, level: int, depth: int, blocks: Blocks) -> None:
        has_marker, number = self._numbering.next_number(list_id, level)
        if not has_marker:
            blocks.paragraph(words, blocks.inside)
            return
        if depth == 0:
            if self._last_list and not self._numbering.continues(list_id, self._last_list):
                blocks.end_list()
            self._last_list = list_id
        blocks.item(words, depth, number)

    def _chain(self, style_id: str | None) -> Iterator[Any]:
        """A style and those that it is based on, nearest first."""
        seen: set[str] = set()
        while style_id and style_id not in seen and style_id in self._styles:
            seen.add(style_id)
            style = self._styles[style_id]
            yield style
            style_id = value_of(style, "basedOn")

    def _table(self, node: Any, blocks: Blocks) -> None:
        cells = [list(_descend(row, W + "tc")) for row in _rows(node)]
        if max(map(len, cells), default=0) <= 1:
            for row in cells:
                for cell in row:
                    self._write(cell, blocks)
            return
        above: list[str] = []
        rows = []
        for row in cells:
            above = self._row(row, above)
            rows.append(above)
        blocks.table(rows)

    def _row(self, cells: list[Any], above: list[str]) -> list[str]:
        """The texts of a row. A cell merged with the one above repeats what that one says."""
        texts: list[str] = []
        for cell in cells:
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            column = len(texts)
            if merge is not None and merge.get(W + "val") != "restart" and column < len(above):
                text = above[column]
            else:
                inner = Blocks()
                self._write(cell, inner)
                text = inner.flat()
            across = whole(value_of(cell, "tcPr/gridSpan")) or 1
            texts += [text] + [""] * (min(max(across, 1), 100) - 1)
        return texts


def _children(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables directly below, also those in content controls."""
    for node in parent:
        if node.tag in _TRANSPARENT:
            yield from _children(node)
        elif node.tag in (W + "p", W + "tbl"):
            yield node


def _descend(parent: Any, tag: str) -> Iterator[Any]:
    for node in parent:
        if node.tag in _TRANSPARENT:
            yield from _descend(node, tag)
        elif node.tag == tag:
            yield node


def _rows(table: Any) -> list[Any]:
    return [row for row in _descend(table, W + "tr") if row.find(f"{W}trPr/{W}del") is None]


def _words(node: Any, boxes: list[Any]) -> str:
    """The visible words of a paragraph or a part of it; text boxes are put aside."""
    parts: list[str] = []
    for child in node:
        tag = child.tag
        if tag == W + "t" or tag == _MATH:
            parts.append((child.text or "").replace("\n", " "))
        elif tag == W + "br":
            parts.append("\n" if child.get(W + "type") in (None, "textWrapping") else " ")
        elif tag in _CHARACTERS:
            parts.append(_CHARACTERS[tag])
        elif tag == W + "txbxContent":
            boxes.append(child)
        elif tag not in _UNREAD and tag != _FALLBACK and not _is_unseen(child):
            parts.append(_words(child, boxes))
    return "".join(parts)


def _is_unseen(run: Any) -> bool:
    """Whether a run is hidden or struck through."""
    properties = run.find(W + "rPr")
    if properties is None:
        return False
    marks = (properties.find(W + name) for name in ("vanish", "strike", "dstrike"))
    return any(mark is not None and mark.get(W + "val") not in _OFF for mark in marks)


def _heading_level(node: Any, styles: list[Any], names: list[str]) -> int | None:
    """1 to 9 for a heading, by its style, a style that it is based on, or its outline level."""
    for name in names:
        if found := _HEADING.fullmatch(name):
            return int(found[1])
        if name.lower() == "title":
            return 1
    outlines = (value_of(source, "pPr/outlineLvl") for source in (node, *styles))
    outline = whole(next((level for level in outlines if level), None))
    return outline + 1 if outline is not None and outline < 9 else None


def _list_of(node: Any, styles: list[Any], names: list[str]) -> tuple[str, int, int] | None:
    """The list of an item, its level there, and the depth at which it is written."""
    sources = (node, *styles)
    ids = (value_of(source, "pPr/numPr/numId") for source in sources)
    list_id = next((found for found in ids if found is not None), None)
    levels = (whole(value_of(source, "pPr/numPr/ilvl")) for source in sources)
    level = next((found for found in levels if found is not None), 0)
    style = next((found for name in names if (found := _LIST_STYLE.fullmatch(name))), None)
    if list_id == "0" or (list_id is None and (style is None or style[1].lower() == "continue")):
        return None
    depth = level or (int(style[2] or 1) - 1 if style else 0)
    return list_id or "", level, depth


def _is_indented(node: Any, names: list[str]) -> bool:
    """Whether a paragraph without a marker stands under the item before it."""
    if any((found := _LIST_STYLE.fullmatch(n)) and found[1].lower() == "continue" for n in names):
        return True
    indent = node.find(f"{W}pPr/{W}ind")
    if indent is None:
        return False
    return (whole(indent.get(W + "left") or indent.get(W + "start")) or 0) > 0
