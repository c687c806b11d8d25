"""Takes the situations of past conversations out of them, with the vectors of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tqdm import tqdm

from copilot.history.situation import Vector, before_actions, seen
from copilot.ports import Embedder
from copilot.retrieval.pool import unit
from copilot.store import Store
from copilot.store.cases import Taken
from copilot.types import Turn

# Embedders that join what is asked together gain from it.
_TOGETHER = 8


def taken(turns: Sequence[Turn], embedder: Embedder) -> list[Taken]:
    """What the agent did, each with the situation that it was done in. Raises EmbedderError."""
    found = before_actions(turns)
    said = list(dict.fromkeys(words for at, _ in found for words in at.said))
    with ThreadPoolExecutor(_TOGETHER, thread_name_prefix="situations") as pool:
        vectors = dict(zip(said, pool.map(partial(one_vector, embedder), said), strict=True))
    return [(seen(at, vectors.__getitem__, embedder.dimension), action) for at, action in found]


def one_vector(embedder: Embedder, words: str) -> Vector:
    """The unit vector of an utterance, however long, (dimension,)."""
    return unit(embedder.embed_query(words).mean(axis=0))


def take_missing(store: Store, embedder: Embedder) -> int:
    """Takes what this embedder has not seen, as after a change of it; returns how many."""
    missing = store.cases.without(embedder.model)
    bar = tqdm(missing.items(), desc="situations", unit="case", delay=2, leave=False)
    for interaction_id, version in bar:
        interaction = store.customers.interaction(interaction_id)
        if interaction is not None:
            found = taken(interaction.turns, embedder)
            store.cases.put(interaction_id, version, embedder.model, found)
    return len(missing)
