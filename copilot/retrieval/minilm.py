"""The default embedder: unit vectors from all-MiniLM-L6-v2, of questions and of passages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from copilot.errors import EmbedderError
from copilot.ports import Vectors
from copilot.retrieval.encoder import MODEL, SEP, Change, Encoder
from copilot.retrieval.pool import span_means, unit
from copilot.store.vectors import Embedded

# The model's window, with its two special tokens; it was trained on no more.
WINDOW = 256
# A question is split evenly into parts of at most this many tokens.
_PART = 200
# A run costs what twelve tokens cost before the first token; parts share one where no more than
# this is padding, so that sharing always saves.
_PADDING = 8
_TOGETHER = 16


class MiniLm:
    """The default embedder. Safe to call from several threads."""

    model = MODEL
    dimension = 384

    def __init__(self, change: Change | None = None) -> None:
        self._encoder = Encoder(change)
        self.model = self._encoder.model
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="embed")

    def embed_query(self, text: str) -> Vectors:
        """Unit vectors, (parts, 384): one for every 200 tokens, evenly cut."""
        return self.embed_queries([text])[0]

    def embed_queries(self, texts: Sequence[str]) -> list[Vectors]:
        """What `embed_query` gives for each; parts of similar length share a run of the model.

        Raises EmbedderError where any of them has no word.
        """
        parts = [self._parts(text) for text in texts]
        flat = [part for of_text in parts for part in of_text]
        rows = np.empty((len(flat), self.dimension), dtype=np.float32)
        for group in _similar([len(part) for part in flat]):
            hidden = self._encoder.hidden([flat[at] for at in group])
            for at, tokens in zip(group, hidden, strict=True):
                rows[at] = unit(tokens.mean(axis=0))
        ends = np.cumsum([len(of_text) for of_text in parts])
        return [rows[end - len(of_text) : end] for end, of_text in zip(ends, parts, strict=True)]

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        """A vector a text and a span, from one pass a text; what exceeds the window is not seen.

        A span beyond the window, or of fewer than three tokens, gets the zero vector.
        """
        return list(self._pool.map(self._passage, texts, spans))

    def _passage(self, text: str, spans: Sequence[tuple[int, int]]) -> Embedded:
        encoding = self._encoder.tokens(text)
        ids = encoding.ids[: WINDOW - 2] or [SEP]
        (hidden,) = self._encoder.hidden([ids])
        offsets = np.array(encoding.offsets[: WINDOW - 2], dtype=np.int64).reshape(-1, 2)
        pooled = span_means(hidden[1:-1], offsets, spans)
        return Embedded(unit(hidden.mean(axis=0)), pooled)

    def _parts(self, text: str) -> list[list[int]]:
        """The text's tokens, cut evenly."""
        ids = self._encoder.tokens(text).ids
        if not ids:
            raise EmbedderError("there is no word in the question")
        count = -(-len(ids) // _PART)
        size = -(-len(ids) // count)
        return [ids[start : start + size] for start in range(0, len(ids), size)]


def _similar(lengths: Sequence[int]) -> list[list[int]]:
    """The places of the lengths, grouped so that none in a group is much shorter than another."""
    groups: list[list[int]] = []
    for at in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        last = groups[-1] if groups else []
        if last and len(last) < _TOGETHER and lengths[last[0]] - lengths[at] <= _PADDING:
            last.append(at)
        else:
            groups.append([at])
    return groups
