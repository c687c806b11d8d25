"""Indexes of an earlier moment, read from SQL alone: what a search as of then looks into.

They are made when somebody asks about such a moment, in memory and a temporary folder.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection
from tqdm import tqdm

from copilot.ports import Embedder
from copilot.retrieval.embedding import embedded_text
from copilot.retrieval.exact import ExactIndex
from copilot.retrieval.indexes import Indexes
from copilot.retrieval.lexical import Lexical
from copilot.store import Store, changes
from copilot.store.database import snapshot
from copilot.store.index import IndexRow
from copilot.store.past import StoodChunk, chunks_of, indexed_at, position_at

# Moments that are kept, each with all its vectors; whoever searches in one keeps it too.
_KEPT = 2
_BATCH = 128


class Days:
    """The indexes of earlier moments of one database. Safe to call from several threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._loading = threading.Lock()
        self._kept: OrderedDict[int, Indexes] = OrderedDict()
        self._alive: weakref.WeakValueDictionary[int, Indexes] = weakref.WeakValueDictionary()

    def at(self, connection: Connection, as_of: datetime, head: int) -> Indexes | None:
        """The indexes as they were at a moment; None where the present ones, at `head`, are it."""
        position = position_at(connection, as_of)
        if position is None or position >= head:
            return None
        with self._loading:
            found = self._alive.get(position)
            if found is None:
                found = stood(connection, self._embedder, position)
                self._alive[position] = found
            self._kept[position] = found
            self._kept.move_to_end(position)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def alive(self) -> list[Indexes]:
        """Those that are kept, or that somebody still reads."""
        return list(self._alive.values())


class Still:
    """Follows nothing: the documents as they stand when it is opened. It writes nothing either."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        with snapshot(store.engine).connect() as connection:
            self.indexes = stood(connection, embedder, changes.head(connection))

    @property
    def backlog(self) -> int:
        """None is waited for."""
        return 0

    def catch_up(self, connection: Connection) -> int:
        """The position at which it stands."""
        return self.indexes.exact.position

    def holding_still(self) -> AbstractContextManager[None]:
        """It always does."""
        return nullcontext()

    def close(self) -> None:
        """Lets go of its folder."""
        self.indexes.lexical.close()


def stood(connection: Connection, embedder: Embedder, position: int) -> Indexes:
    """The indexes as they were at a position of the change log.

    What has no vector of this embedder gets one in memory, with a progress bar.
    """
    keys = indexed_at(connection, position)
    rows = list(_rows(chunks_of(connection, embedder.model, keys), embedder))
    exact = ExactIndex(embedder.dimension)
    exact.load(rows, position)
    folder = tempfile.mkdtemp(prefix="copilot-past-")
    lexical = Lexical(Path(folder) / "words", "past")
    lexical.load(rows, position)
    indexes = Indexes(exact, lexical)
    weakref.finalize(indexes, shutil.rmtree, folder, True)
    return indexes


def _rows(found: Iterable[StoodChunk], embedder: Embedder) -> Iterator[IndexRow]:
    bare: list[StoodChunk] = []
    for one in found:
        if one.vector is None:
            bare.append(one)
        else:
            yield _row(one, one.vector)
    with tqdm(total=len(bare), desc="embedding", unit="chunk", delay=2, leave=False) as bar:
        for start in range(0, len(bare), _BATCH):
            some = bare[start : start + _BATCH]
            texts = [embedded_text(one.title, one.chunk)[0] for one in some]
            made = embedder.embed_passages(texts, [[] for _ in texts])
            yield from (_row(one, each.vector) for one, each in zip(some, made, strict=True))
            bar.update(len(some))


def _row(one: StoodChunk, vector: NDArray[np.float32]) -> IndexRow:
    body = f"{one.chunk.heading}\n{one.chunk.text}"
    return IndexRow(one.chunk_key, one.version_key, one.audience_key, one.title, body, vector)
