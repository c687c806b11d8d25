"""Holds the facts of a sentence against those of its source: each must be there, and be said of
the same thing there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.answer.claims.cover import Content, Cover
from copilot.answer.claims.facts import (
    MONTHS,
    WEEKDAYS,
    Amount,
    Facts,
    Fault,
    all_numbers,
    facts,
)
from copilot.answer.claims.passage import Clause, Match, Passage, Unit
from copilot.answer.claims.wording import evened, words

# A number of so many digits, said in the conversation, is that of an order or a customer.
_IDENTIFIER = 4
# A figure is of something else where another place, which names another figure of its kind, says
# so much more of what the sentence says around it.
_ELSEWHERE = 0.25
# A sentence that is said this far in one place takes its figures from there.
_NEAR = 0.8
_WEEKDAYS = frozenset(WEEKDAYS)
_MONTHS = frozenset(MONTHS)
_WORKDAYS = {"monday", "friday"}
_WEEKEND = {"saturday", "sunday"}
_WORKING_DAY = re.compile(r"\b(?:working|business) days?\b", re.IGNORECASE)
_HALF_DAY = 720.0
_WRITTEN = re.compile(r"\d+(?:[.,:\u00a0\u202f]\d+)*")
# A name of no more letters than this is not looked for without the s at its end.
_SHORT = 3
# One of a unit is told in many ways: "a month", "monthly", "per month", "the next day".
_ONE = (
    r"\b(?:an?|one|per|each|every|next|same|whole|full|first|following|calendar|the) "
    r"(?:\w+ )?{0}s?\b|/ ?{0}\b"
)
_ADVERBS = {"day": "daily", "year": "yearly|annual|annually"}


def strange(
    sentence: str,
    clauses: Sequence[Clause],
    passage: Passage,
    match: Match,
    given: str,
    cover: Cover,
) -> tuple[Fault, str] | None:
    """The first fact of a sentence that its source does not have, or has of something else.

    `match` is where the source says most of the sentence.
    """
    mine, theirs = facts(sentence), passage.facts
    missing = _missing(mine, theirs, passage.whole, given)
    if missing is None and match.said >= _NEAR:
        missing = _replaced(mine, facts(" ".join(unit.told for unit in match.units)))
    if missing is not None:
        return missing
    claim = cover.content(sentence)
    for clause in clauses:
        for amount in facts(clause.text).amounts:
            if any(_is_elsewhere(amount, one, passage, cover) for one in (clause.content, claim)):
                return (Fault.AMOUNT if amount.kind == "money" else Fault.NUMBER), amount.text
    return None


def changed(sentence: str, cited: Sequence[Passage], given: str) -> tuple[Fault, str] | None:
    """The first link or number in figures that no passage has, in whatever language: marks
    within numbers are passed over, since they differ."""
    said = "\n".join(one.whole for one in cited)
    links = facts(sentence).links.difference(*(one.facts.links for one in cited))
    if links:
        return Fault.LINK, min(links)
    known = {_figures(one) for one in (*_WRITTEN.findall(said), *all_numbers(said))}
    known |= {one for one in _WRITTEN.findall(given) if len(one) >= _IDENTIFIER}
    wrong = [one for one in _WRITTEN.findall(sentence) if _figures(one) not in known]
    return (Fault.NUMBER, wrong[0]) if wrong else None


def _figures(number: str) -> str:
    return re.sub(r"\D", "", number)


def _missing(mine: Facts, theirs: Facts, whole: str, given: str) -> tuple[Fault, str] | None:
    if mine.links - theirs.links:
        return Fault.LINK, min(mine.links - theirs.links)
    for amount in mine.amounts:
        if not _has(amount, theirs, whole):
            return (Fault.AMOUNT if amount.kind == "money" else Fault.NUMBER), amount.text
    if theirs.currencies and mine.currencies - theirs.currencies:
        return Fault.AMOUNT, min(mine.currencies - theirs.currencies)
    hours = {clock % _HALF_DAY for clock in theirs.clocks}
    wrong = [*_days(mine, theirs, whole), *_clocks(mine, theirs, hours)]
    if wrong:
        return Fault.DATE, wrong[0]
    known = all_numbers(whole) | {one for one in all_numbers(given) if len(one) >= _IDENTIFIER}
    known |= {f"{hour // 60 or 12:.0f}" for hour in hours if hour % 60 == 0}
    if mine.numbers - known:
        return Fault.NUMBER, min(mine.numbers - known)
    said = " ".join(f"{whole} {given}".lower().split())
    unknown = sorted(name for name in mine.names if not _named(name, said))
    return (Fault.NAME, unknown[0]) if unknown else None


def _replaced(mine: Facts, there: Facts) -> tuple[Fault, str] | None:
    """A figure in the place of another one of its kind, in a sentence that says the rest."""
    for amount in mine.amounts:
        same = [one for one in there.amounts if one.kind == amount.kind]
        if same and not any(one.values & amount.values for one in same):
            return (Fault.AMOUNT if amount.kind == "money" else Fault.NUMBER), amount.text
    counted = dict(mine.counts)
    for noun, number in counted.items():
        others = {other for one, other in there.counts if one == noun}
        if others and number not in others:
            return Fault.NUMBER, f"{number} {noun}"
    hours = {clock % _HALF_DAY for clock in there.clocks}
    late = _clocks(mine, there, hours) if there.clocks else []
    for kind in (_WEEKDAYS, _MONTHS):
        here = mine.dates & kind
        if here and there.dates & kind and not here <= there.dates:
            late += sorted(here - there.dates)
    return (Fault.DATE, late[0]) if late else None


def renamed(sentence: str, passage: Passage, match: Match) -> bool:
    """Whether a sentence has a name that stands elsewhere in its source, and lacks one that stands
    where it is said."""
    said = sentence.lower()
    told = f"{passage.called} {' '.join(unit.told for unit in match.units)}".lower()
    lacking = any(not _named(name, said) for unit in match.units for name in unit.facts.names)
    return lacking and any(not _named(name, told) for name in facts(sentence).names)


def _days(mine: Facts, theirs: Facts, whole: str) -> list[str]:
    known = set(theirs.dates)
    if theirs.dates >= _WORKDAYS or _WORKING_DAY.search(whole):
        known.add("weekday")
    if theirs.dates & _WEEKEND:
        known.add("weekend")
    if "weekend" in theirs.dates:
        known |= _WEEKEND
    return sorted(mine.dates - known)


def _clocks(mine: Facts, theirs: Facts, hours: set[float]) -> list[str]:
    """Times of day that the source does not name; before noon they may be meant as after it."""
    late = sorted(
        clock for clock in mine.clocks - theirs.clocks if clock >= _HALF_DAY or clock not in hours
    )
    return [f"{clock // 60:.0f}:{clock % 60:02.0f}" for clock in late]


def _has(amount: Amount, theirs: Facts, whole: str) -> bool:
    same = [one for one in theirs.amounts if one.kind == amount.kind]
    if any(one.values & amount.values for one in same):
        return True
    if amount.kind == "share" and 50.0 in amount.values and re.search(r"\bhalf\b", whole, re.I):
        return True
    if not any(map(str.isdigit, amount.text)) and amount.number == "1":
        return _tells_one(re.split("[ -]", amount.text)[-1].lower().rstrip("s"), whole)
    if not same:
        return amount.number in all_numbers(whole)
    return _stands_apart(amount, theirs, whole)


def _stands_apart(amount: Amount, there: Facts, text: str) -> bool:
    """Whether the number stands without its unit: "20 of them", "after two", "five home days"."""
    if amount.kind in ("money", "share") or amount.number not in there.numbers:
        return False
    number, *_, unit = map(re.escape, re.split("[ -]", amount.text.rstrip("s")))
    if re.search(rf"\b(?:{amount.number}|{number})\W+\w+\W+{unit}", text, re.IGNORECASE):
        return True
    return not any(number == amount.number for _, number in there.counts)


def _tells_one(unit: str, whole: str) -> bool:
    told = rf"{_ONE.format(unit)}|\b(?:{_ADVERBS.get(unit, unit + 'ly')})\b"
    return re.search(told, whole, re.IGNORECASE) is not None


def _is_elsewhere(amount: Amount, around: Content, passage: Passage, cover: Cover) -> bool:
    """Whether the amount stands in the source at something else than the sentence says it of."""
    own, others = [0.0], [0.0]
    for unit in passage.units:
        same = [one for one in unit.facts.amounts if one.kind == amount.kind]
        is_here = any(one.values & amount.values for one in same)
        is_here = is_here or _stands_apart(amount, unit.facts, unit.told)
        if same or is_here:
            (own if is_here else others).append(_share(around, unit, passage, cover))
    return max(others) - max(own) > _ELSEWHERE


def _share(around: Content, unit: Unit, passage: Passage, cover: Cover) -> float:
    said = cover.said(around, unit.content, passage.above)
    return float(said.mean()) if len(said) else 0.0


def _named(name: str, said: str) -> bool:
    """Whether a name is said, its words in any form of the verb: "don't" is "do not"."""
    if " " in name:
        return all(_named(word, evened(said)) for word in words(evened(name)))
    one = name.removesuffix("s") if len(name) > _SHORT else name
    if re.search(rf"(?<!\w){re.escape(one)}(?:['’]?s)?(?!\w)", said):
        return True
    parts = name.split("-")
    whole = len(parts) == 1 or any(map(str.isdigit, name))  # "con-5" is one name
    return not whole and all(_named(part, said) for part in parts if part)
