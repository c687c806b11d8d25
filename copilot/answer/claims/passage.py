"""A cited passage, taken apart once: its sentences with what introduces them, their clauses, their
content and their facts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.answer.claims.cover import Content, Cover
from copilot.answer.claims.facts import Facts, facts
from copilot.answer.claims.wording import clauses, evened, words
from copilot.language import in_english
from copilot.sentence import Span, split

_ITEM = re.compile(r"(?:^|\n)[ \t]*(?:[-*+•‣◦]|\(?\w{1,3}[.)])[ \t]+\Z")
_BULLETED = re.compile(r"\s*[-*+•‣◦][ \t]")
_NUMBER = re.compile(r"(?:^|[\s(])\(?\d{1,2}[.)]\s+\Z")
_NUMBERED = re.compile(r"\W*(?:step )?\(?\d{1,3}[.):]\s", re.IGNORECASE)
_ROW = re.compile(r"\|")
# "Until cancelled: choose …", "**Gift cards.** They …".
_LABELLED = re.compile(r"\**[A-Z][^.:!?\n]{1,40}(?::\**|[.:]\*\*)\s+\S")
_LABEL = re.compile(r"[\d.)\s*]*([A-Za-z][A-Za-z ]{1,40}?)\s*(?:\([^)]*\))?:")
# Words of content that a clause of its own has.
_ALONE = 2
_INTRODUCES = re.compile(r"[:?][\"”’*_)\s]*\Z")


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that is cited, with what stands above it."""

    text: str
    heading: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence between marks and joining words."""

    text: str
    content: Content
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence of a passage. `item` is the place of the step, the item or the row that it is part
    of, 0 for prose; `is_step` where that is numbered. `told` has what introduces it as well.
    """

    span: Span
    told: str
    item: int
    is_step: bool
    content: Content
    facts: Facts
    clauses: tuple[Clause, ...]
    in_order: tuple[str, ...]
    words: frozenset[str]
    # What stands before its colon, evened: "back office" of "**Back office:** Rings the customer."
    label: str


@dataclass(frozen=True, slots=True)
class Passage:
    """`above` are the stems of title and heading, `called` what stands nearest above it; `facts`
    are those of everything. `in_english` is None where too few words tell.
    """

    units: tuple[Unit, ...]
    called: str
    above: frozenset[str]
    facts: Facts
    whole: str
    in_english: bool | None


@dataclass(frozen=True, slots=True)
class Match:
    """Neighbouring sentences of the `at`-th passage, and how much of a claim's content they say."""

    at: int
    units: tuple[Unit, ...]
    said: float


def take_apart(source: Source, cover: Cover) -> Passage:
    """The passage of a source."""
    text = source.text
    above = f"{source.title}\n{source.heading}"
    units: list[Unit] = []
    lead, item, items, is_step = "", 0, 0, False
    for start, end in split(text, 0, len(text)):
        own, before = text[start:end], text[max(0, start - 12) : start]
        numbered = bool(_NUMBER.search(before) or _NUMBERED.match(own))
        bulleted = _ITEM.search(before) or _BULLETED.match(own)
        if numbered or bulleted or _ROW.search(own) or _LABELLED.match(own):
            items += 1
            item, is_step = items, numbered
        elif "\n\n" in before:
            item, is_step, lead = 0, False, ""
        told = f"{lead} {own}".strip()
        units.append(_unit((start, end), told, item, cover, is_step=is_step))
        if _INTRODUCES.search(own):
            lead, items = own, items + 1
            item, is_step = items, numbered
    whole = f"{above}\n{text}"
    stems = frozenset(cover.content(above).stems)
    called = source.heading or source.title
    return Passage(tuple(units), called, stems, facts(whole), whole, in_english(text))


def parts(text: str, cover: Cover) -> tuple[Clause, ...]:
    """The clauses of a text; one that says too little by itself goes on with the one before."""
    found: list[Clause] = []
    for one in clauses(evened(text)):
        content = cover.content(one)
        if found and len(content.words) < _ALONE:
            one = f"{found[-1].text}, {one}"
            found[-1] = Clause(one, cover.content(one), frozenset(words(one)))
        else:
            found.append(Clause(one, content, frozenset(words(one))))
    return tuple(one for one in found if one.content.words)


def joined(units: Sequence[Unit]) -> Content:
    """What several sentences say together."""
    by_stem: dict[str, str] = {}
    for unit in units:
        for stem, word in zip(unit.content.stems, unit.content.words, strict=True):
            by_stem.setdefault(stem, word)
    return Content(tuple(by_stem.values()), tuple(by_stem))


def around(passage: Passage, match: Match) -> str:
    """The words of a match with the sentence before and after it, and what they stand under."""
    first, last = (passage.units.index(unit) for unit in (match.units[0], match.units[-1]))
    near = passage.units[max(0, first - 1) : last + 2]
    return f"{passage.called}. {' '.join(unit.told for unit in near)}"


def _unit(span: Span, told: str, item: int, cover: Cover, *, is_step: bool) -> Unit:
    in_order = tuple(words(evened(told)))
    return Unit(
        span,
        told,
        item,
        is_step,
        cover.content(told),
        facts(told),
        parts(told, cover),
        in_order,
        frozenset(in_order),
        " ".join(words(evened(label[1]))) if (label := _LABEL.match(told)) else "",
    )
