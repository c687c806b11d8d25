"""How long each question took, beside one bare embedding of the same question."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from tqdm import tqdm

from copilot.errors import CopilotError
from evals.dataset import Question
from evals.measure import Unscored

A = TypeVar("A")
T = TypeVar("T")
PERCENTILES = (50, 95, 99)
# A bar is shown on what takes longer than this.
BAR_AFTER_S = 2.0
_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """A question, what came of it, and how long that and its bare embedding took."""

    question: Question
    outcome: T | Unscored
    took_ms: float
    embed_ms: float


def ask_each(
    questions: Sequence[Question],
    ask: Callable[[Question], T],
    embed: Callable[[str], object],
) -> list[Asked[T]]:
    """Asks every question once, embedding it bare before or after by turns, so that neither
    always finds the caches warm. The first three are asked once unmeasured.

    A question that the copilot refuses with an error of its own is Unscored; others are raised.
    """
    for question in questions[:_WARM_UP]:
        _asked(question, ask, embed, embed_first=True)
    bar = tqdm(questions, desc="asking", unit="question", delay=BAR_AFTER_S)
    return [
        _asked(question, ask, embed, embed_first=number % 2 == 0)
        for number, question in enumerate(bar)
    ]


def _asked(
    question: Question,
    ask: Callable[[Question], T],
    embed: Callable[[str], object],
    *,
    embed_first: bool,
) -> Asked[T]:
    embed_ms = _timed(embed, question.text)[1] if embed_first else 0.0
    outcome, took_ms = _timed(ask, question)
    if not embed_first:
        embed_ms = _timed(embed, question.text)[1]
    return Asked(question, outcome, took_ms, embed_ms)


def _timed(call: Callable[[A], T], argument: A) -> tuple[T | Unscored, float]:
    start = time.perf_counter()
    outcome: T | Unscored
    try:
        outcome = call(argument)
    except CopilotError as error:
        outcome = Unscored(f"{type(error).__name__}: {error}")
    return outcome, (time.perf_counter() - start) * 1000


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99, interpolated linearly; empty without values."""
    if not values:
        return {}
    found = np.percentile(np.asarray(values, dtype=np.float64), PERCENTILES)
    return {f"p{at}": float(value) for at, value in zip(PERCENTILES, found, strict=True)}


def _no_stages(outcome: object) -> Mapping[str, float]:
    return {}


def timings(
    asked: Sequence[Asked[T]], stages: Callable[[T], Mapping[str, float]] = _no_stages
) -> dict[str, dict[str, float]]:
    """Percentiles in milliseconds: of a question, of its bare embedding, of each stage.

    `ratio` holds the percentiles of a question's time over that of its own embedding.
    Questions that could not be asked are left out.
    """
    by_stage: dict[str, list[float]] = defaultdict(list)
    query, embedding, ratio = [], [], []
    for one in asked:
        if isinstance(one.outcome, Unscored):
            continue
        query.append(one.took_ms)
        embedding.append(one.embed_ms)
        ratio.append(one.took_ms / one.embed_ms)
        for stage, took_ms in stages(one.outcome).items():
            by_stage[f"stage {stage}"].append(took_ms)
    named = {"query": query, "bare embedding": embedding, "ratio": ratio, **by_stage}
    return {name: percentiles(values) for name, values in named.items() if values}


def stage_times(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Percentiles in milliseconds of cases and of their stages, from the rows of a run."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if "unscored" in row["output"]:
            continue
        found["query"].append(row["took_ms"])
        for stage, took_ms in row["output"]["took_ms"].items():
            found[f"stage {stage}"].append(took_ms)
    return {name: percentiles(values) for name, values in found.items()}
