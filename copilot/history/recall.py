"""Searches one customer's history, exactly, in no index that anyone else's is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from copilot.answer.evidence import embedded
from copilot.answer.extract import Scored, score, strength
from copilot.answer.instructions import blanked
from copilot.ports import Embedder, Vectors
from copilot.retrieval.exact import combined
from copilot.store.customers import Customers, PastChunk
from copilot.types import Passage

# Talk that is less near to the question than this is not worth a line on the screen.
_RELEVANT = 0.3
_SHOWN = 3
# Someone who asks about what was said or done means the past, however it was worded.
_ABOUT_PAST = re.compile(
    r"\b(?:promis\w+|said|told|last (?:time|call|chat|mail|visit|week|month|contact|order)|"
    r"previous(?:ly)?|earlier|already|histor\w+|agreed|did (?:we|you|they)|have (?:we|you|they))\b",
    re.IGNORECASE,
)
PREFIX = "interaction/"


@dataclass(frozen=True, slots=True)
class Recalled:
    """A past passage, how near it is, and its sentences scored for the question."""

    past: PastChunk
    cosine: float
    sentences: tuple[Scored, ...]

    @property
    def strength(self) -> float:
        """As `extract.strength`, of this chunk alone."""
        return strength(self.sentences)

    @property
    def document_id(self) -> str:
        return f"{PREFIX}{self.past.interaction_id}"

    def passage(self) -> Passage:
        """As the wire contract has it."""
        chunk = self.past.chunk
        return Passage(
            passage_id=f"h{self.past.chunk_key}",
            document_id=self.document_id,
            version=self.past.version,
            title=self.past.title,
            heading="",
            text=chunk.text,
            start=chunk.start,
            end=chunk.end,
            score=round(self.cosine, 4),
        )


def asks_about_past(question: str) -> bool:
    """Whether a question is about what was said or done before, by its words."""
    return _ABOUT_PAST.search(question) is not None


def recall(
    customers: Customers,
    customer_id: str,
    queries: Vectors,
    weights: Vectors,
    embedder: Embedder,
    until: datetime | None = None,
) -> list[Recalled]:
    """What this customer's past says to the question, nearest first. Raises UnknownCustomer.

    With `until` it is the past as of then.
    """
    customers.customer(customer_id)
    past = [
        chunk
        for chunk in customers.past(customer_id, embedder.model, embedder.dimension, until)
        if chunk.vector is not None and chunk.customer_id == customer_id
    ]
    if not past:
        return []
    vectors = np.stack([chunk.vector for chunk in past if chunk.vector is not None])
    cosines = combined(vectors @ queries.T, weights)
    order = [int(at) for at in np.argsort(-cosines, kind="stable")[:_SHOWN]]
    near = [at for at in order if cosines[at] >= _RELEVANT]
    return [
        Recalled(past[at], float(cosines[at]), _sentences(past[at], queries, weights, embedder))
        for at in near
    ]


def _sentences(
    past: PastChunk, queries: Vectors, weights: Vectors, embedder: Embedder
) -> tuple[Scored, ...]:
    shift = past.chunk.start
    clean = blanked(past.chunk.text)
    spans: Sequence[tuple[int, int]] = past.chunk.sentences
    quotes = [past.chunk.text[start - shift : end - shift] for start, end in spans]
    vectors = past.spans
    if vectors is None or len(vectors) != len(quotes):
        vectors = embedded(quotes, embedder)
    found = score(spans, quotes, vectors, queries, weights)
    return tuple(one for one in found if clean[one.span[0] - shift : one.span[1] - shift].strip())
