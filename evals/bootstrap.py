"""Intervals by resampling: how far a figure could be off, given that other questions were asked.

Percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], float]
LEVEL = 0.95
RESAMPLES = 2000
SEED = 20261121


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def mean(rows: Floats) -> float:
    """The mean of one column, shape (n, 1) or (n,)."""
    return float(rows.mean())


def bootstrap_interval(
    values: ArrayLike,
    statistic: Statistic = mean,
    *,
    clusters: Sequence[Hashable] | None = None,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """The percentile interval of `statistic` over rows, shape (n,) or (n, columns), n > 0.

    Rows of equal `clusters` are drawn together (Field and Welsh, JRSS B 69(3), 2007), since
    questions about one document succeed and fail together. Resamples for which the statistic
    is nan (a class is missing) are left out; (nan, nan) where that is all of them.
    """
    rows = np.asarray(values, dtype=np.float64)
    members = _members(clusters, len(rows))
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(members), (resamples, len(members)))
    if statistic is mean:
        estimates = _means(rows, members, drawn)
    else:
        estimates = np.array(
            [statistic(rows[np.concatenate([members[one] for one in draw])]) for draw in drawn]
        )
    estimates = estimates[~np.isnan(estimates)]
    if len(estimates) == 0:
        return Interval(np.nan, np.nan)
    tail = (1 - level) / 2
    low, high = np.quantile(estimates, [tail, 1 - tail])
    return Interval(float(low), float(high))


def paired_difference(
    first: ArrayLike,
    second: ArrayLike,
    statistic: Statistic = mean,
    *,
    clusters: Sequence[Hashable] | None = None,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[float, Interval]:
    """statistic(second) - statistic(first), with its interval; row i of both is one question.

    Both are resampled with the same questions, so that what makes a question hard cancels out.
    Shapes are equal, (n,) or (n, columns).
    """
    one, two = _columns(first), _columns(second)
    if one.shape != two.shape:
        raise ValueError(f"{one.shape} rows are not paired with {two.shape}")
    if statistic is mean:
        gains = two - one
        interval = bootstrap_interval(
            gains, clusters=clusters, level=level, resamples=resamples, seed=seed
        )
        return float(gains.mean()), interval
    width = one.shape[1]

    def difference(rows: Floats) -> float:
        return statistic(rows[:, width:]) - statistic(rows[:, :width])

    both = np.hstack([one, two])
    interval = bootstrap_interval(
        both, difference, clusters=clusters, level=level, resamples=resamples, seed=seed
    )
    return difference(both), interval


def _columns(values: ArrayLike) -> Floats:
    rows = np.asarray(values, dtype=np.float64)
    return rows.reshape(len(rows), -1)


def _members(clusters: Sequence[Hashable] | None, count: int) -> list[NDArray[np.int64]]:
    """The rows of each cluster; every row is its own where there are none."""
    if clusters is None:
        return [np.array([row]) for row in range(count)]
    if len(clusters) != count:
        raise ValueError(f"{len(clusters)} clusters for {count} rows")
    rows: dict[Hashable, list[int]] = {}
    for row, cluster in enumerate(clusters):
        rows.setdefault(cluster, []).append(row)
    return [np.array(of_one) for of_one in rows.values()]


def _means(rows: Floats, members: list[NDArray[np.int64]], drawn: NDArray[np.int64]) -> Floats:
    """The mean of every resample at once, from the sum and the size of each cluster."""
    sums = np.array([rows[of_one].sum() for of_one in members])
    sizes = np.array([rows[of_one].size for of_one in members])
    means: Floats = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    return means
