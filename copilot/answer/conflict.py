"""Finds two live documents that disagree on the same question: a number, a date, or a condition.

It compares sentences that are about the same thing, both near the question. Wrongly finding a
conflict costs a reply; missing one may cost a customer. It is tuned to find few false ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copilot.answer.extract import Scored

# Two sentences are about the same thing from this cosine on, and a sentence is about the question
# when it is nearly as near to it as the best one. See docs/decisions/0005-answers.md.
_SAME_SUBJECT = 0.6
_SAME_STATEMENT = 0.8
_NEAR = 0.8
# Words that two opposite statements share, as a part of the shorter one.
_SHARED_WORDS = 0.6

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty
""".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}
_UNITS = {
    "minute": ("time", 1),
    "hour": ("time", 60),
    "day": ("time", 1440),
    "week": ("time", 7 * 1440),
    "fortnight": ("time", 14 * 1440),
    "month": ("time", 30 * 1440),
    "year": ("time", 365 * 1440),
    "percent": ("share", 1),
    "euro": ("money", 1),
    "dollar": ("money", 1),
    "pound": ("money", 1),
    "item": ("items", 1),
    "piece": ("items", 1),
    "visit": ("visits", 1),
    "time": ("times", 1),
    "kilometre": ("length", 1000),
    "metre": ("length", 1),
    "kilo": ("weight", 1),
    "kg": ("weight", 1),
}
_NUMBER = rf"\d{{1,3}}(?:[ ,]\d{{3}})+|\d+(?:[.,]\d+)?|{'|'.join(_NUMBER_WORDS)}"
_QUANTITY = re.compile(
    rf"(?P<money>[€$£]) ?(?P<amount>\d[\d,]*(?:\.\d+)?)|(?P<share>\d+(?:[.,]\d+)?) ?%"
    rf"|\b(?P<number>{_NUMBER})[ -](?:(?:working|calendar|business|full|more|whole)[ -])?"
    rf"(?P<unit>{'|'.join(_UNITS)})s?\b",
    re.IGNORECASE,
)
_MONTHS = "january february march april may june july august september october november december"
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{'|'.join(_MONTHS.split())})"
    rf"|(?P<first>{'|'.join(_MONTHS.split())}) (?P<second>\d{{1,2}})(?:st|nd|rd|th)?)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|can't|won't|without|don't|doesn't|isn't|aren't|nor|neither|"
    r"must not|unless)\b",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\b(?:if|when|unless|except|only|for|after|before)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Conflict:
    """The two sentences that disagree, and on what: `number`, `date` or `condition`."""

    here: Scored
    there: Scored
    on: str


def conflict(chosen: Sequence[Scored], other: Sequence[Scored]) -> Conflict | None:
    """The first disagreement between what would be answered and another document's sentences."""
    if not chosen or not other:
        return None
    floor = _NEAR * max(one.cosine for one in (*chosen, *other))
    for here in chosen:
        for there in other:
            if min(here.cosine, there.cosine) < floor:
                continue
            if (on := disagreement(here, there)) is not None:
                return Conflict(here, there, on)
    return None


def disagreement(here: Scored, there: Scored) -> str | None:
    """What two sentences disagree on, if they are about the same thing."""
    alike = float(here.vector @ there.vector)
    if alike < _SAME_SUBJECT or here.text == there.text:
        return None
    mine, theirs = quantities(here.text), quantities(there.text)
    for kind in mine.keys() & theirs.keys():
        if not mine[kind] & theirs[kind]:
            return "date" if kind == "date" else "number"
    if alike >= _SAME_STATEMENT and _opposed(here.text, there.text):
        return "condition"
    return None


def quantities(text: str) -> dict[str, set[float]]:
    """The amounts a sentence names, by kind, each kind in one unit: time in minutes and so on."""
    found: dict[str, set[float]] = {}
    for match in _QUANTITY.finditer(text):
        if match["money"]:
            found.setdefault("money", set()).add(float(match["amount"].replace(",", "")))
        elif match["share"]:
            found.setdefault("share", set()).add(_value(match["share"]))
        else:
            kind, factor = _UNITS[match["unit"].lower()]
            found.setdefault(kind, set()).add(_value(match["number"]) * factor)
    months = _MONTHS.split()
    for match in _DATE.finditer(text):
        month = (match["month"] or match["first"]).lower()
        day = int(match["day"] or match["second"])
        found.setdefault("date", set()).add(months.index(month) * 100 + day)
    return found


def _value(number: str) -> float:
    word = number.lower()
    if word in _NUMBER_WORDS:
        return float(_NUMBER_WORDS[word])
    return float(re.sub(r"[ ,](?=\d{3})", "", word).replace(",", "."))


def _opposed(here: str, there: str) -> bool:
    """Whether one says of the same words what the other denies, with no condition in between."""
    if bool(_NEGATION.search(here)) == bool(_NEGATION.search(there)):
        return False
    if bool(_CONDITIONAL.search(here)) != bool(_CONDITIONAL.search(there)):
        return False
    mine, theirs = _words(here), _words(there)
    shorter = min(len(mine), len(theirs))
    return shorter >= 3 and len(mine & theirs) >= _SHARED_WORDS * shorter


def _words(text: str) -> set[str]:
    without = _NEGATION.sub(" ", text)
    return {word.lower() for word in _WORD.findall(without)}


def any_conflict(
    chosen: Sequence[Scored], others: Iterable[Sequence[Scored]]
) -> tuple[int, Conflict] | None:
    """The first of the other documents that disagrees, by position, and how."""
    for position, other in enumerate(others):
        found = conflict(chosen, other)
        if found is not None:
            return position, found
    return None
