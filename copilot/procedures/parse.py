"""Finds the procedures in a document's text and their steps, word for word, with their offsets.

Pure: text and metadata in, values out. `steps` is the older reading of one numbered list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from copilot.procedures import fields, find, marks
from copilot.procedures.listing import Headings, Listing
from copilot.procedures.owner import is_role
from copilot.procedures.step import Branch, Procedure, Reading, Step, Unclear
from copilot.procedures.units import body_start
from copilot.sentence import Span, trim
from copilot.structure import Kind, blocks

__all__ = [
    "Branch",
    "Procedure",
    "Reading",
    "Step",
    "Unclear",
    "procedures",
    "reading",
    "refuse_wrong",
    "steps",
]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
_NO_TITLE = re.compile(r"(?:the )?(?:steps?|procedure|instructions?|what to do)", re.IGNORECASE)
_BETWEEN_HEADINGS = " › "


def procedures(text: str, metadata: Mapping[str, Any] = _NOTHING) -> list[Procedure]:
    """The procedures of a document in order; `metadata` is that of its front matter.

    Any text is read, in a time that grows with its length; what is wrong or ambiguous stands in
    `unclear`.
    """
    return list(reading(text, metadata).procedures)


def reading(text: str, metadata: Mapping[str, Any] = _NOTHING) -> Reading:
    """The procedures, and the lists that were taken for none."""
    settings = marks.settings(metadata)
    if settings.none:
        return Reading(())
    kept, passed = find.found(text)
    fallback = _document_title(text, metadata)
    wrong = [Unclear(0, 0, what) for what in settings.wrong]
    found = []
    for listing in kept:
        made = fields.steps(text, listing, settings)
        wrong += made.wrong
        title = settings.title or _told_above(listing.bold_line(text))
        found.append(_procedure(listing, made, title, fallback))
    return Reading(tuple(found), tuple(passed), tuple(wrong))


def refuse_wrong(text: str, metadata: Mapping[str, Any], place: str) -> None:
    """Raises InvalidInput, whose place is `place:line`, for a wrong marker or setting."""
    marks.refuse(reading(text, metadata).wrong, text, place)


def _procedure(
    listing: Listing, made: fields.Made, title: str | None, document_title: str
) -> Procedure:
    path = _shared([item.headings for item in listing.items])
    return Procedure(
        title=title or (path[-1][1] if path else document_title),
        heading=_BETWEEN_HEADINGS.join(name for _, name in path),
        start=listing.items[0].unit.start,
        end=listing.end,
        steps=made.steps,
        unclear=made.unclear,
    )


def _told_above(line: str | None) -> str | None:
    """A bold line as a title, unless it only says that steps follow, or who does them."""
    return None if line is None or _NO_TITLE.fullmatch(line) or is_role(line) else line


def _shared(paths: list[Headings]) -> Headings:
    """The headings above all items; where they share none, those above the first."""
    shared = paths[0]
    for path in paths[1:]:
        while path[: len(shared)] != shared:
            shared = shared[:-1]
    return shared or paths[0]


def _document_title(text: str, metadata: Mapping[str, Any]) -> str:
    given = metadata.get("title")
    if isinstance(given, str) and given.strip():
        return given.strip()
    found = _TITLE.search(text, 0, body_start(text))
    return found[1] if found else ""


# The older reading, which the suggestions of today are made with.
_WHO = (
    r"agent|customer|client|patient|resident|applicant|caller|manager|officer|nurse|doctor|clerk|"
    r"cashier|colleague|staff|supervisor|back office|team|desk|driver|adviser|advisor"
)
_OWNER = re.compile(
    r"(?:\*\*|__)(?P<bold>[^\W\d_][\w ,/&’'-]{1,40}?)(?: ?\([^()\n]{1,60}\))?"
    r"(?::(?:\*\*|__)|(?:\*\*|__):)\s"
    rf"|(?P<bare>(?:[\w ,/&’'-]{{1,30}} )?(?:{_WHO})s?)(?: ?\([^()\n]{{1,60}}\))?:\s",
    re.IGNORECASE,
)
# What is pressed or opened stands in brackets; "[text](address)" is a link.
_ACTION = re.compile(r"\[([^\[\]\n]{2,60})\](?!\()")
_OPTIONAL = re.compile(r"\b(?:optional(?:ly)?|if you (?:like|wish|want)|may also)\b", re.IGNORECASE)


def steps(text: str, numbered: Span) -> list[Step]:
    """The items of the list at `numbered`; what is indented below an item belongs to it."""
    first, last = numbered
    starts: list[int] = []
    level: int | None = None
    ends: list[int] = []
    for block in blocks(text[:last], first):
        if level is None:
            level = block.level
        if block.kind is Kind.ITEM and block.level <= level:
            starts.append(block.content[0])
            ends.append(block.end)
        elif ends:
            ends[-1] = block.end
    return [
        _step(text, number, *trim(text, start, end))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


def _step(text: str, ordinal: int, start: int, end: int) -> Step:
    quote = text[start:end]
    owner, action = _OWNER.match(quote), _ACTION.search(quote)
    return Step(
        ordinal,
        "",
        start,
        end,
        quote,
        owner=(owner["bold"] or owner["bare"]).lower().replace(" ", "_") if owner else None,
        action=action[1] if action else None,
        mandatory=_OPTIONAL.search(quote) is None,
    )
