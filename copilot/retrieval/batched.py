"""Joins queries that are embedded at the same time: whoever waits is embedded together with those
who wait too. Nobody waits on purpose, so that a lone query takes as long as ever.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from copilot.ports import Embedder, Vectors
from copilot.store.vectors import Embedded

# Queries that share one call; with more, those who come first would wait for too many.
_TOGETHER = 16


@dataclass(slots=True)
class _Asked:
    """A query whose caller sleeps until it is answered, or is to embed `batch` for everybody."""

    text: str
    found: Vectors | None = None
    failed: Exception | None = None
    batch: list[_Asked] | None = None
    woken: threading.Event = field(default_factory=threading.Event)

    def result(self) -> Vectors:
        if self.found is None:
            raise self.failed or RuntimeError("the query was not embedded")
        return self.found


class BatchedEmbedder:
    """An embedder of which at most `at_once` calls for queries run at the same time.

    More than there are processors would only take turns on them.
    """

    def __init__(self, embedder: Embedder, at_once: int | None = None) -> None:
        self._embedder = embedder
        self._together: Callable[[Sequence[str]], list[Vectors]] | None = getattr(
            embedder, "embed_queries", None
        )
        self._at_once = at_once or os.cpu_count() or 1
        self._free = self._at_once
        self._waiting: list[_Asked] = []
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        return self._embedder.embed_passages(texts, spans)

    def embed_queries(self, texts: Sequence[str]) -> list[Vectors]:
        """Each as `embed_query` has it, together where the embedder can; they wait for nobody."""
        if self._together is not None:
            return self._together(texts)
        return [self._embedder.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> Vectors:
        """As the embedder itself; a query that fails, fails alone."""
        asked = _Asked(text)
        with self._lock:
            if self._free:
                self._free -= 1
                asked.batch = [asked]
            else:
                self._waiting.append(asked)
        if asked.batch is None:
            asked.woken.wait()
        if asked.batch is not None:
            try:
                self._embed(asked.batch)
            finally:
                self._hand_on()
        return asked.result()

    def _embed(self, batch: Sequence[_Asked]) -> None:
        """Answers every query of the batch, and wakes its callers."""
        try:
            if len(batch) > 1 and self._together is not None:
                found = self._together([asked.text for asked in batch])
                for asked, vectors in zip(batch, found, strict=True):
                    asked.found = vectors
        except Exception:  # noqa: S110 - each one's own error is found below
            pass
        finally:
            for asked in batch:
                self._settle(asked)

    def _settle(self, asked: _Asked) -> None:
        try:
            if asked.found is None:
                asked.found = self._embedder.embed_query(asked.text)
        except Exception as error:
            asked.failed = error
        finally:
            asked.woken.set()

    def _hand_on(self) -> None:
        """Has the first of those who wait embed for its share of them: as many run as may."""
        with self._lock:
            share = min(_TOGETHER, -(-len(self._waiting) // self._at_once))
            batch = self._waiting[:share]
            del self._waiting[:share]
            if not batch:
                self._free += 1
                return
        batch[0].batch = batch
        batch[0].woken.set()
