"""Makes as many passages as wanted from few real ones, without embedding any of them.

A new passage is real sentences of two real passages; its vector is the mean of those sentences'
real vectors plus noise, at length 1. A corpus of a size is the beginning of every larger one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.retrieval.embedding import embedded_text, text_sha256
from copilot.store.documents import Indexable
from copilot.store.vectors import Embedded
from copilot.types import Audience, Chunk, Document

CHUNKS = 4
AUDIENCES = 100
# The length of the noise beside a vector of length 1: cosine 0.94 to what it was.
NOISE = 0.35
# Sentences of a passage come from one real passage and, fewer, from another.
_MAIN, _OTHER = 4, 2


@dataclass(frozen=True, slots=True)
class Real:
    """A real passage: its sentences and their vectors, (len(sentences), d)."""

    title: str
    heading: str
    sentences: tuple[str, ...]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Made:
    """A document ready to be stored, with every vector that it needs, by text hash."""

    ready: Indexable
    vectors: dict[str, Embedded]


def make(real: Sequence[Real], chunks: int, seed: int) -> Iterator[Made]:
    """Documents of CHUNKS chunks each, `chunks` in all; each is for one of AUDIENCES stores."""
    for number in range(-(-chunks // CHUNKS)):
        size = min(CHUNKS, chunks - number * CHUNKS)
        yield _document(real, number, size, np.random.default_rng([seed, number]))


def store_of(number: int) -> str:
    """The store whose staff may see a document, by the document's number."""
    return f"store-{number % AUDIENCES:03d}"


def _document(real: Sequence[Real], number: int, size: int, rng: np.random.Generator) -> Made:
    first, second = (real[int(at)] for at in rng.integers(len(real), size=2))
    title = f"{first.title}: {second.heading or second.title}"
    text = ""
    chunks: list[Chunk] = []
    vectors: dict[str, Embedded] = {}
    hashes: list[str] = []
    for ordinal in range(size):
        main, other = (real[int(at)] for at in rng.integers(len(real), size=2))
        parts = [*_run(main, _MAIN, rng), *_run(other, _OTHER, rng)]
        chunk = _chunk(ordinal, main.heading, len(text), [sentence for sentence, _ in parts])
        spans = np.stack([vector for _, vector in parts])
        text_hash = text_sha256(*embedded_text(title, chunk))
        vectors[text_hash] = Embedded(_noisy(spans, rng), spans)
        hashes.append(text_hash)
        chunks.append(chunk)
        text += chunk.text + "\n\n"
    document = Document(
        document_id=f"made/{number:06d}",
        title=title,
        text=text,
        audience=Audience(stores=(store_of(number),)),
    )
    return Made(Indexable(document, chunks, hashes), vectors)


def _run(real: Real, limit: int, rng: np.random.Generator) -> list[tuple[str, NDArray[np.float32]]]:
    """Up to `limit` sentences that follow each other, with their vectors."""
    start = int(rng.integers(max(1, len(real.sentences) - limit + 1)))
    kept = slice(start, start + limit)
    return list(zip(real.sentences[kept], real.vectors[kept], strict=True))


def _chunk(ordinal: int, heading: str, start: int, sentences: Sequence[str]) -> Chunk:
    spans: list[tuple[int, int]] = []
    at = start
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return Chunk(ordinal, heading, start, at - 1, " ".join(sentences), tuple(spans))


def _noisy(spans: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The direction of the spans' mean, turned by noise."""
    mean = spans.mean(axis=0)
    noise = rng.standard_normal(spans.shape[1])
    vector = mean / np.linalg.norm(mean) + NOISE * noise / np.linalg.norm(noise)
    turned: NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
    return turned
