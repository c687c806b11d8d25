"""Every vector in memory, scanned exactly: always right, and fastest where few rows are permitted.

It is loaded from SQL at start and follows the change log; it has no file of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from copilot.ports import Vectors
from copilot.store.index import IndexRow

Ints = NDArray[np.int64]
# Dead rows are swept out once they are this share of all.
_SWEEP = 0.3


@dataclass(frozen=True, slots=True)
class _View:
    """What a reader sees, at one moment of the index: the first `count` rows of its arrays.

    Rows beyond are being written. `row_of` finds a chunk's row and is shared with later views, so
    that it may name such rows, and lack rows that are still `alive` here.
    """

    count: int
    keys: Ints
    versions: Ints
    audiences: Ints
    alive: NDArray[np.bool_]
    served: NDArray[np.bool_]
    vectors: Vectors
    row_of: dict[int, int]

    def row(self, chunk_key: int) -> int:
        """The chunk's row; -1 when it is gone, or came after this view."""
        at = self.row_of.get(chunk_key, -1)
        return at if at < self.count else -1


class ExactIndex:
    """Chunk vectors by exact inner product. Readers never wait; writers take turns."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.position = 0
        self._writing = threading.Lock()
        self._view = _empty(dimension, 1024)
        self._rows_of_version: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._view.row_of)

    def load(self, rows: Iterable[IndexRow], position: int) -> None:
        """Everything anew, as of a position of the change log."""
        with self._writing:
            view = _empty(self.dimension, 1024)
            self._rows_of_version = {}
            for row in rows:
                view = self._with(view, row)
            self._view = view
            self.position = position

    def update(self, drop: Iterable[int], rows: Iterable[IndexRow], position: int) -> None:
        """Takes out versions and takes in chunks; taking one in twice changes nothing.

        Readers see all of it or none.
        """
        with self._writing:
            view = self._view
            for row in rows:
                if row.chunk_key not in view.row_of:
                    view = self._with(view, row)
            gone = [at for key in drop for at in self._rows_of_version.pop(key, ())]
            if gone:
                view = replace(view, alive=view.alive.copy())
                view.alive[gone] = False
                for key in view.keys[gone]:
                    view.row_of.pop(int(key), None)
            self._view = self._swept(view)
            self.position = position

    def search(
        self,
        queries: Vectors,
        weights: Vectors,
        limit: int,
        permitted: NDArray[np.bool_] | None = None,
    ) -> list[int]:
        """The best chunk keys, best first, of those whose audience key is `permitted`.

        `queries` is (n, d) and `weights` (groups, n): see `combined`. `permitted[key]` says
        whether an audience may be seen, its last entry is for unknown keys; None permits all.
        """
        view = self._view
        mask = view.alive[: view.count]
        if permitted is not None:
            mask = mask & _may(permitted, view)
        at = np.flatnonzero(mask)
        if at.size == 0:
            return []
        # Copying rows out pays while they are few; else one product over all is faster.
        if at.size * 4 < view.count:
            scores = combined(similarities(view.vectors[at], queries), weights)
        else:
            scores = combined(similarities(view.vectors[: view.count], queries), weights)[at]
        best = _top(scores, limit)
        return [int(key) for key in view.keys[at[best]]]

    def scores(self, keys: Sequence[int], queries: Vectors, weights: Vectors) -> Vectors:
        """The similarity of each of these chunks, (len(keys),); a gone one gets -1."""
        view = self._view
        at = np.array([view.row(key) for key in keys], dtype=np.int64)
        here = at >= 0
        scores = np.full(len(keys), -1.0, dtype=np.float32)
        scores[here] = combined(similarities(view.vectors[at[here]], queries), weights)
        return scores

    def versions(self, keys: Sequence[int]) -> list[int]:
        """The version key of each of these chunks, -1 for one that is gone."""
        view = self._view
        rows = [view.row(key) for key in keys]
        return [int(view.versions[row]) if row >= 0 else -1 for row in rows]

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of those of these chunks that are here, in order."""
        view = self._view
        return view.vectors[[row for key in keys if (row := view.row(key)) >= 0]]

    def keys(self) -> list[int]:
        """Every chunk key."""
        return list(self._view.row_of)

    def mark_served(self, keys: Iterable[int], *, only: bool = False) -> None:
        """Notes that Chroma serves these chunks; with `only`, that it serves no others."""
        with self._writing:
            view = self._view
            if only:
                view.served[:] = False
            rows = [row for key in keys if (row := view.row_of.get(key)) is not None]
            view.served[rows] = True

    def unserved(self, limit: int) -> list[int] | None:
        """The chunks that Chroma does not serve yet; None when they are more than `limit`."""
        view = self._view
        at = np.flatnonzero(view.alive[: view.count] & ~view.served[: view.count])
        return None if at.size > limit else [int(key) for key in view.keys[at]]

    def __contains__(self, chunk_key: int) -> bool:
        return chunk_key in self._view.row_of

    def best(
        self, keys: Sequence[int], queries: Vectors, weights: Vectors, limit: int
    ) -> list[int]:
        """The best of these chunks, best first."""
        here = [key for key in dict.fromkeys(keys) if key in self]
        scores = self.scores(here, queries, weights)
        return [here[at] for at in _top(scores, limit)]

    def _with(self, view: _View, row: IndexRow) -> _View:
        """The view with a row more, in the same arrays while they have room."""
        if view.count == len(view.keys):
            view = _grown(view)
        at = view.count
        view.keys[at], view.versions[at] = row.chunk_key, row.version_key
        view.audiences[at] = row.audience_key
        view.vectors[at], view.alive[at] = row.vector, True
        view.row_of[row.chunk_key] = at
        self._rows_of_version.setdefault(row.version_key, []).append(at)
        return replace(view, count=at + 1)

    def _swept(self, view: _View) -> _View:
        """A smaller copy once too many rows are dead; readers keep the old one."""
        dead = view.count - len(view.row_of)
        if dead < 1024 or dead < _SWEEP * view.count:
            return view
        keep = np.flatnonzero(view.alive[: view.count])
        fresh = _empty(self.dimension, max(1024, len(keep)))
        for name in ("keys", "versions", "audiences", "served", "vectors"):
            getattr(fresh, name)[: len(keep)] = getattr(view, name)[keep]
        fresh.alive[: len(keep)] = True
        fresh.row_of.update((int(key), at) for at, key in enumerate(view.keys[keep]))
        self._rows_of_version = {}
        for at, version in enumerate(view.versions[keep]):
            self._rows_of_version.setdefault(int(version), []).append(at)
        return replace(fresh, count=len(keep))


def similarities(vectors: Vectors, queries: Vectors) -> Vectors:
    """Inner products, (rows, n), computed by the calling thread alone.

    `vectors @ queries.T` has BLAS wake a thread a core for each product; on busy cores they wait
    for each other: 20 ms for 10,000 rows, against 0.4 ms this way.
    """
    return np.stack([np.vecdot(vectors, query) for query in queries], axis=1)


def combined(similarities: Vectors, weights: Vectors) -> Vectors:
    """(rows, n) similarities to one score a row.

    A question is in groups (what is asked now; what was said before), each in one part or more.
    Of a group's parts the best counts; `weights[group, part]` is the group's weight for its own
    parts and 0 for others'.
    """
    if similarities.shape[1] == 1:
        single: Vectors = similarities[:, 0] * weights[0, 0]
        return single
    total = np.zeros(len(similarities), dtype=np.float32)
    for group in weights:
        own = group > 0
        total += similarities[:, own].max(axis=1) * group.max()
    return total


def _may(permitted: NDArray[np.bool_], view: _View) -> NDArray[np.bool_]:
    """Whether each row may be seen; a key beyond the mask is its last entry, which is False."""
    return permitted[np.minimum(view.audiences[: view.count], len(permitted) - 1)]


def _top(scores: Vectors, limit: int) -> Ints:
    if len(scores) > limit:
        best = np.argpartition(-scores, limit)[:limit]
        return best[np.argsort(-scores[best], kind="stable")]
    return np.argsort(-scores, kind="stable")


def _empty(dimension: int, size: int) -> _View:
    return _View(
        count=0,
        keys=np.zeros(size, dtype=np.int64),
        versions=np.zeros(size, dtype=np.int64),
        audiences=np.zeros(size, dtype=np.int64),
        alive=np.zeros(size, dtype=np.bool_),
        served=np.zeros(size, dtype=np.bool_),
        vectors=np.zeros((size, dimension), dtype=np.float32),
        row_of={},
    )


def _grown(view: _View) -> _View:
    size = len(view.keys) * 2
    bigger = _empty(view.vectors.shape[1], size)
    for name in ("keys", "versions", "audiences", "alive", "served", "vectors"):
        getattr(bigger, name)[: len(view.keys)] = getattr(view, name)
    return replace(bigger, count=view.count, row_of=view.row_of)
