"""The real texts that the bench works on: our own knowledge and questions, and, where they lie
beside the project, the shared samples.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from copilot.ports import Embedder, Vectors
from copilot.retrieval.embedding import Text, embedded_text, text_sha256
from copilot.store import Store
from copilot.store.vectors import span_vectors
from copilot.types import Chunk, Document
from evals.bench.synthesis import Real
from evals.dataset import Question, load
from evals.isolated import documents
from ingest.chunk import cut

_HOME = Path(__file__).parents[2]
_SHARED = _HOME.parent / "shared" / "data"
_CORPORA = {
    "knowledge": _HOME / "knowledge",
    "wixqa": _SHARED / "wixqa" / "corpus.jsonl",
    "techqa": _SHARED / "techqa" / "corpus.jsonl",
    "abcd": _SHARED / "abcd" / "procedures",
}


def real_documents(chunks: int, seed: int) -> list[Document]:
    """Documents of the corpora that are here, as many as hold `chunks` chunks if there are so many.

    The seed decides which.
    """
    found = [
        replace(one, document_id=f"{name}/{one.document_id}", supersedes=())
        for name, corpus in _CORPORA.items()
        if corpus.exists()
        for one in documents(corpus)
        if isinstance(one, Document)
    ]
    random.Random(seed).shuffle(found)  # noqa: S311 - an order, no secret
    kept: list[Document] = []
    size = 0
    while found and size < chunks:
        kept.append(found.pop())
        size += len(cut(kept[-1]))
    return kept


def corpora() -> dict[str, Path]:
    """The folders of our own data set, and of the others that are here."""
    there = {name: _SHARED / name for name in ("wixqa", "techqa") if (_SHARED / name).is_dir()}
    return {"starter": _HOME / "evals" / "starter", **there}


def questions() -> tuple[Question, ...]:
    """The questions of our own starter set, worded as people speak."""
    return load(_HOME / "evals" / "starter").questions


def passages(of: Sequence[Document]) -> list[tuple[str, Chunk]]:
    """Each chunk of these documents with its document's title."""
    return [(document.title, chunk) for document in of for chunk in cut(document)]


def texts(some: Sequence[tuple[str, Chunk]]) -> list[Text]:
    """What is embedded of each passage."""
    return [embedded_text(title, chunk) for title, chunk in some]


def reals(store: Store, embedder: Embedder, some: Sequence[tuple[str, Chunk]]) -> list[Real]:
    """The sentences of passages that were ingested, with their vectors."""
    hashes = [text_sha256(*text) for text in texts(some)]
    known = {}
    with store.engine.connect() as connection:
        for start in range(0, len(hashes), 400):
            portion = hashes[start : start + 400]
            known.update(span_vectors(connection, embedder.model, portion, embedder.dimension))
    found = (
        _real(title, chunk, known[text_hash])
        for (title, chunk), text_hash in zip(some, hashes, strict=True)
    )
    return [real for real in found if len(real.sentences) >= 2]


def _real(title: str, chunk: Chunk, vectors: Vectors) -> Real:
    """A passage's sentences that have a vector; those beyond the model's window have none."""
    kept = np.flatnonzero(vectors.any(axis=1))
    spans = [chunk.sentences[at] for at in kept]
    sentences = (chunk.text[start - chunk.start : end - chunk.start] for start, end in spans)
    return Real(title, chunk.heading, tuple(sentences), vectors[kept])
