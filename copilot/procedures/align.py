"""Which steps an agent's words did: the likeliest walk forward through a procedure, clause by
clause. A clause does one step or none; to pass a step over costs more than to have done it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.procedures.step import Procedure
from copilot.procedures.successor import successors

# A clause is a step's from this nearness on, above half of its nearness to the steps together: what
# is near to all of them is near to their subject. Chosen on `evals/next_steps/development`.
_NEAR = 0.16
_SUBJECT = 0.5
_PASSED_OVER = 0.12


def aligned(
    procedure: Procedure,
    last: int,
    may: Collection[int],
    said: Sequence[NDArray[np.float32]],
) -> list[tuple[int, int]]:
    """The clauses that did a step, in order, as (index in `said`, ordinal).

    `said` holds for each clause its cosine with each step, (steps,). The walk begins behind the
    step `last` (0: before the first) and enters only steps of `may`.
    """
    if not said or not may:
        return []
    costs = _costs(procedure, may)
    best = np.full(len(costs), -np.inf)
    best[last] = 0.0
    moves: list[NDArray[np.intp]] = []
    for near in said:
        gain = near - _SUBJECT * near.mean() - _NEAR
        ways = best[:, None] - costs + np.concatenate([[0.0], gain])
        came = ways.argmax(axis=0)
        value = ways[came, np.arange(len(best))]
        moves.append(np.where(value > best, came, -1))
        best = np.maximum(best, value)
    at = int(best.argmax())
    done: list[tuple[int, int]] = []
    for index in reversed(range(len(said))):
        if moves[index][at] >= 0:
            done.append((index, at))
            at = int(moves[index][at])
    return done[::-1]


def _costs(procedure: Procedure, may: Collection[int]) -> NDArray[np.float64]:
    """What each move costs, (from, to), 0 being before the first step; infinite where none is."""
    count = len(procedure.steps)
    open_ = np.array([0, *(one.ordinal in may for one in procedure.steps)])
    before = np.cumsum(open_) - open_
    passed = before[None, :] - before[:, None] - open_[:, None]
    ahead = np.triu(np.ones((count + 1, count + 1), dtype=bool), 1)
    costs = np.where(ahead, _PASSED_OVER * passed, np.inf)
    for step in procedure.steps:
        costs[step.ordinal, successors(step, procedure)] = 0.0
    costs[:, open_ == 0] = np.inf
    return costs
