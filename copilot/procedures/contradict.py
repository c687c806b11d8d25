"""Finds steps of two documents that say the same with another number, or give it to somebody else.

Set to find few false ones: nearly all words have to be alike, so that what differs is the amount.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import ceil

from copilot.answer.amounts import quantities, without_quantities
from copilot.procedures.step import Procedure, Step
from copilot.sentence import Span, split
from copilot.structure import plain

_ALIKE = 0.8
_LEAST_WORDS = 4
_WORD = re.compile(r"[^\W\d_]{2,}")
_EMPTY = frozenset(
    "the an and or of to in on at by for from with is are be it its this that they them their your "
    "you as if then than not no up out per within after before".split()
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a step, with its words and what it names amounts of."""

    document: int
    span: Span
    text: str
    owner: str | None
    words: frozenset[str]
    amounts: dict[str, set[float]] = field(hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences of different documents, and what they differ in."""

    here: Said
    there: Said
    on: str


def said(document: int, text: str, procedures: Sequence[Procedure]) -> list[Said]:
    """The sentences of the steps of a document; `document` is its position among all."""
    return list(chain.from_iterable(_of(document, text, s) for p in procedures for s in p.steps))


def _of(document: int, text: str, step: Step) -> Iterator[Said]:
    owner = None if "owner" in step.inferred else step.owner
    for span in (step.start, step.end), step.detail:
        for start, end in split(text, *span) if span else ():
            sentence = plain(text[start:end])
            bare = _WORD.findall(without_quantities(sentence).lower())
            empty = _EMPTY | set((owner or "").split("_"))
            words = frozenset(word.removesuffix("s") for word in bare if word not in empty)
            if len(words) >= _LEAST_WORDS:
                amounts = quantities(sentence)
                yield Said(document, (start, end), sentence, owner, words, amounts)


def contradictions(sentences: Sequence[Said]) -> Iterator[Contradiction]:
    """Pairs of sentences that contradict, each once, the earlier document first."""
    common = Counter(chain.from_iterable(one.words for one in sentences))
    by_word: dict[str, list[Said]] = defaultdict(list)
    for one in sentences:
        # Two sets that are this much alike share one of their rarest words.
        rarest = sorted(one.words, key=lambda word: (common[word], word))
        prefix = rarest[: len(rarest) - ceil(_ALIKE * len(rarest)) + 1]
        seen: set[int] = set()
        for other in chain.from_iterable(by_word[word] for word in prefix):
            if id(other) not in seen and (on := _differ(other, one)):
                yield Contradiction(other, one, on)
            seen.add(id(other))
        for word in prefix:
            by_word[word].append(one)


def _differ(here: Said, there: Said) -> str | None:
    if here.document == there.document:
        return None
    both = len(here.words & there.words)
    if both < _LEAST_WORDS or both < _ALIKE * len(here.words | there.words):
        return None
    if here.words - there.words and there.words - here.words:
        return None  # a word for another word is another case: gold and silver members
    for kind in sorted(here.amounts.keys() & there.amounts.keys()):
        if not here.amounts[kind] & there.amounts[kind]:
            return kind
    owners = here.owner and there.owner and here.owner != there.owner
    return "owner" if owners and here.words == there.words else None
