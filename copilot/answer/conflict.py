"""Finds two live documents that disagree on the same question: a number, a date, or a condition.

Only what the question asks for is held against each other: an amount where it asks for one, yes
or no where it asks that. Wrongly finding a conflict costs a reply; missing one may cost a
customer. It is set to find few false ones: docs/decisions/0005-answers.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from copilot.answer.amounts import kinds_asked, without_quantities
from copilot.answer.extract import Scored
from copilot.answer.statement import Statement, statements

# A sentence may answer the question from this cosine on. Of two, the one further away is nearly
# as near, and they are about the same thing from `_ALIKE` on.
_NEAR = 0.5
_NEARLY = 0.7
_ALIKE = 0.5
# From here on two sentences are built alike, so that another word is another subject.
_PARALLEL = 0.78
# The part of their words that two sentences share when one denies the other, and when one is
# the other with another amount. One of the shared words at least is more than the subject.
_DENIED = 0.5
_COPIED = 0.75
_LEAST_SHARED = 2

_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|without|nor|neither|none|\w+n['’]t)\b", re.IGNORECASE
)
_WITHOUT = re.compile(r"\b(?:without|no) (?:an? |the |any )?(\w+)", re.IGNORECASE)
# What stands behind these is a circumstance; its negation does not deny the statement.
_CIRCUMSTANCE = re.compile(
    r"\b(?:if|when|whether|unless|until|so that|except|because|who|which|that)\b[^,;.]*",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"(?:^|[.!?,;:]\s+|\b(?:and|so|but|or)\s+)(?:can|may|could|must|should|shall|is|are|do|does|"
    r"did|will|would|am|has|have)\b|\b(?:allowed|possible|permitted|whether)\b",
    re.IGNORECASE,
)

# A text's words without those that carry no subject, as stems.
Stems = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one document says to the question: its title, and sentences in reading order."""

    title: str
    sentences: Sequence[Scored]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The two sentences that disagree, and on what: `number`, `date` or `condition`."""

    here: Scored
    there: Scored
    on: str


def any_conflict(
    question: str, chosen: Told, others: Sequence[Told], stems: Stems
) -> tuple[int, Conflict] | None:
    """The first of the other documents that disagrees with the chosen one, by position, and how."""
    search = _Comparison(question, chosen, stems)
    for position, other in enumerate(others):
        found = search.with_other(other)
        if found is not None:
            return position, found
    return None


class _Comparison:
    """One question's search for disagreement with one document."""

    def __init__(self, question: str, chosen: Told, stems: Stems) -> None:
        self._stems = stems
        self._words = frozenset(stems(question))
        self._kinds = sorted(kinds_asked(question))
        self._asks_yes_or_no = _YES_OR_NO.search(question) is not None
        self._here = _Side(chosen, stems)

    def with_other(self, other: Told) -> Conflict | None:
        there = _Side(other, self._stems)
        return self._on_amount(there) or self._copied(there) or self._on_condition(there)

    def _on_amount(self, there: _Side) -> Conflict | None:
        """The two statements that answer the question with an amount differ in it."""
        for kind in self._kinds:
            mine = self._here.answer(kind, self._words)
            theirs = there.answer(kind, self._words)
            if mine is None or theirs is None or mine.amounts[kind] & theirs.amounts[kind]:
                continue
            shared = (
                self._words
                & (self._here.words(mine) | self._here.title)
                & (there.words(theirs) | there.title)
            )
            if shared and _comparable(mine, theirs) and not self._contrasted(mine, theirs, there):
                return Conflict(mine.scored, theirs.scored, _named(kind))
        return None

    def _copied(self, there: _Side) -> Conflict | None:
        """The same statement with another amount, whatever was asked about it."""
        for mine in self._here.near:
            for theirs in there.near:
                differs = _differs(mine, theirs)
                if differs is None:
                    continue
                bare = [without_quantities(one.text) for one in (mine, theirs)]
                if self._same_words(bare, _COPIED) and not self._contrasted(mine, theirs, there):
                    return Conflict(mine.scored, theirs.scored, _named(differs))
        return None

    def _on_condition(self, there: _Side) -> Conflict | None:
        """One statement says of the same words what the other denies."""
        if not self._asks_yes_or_no:
            return None
        for mine in self._here.near:
            for theirs in there.near:
                if {_denies(mine.text), _denies(theirs.text)} != {True, False}:
                    continue
                bare = [_NEGATION.sub(" ", one.text) for one in (mine, theirs)]
                if _comparable(mine, theirs) and self._same_words(bare, _DENIED):
                    return Conflict(mine.scored, theirs.scored, "condition")
        return None

    def _same_words(self, texts: Sequence[str], part: float) -> bool:
        """Whether two texts share this part of their words, and some of the question's."""
        mine, theirs = (frozenset(self._stems(text)) for text in texts)
        both = mine & theirs
        return len(both & self._words) >= _LEAST_SHARED and len(both) >= part * len(mine | theirs)

    def _contrasted(self, mine: Statement, theirs: Statement, there: _Side) -> bool:
        """Whether the two speak of different cases: adults and children, with and without."""
        here = self._here
        lacking = [
            frozenset(self._stems(" ".join(_WITHOUT.findall(one.text)))) for one in (mine, theirs)
        ]
        if (lacking[0] ^ lacking[1]) & here.words(mine) & there.words(theirs):
            return True
        if float(mine.scored.vector @ theirs.scored.vector) < _PARALLEL:
            return False
        only_mine = self._words & (here.words(mine) | here.title) - there.every_word()
        only_theirs = self._words & (there.words(theirs) | there.title) - here.every_word()
        return bool(only_mine) != bool(only_theirs)


class _Side:
    """One document: its statements near the question, and their words once they are needed."""

    def __init__(self, told: Told, stems: Stems) -> None:
        self._told = told
        self._stems = stems
        self._known: dict[str, frozenset[str]] = {}
        self.title = frozenset(stems(told.title))
        self.near = [one for one in statements(told.sentences) if one.scored.cosine >= _NEAR]

    def words(self, one: Statement) -> frozenset[str]:
        return self._of(one.text)

    def every_word(self) -> frozenset[str]:
        """The words of the title and of all sentences."""
        return self.title | self._of(" ".join(one.text for one in self._told.sentences))

    def answer(self, kind: str, asked: frozenset[str]) -> Statement | None:
        """The statement nearest the question with such an amount and a word of the question."""
        fit = [one for one in self.near if kind in one.amounts and self.words(one) & asked]
        return max(fit, key=lambda one: one.scored.cosine, default=None)

    def _of(self, text: str) -> frozenset[str]:
        if text not in self._known:
            self._known[text] = frozenset(self._stems(text))
        return self._known[text]


def _comparable(mine: Statement, theirs: Statement) -> bool:
    """Whether one is nearly as near the question as the other, and about the same thing."""
    low, high = sorted((mine.scored.cosine, theirs.scored.cosine))
    return low >= _NEARLY * high and float(mine.scored.vector @ theirs.scored.vector) >= _ALIKE


def _differs(mine: Statement, theirs: Statement) -> str | None:
    """A kind of amount that both name and in no value agree on."""
    for kind in sorted(mine.amounts.keys() & theirs.amounts.keys()):
        if not mine.amounts[kind] & theirs.amounts[kind]:
            return kind
    return None


def _denies(text: str) -> bool | None:
    """Whether a whole sentence denies something; None for what is no sentence."""
    if not text.endswith((".", "!")):
        return None
    return _NEGATION.search(_CIRCUMSTANCE.sub(" ", text)) is not None


def _named(kind: str) -> str:
    return "date" if kind == "date" else "number"
