"""The real texts that the bench works on: our own knowledge and questions, and, where they lie
beside the project, the shared samples.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from copilot.ports import Embedder
from copilot.retrieval.embedding import embedded_text
from copilot.store.vectors import Embedded
from copilot.types import Chunk, Document
from evals.bench.synthesis import Real
from evals.dataset import Question, load
from evals.isolated import documents
from ingest.chunk import cut

_HOME = Path(__file__).parents[2]
_CORPORA = (
    _HOME / "knowledge",
    _HOME.parent / "shared" / "data" / "wixqa" / "corpus.jsonl",
    _HOME.parent / "shared" / "data" / "techqa" / "corpus.jsonl",
    _HOME.parent / "shared" / "data" / "abcd" / "procedures",
)
BATCH = 128


def real_documents(seed: int) -> list[Document]:
    """Every document of the corpora that are here, in an order that the seed decides."""
    found = [
        replace(one, document_id=f"{corpus.parent.name}/{one.document_id}", supersedes=())
        for corpus in _CORPORA
        if corpus.exists()
        for one in documents(corpus)
        if isinstance(one, Document)
    ]
    random.Random(seed).shuffle(found)  # noqa: S311 - an order, no secret
    return found


def questions() -> tuple[Question, ...]:
    """The questions of our own starter set, worded as people speak."""
    return load(_HOME / "evals" / "starter").questions


def passages(of: Sequence[Document]) -> list[tuple[str, Chunk]]:
    """Each chunk of these documents with its document's title."""
    return [(document.title, chunk) for document in of for chunk in cut(document)]


def embedded(embedder: Embedder, some: Sequence[tuple[str, Chunk]]) -> Iterator[list[Embedded]]:
    """Vectors of passages and of their sentences, batch by batch."""
    texts = [embedded_text(title, chunk) for title, chunk in some]
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        yield embedder.embed_passages([text for text, _ in batch], [cuts for _, cuts in batch])


def reals(some: Sequence[tuple[str, Chunk]], vectors: Sequence[Embedded]) -> list[Real]:
    """What new passages are made from: real sentences with their vectors."""
    return [
        Real(
            title=title,
            heading=chunk.heading,
            sentences=tuple(
                chunk.text[start - chunk.start : end - chunk.start]
                for start, end in chunk.sentences
            ),
            vectors=vector.spans,
        )
        for (title, chunk), vector in zip(some, vectors, strict=True)
        if vector.spans is not None and len(vector.spans) >= 2
    ]
