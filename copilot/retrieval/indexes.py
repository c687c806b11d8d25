"""The indexes of one process behind one face: what searches ask, whichever index answers.

An index that fails is marked as damaged and passed over; `follow` mends it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import Connection

from copilot.ports import Vectors
from copilot.retrieval.exact import ExactIndex
from copilot.retrieval.lexical import Lexical, Words
from copilot.retrieval.vectors import ChromaIndex
from copilot.scoping import admits
from copilot.store.index import audience_count, audience_table
from copilot.types import Audience, Scope

# Below this many chunks an exact scan is as fast as Chroma, and always right
# (docs/decisions/0004-indexes.md).
EXACT_LIMIT = 20_000
# A query fails now and then while something is deleted ("Error finding id": 2 of 4,000), and is
# answered by the exact scan. So many in a row are damage.
_FAILURES = 3
# Chunks that Chroma does not serve yet are scanned exactly; with more than this it waits.
_UNSERVED_LIMIT = 4_000

_log = structlog.get_logger("copilot.indexes")
_T = TypeVar("_T")
Mask = NDArray[np.bool_]


class Indexes:
    """Exact vectors, words, and Chroma once it serves."""

    def __init__(self, exact: ExactIndex, lexical: Lexical) -> None:
        self.exact = exact
        self.lexical = lexical
        self.chroma: ChromaIndex | None = None
        self._audiences: dict[int, tuple[Audience, str | None]] = {}
        self._masks: dict[Scope, tuple[int, Mask | None]] = {}
        self._damage: dict[str, str] = {}
        self._failures = 0
        self._marking = threading.Lock()

    def permitted(self, connection: Connection, scope: Scope) -> Mask | None:
        """By audience key, whether the scope admits it; None when nothing is limited.

        The last entry is False and stands for every key that is not known yet.
        """
        unlimited = Scope(as_of=scope.as_of)
        if scope == unlimited:
            return None
        count = audience_count(connection)
        timeless = Scope(
            scope.roles, scope.groups, scope.stores, scope.regions, scope.channels, scope.language
        )
        known = self._masks.get(timeless)
        if known is not None and known[0] == count:
            return known[1]
        audiences = self._audiences  # other threads replace it
        if len(audiences) != count:
            audiences = self._audiences = audience_table(connection)
        mask = np.zeros(max(audiences, default=0) + 2, dtype=np.bool_)
        for key, (audience, language) in audiences.items():
            mask[key] = admits(scope, audience, language)
        answer = None if mask[list(audiences)].all() else mask
        if len(self._masks) > 1000:
            self._masks = {}
        self._masks[timeless] = (count, answer)
        return answer

    def nearest(
        self, queries: Vectors, weights: Vectors, limit: int, permitted: Mask | None
    ) -> list[int]:
        """Chunk keys by vector: from Chroma where that is faster, and exactly everywhere else."""
        chroma = self.chroma
        if permitted is None and chroma is not None and len(self.exact) > EXACT_LIMIT:
            keys = self._from_chroma(chroma, queries, limit)
            if keys is not None:
                return self.exact.best(keys, queries, weights, limit)
        return self.exact.search(queries, weights, limit, permitted)

    def words(self, text: str, context: str) -> Words | None:
        """The question's words, or None while the lexical index cannot be used."""
        return self._lexically(lambda lexical: lexical.query_words(text, context))

    def matching(self, words: Words | None, limit: int, permitted: Mask | None) -> list[int]:
        """Chunk keys by BM25; none while the lexical index cannot be used."""
        if words is None:
            return []
        keys = None if permitted is None else [int(key) for key in np.flatnonzero(permitted)]
        return list(self._lexically(lambda lexical: lexical.search(words, limit, keys)) or ())

    def word_scores(self, words: Words | None, field: str, keys: Sequence[int]) -> dict[int, float]:
        """BM25 of these chunks in `body` or `title`; empty while there is no lexical index."""
        if words is None:
            return {}
        return self._lexically(lambda lexical: lexical.scores(words, field, keys)) or {}

    def stems(self, text: str) -> list[str]:
        """A text's words as the lexical index has them."""
        return self.lexical.words(text)

    def damaged(self, name: str, error: BaseException) -> None:
        """Marks an index (`words`, `vectors`) as not to be used until it is mended."""
        with self._marking:
            if name not in self._damage:
                _log.warning("an index is damaged; rebuilding it", index=name, error=repr(error))
            self._damage[name] = "damaged, being rebuilt from the database"

    def mended(self, name: str) -> None:
        """Takes the mark away."""
        with self._marking:
            self._failures = 0
            if self._damage.pop(name, None):
                _log.info("an index was rebuilt from the database", index=name)

    def is_damaged(self, name: str) -> bool:
        return name in self._damage

    def degraded(self) -> tuple[str, ...]:
        """What does not serve as it should at the moment, in words."""
        return tuple(f"{name}: {why}" for name, why in sorted(self._damage.items()))

    def _from_chroma(self, chroma: ChromaIndex, queries: Vectors, limit: int) -> list[int] | None:
        """What Chroma finds, and everything that it does not serve yet; None where it cannot.

        Nor can it where half of what it finds is gone and has taken the place of what is not.
        """
        unserved = self.exact.unserved(_UNSERVED_LIMIT)
        if unserved is None or "vectors" in self._damage:
            return None
        try:
            found = chroma.search(queries, limit)
        except Exception as error:
            self._failures += 1
            if self._failures == _FAILURES:
                self.damaged("vectors", error)
            return None
        self._failures = 0
        here = [key for key in found if key in self.exact]
        return [*here, *unserved] if len(here) * 2 >= len(found) else None

    def _lexically(self, use: Callable[[Lexical], _T]) -> _T | None:
        if "words" in self._damage:
            return None
        try:
            return use(self.lexical)
        except Exception as error:
            self.damaged("words", error)
            return None


class Follows(Protocol):
    """Keeps indexes in step with the change log: `follow.Follower`, or not: `past.Still`."""

    @property
    def indexes(self) -> Indexes:
        """Those that it keeps."""

    @property
    def backlog(self) -> int:
        """How many changes they are behind."""

    def catch_up(self, connection: Connection) -> int:
        """Brings them to what the connection's snapshot sees; returns its head."""

    def holding_still(self) -> AbstractContextManager[None]:
        """Nobody else moves them on meanwhile."""

    def close(self) -> None:
        """Lets go of them."""
