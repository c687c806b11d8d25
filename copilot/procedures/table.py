"""Tables of steps: a column of numbers, one of words, and what the other columns are called."""

from __future__ import annotations

import re
from collections import Counter

from copilot.procedures.doing import is_imperative, opening
from copilot.procedures.listing import Headings, Item, Listing
from copilot.procedures.owner import label, subject
from copilot.procedures.units import Unit
from copilot.sentence import Span, trim
from copilot.structure import Block, Kind, plain

_BAR = re.compile(r"(?<!\\)\|")
_NUMBER = re.compile(r"\W*(?:step\s*)?(\d{1,3}(?:\.\d{1,2})*[a-z]?)\W*", re.IGNORECASE)
_NAMES = {
    "number": r"step|steps|step (?:no\.?|number|#)|no\.?|nr\.?|#|number|num|s/?no?\.?|order|"
    r"seq\w*|",
    "text": r"what(?: to do)?|what happens|do(?:ing)?|description|task|tasks|instructions?|"
    r"activity|"
    r"activities|details?|how|procedure|step|steps|to do|process|process step|work|action to take|"
    r"action required|actions?|what you do",
    "owner": r"who|owner|by|by whom|who does it|responsible|responsibility|role|actor|done by|"
    r"performed by|party|team|department|person|assigned to|who acts|in charge",
    "action": r"action|button|tool|form|system|screen|application|app|click|press|where|menu|"
    r"system action|used|with",
    "when": r"when|if|condition|only if|applies(?: when| if)?|case|in case",
    "goto": r"go to|goto|next|next step|then(?: go to)?|jump|continue with|branch|decision",
    "mandatory": r"mandatory|required|must|compulsory",
    "optional": r"optional",
}
_COLUMNS = {name: re.compile(words, re.IGNORECASE) for name, words in _NAMES.items()}
_LEAST_DOING = 0.5


def steps_of(text: str, unit: Unit, headings: Headings, intro: Unit | None) -> Listing | None:
    """The table as a list of steps; None where it is a table of anything else."""
    rows = [row for row in unit.rows if row.content[0] < row.content[1]]
    if len(rows) < 3:
        return None
    head, *body = [_cells(text, row) for row in rows]
    names = [plain(text[start:end]).strip(" :\\").lower() for start, end in head]
    columns = _columns(text, names, body)
    if columns is None:
        return None
    listing = Listing("table", headings, intro)
    for row, cells in zip(rows[1:], body, strict=True):
        if item := _item(text, row, cells, columns, headings):
            listing.items.append(item)
    sure = names[columns["number"]].startswith("step") or "owner" in columns
    doing = [_does(text, item.unit.content) for item in listing.items]
    enough = sure or sum(doing) >= _LEAST_DOING * len(doing)
    return listing if len(listing.items) > 1 and enough else None


def _cells(text: str, row: Block) -> list[Span]:
    start, end = row.content
    bars = [bar.start() for bar in _BAR.finditer(text, start, end)]
    lefts = [start, *(bar + 1 for bar in bars)]
    return [trim(text, *cell) for cell in zip(lefts, [*bars, end], strict=True)]


def _columns(text: str, names: list[str], body: list[list[Span]]) -> dict[str, int] | None:
    """Which column holds what; None without one of numbers and one of words."""
    number = next((at for at in range(len(names)) if _counts(text, names[at], body, at)), None)
    if number is None:
        return None
    found = {"number": number}
    for kind in ("owner", "when", "goto", "mandatory", "optional"):
        for at, name in enumerate(names):
            if at not in found.values() and _COLUMNS[kind].fullmatch(name):
                found.setdefault(kind, at)
    rest = [at for at in range(len(names)) if at not in found.values()]
    named = [at for at in rest if _COLUMNS["text"].fullmatch(names[at])]
    wordy = [at for at in named if not _COLUMNS["action"].fullmatch(names[at])] or named
    wordy = wordy or [at for at in rest if not _COLUMNS["action"].fullmatch(names[at])] or rest
    if not wordy:
        return None
    found["text"] = max(wordy, key=lambda at: _width(body, at)) if wordy != named else wordy[0]
    for at in rest:
        if at != found["text"] and _COLUMNS["action"].fullmatch(names[at]):
            found.setdefault("action", at)
    return found


def _counts(text: str, name: str, body: list[list[Span]], at: int) -> bool:
    """Whether a column is named for numbers and holds them, in order."""
    cells = [text[slice(*row[at])] for row in body if at < len(row)]
    numbers = [found[1] for cell in cells if (found := _NUMBER.fullmatch(cell))]
    if not _COLUMNS["number"].fullmatch(name) or len(numbers) < max(2, len(cells) - 1):
        return False
    values = [[int(part) for part in re.findall(r"\d+", number)] for number in numbers]
    return values == sorted(values) and Counter(map(tuple, values)).most_common(1)[0][1] <= 2


def _width(body: list[list[Span]], at: int) -> int:
    return sum(row[at][1] - row[at][0] for row in body if at < len(row))


def _item(
    text: str, row: Block, cells: list[Span], columns: dict[str, int], headings: Headings
) -> Item | None:
    named = {kind: cells[at] for kind, at in columns.items() if at < len(cells)}
    words = named.pop("text", (0, 0))
    if words[0] == words[1]:
        return None
    written = _NUMBER.fullmatch(text[slice(*named.pop("number"))])
    number = written[1] if written else ""
    first, last = trim(text, row.start, row.end)
    unit = Unit(Kind.ROW, first, last, words, 0, number, "table")
    filled = {kind: span for kind, span in named.items() if span[0] < span[1]}
    return Item(unit, headings, cells=filled)


def _does(text: str, words: Span) -> bool:
    given = label(text, *words)
    start = given.end if given and given.is_role else words[0]
    main = opening(text, start, words[1]).main
    return is_imperative(text, main, words[1]) or subject(text, main, words[1]) is not None
