from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from copilot.answer.abstain import (
    FEATURES,
    Calibration,
    confidence,
    features,
    load_calibration,
    silence,
)
from copilot.answer.extract import Scored
from copilot.retrieval.search import Hit
from copilot.store.index import Candidate
from copilot.types import Reason

CALIBRATION = Calibration(bias=-2.0, weights=(1.0, 2.0, 4.0), some=0.2, enough=0.5)


def hit(score: float, dense: float) -> Hit:
    """A hit of which nothing counts but its score and its cosine."""
    unknown: dict[str, Any] = dict.fromkeys(field.name for field in fields(Candidate))
    return Hit(Candidate(**unknown), score, np.array([dense, 0.0, 0.0]))


def vectors(*angles: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([[math.cos(a), math.sin(a)] for a in angles], dtype=np.float32)


def told(*cosines: float) -> list[Scored]:
    return [Scored((0, 1), "x", cosine, np.zeros(0, np.float32)) for cosine in cosines]


def test_confidence_is_the_logistic_of_the_weighted_sum() -> None:
    # -2 + 1 × 1 + 2 × 0.25 + 4 × 0.5 = 1.5
    assert confidence((1.0, 0.25, 0.5), CALIBRATION) == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert confidence((1e9, 0, 0), CALIBRATION) == pytest.approx(1)
    assert confidence((-1e9, 0, 0), CALIBRATION) == pytest.approx(0)


def test_too_little_is_silence_and_almost_enough_says_so() -> None:
    assert silence(0.19, CALIBRATION) is Reason.NO_EVIDENCE
    assert silence(0.2, CALIBRATION) is Reason.WEAK_EVIDENCE
    assert silence(0.49, CALIBRATION) is Reason.WEAK_EVIDENCE
    assert silence(0.5, CALIBRATION) is None


def test_the_reviewed_weights_grow_with_the_evidence() -> None:
    calibration = load_calibration()
    assert len(calibration.weights) == len(FEATURES)
    assert all(weight > 0 for weight in calibration.weights)
    assert 0 < calibration.some < calibration.enough < 1


def test_the_features_of_two_documents_as_worked_out_by_hand() -> None:
    hits = [hit(8.0, 0.7), hit(7.0, 0.5)]
    share, lift, strength = features(hits, vectors(0, math.pi / 2), told(0.8, 0.6, 0.4, 0.1), 10.0)
    # Nine documents that are not there stand at the cosine of the unrelated, 0.15, and at a score
    # of 8 - 10 × (0.7 - 0.15) = 2.5.
    assert share == pytest.approx(1 / (1 + math.exp(-1) + 9 * math.exp(-5.5)))
    assert lift == pytest.approx(0.7 - (0.5 + 9 * 0.15) / 10)
    assert strength == pytest.approx(0.6)


def test_a_second_document_that_says_the_same_takes_nothing_away() -> None:
    alone = features([hit(8.0, 0.7)], vectors(0), told(0.8), 10.0)
    with_copy = features([hit(8.0, 0.7), hit(7.9, 0.7)], vectors(0, 0.01), told(0.8), 10.0)
    with_other = features([hit(8.0, 0.7), hit(7.9, 0.7)], vectors(0, 1.5), told(0.8), 10.0)
    assert with_copy == pytest.approx(alone)
    assert with_other[0] < alone[0]
    assert with_other[1] < alone[1]


def test_more_distance_to_the_next_gives_more_confidence() -> None:
    def sure(second: float) -> float:
        values = features([hit(8.0, 0.7), hit(second, 0.5)], vectors(0, 1.5), told(0.6), 10.0)
        return confidence(values, load_calibration())

    assert sure(3.0) > sure(6.0) > sure(8.0)


def test_a_document_without_sentences_has_no_strength() -> None:
    assert features([hit(8.0, 0.7)], vectors(0), [], 10.0)[2] == 0
