"""The seams: what an adapter must do to take part. Each has two real implementations or more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.store.vectors import Embedded

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Text to unit vectors. Vectors of different `model` names are never mixed in one index."""

    @property
    def model(self) -> str:
        """Names the weights and the runtime so exactly that equal names give equal vectors."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def embed_query(self, text: str) -> Vectors:
        """Unit vectors of shape (parts, dimension).

        A question longer than the model's window is split into parts that fit.
        """

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        """One unit vector a text and, where the model can, one for each span (sentence) of it.

        `spans[i]` are (start, end) in `texts[i]`. Raises EmbedderError.
        """


class Reranker(Protocol):
    """Scores (question, passage) pairs; higher is better, any scale."""

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(passages),)."""
