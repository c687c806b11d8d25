"""Reads the sentences of a hit and of what stands around it, and scores them for a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from copilot.answer.extract import Scored, score
from copilot.answer.instructions import blanked
from copilot.ports import Embedder
from copilot.retrieval.search import Found, Hit
from copilot.sentence import Span
from copilot.store.index import neighbours
from copilot.store.vectors import span_vectors

# An answer often runs on past the chunk that was found, and seldom begins before it.
_BEFORE, _AFTER = 1, 2
# Chunks to either side that are read where the steps of a procedure are looked for.
_FAR = 40


def sentences(
    connection: Connection, hit: Hit, found: Found, embedder: Embedder, *, far: bool = False
) -> list[Scored]:
    """The sentences around a hit, in reading order, each with its score for the question.

    With `far` those of the whole document, unless it is very long. What is addressed to a language
    model is none of them: nobody would answer with it.
    """
    before, after = (_FAR, _FAR) if far else (_BEFORE, _AFTER)
    around = neighbours(connection, hit.candidate, before, after)
    vectors = span_vectors(
        connection, embedder.model, [one[0] for one in around], embedder.dimension
    )
    spans: list[Span] = []
    texts: list[str] = []
    rows: list[NDArray[np.float32]] = []
    for text_hash, text, cut, start in around:
        quotes = [text[begin - start : end - start] for begin, end in cut]
        own = vectors.get(text_hash)
        if own is None or len(own) != len(quotes):
            own = embedded(quotes, embedder)
        clean = blanked(text)
        kept = [
            at for at, (begin, end) in enumerate(cut) if clean[begin - start : end - start].strip()
        ]
        spans += [cut[at] for at in kept]
        texts += [quotes[at] for at in kept]
        rows.append(own[kept])
    matrix = np.concatenate(rows) if rows else np.zeros((0, embedder.dimension), np.float32)
    return score(spans, texts, matrix, found.queries, found.weights)


def embedded(quotes: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    """The vectors of sentences by themselves, for a model that pools none: (n, d)."""
    made = embedder.embed_passages(list(quotes), [[] for _ in quotes])
    if not made:
        return np.zeros((0, embedder.dimension), dtype=np.float32)
    return np.stack([one.vector for one in made])
