"""Formulas over rankings, scores and probabilities; no file, no copilot.

A ranking is a sequence of document ids, best first, each once.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
BINS = 10


def hit_at_k(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """1.0 when any gold document is among the first k, else 0.0 (also "success at k")."""
    return float(any(document in gold for document in ranking[:k]))


def recall_at_k(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """The share of the gold documents that is among the first k. `gold` is not empty."""
    return sum(document in gold for document in ranking[:k]) / len(gold)


def precision_at_k(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """The share of the first k places that holds a gold document; an empty place holds none."""
    return sum(document in gold for document in ranking[:k]) / k


def reciprocal_rank(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """1 / the rank of the first gold document among the first k, 0.0 without one.

    Its mean is MRR@k (Voorhees, TREC-8 Question Answering, 1999).
    """
    for rank, document in enumerate(ranking[:k], start=1):
        if document in gold:
            return 1 / rank
    return 0.0


def ndcg_at_k(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Discounted cumulative gain over the ideal ranking's; `grades` are above 0, not empty.

    The gain is the grade and the discount log2(rank + 1), as trec_eval and BEIR have it
    (Järvelin and Kekäläinen, ACM TOIS 20(4), 2002).
    """
    gains = [grades.get(document, 0) for document in ranking[:k]]
    ideal = sorted(grades.values(), reverse=True)[:k]
    return _dcg(gains) / _dcg(ideal)


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def auroc(scores: ArrayLike, labels: ArrayLike) -> float:
    """The chance that a positive scores above a negative, ties counting half; nan for one class.

    By rank sums: (R - p(p + 1)/2) / (p n), R the sum of the positives' mean ranks
    (Mann and Whitney 1947; Hanley and McNeil, Radiology 143, 1982).
    """
    values, positive = _scored(scores, labels)
    positives = int(positive.sum())
    negatives = len(values) - positives
    if positives == 0 or negatives == 0:
        return math.nan
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = float(mean_ranks[inverse][positive].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def average_precision(scores: ArrayLike, labels: ArrayLike) -> float:
    """The sum over thresholds of (recall gained) × precision there; nan without a positive.

    Equal scores share one threshold, so their order does not matter; nothing is interpolated
    (Manning, Raghavan and Schütze, Introduction to Information Retrieval, 8.4).
    """
    values, positive = _scored(scores, labels)
    if not positive.any():
        return math.nan
    order = np.argsort(-values, kind="stable")
    found = np.cumsum(positive[order])
    last_of_ties = np.append(np.diff(values[order]) != 0, True)
    found, taken = found[last_of_ties], np.flatnonzero(last_of_ties) + 1
    gained = np.diff(np.concatenate(([0], found))) / found[-1]
    return float((gained * found / taken).sum())


def risk_coverage(scores: ArrayLike, right: ArrayLike) -> list[tuple[float, float, float]]:
    """(threshold, coverage, risk) at each score, highest first.

    Coverage is the share of cases that score so high, and risk the share of wrong ones among them
    (El-Yaniv and Wiener, JMLR 11, 2010). The shape of both is (n,).
    """
    values, taken, wrong = _accepted(scores, right)
    return [
        (float(value), float(count / taken[-1]), float(missed / count))
        for value, count, missed in zip(values, taken, wrong, strict=True)
    ]


def risk_coverage_area(scores: ArrayLike, right: ArrayLike) -> float:
    """The mean risk over all coverages 1/n, 2/n … 1 (AURC: Geifman, Uziel and El-Yaniv, ICLR 2019).

    Cases of one score come in no order: each brings the mean of their wrong ones. 0 is best.
    """
    _, taken, wrong = _accepted(scores, right)
    counts = np.arange(1, taken[-1] + 1)
    passed = np.interp(counts, np.concatenate(([0], taken)), np.concatenate(([0], wrong)))
    return float((passed / counts).mean())


def _accepted(scores: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Each score, highest first, with how many cases have it or more, and how many wrong ones."""
    values, truth = _scored(scores, right)
    distinct, places = np.unique(-values, return_inverse=True)
    taken = np.cumsum(np.bincount(places)).astype(np.float64)
    return -distinct, taken, np.cumsum(np.bincount(places, weights=~truth))


def brier_score(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """The mean squared difference of probability and outcome (Brier, 1950); 0 is best."""
    given, happened = _scored(probabilities, outcomes)
    return float(np.mean((given - happened) ** 2))


def expected_calibration_error(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """The mean over 10 bins, by their share of cases, of |mean probability - rate of success|.

    Bins are equally wide and hold their lower edge; the last one holds 1.0 too
    (Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017). 0 is best.
    """
    given, happened = _scored(probabilities, outcomes)
    gaps = np.bincount(_bins(given), weights=given - happened, minlength=BINS)
    return float(np.abs(gaps).sum() / len(given))


def calibration(probabilities: ArrayLike, outcomes: ArrayLike) -> list[tuple[float, float, int]]:
    """(mean probability, rate of success, cases) of each of the same 10 bins that has any."""
    given, happened = _scored(probabilities, outcomes)
    bins = _bins(given)
    return [
        (float(given[bins == at].mean()), float(happened[bins == at].mean()), int(count))
        for at, count in enumerate(np.bincount(bins, minlength=BINS))
        if count
    ]


def _bins(probabilities: Floats) -> NDArray[np.int64]:
    return np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)


def _scored(scores: ArrayLike, labels: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    values = np.asarray(scores, dtype=np.float64)
    truth = np.asarray(labels).astype(bool)
    if values.shape != truth.shape or values.ndim != 1 or len(values) == 0:
        raise ValueError(f"{values.shape} scores for {truth.shape} labels")
    return values, truth
