"""Checks whether what a sentence says is said by the passages that it cites.

What stands or falls by its characters (numbers, dates, amounts, names, links, negations,
conditions) is compared; the rest is weighed by how much of its content the passage says. Used live
on drafts and offline in evals. It reads English; of other languages it knows quotations, figures
and links, and leaves the rest undecided.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.answer.claims.anchors import changed, strange
from copilot.answer.claims.courtesy import is_small_talk
from copilot.answer.claims.cover import Content, Cover, Stems
from copilot.answer.claims.entailment import Entailment
from copilot.answer.claims.facts import Fault
from copilot.answer.claims.passage import (
    Match,
    Passage,
    Source,
    Unit,
    around,
    joined,
    parts,
    take_apart,
)
from copilot.answer.claims.polarity import struck
from copilot.answer.claims.signals import SIGNS, Signals, load_weights
from copilot.answer.claims.wording import without_lead_in
from copilot.language import in_english
from copilot.ports import Embedder

_KEPT = 256
# Sentences that stand together and may be told in one.
_TOGETHER = 3
# A passage that says less of a sentence's content than this is not what it is about.
_RELATED = 0.45
# Words that a quoted sentence has at least.
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one sentence. `support` is (source, start, end) of the words behind it.

    `undecided` is a sentence in other words, of which only the figures could be compared, since it
    or its source is not in English: it is not supported until somebody else finds that it is.
    """

    supported: bool
    courtesy: bool = False
    fault: Fault | None = None
    detail: str = ""
    support: tuple[int, int, int] | None = None
    undecided: bool = False


class Checker:
    """One component, live and in evals. Safe to call from several threads."""

    def __init__(
        self, embedder: Embedder, stems: Stems, entailment: Entailment | None = None
    ) -> None:
        self._cover = Cover(embedder, stems)
        self._signals = Signals(self._cover, entailment or Entailment())
        self._weights = load_weights()
        self._known: OrderedDict[Source, Passage] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, sentence: str, cited: Sequence[Source], given: str = "") -> Finding:
        """Whether the cited passages support a sentence, or what is wrong with it first.

        `given` is what was said in the conversation: its names and numbers of orders may be
        repeated; no amount, date or rule is taken from it.
        """
        if is_small_talk(sentence):
            return Finding(True, courtesy=True)
        if not cited:
            return Finding(False, fault=Fault.UNCITED, detail="cites nothing")
        sentence = without_lead_in(sentence)
        quoted = _quoted(sentence, cited)
        if quoted is not None:
            return Finding(True, support=quoted)
        found = self._matched(sentence, cited)
        passages = [self.passage(source) for source in cited]
        if _is_foreign(sentence, passages, is_matched=found is not None):
            return self._foreign(sentence, cited, given, found)
        if found is None:
            return Finding(False, fault=Fault.CITATION, detail="is not what the passage is about")
        passage, match = found
        support = _place(match)
        wrong = self._wrong(sentence, passage, given, match)
        if wrong is not None:
            return Finding(False, False, wrong[0], wrong[1], support)
        return Finding(True, support=support)

    def _foreign(
        self,
        sentence: str,
        cited: Sequence[Source],
        given: str,
        found: tuple[Passage, Match] | None,
    ) -> Finding:
        wrong = changed(sentence, [self.passage(source) for source in cited], given)
        if wrong is not None:
            return Finding(False, fault=wrong[0], detail=wrong[1])
        support = _place(found[1]) if found else (0, 0, len(cited[0].text))
        detail = "is in other words, and not in English"
        return Finding(False, False, Fault.UNSUPPORTED, detail, support, undecided=True)

    def prepare(self, sources: Sequence[Source]) -> None:
        """Takes sources apart, so that the first sentence that cites them waits for nothing."""
        for source in sources:
            units = self.passage(source).units
            self._cover.learn([word for unit in units for word in unit.content.words])
            self._cover.learn([unit.told for unit in units])

    def passage(self, source: Source) -> Passage:
        """The source taken apart; those of late are remembered."""
        with self._lock:
            known = self._known.get(source)
        if known is None:
            known = take_apart(source, self._cover)
        with self._lock:
            self._known[source] = known
            self._known.move_to_end(source)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known

    def best(self, claim: Content, passages: Sequence[Passage]) -> Match | None:
        """The sentences that say most of a claim; of equal ones the fewest."""
        found: list[Match] = []
        for at, passage in enumerate(passages):
            for units in _stretches(passage.units):
                said = self._cover.said(claim, joined(units), passage.above)
                if len(said):
                    found.append(Match(at, units, float(said.mean())))
        return max(found, key=lambda one: (round(one.said, 2), -len(one.units)), default=None)

    def look(
        self, sentence: str, cited: Sequence[Source], given: str = ""
    ) -> tuple[Fault | None, dict[str, float]]:
        """What `check` weighs: the fault that a fact decides, or the figures of the rest.

        Without either, the sentence is a quotation. For those who fit the weights.
        """
        sentence = without_lead_in(sentence)
        if _quoted(sentence, cited) is not None:
            return None, {}
        matched = self._matched(sentence, cited)
        if matched is None:
            return Fault.CITATION, {}
        fact, found = self._weigh(sentence, matched[0], given, matched[1])
        return (fact[0] if fact else None), found

    def reading(self, sentence: str, cited: Sequence[Source]) -> tuple[str, str] | None:
        """The sentence and the words that are read beside it; None where a fact decides."""
        sentence = without_lead_in(sentence)
        found = self._matched(sentence, cited)
        if found is None:
            return None
        passage, match = found
        clauses = parts(sentence, self._cover)
        if strange(sentence, clauses, passage, match, "", self._cover) is not None:
            return None
        return sentence, around(passage, match)

    def _matched(self, sentence: str, cited: Sequence[Source]) -> tuple[Passage, Match] | None:
        """The passage that says most of a sentence, and where; None where none is about it."""
        passages = [self.passage(source) for source in cited]
        match = self.best(self._cover.content(sentence), passages)
        if match is None or match.said < _RELATED:
            return None
        return passages[match.at], match

    def _wrong(
        self, sentence: str, passage: Passage, given: str, match: Match
    ) -> tuple[Fault, str] | None:
        fact, found = self._weigh(sentence, passage, given, match)
        if fact is not None:
            return fact
        support = self._weights.support(found)
        if support >= self._weights.enough:
            return None
        worst = self._weights.worst(found)
        return SIGNS[worst], f"{worst}, support {support:.2f}"

    def _weigh(
        self, sentence: str, passage: Passage, given: str, match: Match
    ) -> tuple[tuple[Fault, str] | None, dict[str, float]]:
        clauses = parts(sentence, self._cover)
        fact = strange(sentence, clauses, passage, match, given, self._cover)
        if fact is None and struck(sentence, passage):
            fact = Fault.NEGATION, "a denial was struck out or put in"
        if fact is not None:
            return fact, {}
        return None, self._signals.of(sentence, clauses, passage, match)


def _place(match: Match) -> tuple[int, int, int]:
    """The source and the characters of a match."""
    return match.at, match.units[0].span[0], match.units[-1].span[1]


def _is_foreign(sentence: str, cited: Sequence[Passage], *, is_matched: bool) -> bool:
    """Whether a sentence or its source is not in English. Tables and logs do not tell what language
    they are in; what an English source says nearly as it stands is English."""
    said, theirs = in_english(sentence), [one.in_english for one in cited]
    is_theirs = all(one is False for one in theirs)
    if said:
        return is_theirs and not is_matched
    return is_theirs if said is None else not (is_matched and any(theirs))


def _quoted(sentence: str, cited: Sequence[Source]) -> tuple[int, int, int] | None:
    """Where a source says a whole sentence letter by letter."""
    words = [re.escape(word) for word in sentence.split()]
    if len(words) < _FEWEST:
        return None
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(words) + r"(?:(?<=[.!?])|(?=[.!?:;|\n]|\s*\Z))")
    for at, source in enumerate(cited):
        for match in pattern.finditer(source.text):
            before = source.text[: match.start()].rstrip(" \t*_")
            if not before or before[-1] in ".!?:;\n|•)":
                return at, match.start(), match.end()
    return None


def _stretches(units: Sequence[Unit]) -> list[tuple[Unit, ...]]:
    """Each sentence, and those that stand together; never two steps, items or rows."""
    found: list[tuple[Unit, ...]] = []
    for start in range(len(units)):
        for end in range(start + 1, min(len(units), start + _TOGETHER) + 1):
            part = tuple(units[start:end])
            if len({unit.item for unit in part}) == 1:
                found.append(part)
    return found
