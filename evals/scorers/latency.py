"""How long an answer took, from question to suggestion, in milliseconds on this machine."""

from __future__ import annotations

import numpy as np

from evals.bootstrap import Floats
from evals.measure import Measures, Metric
from evals.question import Question
from evals.scorers.answered import Answered


def _median(rows: Floats) -> float:
    return float(np.median(rows))


def _p95(rows: Floats) -> float:
    return float(np.percentile(rows, 95))


METRICS = (
    Metric("time p50, ms", ("took_ms",), _median, higher_is_better=False),
    Metric("time p95, ms", ("took_ms",), _p95, higher_is_better=False),
)


def columns(question: Question) -> tuple[str, ...]:
    return ("took_ms",)


def score(asked: Answered) -> Measures:
    return {"took_ms": asked.took_ms}
