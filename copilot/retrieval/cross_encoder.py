"""A cross-encoder of Sentence Transformers, from a folder or the hub, as a reranker."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.errors import ConfigurationError, EmbedderError
from copilot.retrieval.threads import torch_pool
from copilot.retrieval.weights import load

_BATCH = 32


class SentenceTransformerReranker:
    """Reads question and passage together. Safe to call from several threads."""

    def __init__(self, name_or_path: str, device: str = "cpu") -> None:
        """Loads the model; only a hub name may be fetched.

        Raises ConfigurationError, also for a model that gives more than one score.
        """
        from sentence_transformers import CrossEncoder

        self._model = load(CrossEncoder, name_or_path, device)
        scores = int(self._model.num_labels)
        if scores != 1:
            raise ConfigurationError(
                f"{name_or_path!r} gives {scores} scores a passage; a reranker gives one"
            )
        self._pool = torch_pool(os.cpu_count() or 1, 1, "rerank")

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(passages),); what exceeds the window is not seen. Raises EmbedderError."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        return self._pool.submit(self._scores, question, list(passages)).result()

    def _scores(self, question: str, passages: list[str]) -> NDArray[np.float32]:
        pairs = [(question, passage) for passage in passages]
        try:
            found = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        except (RuntimeError, ValueError, IndexError) as error:
            raise EmbedderError(f"the reranker failed: {error}") from error
        scores = np.asarray(found, dtype=np.float32).reshape(-1)
        if not np.isfinite(scores).all():
            raise EmbedderError("the reranker gave a score that is not finite")
        return scores
