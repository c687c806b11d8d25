"""Fits the logistic regression of `copilot.answer.abstain`; `calibration` says how well it does.

The label of a row is whether its first hit is a gold document, because the reply is taken from
there. See docs/decisions/0005-answers.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from copilot.answer.abstain import FEATURES, Calibration, confidence
from copilot.errors import InvalidInput
from evals.fit.features import Row
from evals.fit.newton import Floats, minimise

# What cannot be answered makes up this part of each data set's weight. Real questions to a
# contact centre are not known; TechQA has 0.2 of them and the starter questions 0.25.
UNANSWERABLE = 0.3
# Of the squared weights of features at deviation 1: of 0.001 to 0.05, what gave the least log loss
# on data sets that the weights were not fitted on (docs/decisions/0005-answers.md).
PENALTY = 0.03


def fit(sets: Sequence[Sequence[Row]]) -> Calibration:
    """The bias and the weights of FEATURES; thresholds are left at 0.

    Raises InvalidInput where a class is missing.
    """
    rows = [row for one in sets for row in one]
    shares = np.concatenate([weights(one) for one in sets]) / len(sets)
    values = np.array([row.values for row in rows])
    right = np.array([row.right for row in rows], dtype=np.float64)
    if right.min() == right.max():
        raise InvalidInput(
            "the first hit is right for every question, or for none",
            remedy="name data sets with both",
        )
    centre = shares @ values
    scale = np.sqrt(shares @ (values - centre) ** 2)
    scale = np.where(scale > 0, scale, 1.0)
    fitted = minimise(
        _logistic((values - centre) / scale, right, shares), np.zeros(len(FEATURES) + 1)
    )
    slopes = fitted[1:] / scale
    bias = float(fitted[0] - slopes @ centre)
    return Calibration(bias, tuple(float(slope) for slope in slopes), 0.0, 0.0)


def confidences(rows: Sequence[Row], calibration: Calibration) -> Floats:
    """What the copilot would say of each row, (n,)."""
    return np.array([confidence(row.values, calibration) for row in rows])


def weights(rows: Sequence[Row]) -> Floats:
    """What each row counts, (n,), 1 in all: those without an answer make up UNANSWERABLE.

    Raises InvalidInput where either kind is missing.
    """
    answerable = np.array([row.answerable for row in rows], dtype=np.bool_)
    if answerable.all() or not answerable.any():
        raise InvalidInput(
            "a data set has no question with an answer", remedy="name a data set with answers"
        )
    share = np.where(answerable, (1 - UNANSWERABLE) / answerable.sum(), 0.0)
    return np.where(answerable, share, UNANSWERABLE / (~answerable).sum())


def _logistic(
    values: Floats, right: Floats, shares: Floats
) -> Callable[[Floats], tuple[float, Floats, Floats]]:
    """The weighted cross entropy over rows; the bias comes first and is not penalised."""
    rows = np.column_stack([np.ones(len(values)), values])
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[0] = 0.0

    def objective(fitted: Floats) -> tuple[float, Floats, Floats]:
        logits = rows @ fitted
        chances = 1 / (1 + np.exp(-logits))
        # log(1 + exp(logit)) - right × logit, without an overflow.
        losses = np.logaddexp(0.0, logits) - right * logits
        loss = float(shares @ losses + penalty @ fitted**2)
        gradient = rows.T @ (shares * (chances - right)) + 2 * penalty * fitted
        spread = shares * chances * (1 - chances)
        curvature = (rows.T * spread) @ rows + np.diag(2 * penalty + 1e-12)
        return loss, gradient, curvature

    return objective
