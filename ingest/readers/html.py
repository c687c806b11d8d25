"""HTML: the visible text of the main part of a page, Markdown-shaped."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from copilot.errors import UnreadableFile
from copilot.types import Document
from ingest.readers.blocks import one_line
from ingest.readers.decode import refuse_unstorable, split_mark
from ingest.readers.fields import language_or_none
from ingest.readers.flow import blocks_of, is_hidden
from ingest.readers.frontmatter import document_from
from ingest.readers.title import readable

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)"""
    rb"""|<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
# What browsers read under these names: https://encoding.spec.whatwg.org/#names-and-labels
_READ_AS = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_ENCODINGS = re.compile(
    r"utf-8|cp125\d|cp866|cp874|cp932|cp949|iso8859-\d+|koi8-[ru]|mac-(roman|cyrillic)"
    r"|shift_jis|euc_(jp|kr)|iso2022_jp|gb18030|big5(hkscs)?"
)
# Taken out as they stand, because a tag left open inside would swallow the rest of the page.
_RAW = re.compile(r"<(!--|script\b|style\b|noscript\b)", re.IGNORECASE)
_RAW_ENDS = {
    name: re.compile(rf"</{name}[^>]{{0,200}}>", re.IGNORECASE)
    for name in ("script", "style", "noscript")
} | {"!--": re.compile("-->")}
_TAG = re.compile(r"<(/?)([a-z][\w-]*)", re.IGNORECASE)
_CLOSES_ITSELF = re.compile(
    r"p|li|d[dt]|t[dhr]|t(body|head|foot)|option|optgroup|html|head|body|rt|rp|colgroup"
    r"|area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr",
    re.IGNORECASE,
)
# The parser's time grows with the square of the depth: 0.2 s at 10,000, 19 s at 100,000.
_DEEPEST = 10_000
_MOST_OF = 0.5
_CANDIDATES = 200


def read(data: bytes, *, media_type: str, document_id: str, place: str) -> Document:
    """The page as a Document. Scripts, navigation, footers and hidden text are left out.

    Raises UnreadableFile where the encoding is not known or nothing is visible.
    """
    from selectolax.lexbor import LexborHTMLParser

    markup = _without_raw(_markup(data, place))
    _refuse_depth(markup, place)
    tree = LexborHTMLParser(markup)
    text = _main_text(tree)
    if not text:
        raise UnreadableFile(
            "no visible text", place=place, remedy="save the page as it shows in a browser"
        )
    title = tree.css_first("head > title")
    fields = {
        "title": one_line(title.text()) if title else "",
        "language": language_or_none(tree.root.attributes.get("lang") if tree.root else None),
    }
    return document_from(
        fields,
        document_id=document_id,
        text=text,
        media_type=media_type,
        place=place,
        fallback_title=readable(document_id),
    )


def _markup(data: bytes, place: str) -> str:
    """The page's characters, by its byte order mark, its declaration, or as UTF-8."""
    encoding, body = split_mark(data)
    if encoding is None:
        encoding = _declared(body, place)
    try:
        markup = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"not valid {encoding.upper()} at byte {error.start}",
            place=place,
            remedy='save the page as UTF-8, or declare its <meta charset="…">',
        ) from error
    refuse_unstorable(markup, place)
    return markup


def _declared(body: bytes, place: str) -> str:
    found = _DECLARED.search(body[:_DECLARED_WITHIN])
    label = (found[1] or found[2]).decode("ascii", "replace") if found else "utf-8"
    try:
        name = codecs.lookup(label).name
    except (LookupError, UnicodeError):
        name = ""
    # A page whose declaration can be read byte by byte is not in UTF-16, whatever it says.
    name = "utf-8" if name.startswith("utf-16") else _READ_AS.get(name, name)
    if not _ENCODINGS.fullmatch(name):
        raise UnreadableFile(
            f"the declared encoding {label!r} is not known",
            place=place,
            remedy='save the page as UTF-8 and declare <meta charset="utf-8">',
        )
    return name


def _without_raw(markup: str) -> str:
    """The markup without comments, scripts, styles and what stands in for scripts."""
    parts: list[str] = []
    end = 0
    while opening := _RAW.search(markup, end):
        closing = _RAW_ENDS[opening[1].lower()].search(markup, opening.end())
        if closing is None:
            break
        parts.append(markup[end : opening.start()])
        end = closing.end()
    return "".join(parts) + markup[end:]


def _refuse_depth(markup: str, place: str) -> None:
    depth = 0
    for tag in _TAG.finditer(markup):
        if not _CLOSES_ITSELF.fullmatch(tag[2]):
            depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > _DEEPEST:
            raise UnreadableFile(
                f"elements are nested more than {_DEEPEST} deep",
                place=place,
                remedy="save the page again from a browser",
            )


def _main_text(tree: LexborHTMLParser) -> str:
    """The text of the main element or the article that holds most of the page, else of the page."""
    if tree.body is None or is_hidden(tree.body):
        return ""
    whole = blocks_of(tree.body).text()
    found = tree.css("main, [role=main], article")[:_CANDIDATES]
    shown = [node for node in found if not _within_hidden(node)]
    if not shown:
        return whole
    best = max(shown, key=lambda node: len(node.text()))
    main = blocks_of(best).text()
    return main if len(main) >= _MOST_OF * len(whole) else whole


def _within_hidden(node: LexborNode | None) -> bool:
    while node is not None:
        if node.is_element_node and is_hidden(node):
            return True
        node = node.parent
    return False
