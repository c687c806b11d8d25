"""Search and ask through the library, over a corpus of a size, and what they miss."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from tqdm import tqdm

from copilot.assist import Copilot
from copilot.compose import open_store
from copilot.ports import Embedder
from copilot.retrieval.follow import Follower
from copilot.retrieval.search import Searcher
from copilot.settings import Settings
from copilot.store import Store
from copilot.store.index import audience_table, rows
from copilot.types import Scope
from evals.bench.figures import beside_bare, recall
from evals.bench.synthesis import store_of
from evals.dataset import Question
from evals.timing import BAR_AFTER_S

K = 10
# A scope of one store admits one audience in a hundred.
SCOPE = Scope(stores=(store_of(7),))
_FED_WITHIN_S = 600.0
# Looks half a second apart at which Chroma serves no more than before: it will not.
_STILL = 10


@dataclass(frozen=True, slots=True)
class Opened:
    """A copilot and the parts of it that are looked at here."""

    copilot: Copilot
    store: Store
    follower: Follower


@contextmanager
def opened(settings: Settings, embedder: Embedder, *, follow: bool) -> Iterator[Opened]:
    """As `open_copilot`, with an embedder that is loaded already."""
    store = open_store(settings)
    follower = Follower(store, embedder.model, embedder.dimension, settings.data_dir / "indexes")
    if follow:
        follower.start()
    copilot = Copilot(store, embedder, follower, Searcher(store.engine, embedder, follower))
    try:
        yield Opened(copilot, store, follower)
    finally:
        copilot.close()


def measure(
    settings: Settings, embedder: Embedder, questions: Sequence[Question], *, scoped: bool
) -> dict[str, Any]:
    """Times and recall, with the indexes as a server would have them: Chroma fed and live."""
    result: dict[str, Any] = {}
    start = time.perf_counter()
    with opened(settings, embedder, follow=False) as exact:
        result["first_open_s"] = round(time.perf_counter() - start, 2)
        beside = partial(beside_bare, questions, embed=embedder.embed_query)
        result["search_exact"] = beside(exact.copilot.search)
    with opened(settings, embedder, follow=True) as live:
        result["chroma_fed_s"] = _wait_until_fed(live.follower)
        result["search"] = beside(live.copilot.search)
        result["search"]["recall"] = _recall(live, embedder, questions, Scope())
        result["ask"] = beside(live.copilot.ask)
        if scoped:
            result["scoped"] = beside(partial(live.copilot.search, scope=SCOPE, k=K))
            result["scoped"]["recall"] = _recall(live, embedder, questions, SCOPE)
            result["scoped"]["passages"] = _shown(live.copilot, questions)
    return result


def _wait_until_fed(follower: Follower) -> float:
    """Seconds until Chroma serves every chunk, or as many as it will. Raises TimeoutError."""
    start = time.perf_counter()
    served, still = 0, 0
    total = len(follower.indexes.exact)
    with tqdm(total=total, desc="feeding Chroma", unit="chunk", delay=BAR_AFTER_S) as bar:
        while time.perf_counter() - start < _FED_WITHIN_S:
            time.sleep(0.5)
            chroma = follower.indexes.chroma
            before, served = served, len(chroma) if chroma is not None else 0
            bar.update(served - before)
            still = still + 1 if served == before else 0
            if served == total or (served and still > _STILL):
                return round(time.perf_counter() - start, 1)
    raise TimeoutError(f"Chroma was not fed within {_FED_WITHIN_S:.0f} s")


def _recall(live: Opened, embedder: Embedder, questions: Sequence[Question], scope: Scope) -> float:
    """Recall of the ten nearest chunks against a scan of the database's own vectors."""
    indexes = live.follower.indexes
    with live.store.engine.connect() as connection:
        permitted = indexes.permitted(connection, scope)
        admitted = {
            key
            for key, (audience, _) in audience_table(connection).items()
            if scope.stores is None or set(scope.stores) & set(audience.stores)
        }
        every = rows(connection, embedder.model)
        those = [row for row in every if row.audience_key in admitted]
    keys = np.array([row.chunk_key for row in those])
    vectors = np.stack([row.vector for row in those])
    found, wanted = [], []
    for question in questions:
        queries = embedder.embed_query(question.text)
        weights = np.ones((1, len(queries)), dtype=np.float32)
        found.append(indexes.nearest(queries, weights, K, permitted))
        scores = np.max([np.vecdot(vectors, query) for query in queries], axis=0)
        wanted.append(keys[np.argsort(-scores)[:K]].tolist())
    return recall(found, wanted)


def _shown(copilot: Copilot, questions: Sequence[Question]) -> float:
    """How many passages a search within the scope shows, on average, of K."""
    counts = [len(copilot.search(one.text, k=K, scope=SCOPE).passages) for one in questions[:50]]
    return round(sum(counts) / len(counts), 2)
