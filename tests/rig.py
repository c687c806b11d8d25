"""A whole copilot on a small scale: SQLite, the hashing embedder and a clock that stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from copilot.assist import Copilot
from copilot.history.likely import Practice
from copilot.ports import Embedder
from copilot.retrieval.follow import Follower
from copilot.retrieval.hashing import HashingEmbedder
from copilot.retrieval.search import Searcher
from copilot.store import Store
from copilot.types import Customer, Document, Interaction, Turn
from ingest.sync import Sync


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


class Rig:
    """The parts by name, and short ways of putting things in."""

    def __init__(
        self, store: Store, clock: Clock, folder: Path, embedder: Embedder | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.folder = folder
        self.embedder = embedder or HashingEmbedder(512)
        self.sync = Sync(store, self.embedder)
        self.follower = Follower(store, self.embedder.model, self.embedder.dimension, folder)
        self.searcher = Searcher(store.engine, self.embedder, self.follower)
        self.practice = Practice(store.cases, self.embedder, self.searcher.utterance, folder)
        self.copilot = Copilot(store, self.embedder, self.follower, self.searcher, self.practice)

    def put(self, document_id: str, text: str, **fields: Any) -> int:
        """Puts a document, titled by its id unless told otherwise; returns its version."""
        title = fields.pop("title", document_id.replace("-", " ").capitalize())
        return self.sync.put(Document(document_id, title, text, **fields)).version

    def put_all(self, texts: dict[str, str], **fields: Any) -> None:
        """Puts documents together, which is faster than one by one."""
        self.sync.run((Document(name, name, text, **fields) for name, text in texts.items()), "rig")

    def met(self, customer_id: str | None, interaction_id: str, *said: str, **fields: Any) -> None:
        """Puts an interaction of a customer: their words and the agent's in turns."""
        turns = tuple(
            Turn(f"{interaction_id}-t{at}", ("customer", "agent")[at % 2], words)
            for at, words in enumerate(said)
        )
        started_at = fields.pop("started_at", self.clock.now - timedelta(days=7))
        self.sync.put_interaction(
            Interaction(interaction_id, customer_id, "call", started_at, turns=turns, **fields)
        )
        if customer_id is not None:
            self.store.customers.put(Customer(customer_id))

    def close(self) -> None:
        """Lets go of the index folder; the store belongs to whoever opened it."""
        self.follower.close()
