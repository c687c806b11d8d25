"""Turns token vectors into the unit vectors of a text and of its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.errors import EmbedderError
from copilot.ports import Vectors

# A sentence of fewer tokens than this has no useful vector of its own.
SPAN_MIN = 3


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector at length 1. Raises EmbedderError where it is zero or not finite."""
    norm = float(np.linalg.norm(vector))
    if not np.isfinite(norm) or norm == 0:
        raise EmbedderError("the model gave no finite vector")
    return vector / np.float32(norm)


def span_means(
    tokens: NDArray[np.float32],
    offsets: NDArray[np.int64],
    spans: Sequence[tuple[int, int]],
) -> Vectors:
    """Unit vectors (len(spans), d): the mean of the tokens that lie within each span.

    `tokens` is (n, d) and `offsets` (n, 2), their (start, end) in the text, sorted. A span with
    fewer than three tokens gets the zero vector.
    """
    pooled = np.zeros((len(spans), tokens.shape[1]), dtype=np.float32)
    for row, (first, last) in enumerate(_token_ranges(offsets, spans)):
        if last - first >= SPAN_MIN:
            pooled[row] = unit(tokens[first:last].mean(axis=0))
    return pooled


def _token_ranges(
    offsets: NDArray[np.int64], spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        first = int(np.searchsorted(offsets[:, 0], start, side="left"))
        last = int(np.searchsorted(offsets[:, 1], end, side="right"))
        yield first, last
