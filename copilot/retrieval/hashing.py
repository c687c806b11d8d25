"""An embedder without a model: words hashed into a vector.

Deterministic and fast, for tests and for trying the rest out. It knows no synonyms: only texts
that share words are near each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from copilot.errors import EmbedderError
from copilot.ports import Vectors
from copilot.store.vectors import Embedded

_WORD = re.compile(r"\w+")
# A question is split evenly into parts of at most this many words.
_PART = 200
# Endings are cut off, so that "refunds" and "refund" are one word.
_STEM = re.compile(r"(?<=\w{3})(?:ing|ed|es|s)\Z")


class HashingEmbedder:
    """Each word adds 1 or -1 to one of `dimension` sums; the vector is their direction."""

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.model = f"hashing/{dimension}/1"

    def embed_query(self, text: str) -> Vectors:
        """Unit vectors, (parts, dimension): one for every 200 words, evenly cut.

        Raises EmbedderError when there is no word.
        """
        words = _WORD.findall(text)
        if not words:
            raise EmbedderError("there is no word in the question")
        count = -(-len(words) // _PART)
        size = -(-len(words) // count)
        parts = [words[start : start + size] for start in range(0, len(words), size)]
        return np.stack([self._vector(part) for part in parts])

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        """A vector a text and a span; that of a span without a word is zero."""
        return [self._passage(text, of_text) for text, of_text in zip(texts, spans, strict=True)]

    def _passage(self, text: str, spans: Sequence[tuple[int, int]]) -> Embedded:
        pooled = np.zeros((len(spans), self.dimension), dtype=np.float32)
        for row, (start, end) in enumerate(spans):
            if words := _WORD.findall(text, start, end):
                pooled[row] = self._vector(words)
        return Embedded(self._vector(_WORD.findall(text)), pooled)

    def _vector(self, words: Sequence[str]) -> Vectors:
        sums = np.zeros(self.dimension, dtype=np.float32)
        for word in words:
            number = _hashed(word.casefold())
            sums[(number >> 1) % self.dimension] += 1 if number & 1 else -1
        if not sums.any():  # no word, or words that cancel each other out
            sums[0] = 1
        return sums / np.float32(np.linalg.norm(sums))


@lru_cache(maxsize=65_536)
def _hashed(word: str) -> int:
    return int.from_bytes(blake2b(_STEM.sub("", word).encode(), digest_size=8).digest(), "big")
