"""Newton's method with step halving, for losses with a handful of weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Weights to (loss, gradient, curvature): a number, (n,) and a positive definite (n, n).
Objective = Callable[[Floats], tuple[float, Floats, Floats]]

_STEPS = 200
_SMALLEST_SHARE = 1e-10
_STILL = 1e-9


def minimise(objective: Objective, start: Floats) -> Floats:
    """The weights where the gradient vanishes, (n,).

    A step is taken whole, or halved until the loss falls (Nocedal and Wright, Numerical
    Optimization, 2006, chapter 3). The curvature may be an upper bound of the Hessian.
    """
    weights = start
    loss, gradient, curvature = objective(weights)
    for _ in range(_STEPS):
        if np.abs(gradient).max() < _STILL:
            break
        step = np.linalg.solve(curvature, gradient)
        share = 1.0
        while share > _SMALLEST_SHARE:
            tried = weights - share * step
            after = objective(tried)
            if after[0] < loss:
                break
            share /= 2
        else:
            break  # no step that floats can tell apart makes it better
        weights = tried
        loss, gradient, curvature = after
    return weights
