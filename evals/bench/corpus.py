"""A store filled with made passages, and what it takes on the disk."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tqdm import tqdm

from copilot.store import Store
from evals.bench.synthesis import Made
from evals.timing import BAR_AFTER_S

# Documents that share a transaction, about as many as ingest writes at once.
_BATCH = 250
_MEBIBYTE = 2**20


def fill(store: Store, made: Iterable[Made], chunks: int, model: str) -> float:
    """Writes documents with their vectors; returns the seconds that the store took."""
    writing_s = 0.0
    with tqdm(total=chunks, desc="storing", unit="chunk", delay=BAR_AFTER_S) as bar:
        for batch in _batches(made):
            ready = [one.ready for one in batch]
            vectors = {key: value for one in batch for key, value in one.vectors.items()}
            start = time.perf_counter()
            store.documents.put(ready, vectors, model, "bench")
            writing_s += time.perf_counter() - start
            bar.update(sum(len(one.chunks) for one in ready))
    return writing_s


def disk_mb(folder: Path) -> dict[str, float]:
    """Mebibytes of the database, of each index and in all."""
    sizes = {
        "database": _size(folder.glob("copilot.sqlite*")),
        "words": _size((folder / "indexes" / "words").rglob("*")),
        "vectors": _size((folder / "indexes" / "vectors").rglob("*")),
        "all": _size(folder.rglob("*")),
    }
    return {name: round(size / _MEBIBYTE, 1) for name, size in sizes.items()}


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def _batches(made: Iterable[Made]) -> Iterator[list[Made]]:
    batch: list[Made] = []
    for one in made:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
