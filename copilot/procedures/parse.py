"""Finds the procedures in a document's text and their steps, word for word, with their offsets.

Pure: text and metadata in, values out.
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

__all__ = [
    "Branch",
    "Procedure",
    "Reading",
    "Step",
    "Unclear",
    "procedures",
    "reading",
    "refuse_wrong",
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
