"""Finds the steps of a numbered list in a document's text, word for word, with their offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.sentence import Span, trim
from copilot.structure import Kind, blocks

# A label in bold, or one that names people: "**Back office (Records):** Ask", "Nurse: Offer".
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


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `text[start:end]` of its document, without its number. `ordinal` counts from 1."""

    ordinal: int
    start: int
    end: int
    text: str
    owner: str | None
    action: str | None
    mandatory: bool


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
        start,
        end,
        quote,
        (owner["bold"] or owner["bare"]).lower().replace(" ", "_") if owner else None,
        action[1] if action else None,
        _OPTIONAL.search(quote) is None,
    )
