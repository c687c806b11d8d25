"""Chroma, the vector index of large corpora: a cache that is probed before it is trusted.

Local Chroma is not crash-safe and may miss what was just written, so its folder is first opened
in a process of its own, and a chunk counts as served only once a query has found it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from copilot.ports import Vectors
from copilot.retrieval.panics import panics_as_errors

# One `add` of embedded Chroma stops every other Python thread until it is done: at 1,600 a
# second, 64 chunks are 40 ms.
BATCH = 64
_PROBE_TIMEOUT_S = 120
# What Chroma makes first in a folder: one without it was emptied.
_DATABASE = "chroma.sqlite3"
# A chunk is served when a query for its own vector finds it among this many.
_SERVED_WITHIN = 10
_SAME_DISTANCE = 1e-5


class ChromaIndex:
    """One collection, and which chunks it has been seen to serve."""

    @panics_as_errors()
    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._collection = client.get_or_create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "ip"}}
        )
        self._stored = self._list()
        self._served = set(self._stored)
        self.position = 0

    def __len__(self) -> int:
        return len(self._served)

    @property
    def stored(self) -> set[int]:
        """The chunk keys that it holds, whether or not queries find them."""
        return self._stored

    @property
    def served(self) -> set[int]:
        """The chunk keys that queries find."""
        return self._served

    @panics_as_errors()
    def search(self, queries: Vectors, limit: int) -> list[int]:
        """The nearest chunk keys to each query vector, merged; no order across queries."""
        found = self._collection.query(
            query_embeddings=queries, n_results=min(limit, max(1, len(self._stored))), include=[]
        )
        return list(dict.fromkeys(int(key) for keys in found["ids"] for key in keys))

    @panics_as_errors()
    def remove(self, keys: Sequence[int]) -> None:
        """Takes chunks out; those that are not there are passed over."""
        here = [key for key in keys if key in self._stored]
        for start in range(0, len(here), BATCH):
            batch = here[start : start + BATCH]
            self._collection.delete(ids=[str(key) for key in batch])
            self._served.difference_update(batch)
            self._stored.difference_update(batch)

    @panics_as_errors()
    def add(self, keys: Sequence[int], vectors: Vectors) -> list[int]:
        """Takes chunks in, and returns those that a query does not find yet."""
        self._collection.upsert(ids=[str(key) for key in keys], embeddings=vectors)
        self._stored.update(keys)
        missed = self.missed(keys, vectors)
        self._served.update(set(keys) - set(missed))
        return missed

    @panics_as_errors()
    def missed(self, keys: Sequence[int], vectors: Vectors) -> list[int]:
        """Which of these chunks a query for their own vectors does not find.

        Where as many others have the very same vector, finding those is as good.
        """
        if not keys:
            return []
        found = self._collection.query(
            query_embeddings=vectors, n_results=_SERVED_WITHIN, include=["distances"]
        )
        return [
            key
            for key, ids, distances in zip(keys, found["ids"], found["distances"], strict=True)
            if str(key) not in ids
            and not (len(ids) == _SERVED_WITHIN and max(distances) < _SAME_DISTANCE)
        ]

    def doubt(self, keys: Sequence[int]) -> None:
        """Counts these as not served, until `add` has seen them again."""
        self._served.difference_update(keys)

    def close(self) -> None:
        """Lets go of the folder, or of the server."""
        self._client.close()

    @panics_as_errors()
    def _list(self) -> set[int]:
        return {int(key) for key in self._collection.get(include=[])["ids"]}


def open_chroma(url: str, folder: Path, instance: str, model: str) -> tuple[ChromaIndex, bool]:
    """The collection of this database and model, and whether a damaged folder was thrown away.

    With a URL it lives on that Chroma server; else in `folder`, whose only opener we must be.
    """
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    name = f"chunks-{hashlib.sha256(f'{instance}/{model}'.encode()).hexdigest()[:32]}"
    if url:
        parts = urlsplit(url)
        client = chromadb.HttpClient(
            host=parts.hostname or "",
            port=parts.port or 8000,
            ssl=parts.scheme == "https",
            settings=settings,
        )
        return _opened(client, name), False
    damaged = folder.exists() and not ((folder / _DATABASE).exists() and _opens(folder, name))
    if damaged:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return _opened(chromadb.PersistentClient(str(folder), settings=settings), name), damaged


def _opened(client: Any, name: str) -> ChromaIndex:
    """Chroma keeps what is not closed, and would give it out again for the same folder."""
    try:
        return ChromaIndex(client, name)
    except BaseException:
        client.close()
        raise


def _opens(folder: Path, name: str) -> bool:
    """Whether another process can open, read and query the folder: it may crash in trying.

    It ends when this one does, so that it is not in the way of whoever opens the folder next.
    """
    command = [sys.executable, "-m", "copilot.retrieval.vectors", str(folder), name]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet) as probe:  # noqa: S603
        try:
            return probe.wait(_PROBE_TIMEOUT_S) == 0
        except subprocess.TimeoutExpired:
            probe.kill()
            return False


def _probe(folder: str, name: str) -> None:
    """Reads a collection through and queries it; raises where it cannot."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    if name not in {collection.name for collection in client.list_collections()}:
        return
    collection = client.get_collection(name, embedding_function=None)
    some = collection.get(limit=32, include=["embeddings"])
    if len(some["ids"]) != min(32, collection.count()):
        raise RuntimeError("the collection counts more than it holds")
    if some["ids"]:
        collection.query(query_embeddings=some["embeddings"], n_results=1, include=[])


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # comes back when the parent has closed its end, or died
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _probe(*sys.argv[1:3])
