"""One run of the bench: what is measured, in which order, in folders that are gone afterwards."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from copilot.compose import open_store
from copilot.ports import Embedder
from copilot.settings import Settings
from evals.bench import chain, corpus, ingest, library, server
from evals.bench.figures import TARGETS
from evals.bench.synthesis import Real, make
from evals.bench.texts import passages, questions, real_documents, reals
from evals.dataset import Question
from evals.report import versions

SEED = 7
# Below this a hundredth is fewer chunks than a search shows.
_SCOPED_FROM = 10_000
_HOW = (
    "Corpora are made: sentences of {real} real passages, put together anew, each with the mean\n"
    "of their real vectors plus noise. Ratios are to one bare query embedding, made between the\n"
    "calls in the same run: × p50 and × p95 over its median, 95/95 over its own p95."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: passages to embed, questions to ask, cold starts."""

    passages: int
    questions: int
    starts: int


QUICK = Plan(passages=96, questions=40, starts=1)
USUAL = Plan(passages=640, questions=200, starts=3)
FULL = Plan(passages=10_000, questions=200, starts=3)


def run(sizes: Sequence[int], plan: Plan) -> dict[str, Any]:
    """Everything that was measured, ready for JSON."""
    from copilot.retrieval.minilm import MiniLm

    start, load_before = time.perf_counter(), os.getloadavg()[0]
    embedder = MiniLm()
    with tempfile.TemporaryDirectory(prefix="copilot-bench-") as folder:
        ingested, real = _ingest(_settings(Path(folder) / "ingest"), embedder, plan)
        asked = _spread(questions(), plan.questions)
        by_size = {
            str(size): _size(Path(folder) / str(size), size, embedder, real, asked, plan)
            for size in sizes
        }
    result: dict[str, Any] = {
        "kind": "bench",
        "how": _HOW.format(real=len(real)),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "model": embedder.model,
        "seed": SEED,
        "load_average": {"before": load_before, "after": os.getloadavg()[0]},
        "ingest": ingested,
        "sizes": by_size,
    }
    result["targets"] = [one for target in TARGETS if (one := target.verdict(result))]
    result["took_s"] = round(time.perf_counter() - start, 1)
    return result


def _ingest(
    settings: Settings, embedder: Embedder, plan: Plan
) -> tuple[dict[str, float], list[Real]]:
    """The figures of ingest, and the passages that everything else is made from."""
    documents = real_documents(plan.passages, SEED)
    store = open_store(settings)
    try:
        figures = ingest.measure(store, embedder, documents)
        return figures, reals(store, embedder, passages(documents))
    finally:
        store.close()


def _size(
    folder: Path,
    size: int,
    embedder: Embedder,
    real: Sequence[Real],
    asked: Sequence[Question],
    plan: Plan,
) -> dict[str, Any]:
    settings = _settings(folder / "copilot")
    made = partial(make, real, size, SEED)
    store = open_store(settings)
    try:
        stored_s = corpus.fill(store, made(), size, embedder.model)
    finally:
        store.close()
    result: dict[str, Any] = {"put_per_s": round(size / stored_s, 1)}
    result |= library.measure(settings, embedder, asked, scoped=size >= _SCOPED_FROM)
    result |= server.measure(settings, embedder, asked, plan.starts)
    result["disk_mb"] = corpus.disk_mb(settings.data_dir)
    result["chain"] = chain.measure(folder / "chain", made(), size, embedder, asked)
    result["chain"]["disk_mb"] = corpus.disk_mb(folder / "chain")["all"]
    return result


def _settings(folder: Path) -> Settings:
    """A data folder of the bench's own; the environment's database is never touched."""
    folder.mkdir(parents=True)
    return Settings(data_dir=folder, database_url="", chroma_url="", embedder="minilm", reranker="")


def _spread(all_questions: Sequence[Question], count: int) -> list[Question]:
    """At most so many questions, evenly spread over them all."""
    total = len(all_questions)
    return [all_questions[at * total // count] for at in range(min(count, total))]
