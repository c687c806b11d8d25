"""Fits the weights that `copilot.retrieval.fuse` ranks with, and measures what each feature gives.

The loss of a question is minus the log of what a softmax over its pool leaves for gold documents
(ListNet's top-one likelihood: Cao et al., ICML 2007), with a small penalty; data sets count
equally, whatever their size. See docs/decisions/0003-retrieval.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.errors import InvalidInput
from copilot.retrieval.fuse import FEATURES
from evals.bootstrap import Interval, bootstrap_interval
from evals.fit.features import Choice
from evals.fit.newton import Floats, minimise

# Of the squared weights of features at deviation 1: of 0.001 to 0.1, what served data sets best
# that the weights were not fitted on (docs/decisions/0003-retrieval.md).
PENALTY = 0.04
DEPTHS = (1, 3)
ABLATION: tuple[tuple[str, ...], ...] = (
    ("dense",),
    ("words",),
    ("title",),
    ("dense", "words"),
    FEATURES,
)
Sets = Mapping[str, Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class Hits:
    """The share of a data set's questions with a gold document among the first `depth`."""

    features: tuple[str, ...]
    dataset: str
    left_out: bool
    depth: int
    value: float
    interval: Interval
    n: int


def fit(sets: Sequence[Sequence[Choice]], features: Sequence[str] = FEATURES) -> Floats:
    """The weights of FEATURES, (3,), in the units of `fuse`; 0 for those that are not fitted.

    Questions without a gold document in their pool say nothing, and are left out. Raises
    InvalidInput for a data set of such questions only.
    """
    told = [[one for one in choices if one.gold.any()] for choices in sets]
    if not told or not all(told):
        raise InvalidInput(
            "no question of a data set finds a gold document", remedy="name a data set with answers"
        )
    columns = [FEATURES.index(name) for name in features]
    scale = _deviations(told)[columns]
    pools = [
        (one.features[:, columns] / scale, one.gold, 1 / len(choices) / len(told))
        for choices in told
        for one in choices
    ]
    weights = np.zeros(len(FEATURES))
    weights[columns] = minimise(_listwise(pools), np.zeros(len(columns))) / scale
    return weights


def _listwise(
    pools: Sequence[tuple[Floats, NDArray[np.bool_], float]],
) -> Callable[[Floats], tuple[float, Floats, Floats]]:
    """The loss over pools of (features, gold, share); its curvature is that of the convex part."""

    def objective(weights: Floats) -> tuple[float, Floats, Floats]:
        size = len(weights)
        loss = PENALTY * float(weights @ weights)
        gradient = 2 * PENALTY * weights
        curvature = 2 * PENALTY * np.eye(size)
        for features, gold, share in pools:
            scores = features @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            right = float(chances[gold].sum())
            loss -= share * np.log(max(right, 1e-300))
            mean = chances @ features
            gradient = gradient + share * (mean - chances[gold] @ features[gold] / right)
            curvature = curvature + share * (
                (features.T * chances) @ features - np.outer(mean, mean)
            )
        return loss, gradient, curvature

    return objective


def _deviations(sets: Sequence[Sequence[Choice]]) -> Floats:
    """Each feature's deviation within a pool, so that the penalty means the same for all."""
    spreads = [np.mean([one.features.var(axis=0) for one in choices], axis=0) for choices in sets]
    deviations = np.sqrt(np.mean(spreads, axis=0))
    return np.where(deviations > 0, deviations, 1.0)


def hits(choices: Sequence[Choice], weights: Floats, depth: int) -> Floats:
    """1.0 for every question with a gold document among the first `depth`, else 0.0; (n,)."""
    found = []
    for one in choices:
        first = np.argsort(-(one.features @ weights), kind="stable")[:depth]
        found.append(float(one.gold[first].any()))
    return np.array(found)


def measure(sets: Sets) -> list[Hits]:
    """Every combination of ABLATION on every data set, of two or more: fitted on all of them, and
    on the others."""
    found = []
    for features in ABLATION:
        fitted = fit(list(sets.values()), features)
        for name, choices in sets.items():
            found += _measured(features, name, choices, fitted, left_out=False)
            held = fit([sets[other] for other in sets if other != name], features)
            found += _measured(features, name, choices, held, left_out=True)
    return found


def _measured(
    features: tuple[str, ...],
    name: str,
    choices: Sequence[Choice],
    weights: Floats,
    *,
    left_out: bool,
) -> list[Hits]:
    clusters = [one.cluster for one in choices]
    rows = [(depth, hits(choices, weights, depth)) for depth in DEPTHS]
    return [
        Hits(
            features,
            name,
            left_out,
            depth,
            float(values.mean()),
            bootstrap_interval(values, clusters=clusters),
            len(values),
        )
        for depth, values in rows
    ]


def table(measured: Sequence[Hits], weights: Floats) -> str:
    """One line a combination and data set, and the means over data sets."""
    lines = [
        f"{'':24}{'':12}{'fitted on all':^44}{'fitted on the other data sets':^44}",
        f"{'features':<24}{'data set':<12}" + f"{'hit@1':<22}{'hit@3':<22}" * 2 + f"{'n':>5}",
    ]
    for features in dict.fromkeys(one.features for one in measured):
        own = [one for one in measured if one.features == features]
        for name in dict.fromkeys(one.dataset for one in own):
            cells = [one for one in own if one.dataset == name]
            shown = "".join(f"{_cell(one):<22}" for one in cells)
            lines.append(f"{' + '.join(features):<24}{name:<12}{shown:<88}{cells[0].n:>5}")
        lines.append(f"{'':24}{'mean':<12}" + "".join(f"{mean:<22.3f}" for mean in _means(own)))
    shown = ", ".join(
        f"{name} {weight:.3f}" for name, weight in zip(FEATURES, weights, strict=True)
    )
    return "\n".join([*lines, f"weights: {shown}"])


def _cell(one: Hits) -> str:
    return f"{one.value:.3f} ({one.interval.low:.3f}–{one.interval.high:.3f})"


def _means(measured: Sequence[Hits]) -> list[float]:
    """Over the data sets, in the order of a line's cells."""
    by_column: dict[tuple[bool, int], list[float]] = {}
    for one in measured:
        by_column.setdefault((one.left_out, one.depth), []).append(one.value)
    return [float(np.mean(values)) for values in by_column.values()]
