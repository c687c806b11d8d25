"""Ingest beside the bare embedder: the same texts, the same batches, by turns."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tqdm import tqdm

from copilot.ports import Embedder
from copilot.store import Store
from copilot.types import Document
from evals.bench.texts import passages, texts
from evals.timing import BAR_AFTER_S
from ingest.sync import Sync

# As ingest embeds them together.
_BATCH = 128


def measure(store: Store, embedder: Embedder, documents: Sequence[Document]) -> dict[str, float]:
    """Passages a second bare and through ingest, and how much faster a second run is.

    One half is embedded bare first and one half ingested first, so that a machine which gets
    busier hits both alike. The bare embedder is asked for no sentence vectors.
    """
    middle = len(documents) // 2
    sync = Sync(store, embedder)
    bare_s = ingest_s = 0.0
    with tqdm(total=2 * len(documents), desc="ingest", unit="document", delay=BAR_AFTER_S) as bar:
        for number, half in enumerate((documents[:middle], documents[middle:])):
            turns = ["bare", "ingest"] if number == 0 else ["ingest", "bare"]
            for turn in turns:
                start = time.perf_counter()
                if turn == "bare":
                    bare_s += _bare(embedder, half)
                    bar.update(len(half))
                else:
                    sync.run(half, "bench", bar.update)
                    ingest_s += time.perf_counter() - start
    start = time.perf_counter()
    sync.run(documents, "bench")
    second_s = time.perf_counter() - start
    count = len(passages(documents))
    return {
        "passages": count,
        "bare_per_s": round(count / bare_s, 2),
        "ingest_per_s": round(count / ingest_s, 2),
        "ratio": round(bare_s / ingest_s, 3),
        "second_s": round(second_s, 3),
        "second_times_faster": round(ingest_s / second_s, 1),
    }


def _bare(embedder: Embedder, documents: Sequence[Document]) -> float:
    """Seconds of embedding alone; what leads up to it is not counted."""
    bodies = [body for body, _ in texts(passages(documents))]
    start = time.perf_counter()
    for first in range(0, len(bodies), _BATCH):
        batch = bodies[first : first + _BATCH]
        embedder.embed_passages(batch, [()] * len(batch))
    return time.perf_counter() - start
