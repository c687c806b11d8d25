"""How sure we are that the evidence answers the question, and when that is too little to speak.

Confidence is a logistic regression on three figures of the evidence, fitted on questions with and
without an answer in the documents: docs/decisions/0005-answers.md. Its weights are reviewed data.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from copilot.answer.extract import Scored, strength
from copilot.ports import Vectors
from copilot.retrieval.search import Hit
from copilot.types import Reason

FEATURES = ("share", "lift", "strength")
# The cosine of a question to an unrelated passage, which stands in for documents that a small
# corpus does not have.
_UNRELATED = 0.15
_OTHERS = 10
# A second document this near to the first says the same: it takes nothing from the share.
_SAME = 0.9


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of FEATURES, and the confidence from which there is evidence at all, and enough."""

    bias: float
    weights: tuple[float, ...]
    some: float
    enough: float


def load_calibration() -> Calibration:
    """The reviewed weights."""
    text = resources.files("copilot.answer").joinpath("confidence.json").read_text()
    fields = json.loads(text)
    return Calibration(
        fields["bias"],
        tuple(fields["weights"][name] for name in FEATURES),
        fields["some"],
        fields["enough"],
    )


def features(
    hits: Sequence[Hit], vectors: Vectors, sentences: Sequence[Scored], dense_weight: float
) -> tuple[float, float, float]:
    """share, lift and strength of the first hit; `vectors` are the hits' own, (hits, d).

    share: its part of the softmax over the fused scores of itself and the ten next that say
    something else, which is what fusion was fitted to. lift: its cosine above the mean of those
    ten. strength: the mean cosine of its three best sentences.
    """
    first = hits[0]
    dense = float(first.features[0])
    others = [
        (hit.score, float(hit.features[0]))
        for hit, vector in zip(hits[1:], vectors[1:], strict=True)
        if float(vector @ vectors[0]) < _SAME
    ][:_OTHERS]
    unrelated = min([_UNRELATED, *(cosine for _, cosine in others)])
    stand_in = (first.score - dense_weight * (dense - unrelated), unrelated)
    others += [stand_in] * (_OTHERS - len(others))
    share = 1 / (1 + sum(math.exp(min(50.0, score - first.score)) for score, _ in others))
    return share, dense - float(np.mean([cosine for _, cosine in others])), strength(sentences)


def confidence(values: Sequence[float], calibration: Calibration) -> float:
    """The probability, 0 to 1, that the evidence answers the question."""
    total = calibration.bias + sum(
        weight * value for weight, value in zip(calibration.weights, values, strict=True)
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def silence(sure: float, calibration: Calibration) -> Reason | None:
    """Why not to speak at this confidence, or None."""
    if sure < calibration.some:
        return Reason.NO_EVIDENCE
    return Reason.WEAK_EVIDENCE if sure < calibration.enough else None
