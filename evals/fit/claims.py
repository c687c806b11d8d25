"""Fits what speaks against a sentence: copilot/answer/claims/weights.json.

A logistic regression whose weights may not be above 0, since each figure is a sign of a fault;
faults and faithful sentences weigh the same, and claims by hand as much as `HAND` says. How well it
carries over is told by folds of documents that were not fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tqdm import tqdm

from copilot.answer.claims import Checker, Source
from copilot.answer.claims.signals import NAMES
from evals.claims import hand, plant
from evals.claims.figures import FAITHFUL
from evals.claims.texts import Case
from evals.fit.entailment import is_held_out
from evals.timing import BAR_AFTER_S

Floats = NDArray[np.float64]
# A claim by hand counts so much of one by script: they are far freer, and of other documents.
HAND = 0.2
# Of the penalty on the squares of the weights, each scaled by its figure's deviation.
RIDGE = 0.005
FOLDS = 6
ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Rows:
    """`figures` is (n, NAMES); `hard` are those that a fact decides, whatever the weights are."""

    figures: Floats
    faithful: NDArray[np.bool_]
    hard: NDArray[np.bool_]
    weights: Floats
    kinds: tuple[str, ...]
    documents: tuple[str, ...]


def cases() -> list[tuple[Case, float]]:
    """What is fitted on: planted by script, and by hand; never the test set, nor what the
    entailment was taught, which it knows better than what is new."""
    of = plant.pools()
    scripted = [*plant.planted(of), *plant.faithful(of)]
    written = [
        case
        for path in (hand.DEVELOPMENT, *filter(_is_open, hand.domains()))
        for case in hand.cases(path)
        if case.sources
    ]
    return [*((case, 1.0) for case in scripted), *((case, HAND) for case in written)]


def _is_open(path: Path) -> bool:
    return is_held_out(path.stem)


def rows(checker: Checker, of: Sequence[tuple[Case, float]]) -> Rows:
    """The figures of each case."""
    figures, hard = [], []
    for case, _ in tqdm(of, desc="claims", unit="sentence", delay=BAR_AFTER_S):
        sources = [Source(one.text, one.heading, one.title) for one in case.sources]
        fault, found = checker.look(case.text, sources)
        hard.append(fault is not None)
        figures.append([found[name] if found else 0.0 for name in NAMES])
    return Rows(
        np.array(figures),
        np.array([case.kind == FAITHFUL for case, _ in of]),
        np.array(hard),
        np.array([weight for _, weight in of]),
        tuple(case.kind for case, _ in of),
        tuple(f"{case.corpus}/{case.document}" for case, _ in of),
    )


def fit(of: Rows, chosen: NDArray[np.bool_]) -> Floats:
    """The bias and the weights, (1 + NAMES,), from the chosen rows that no fact decides."""
    kept = chosen & ~of.hard
    figures, truth, counts = of.figures[kept], of.faithful[kept], of.weights[kept].copy()
    for side in (truth, ~truth):
        counts[side] /= 2 * counts[side].sum()
    spread = figures.std(axis=0) + 1e-9

    def loss(at: Floats) -> tuple[float, Floats]:
        z = at[0] + figures @ at[1:]
        wrong = counts * np.logaddexp(0, np.where(truth, -z, z))
        slope = counts * (1 / (1 + np.exp(-z)) - truth)
        penalty = RIDGE * float(((at[1:] * spread) ** 2).sum()) / 2
        steps = np.concatenate([[slope.sum()], figures.T @ slope + RIDGE * at[1:] * spread**2])
        return float(wrong.sum()) + penalty, steps

    bounds = [(None, None), *[(None, 0.0)] * len(NAMES)]
    start = np.zeros(1 + len(NAMES))
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def support(of: Rows, weights: Floats) -> Floats:
    """The probability of support, (n,); 0 where a fact says otherwise."""
    z = np.clip(weights[0] + of.figures @ weights[1:], -30, 30)
    return np.where(of.hard, 0.0, 1 / (1 + np.exp(-z)))


def held_out(of: Rows) -> Floats:
    """The support of each row by weights that were fitted without its document."""
    names = sorted(set(of.documents))
    fold = {name: at % FOLDS for at, name in enumerate(names)}
    folds = np.array([fold[name] for name in of.documents])
    found = np.zeros(len(folds))
    for at in range(FOLDS):
        found[folds == at] = support(of, fit(of, folds != at))[folds == at]
    return found


def table(of: Rows, supports: Floats) -> str:
    """What is kept and caught, by kind, for what is planted by script and what is by hand."""
    lines = [f"on documents that were not fitted on, {FOLDS} folds"]
    for name, side in (("by script", of.weights == 1.0), ("by hand", of.weights < 1.0)):
        lines.append(name)
        for kind in sorted(set(of.kinds)):
            these = side & np.array([one == kind for one in of.kinds])
            if not these.any():
                continue
            right = (supports >= ENOUGH) == (kind == FAITHFUL)
            lines.append(f"  {kind:<14}{right[these].mean():.3f}  n {these.sum()}")
    return "\n".join(lines)
