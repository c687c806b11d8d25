"""What speaks for a sentence and against it, beside its facts: figures that a logistic regression
weighs, fitted on claims with and without faults (docs/decisions/0010-claims.md).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from copilot.answer.claims.anchors import renamed
from copilot.answer.claims.cover import Cover
from copilot.answer.claims.entailment import Entailment
from copilot.answer.claims.facts import Fault
from copilot.answer.claims.order import Order
from copilot.answer.claims.passage import Clause, Match, Passage, around, joined
from copilot.answer.claims.polarity import Polarity
from copilot.answer.claims.wording import DENIALS, UNIVERSAL, evened, words

# A word is strange to a source that has none nearer than this; one that has its stem says it.
_STRANGE = 0.45
_SYNONYM = 0.7
_MOST = 4
_LITTLE = 0.5
# Log odds beyond this say no more.
_FURTHEST = 6.0
# Doubt counts in full from so far away; what is nearly quoted is in little doubt.
_NEAR = 0.15
# The fault that each figure is a sign of.
SIGNS: dict[str, Fault] = {
    "doubted": Fault.UNSUPPORTED,
    "unsaid": Fault.UNSUPPORTED,
    "second": Fault.UNSUPPORTED,
    "strange": Fault.UNSUPPORTED,
    "alien": Fault.UNSUPPORTED,
    "unlike": Fault.UNSUPPORTED,
    "borrowed": Fault.MERGED,
    "scattered": Fault.MERGED,
    "mislabelled": Fault.MERGED,
    "swapped": Fault.MERGED,
    "renamed": Fault.NAME,
    "reversed": Fault.NEGATION,
    "contrasted": Fault.NEGATION,
    "denied": Fault.NEGATION,
    "affirmed": Fault.NEGATION,
    "tied": Fault.CONDITION,
    "lost": Fault.CONDITION,
    "added": Fault.CONDITION,
    "universal": Fault.CONDITION,
    "length": Fault.UNSUPPORTED,
}
NAMES = tuple(SIGNS)


@dataclass(frozen=True, slots=True)
class Weights:
    """A sentence is supported from the probability `enough` on."""

    bias: float
    by_name: Mapping[str, float]
    enough: float

    def support(self, found: Mapping[str, float]) -> float:
        """The probability, 0 to 1, that a sentence with these figures is supported."""
        total = self.bias + sum(self.by_name[name] * found[name] for name in NAMES)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def worst(self, found: Mapping[str, float]) -> str:
        """The figure that speaks most against a sentence; doubt, which names no fault, where none
        that does says more than a little."""
        told = {name: self.by_name[name] * found[name] for name in NAMES}
        named = min((name for name in NAMES if name != "doubted"), key=told.__getitem__)
        return named if told[named] < -_LITTLE else min(NAMES, key=told.__getitem__)


def load_weights() -> Weights:
    """The reviewed weights."""
    text = resources.files("copilot.answer.claims").joinpath("weights.json").read_text()
    fields = json.loads(text)
    return Weights(fields["bias"], fields["weights"], fields["enough"])


class Signals:
    """Looks at a sentence and at the words that it is taken from."""

    def __init__(self, cover: Cover, entailment: Entailment) -> None:
        self._cover = cover
        self._entailment = entailment
        self._polarity = Polarity(cover)
        self._order = Order(cover)

    def of(
        self, sentence: str, clauses: Sequence[Clause], passage: Passage, match: Match
    ) -> dict[str, float]:
        """The figures of a sentence, by name."""
        told = " ".join(unit.told for unit in match.units)
        logit = self._entailment.logit(sentence, around(passage, match))
        content = self._content(sentence, clauses, passage, match, told)
        departed = min(1.0, content["unlike"] / _NEAR)
        return {
            "doubted": -max(-_FURTHEST, min(_FURTHEST, logit)) * departed,
            **content,
            **self._logic(sentence, clauses, passage, match, told),
        }

    def _content(
        self, sentence: str, clauses: Sequence[Clause], passage: Passage, match: Match, told: str
    ) -> dict[str, float]:
        claim, cover = self._cover.content(sentence), self._cover
        said = cover.said(claim, joined(match.units), passage.above)
        anywhere = cover.said(claim, joined(passage.units), passage.above)
        ordered = np.sort(said)
        return {
            "unsaid": 1 - float(said.mean()),
            "second": 1 - float(ordered[1]) if len(ordered) > 1 else 0.0,
            "strange": min(_MOST, int((said < _STRANGE).sum())) / _MOST,
            "alien": min(_MOST, int((anywhere < _SYNONYM).sum())) / _MOST,
            "unlike": 1 - cover.likeness(sentence, told),
            "borrowed": min(_MOST, int(((said < 1) & (anywhere >= 1)).sum())) / _MOST,
            "scattered": float(anywhere.mean() - said.mean()),
            "length": min(3.0, len(claim.words) / 10),
        }

    def _logic(
        self, sentence: str, clauses: Sequence[Clause], passage: Passage, match: Match, told: str
    ) -> dict[str, float]:
        mine, theirs = evened(sentence), evened(told)
        here, there = (sum(word in DENIALS for word in words(text)) for text in (mine, theirs))
        universal = UNIVERSAL.search(mine) and not UNIVERSAL.search(theirs)
        flags = {
            "mislabelled": self._order.mislabelled(sentence, passage, match),
            "swapped": self._order.swapped(sentence, passage),
            "renamed": renamed(sentence, passage, match),
            "reversed": self._polarity.turned(clauses, passage),
            "contrasted": bool(self._polarity.contrasted(clauses, match.units)),
            "denied": here > 0 and there == 0,
            "affirmed": there > 0 and here == 0,
            "tied": self._order.tied_otherwise(sentence, told),
            "lost": bool(self._polarity.lost(sentence, told)),
            "added": bool(self._polarity.added(sentence, told)),
            "universal": bool(universal),
        }
        return {name: float(flag) for name, flag in flags.items()}
