"""Cuts a text into headings, items with their numbers, tables and what stands between them.

What counts as an item here is wider than in copilot.structure: "3.2 Do", "iv)", "Step 3: Do", "☐".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from copilot.sentence import Span, lines, split, trim
from copilot.structure import Block, Kind, blocks

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:.*?\r?\n)??---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_NUMBERED = re.compile(
    r"[ \t]*(?P<number>\(?(?:(?P<digits>\d{1,3})|(?P<roman>[ivx]{2,5}|[IVX]{2,5})|"
    r"(?P<letter>[a-zA-Z]))[.)]"
    r"|(?P<dotted>\d{1,3}(?:\.\d{1,2}){1,3})[.)]?(?=[ \t]+[A-Z*_\[\"“(]))"
    r"[ \t]+(?P<check>\[[ xX]\][ \t]+|[☐☑☒□✓✔][ \t]*)?(?=\S)"
)
_LABELLED = re.compile(
    r"[ \t]*(?:\*\*|__)?(?P<number>step[ \t]+(?:no\.?[ \t]*|"
    r"#)?(?P<key>\d{1,3}(?:\.\d{1,2})*[a-z]?))"
    r"(?P<after>[ \t]*(?:[.:)]|[–—]|-(?=\s))?(?:\*\*|__)?(?:[:.]|[ \t]+[–—-](?=\s))?)(?=\s|\Z)",
    re.IGNORECASE,
)
_BOLD_NUMBER = re.compile(
    r"[ \t]*(?:\*\*|__)(?P<number>(?P<key>\d{1,3}))(?P<after>[.)])(?:\*\*|__)?[ \t]+(?=\S)"
)
_BULLET = re.compile(r"[ \t]*[-*+•‣◦▪●○·–][ \t]+(?P<check>\[[ xX]\][ \t]+|[☐☑☒□][ \t]*)?(?=\S)")
_TICK = re.compile(r"[ \t]*(?P<check>[☐☑☒□])[ \t]*(?=\S)")
_MAY_BEGIN = re.compile(
    r"[ \t]*(?:[☐☑☒□]|\(?(?:\d|[ivx]{2})|(?:\*\*|__)(?:\d|step\b)|step\b)", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*|__")
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Unit:
    """A heading, an item, a table, or other text, `start` to `end` with its marker.

    `indent` is in columns, or a heading's depth. `style` tells lists apart: "1", "a", "A", "i",
    "dotted", "step", "check", "-"; it is empty for what is no item. `key` is the number as numbers.
    """

    kind: Kind
    start: int
    end: int
    content: Span
    indent: int = 0
    number: str = ""
    style: str = ""
    key: tuple[int, ...] = ()
    rows: tuple[Block, ...] = ()


def body_start(text: str) -> int:
    """Where the text begins after its front matter."""
    found = _FRONT_MATTER.match(text)
    return found.end() if found else 0


def units(text: str) -> Iterator[Unit]:
    """The units of a text in order; neighbouring rows of a table are one."""
    rows: list[Block] = []
    for block in blocks(text, body_start(text)):
        if rows and (block.kind is not Kind.ROW or block.start != rows[-1].end):
            yield _table(text, rows)
            rows = []
        if block.kind is Kind.ROW:
            rows.append(block)
        elif block.kind is Kind.HEADING:
            yield _heading(text, block)
        elif block.kind is Kind.CODE:
            yield Unit(Kind.CODE, *_trimmed(text, block.start, block.end), _indent(text, block))
        else:
            yield from _items(text, block)
    if rows:
        yield _table(text, rows)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int, Span]:
    start, end = trim(text, start, end)
    return start, end, (start, end)


def _indent(text: str, block: Block) -> int:
    line = text[block.start : block.start + 80].expandtabs(4)
    return len(line) - len(line.lstrip())


def _table(text: str, rows: list[Block]) -> Unit:
    start, end, content = _trimmed(text, rows[0].start, rows[-1].end)
    indent = _indent(text, rows[0])
    return Unit(Kind.ROW, start, end, content, indent, rows=tuple(rows))


def _heading(text: str, block: Block) -> Unit:
    begin, end = block.content
    found = _LABELLED.match(text, begin, end) or _NUMBERED.match(text, begin, end)
    if found is not None:
        return _item(text, Kind.HEADING, found, begin, end, block.level)
    return Unit(Kind.HEADING, begin, end, block.content, block.level)


def _items(text: str, block: Block) -> Iterator[Unit]:
    """The block, cut before each of its lines that begins an item of its own."""
    cuts = [block.start]
    for begin, end in lines(text, block.start, block.end):
        may = begin > block.start and _MAY_BEGIN.match(text, begin, end)
        if may and _found(text, begin, end):
            cuts.append(begin)
    for begin, end in zip(cuts, [*cuts[1:], block.end], strict=True):
        indent = _indent(text, Block(block.kind, begin, end, (begin, end)))
        if found := _found(text, begin, end):
            item = _item(text, Kind.ITEM, found, begin, end, indent)
            title = _title_end(text, item)
            yield replace(item, content=(item.content[0], title), end=title)
            if title < item.end:
                yield Unit(Kind.PARAGRAPH, *_trimmed(text, title, item.end), indent)
        else:
            yield Unit(Kind.PARAGRAPH, *_trimmed(text, begin, end), indent)


def _title_end(text: str, item: Unit) -> int:
    """Where the words of an item end: "Step 1: Greet", with what to say on the lines below."""
    start, end = item.content
    if item.style != "step" or "\n" not in text[start:end]:
        return end
    first = split(text, start, end)[:1]
    stop = first[0][1] if first else end
    titled = stop <= text.find("\n", start, end) and text[stop - 1] not in ".!?:;,"
    return stop if titled else end


def _found(text: str, begin: int, end: int) -> re.Match[str] | None:
    """The marker with which the text begins, if it does."""
    found = _LABELLED.match(text, begin, end)
    if found and _stands_alone(text, found, end):
        return found
    for pattern in (_NUMBERED, _BOLD_NUMBER, _BULLET, _TICK):
        if found := pattern.match(text, begin, end):
            return found
    return None


def _stands_alone(text: str, found: re.Match[str], end: int) -> bool:
    """Whether "Step 3" is a label, and no beginning of a sentence such as "Step 3 is hard"."""
    if found["after"].strip() or found.group().lstrip().startswith(("**", "__")):
        return True
    line_end = text.find("\n", found.end(), end)
    return not text[found.end() : line_end if line_end >= 0 else end].strip()


def _item(text: str, kind: Kind, found: re.Match[str], begin: int, end: int, indent: int) -> Unit:
    start, stop = trim(text, found.end(), end)
    given = found.groupdict()
    if found.re in (_LABELLED, _BOLD_NUMBER):
        start, stop = _without_bold(text, found, start, stop)
        style, key = "step", _key(given["key"])
    elif given.get("number"):
        style, key = _numbered(given)
    else:
        style, key = "-", ()
    if given.get("check"):
        style = "check"
    number = (given.get("number") or "").strip("().")
    return Unit(kind, trim(text, begin, end)[0], stop, (start, stop), indent, number, style, key)


def _without_bold(text: str, found: re.Match[str], start: int, end: int) -> Span:
    """The words after a label whose bold began before it, without what closes it at their end."""
    opened = len(_BOLD.findall(found.group())) == 1
    if opened and text.startswith(("**", "__"), max(start, end - 2)):
        return trim(text, start, end - 2)
    return start, end


def _numbered(given: dict[str, str | None]) -> tuple[str, tuple[int, ...]]:
    if digits := given["digits"]:
        return "1", (int(digits),)
    if roman := given["roman"]:
        return ("i" if roman.islower() else "I"), (_roman(roman.lower()),)
    if letter := given["letter"]:
        return ("a" if letter.islower() else "A"), (ord(letter.lower()) - 96,)
    key = _key(given["dotted"] or "0")
    return f"dotted{len(key)}", key


def _key(number: str) -> tuple[int, ...]:
    """The numbers in "3", "3.2" and "3b"."""
    parts = [int(part) for part in re.findall(r"\d+", number)]
    return (*parts, ord(number[-1].lower()) - 96) if number[-1].isalpha() else tuple(parts)


def _roman(number: str) -> int:
    values = [_ROMAN[letter] for letter in number]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)
