"""Whether a sentence denies what its source affirms, or the other way round, and whether it keeps
the conditions that its source ties to what it says. English.

Each clause of the sentence is held against the clauses of the source that say the same; it is
turned round where all of those deny and it does not, or the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from copilot.answer.claims.cover import Cover
from copilot.answer.claims.passage import Clause, Passage, Unit
from copilot.answer.claims.wording import (
    CONTRASTS,
    DENIALS,
    NEARLY_DENIALS,
    PREDICATES,
    evened,
    words,
)

# Two words mean the same from this cosine on.
_SAME = 0.6
# A clause of the source is meant from this share of the sentence's clause on, and where it says
# nearly as much of it as the best one.
_MEANT = 0.6
_NEARLY = 0.1
_LEAST_WORDS = 2
# A condition is kept where the sentence says this part of it, and concerns the sentence where that
# says this part of what it is a condition on.
_KEPT = 0.5
_CONCERNS = 0.6
_CONDITION = re.compile(
    r"\b(?P<word>only if|if|unless|except(?: for| where| when| in)?|only|without|until)\b"
    r"(?P<rest>[^,.;:!?|\n]*)"
)
# Conditions on what the reader wants, not on what holds.
_IDLE = re.compile(
    r"\b(?:if|when|where) (?:(?:you|they|the customer|customers|someone|anyone|the caller|somebody|"
    r"a customer) )?(?:want|wish|like|need|prefer|ask|call|would like|have (?:a |any )?question|"
    r"are "
    r"unsure|is unsure|possible|necessary|needed|so|in doubt|applicable|they ask)"
)
_IF = re.compile(r"(?:if|when|once|as soon as|after|before|unless|while|until)\b")
_ELLIPTIC = re.compile(r"\b(?:if not|if no|without (?:it|them|this|that|one)|otherwise|or else)\b")
STRICT = frozenset({"only", "only if", "unless", "except", "except for", "except where"})


# Of a sentence that is nearly quoted the source has this share of the words in their order, and
# about a denial at least so many together.
_QUOTED = 0.8
_TOGETHER = 3
_AUXILIARIES = frozenset({"do", "does", "did"})
# With these a denial may go: what cannot be returned until Friday can be returned from Friday on.
_REPLACE_DENIALS = frozenset(
    "until unless without except only but before than if when once after instead otherwise or from "
    "while even just because yet".split()
)


def struck(sentence: str, passage: Passage) -> bool:
    """Whether it nearly quotes the passage, and a denial was struck out or put in."""
    mine = _undenied(words(evened(sentence)))
    said = frozenset(mine[0])
    near = [unit for unit in passage.units if len(said & unit.words) >= _QUOTED * len(said)]
    found = [_turned(mine, _undenied(unit.in_order)) for unit in near]
    most = max((matched for matched, _ in found), default=0)
    return most > 0 and all(turned for matched, turned in found if matched == most)


class Polarity:
    """Compares a sentence with the passage that it is taken from."""

    def __init__(self, cover: Cover) -> None:
        self._cover = cover

    def turned(self, clauses: Sequence[Clause], passage: Passage) -> bool:
        """Whether a clause is turned round in all sentences that say the same."""
        everything = [(clause, unit) for unit in passage.units for clause in unit.clauses]
        elliptic = _ELLIPTIC.search(evened(passage.whole)) is not None
        for clause in clauses:
            if elliptic and _IF.match(clause.text):
                continue  # "if not", "without it": what is denied stands in another sentence
            meant = self._meant(clause, everything)
            if meant and all(_denies(clause.words, one.words, unit.words) for one, unit in meant):
                return True
        return False

    def contrasted(self, clauses: Sequence[Clause], units: Sequence[Unit]) -> str:
        """A word whose place in the source another one takes that excludes it."""
        here = frozenset(word for clause in clauses for word in clause.words)
        there = frozenset(word for unit in units for word in unit.words)
        sides = {at for word in there for at in CONTRASTS.get(word, ())}
        for word in sorted(here - there):
            for row, side in CONTRASTS.get(word, ()):
                in_row = {one for at, one in sides if at == row}
                if in_row and side not in in_row:
                    return word
        return ""

    def lost(self, sentence: str, told: str) -> str:
        """A condition of the source that the sentence leaves out; "" where none is."""
        source = evened(told)
        for match in _CONDITION.finditer(source):
            if _IDLE.match(match.group()) or not self._cover.content(match["rest"]).words:
                continue
            main = source.replace(match.group(), " ")
            if self._share(match["rest"], sentence) < _KEPT and (
                self._share(main, sentence) >= _CONCERNS
            ):
                return match.group().strip()
        return ""

    def added(self, sentence: str, told: str) -> str:
        """A strict condition that the sentence has and the source has not."""
        source = evened(told)
        if any(re.search(rf"\b{word}\b", source) for word in (*STRICT, *DENIALS)):
            return ""
        for match in _CONDITION.finditer(evened(sentence)):
            if match["word"] in STRICT:
                return match.group().strip()
        return ""

    def _share(self, part: str, of: str) -> float:
        """How much of the content of a part a text says."""
        said = self._cover.said(self._cover.content(part), self._cover.content(of), frozenset())
        return float((said >= _SAME).mean()) if len(said) else 0.0

    def _meant(
        self, clause: Clause, others: Sequence[tuple[Clause, Unit]]
    ) -> list[tuple[Clause, Unit]]:
        """The clauses that say what this one does, as far as words tell."""
        if len(clause.content.words) < _LEAST_WORDS:
            return []
        shares = [self._both(clause, one) for one, _ in others]
        best = max(shares, default=0.0)
        if best < _MEANT:
            return []
        return [one for one, share in zip(others, shares, strict=True) if share >= best - _NEARLY]

    def _both(self, one: Clause, other: Clause) -> float:
        """How much of a clause another one says, a little less where that says more besides."""
        said = self._cover.said(one.content, other.content, frozenset())
        back = self._cover.said(other.content, one.content, frozenset())
        return float(0.8 * np.mean(said >= _SAME) + 0.2 * np.mean(back >= _SAME))


def _denies(mine: frozenset[str], theirs: frozenset[str], around: frozenset[str]) -> bool:
    """Whether one of two clauses that say the same denies it, and the other does not.

    `around` are the words in which a denial of theirs may stand too.
    """
    here, there = bool(mine & DENIALS), bool(theirs & DENIALS)
    opposed = _opposed(mine, theirs)
    if here == there:
        return opposed and not here
    lacking = around if here else mine
    return not opposed and not lacking & (NEARLY_DENIALS | (DENIALS if here else frozenset()))


def _opposed(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a predicate of the one stands in the other as its opposite."""
    here, there = ({at for word in of for at in PREDICATES.get(word, ())} for of in (one, other))
    return any((row, 1 - side) in there and (row, side) not in there for row, side in here)


def _undenied(said: Sequence[str]) -> tuple[list[str], list[bool]]:
    """The words beside denials, and whether each has one before it, and so the end; two cancel each
    other."""
    kept: list[str] = []
    denied: list[bool] = []
    is_denied = False
    for word in said:
        if word in DENIALS:
            is_denied = not is_denied
        elif word not in _AUXILIARIES:
            kept.append(word)
            denied.append(is_denied)
            is_denied = False
    return kept, [*denied, is_denied]


def _turned(
    mine: tuple[list[str], list[bool]], theirs: tuple[list[str], list[bool]]
) -> tuple[int, bool]:
    """How many words of a sentence another one has in their order, 0 where it is not nearly quoted;
    and whether a denial between words that stand together, or before the first, was struck out or
    put in."""
    (here, denied), (there, meant) = mine, theirs
    blocks = SequenceMatcher(None, there, here, autojunk=False).get_matching_blocks()[:-1]
    matched = sum(block.size for block in blocks)
    if matched < max(_TOGETHER, _QUOTED * len(here)):
        return 0, False
    last = blocks[-1]
    to_end = last.a + last.size == len(there) and last.b + last.size == len(here)
    quoted = slice(blocks[0].a, last.a + last.size)
    theirs_denied = sum(meant[quoted]) + (to_end and meant[-1])
    if sum(denied) == theirs_denied or _REPLACE_DENIALS & (set(here) ^ set(there[quoted])):
        return matched, False
    return matched, any(
        denied[block.b + at] != meant[block.a + at]
        for block in blocks
        if block.size >= _TOGETHER
        for at in range(int(block.b > 0), block.size + (to_end and block is last))
    )
