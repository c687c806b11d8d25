"""Ranks documents by a linear sum of three features of their chunks.

How the features were chosen and the weights fitted: docs/decisions/0003-retrieval.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

# dense: cosine. words: BM25 over title and text, standardised over the pool of candidates, so
# that a weight means the same whatever the corpus. title: BM25 over the title as a share of the
# question's whole idf; standardised, a single title with a stray word would drown everything.
FEATURES = ("dense", "words", "title")
_WORDS = FEATURES.index("words")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document version's score, and the row of the chunk that stands for it."""

    group: int
    row: int
    score: float


def load_weights() -> NDArray[np.float64]:
    """The weights of FEATURES, in order, from the reviewed file."""
    text = resources.files("copilot.retrieval").joinpath("fusion.json").read_text()
    weights = json.loads(text)["weights"]
    return np.array([weights[name] for name in FEATURES])


def rank(
    features: NDArray[np.float64], groups: Sequence[int], weights: NDArray[np.float64]
) -> list[Ranked]:
    """Document versions, best first.

    `features` is (chunks, 3), `groups[i]` the version of chunk i. A version has the best of each
    feature over its chunks; its passage is the chunk that is best by itself.
    """
    if len(groups) == 0:
        return []
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    best = pooled(features, index, len(names))
    scores = standardised(best, best) @ weights
    own = standardised(features, best) @ weights
    # Sorted by version, then by own score: the first row of a version is its passage.
    rows = np.lexsort((-own, index))
    passage = rows[np.searchsorted(index[rows], np.arange(len(names)))]
    order = np.argsort(-scores, kind="stable")
    return [Ranked(int(names[at]), int(passage[at]), float(scores[at])) for at in order]


def pooled(
    features: NDArray[np.float64], index: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """(count, 3): the best of each feature over the rows of each group."""
    best = np.full((count, features.shape[1]), -np.inf)
    np.maximum.at(best, index, features)
    return best


def standardised(features: NDArray[np.float64], pool: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same rows with `words` at mean 0 and deviation 1 over the pool."""
    words = pool[:, _WORDS]
    answer = features.copy()
    answer[:, _WORDS] = (features[:, _WORDS] - words.mean()) / (words.std() + 1e-9)
    return answer
