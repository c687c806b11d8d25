"""Ingest beside the bare embedder: the same texts, the same batches, by turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tqdm import tqdm

from copilot.ports import Embedder
from copilot.store import Store
from copilot.types import Document
from evals.bench.texts import passages, texts
from evals.timing import BAR_AFTER_S
from ingest.sync import Sync

# As ingest embeds them together.
_BATCH = 128
_PORTIONS = 4


def measure(store: Store, embedder: Embedder, documents: Sequence[Document]) -> dict[str, float]:
    """Passages a second bare and through ingest, and how much faster a second run is.

    The documents are taken in portions, each embedded bare before or ingested before by turns, so
    that a machine which gets busier hits both alike. The bare embedder gives no sentence vectors.
    """
    sync = Sync(store, embedder)
    bare, through, second = _Spent(), _Spent(), _Spent()
    with tqdm(total=2 * len(documents), desc="ingest", unit="document", delay=BAR_AFTER_S) as bar:
        for number in range(_PORTIONS):
            portion = documents[number::_PORTIONS]
            bodies = [body for body, _ in texts(passages(portion))]
            if number % 2 == 0:
                bare.add(partial(_embed, embedder, bodies))
            through.add(partial(sync.run, portion, "bench", bar.update))
            if number % 2 == 1:
                bare.add(partial(_embed, embedder, bodies))
            bar.update(len(portion))
    second.add(partial(sync.run, documents, "bench"))
    count = len(passages(documents))
    return {
        "passages": count,
        "bare_per_s": round(count / bare.wall_s, 2),
        "ingest_per_s": round(count / through.wall_s, 2),
        "ratio": round(bare.wall_s / through.wall_s, 3),
        "processor_ratio": round(bare.processor_s / through.processor_s, 3),
        "second_s": round(second.wall_s, 3),
        "second_times_faster": round(through.wall_s / second.wall_s, 1),
    }


@dataclass(slots=True)
class _Spent:
    """Seconds by the clock, and of all processors; the second hardly minds a busy machine."""

    wall_s: float = 0.0
    processor_s: float = 0.0

    def add(self, call: Callable[[], object]) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        call()
        self.wall_s += time.perf_counter() - wall
        self.processor_s += time.process_time() - processor


def _embed(embedder: Embedder, bodies: Sequence[str]) -> None:
    for start in range(0, len(bodies), _BATCH):
        batch = bodies[start : start + _BATCH]
        embedder.embed_passages(batch, [()] * len(batch))
