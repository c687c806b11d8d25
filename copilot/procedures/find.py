"""Which lists of a document are procedures, and which only look like one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from copilot.answer.instructions import is_addressed_to_a_model, without_comments
from copilot.procedures import table
from copilot.procedures.action import actions
from copilot.procedures.doing import is_imperative, opening, tells_what_happens
from copilot.procedures.listing import Item, Listing
from copilot.procedures.outline import listings
from copilot.procedures.owner import label, subject
from copilot.procedures.step import Unclear
from copilot.procedures.units import Unit, units
from copilot.sentence import Span, trim
from copilot.structure import Kind

# Fewer items than this are a procedure only where the words above them say so.
_LEAST = 3
_LEAST_DOING = 1 / 3
_MOST_DOING = 2 / 3
_SAYS_SO = re.compile(
    r"\b(?:steps?|procedures?|how (?:to|do|we|it)|what to do|instructions?|check ?list|process|"
    r"do (?:the following|this|it|these)|doing it|follow(?:ing)? (?:these|steps|actions)|"
    r"in (?:this|the following) order|proceed|to do (?:this|so|it)|as follows|walk ?through|"
    r"workflow|routine|what (?:you|we) do|perform the following|handling|runbook|sop)\b",
    re.IGNORECASE,
)
_FOR_BULLETS = re.compile(
    r"(?:\W|\d)*(?:the )?(?:steps?(?: to .*)?|procedures?|what to do|instructions?|to do|tasks|.*"
    r"\bcheck ?list\b.*)\W*",
    re.IGNORECASE,
)
# Headings above lists of clauses, terms and facts.
_OF_FACTS = re.compile(
    r"\b(?:terms|definitions?|glossary|clauses?|agreement|liability|references|contents|"
    r"bibliography|legal|articles?|facts|faqs?|frequently asked|policy statement|warranty terms|"
    r"polic(?:y|ies)|rules|responsibilities|requirements|principles|conditions of|"
    r"general conditions|terms and conditions|privacy notice|scope|purpose)\b",
    re.IGNORECASE,
)


def found(text: str) -> tuple[list[Listing], list[Unclear]]:
    """The lists that are procedures, and what was passed over with the reason.

    Comments are no part of a step, and what is addressed to a language model is none.
    """
    kept: list[Listing] = []
    passed: list[Unclear] = []
    given = list(_for_people(text, passed))
    for listing in listings(text, _with_numbered_headings(text, given)):
        if listing.style == "|":
            unit = listing.items[0].unit
            steps = table.steps_of(text, unit, listing.headings, listing.intro)
            kept += [steps] if steps else []
        elif (reason := _against(text, listing)) is None:
            kept.append(listing)
        elif reason:
            passed.append(Unclear(listing.items[0].unit.start, listing.end, reason))
    return kept, passed


def _for_people(text: str, passed: list[Unclear]) -> Iterator[Unit]:
    """The units, and rows of tables, without comments and what is addressed to a model."""
    seen = without_comments(text)
    for unit in units(text):
        begin, end = trim(seen, *unit.content)
        if unit.rows:
            rows = tuple(row for row in unit.rows if _is_for_people(text, row.content, passed))
            yield replace(unit, rows=rows)
        elif begin == end and unit.content[0] < unit.content[1]:
            continue  # nothing but a comment
        elif _is_for_people(text, (begin, end), passed):
            after = unit.end if end == unit.content[1] else end
            yield replace(unit, content=(begin, end), end=after)


def _is_for_people(text: str, place: Span, passed: list[Unclear]) -> bool:
    if not is_addressed_to_a_model(text[slice(*place)]):
        return True
    passed.append(Unclear(*place, "addressed to a language model, and taken for no step"))
    return False


def _with_numbered_headings(text: str, given: list[Unit]) -> list[Unit]:
    """Numbered headings as steps, where those of a depth count from 1 and nearly all are orders.

    "1. Purpose", "2. Scope" are sections; "1. Greet the caller", "2. Ask for the order" are steps.
    """
    by_depth: dict[int, list[Unit]] = defaultdict(list)
    for unit in given:
        if unit.kind is Kind.HEADING and unit.style == "1":
            by_depth[unit.indent].append(unit)
    as_steps: set[int] = set()
    for headings in by_depth.values():
        doing = [is_imperative(text, *one.content) for one in headings]
        if len(doing) >= _LEAST and sum(doing) >= _MOST_DOING * len(doing):
            as_steps |= {one.start for one in headings}
    return [replace(one, style="step") if one.start in as_steps else one for one in given]


def _against(text: str, listing: Listing) -> str | None:
    """Why a list is no procedure, "" where that needs no saying; None where it is one."""
    items = listing.items
    if listing.style == "-":
        fits = len(items) > 1 and listing.headings and _FOR_BULLETS.fullmatch(_last(listing))
        return None if fits and _share(text, items) >= _MOST_DOING else ""
    if listing.style in ("check", "step"):
        return None if len(items) > 1 else ""
    told = _SAYS_SO.search(_last(listing)) is not None or _introduced(text, listing)
    if len(items) < (2 if told else _LEAST):
        return ""
    if listing.style in ("a", "A", "i", "I") and items[0].unit.key != (1,):
        return ""
    if told:
        return None
    orders = [_orders(text, item) for item in items]
    if _OF_FACTS.search(_last(listing)) and not any(orders):
        return "a numbered list under this heading is taken for clauses or facts, not for steps"
    if _share(text, items) < _LEAST_DOING:
        return "a numbered list whose items say nothing to do is taken for no procedure"
    return None


def _last(listing: Listing) -> str:
    return listing.headings[-1][1] if listing.headings else ""


def _introduced(text: str, listing: Listing) -> bool:
    """Whether the paragraph just above says that steps follow."""
    intro, first = listing.intro, listing.items[0].unit
    if intro is None or intro.end > first.start or text[intro.end : first.start].strip():
        return False
    words = text[max(intro.start, intro.end - 200) : intro.end]
    return _SAYS_SO.search(words) is not None and words.rstrip("*_ ").endswith((":", "."))


def _share(text: str, items: list[Item]) -> float:
    return sum(does(text, item) for item in items) / len(items)


def _orders(text: str, item: Item) -> bool:
    start, end = item.unit.content
    return is_imperative(text, opening(text, start, end).main, end)


def does(text: str, item: Item) -> bool:
    """Whether an item says to do something: by an order, a doer, or the name of a button."""
    start, end = item.unit.content
    given = label(text, start, end)
    if given is not None and given.is_role:
        return True
    for begin in (start, given.end if given else start):
        main = opening(text, begin, end).main
        if is_imperative(text, main, end) or subject(text, main, end) is not None:
            return True
        if tells_what_happens(text, main, end):
            return True
    return actions(text, (start, end), item.detail, None).about is not None
