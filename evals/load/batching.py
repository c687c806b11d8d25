"""Whether embedding queries together pays: one call for many beside a call for each, and many
callers through the batched embedder beside the same callers without it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from typing import Any

from copilot.retrieval.batched import BatchedEmbedder
from copilot.retrieval.minilm import MiniLm
from evals.timing import percentiles

SIZES = (1, 2, 4, 8, 16)
_REPEATS = 20
# Queries that each caller asks, one after another.
_ASKED = 12


@dataclass(frozen=True, slots=True)
class _Spent:
    """Milliseconds a query, by the clock and of all processors."""

    wall_ms: float
    processor_ms: float


def measure(texts: Sequence[str], seed: int, repeats: int = _REPEATS) -> dict[str, Any]:
    """Milliseconds a query and their ratios; the two ways are taken by turns on the same texts."""
    embedder = MiniLm()
    embedder.embed_queries(texts[:2])
    rng = random.Random(seed)  # noqa: S311 - a choice of texts, no secret
    return {
        "texts": len(texts),
        "calls": {str(size): _call(embedder, texts, size, repeats, rng) for size in SIZES},
        "callers": {str(size): _callers(embedder, texts, size, repeats, rng) for size in SIZES},
    }


def _call(
    embedder: MiniLm, texts: Sequence[str], size: int, repeats: int, rng: random.Random
) -> dict[str, float]:
    """One call for `size` queries beside a call for each, in one thread."""
    each: list[_Spent] = []
    together: list[_Spent] = []
    for number in range(repeats):
        some = rng.choices(texts, k=size)

        def one_by_one(some: Sequence[str] = some) -> None:
            for text in some:
                embedder.embed_query(text)

        def at_once(some: Sequence[str] = some) -> None:
            embedder.embed_queries(some)

        ways = [(each, one_by_one), (together, at_once)]
        for times, way in ways if number % 2 else ways[::-1]:
            times.append(_spent(way, size))
    return _beside(each, together)


def _callers(
    embedder: MiniLm, texts: Sequence[str], callers: int, repeats: int, rng: random.Random
) -> dict[str, float]:
    """`callers` threads that ask at the same time, with and without the batched embedder."""
    batched = BatchedEmbedder(embedder)
    bare: list[_Spent] = []
    joined: list[_Spent] = []
    waits: dict[str, list[float]] = {"bare": [], "batched": []}
    with ThreadPoolExecutor(callers) as pool:
        for number in range(max(2, repeats // 5)):
            asked = [rng.choices(texts, k=_ASKED) for _ in range(callers)]
            ways = [
                (bare, waits["bare"], embedder.embed_query),
                (joined, waits["batched"], batched.embed_query),
            ]
            for times, took, embed in ways if number % 2 else ways[::-1]:

                def everybody(
                    asked: Sequence[Sequence[str]] = asked,
                    took: list[float] = took,
                    embed: Callable[[str], object] = embed,
                ) -> None:
                    for waits_ms in pool.map(lambda some: _asking(some, embed), asked):
                        took += waits_ms

                times.append(_spent(everybody, callers * _ASKED))
    tails = {f"{way}_p95_ms": round(percentiles(found)["p95"], 2) for way, found in waits.items()}
    return {**_beside(bare, joined), **tails}


def _asking(texts: Sequence[str], embed: Callable[[str], object]) -> list[float]:
    """How long each of these took, in milliseconds."""
    took = []
    for text in texts:
        start = time.perf_counter()
        embed(text)
        took.append(1000 * (time.perf_counter() - start))
    return took


def _spent(way: Callable[[], None], queries: int) -> _Spent:
    start, processor = time.perf_counter(), time.process_time()
    way()
    wall_s, processor_s = time.perf_counter() - start, time.process_time() - processor
    return _Spent(1000 * wall_s / queries, 1000 * processor_s / queries)


def _beside(each: Sequence[_Spent], together: Sequence[_Spent]) -> dict[str, float]:
    pairs = list(zip(each, together, strict=True))
    ratios = [two.wall_ms / one.wall_ms for one, two in pairs]
    processor = [two.processor_ms / one.processor_ms for one, two in pairs]
    return {
        "alone_ms": round(median(one.wall_ms for one in each), 2),
        "together_ms": round(median(one.wall_ms for one in together), 2),
        "ratio": round(median(ratios), 3),
        "processor_ratio": round(median(processor), 3),
    }
