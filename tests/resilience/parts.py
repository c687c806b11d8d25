"""A copilot of its parts on a data folder, without a model, in this process or another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from copilot.assist import Copilot
from copilot.ports import Embedder
from copilot.retrieval.follow import Follower
from copilot.retrieval.hashing import HashingEmbedder
from copilot.retrieval.search import Searcher
from copilot.store import Store
from copilot.store.vectors import Embedded
from copilot.types import Passage
from ingest.sync import Sync


class CountingEmbedder(HashingEmbedder):
    """Counts the passages that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.passages = 0

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        self.passages += len(texts)
        return super().embed_passages(texts, spans)


@dataclass(frozen=True, slots=True)
class Parts:
    """What `compose.open_copilot` puts together, each within reach."""

    store: Store
    sync: Sync
    follower: Follower
    searcher: Searcher
    copilot: Copilot

    def top(self, query: str, k: int = 10) -> list[tuple[str, int]]:
        """(document id, version) of the best passages, best first."""
        return [(one.document_id, one.version) for one in self.search(query, k)]

    def search(self, query: str, k: int = 10) -> tuple[Passage, ...]:
        return self.copilot.search(query, k=k).passages

    def close(self) -> None:
        self.copilot.close()


def chroma_answers(parts: Parts) -> bool:
    """Whether Chroma was given what there was, and is not in doubt."""
    found = parts.follower.indexes
    return (
        found.chroma is not None and found.chroma.position > 0 and not found.is_damaged("vectors")
    )


def chroma_has_everything(parts: Parts) -> bool:
    """Whether it was given even the last change."""
    found = parts.follower.indexes
    return (
        chroma_answers(parts)
        and found.chroma is not None
        and found.chroma.position == found.exact.position
    )


def wait_until(holds: Callable[[], bool], timeout_s: float = 60) -> None:
    """Fails when it does not hold in time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.02)


def log_nothing() -> None:
    """For processes whose log nobody reads."""

    def drop(*_: object) -> str:
        raise structlog.DropEvent

    structlog.configure(processors=[drop])


def store_url(data_dir: Path) -> str:
    return f"sqlite:///{data_dir / 'copilot.sqlite'}"


def opened(
    data_dir: Path,
    embedder: Embedder | None = None,
    *,
    follow: bool = False,
    indexes: Path | None = None,
) -> Parts:
    """With `follow`, indexes are kept up in the background, with Chroma for the folder's owner."""
    embedder = embedder or HashingEmbedder()
    store = Store(store_url(data_dir))
    follower = Follower(store, embedder.model, embedder.dimension, indexes or data_dir / "indexes")
    if follow:
        follower.start()
    searcher = Searcher(store.engine, embedder, follower)
    copilot = Copilot(store, embedder, follower, searcher)
    return Parts(store, Sync(store, embedder), follower, searcher, copilot)
