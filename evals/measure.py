"""What a scorer says of one question, and how a figure is made of many questions.

"Could not be scored" is a value of its own: never nan, never 0, and counted beside the figure.
A measure that a question does not have (a reply's, where silence was right) is left out of it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evals.bootstrap import SEED, Floats, Interval, Statistic, bootstrap_interval, mean

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Unscored:
    """This question could not be scored, and why."""

    reason: str


Measures = Mapping[str, float | Unscored]


@dataclass(frozen=True, slots=True)
class Scored:
    """One question's measures. Questions of equal `cluster` are resampled together."""

    question_id: str
    cluster: str
    measures: Measures


def told(measures: Measures) -> dict[str, Any]:
    """Measures as JSON has them; `measures_of` reads them again."""
    return {
        name: {"unscored": value.reason} if isinstance(value, Unscored) else round(value, DIGITS)
        for name, value in measures.items()
    }


def measures_of(row: Mapping[str, Any]) -> Measures:
    """What `told` wrote."""
    return {
        name: Unscored(value["unscored"]) if isinstance(value, dict) else float(value)
        for name, value in row.items()
    }


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: a statistic over the questions that have all of `columns`.

    `higher_is_better` is None where neither is.
    """

    name: str
    columns: tuple[str, ...]
    statistic: Statistic = mean
    higher_is_better: bool | None = True


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value with its interval over `n` questions; None where there was nothing."""

    value: float | None
    interval: Interval | None
    n: int
    unscored: dict[str, int] = field(default_factory=dict)


def _row(metric: Metric, measures: Measures) -> list[float] | Unscored | None:
    """The metric's columns of one question; None where it does not have them all."""
    if any(name not in measures for name in metric.columns):
        return None
    cells = [measures[name] for name in metric.columns]
    for cell in cells:
        if isinstance(cell, Unscored):
            return cell
    return [cell for cell in cells if not isinstance(cell, Unscored)]


def _table(metric: Metric, values: Sequence[Sequence[float]]) -> Floats:
    return np.array(values, dtype=np.float64).reshape(-1, len(metric.columns))


def figure(metric: Metric, scored: Sequence[Scored], seed: int = SEED) -> Figure:
    """The metric over these questions, with a 95% interval."""
    rows: list[list[float]] = []
    clusters: list[str] = []
    unscored: Counter[str] = Counter()
    for one in scored:
        row = _row(metric, one.measures)
        if isinstance(row, Unscored):
            unscored[row.reason] += 1
        elif row is not None:
            rows.append(row)
            clusters.append(one.cluster)
    values = _table(metric, rows)
    value = metric.statistic(values) if rows else math.nan
    if math.isnan(value):
        return Figure(None, None, len(rows), dict(unscored))
    interval = bootstrap_interval(values, metric.statistic, clusters=clusters, seed=seed)
    return Figure(value, interval, len(rows), dict(unscored))


def table_of(metric: Metric, scored: Sequence[Scored]) -> Floats:
    """The metric's columns, (n, columns), of the questions that have them all."""
    rows = (_row(metric, one.measures) for one in scored)
    return _table(metric, [row for row in rows if isinstance(row, list)])


def paired_tables(
    metric: Metric, pairs: Sequence[tuple[Scored, Scored]]
) -> tuple[Floats, Floats, list[str]]:
    """The metric's columns, (n, columns), of the questions scored on both sides, and clusters."""
    first, second, clusters = [], [], []
    for one, two in pairs:
        left, right = _row(metric, one.measures), _row(metric, two.measures)
        if isinstance(left, list) and isinstance(right, list):
            first.append(left)
            second.append(right)
            clusters.append(one.cluster)
    return _table(metric, first), _table(metric, second), clusters
