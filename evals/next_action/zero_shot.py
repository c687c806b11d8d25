"""The next action on a task that nothing was learnt of, from its flow chart and replies alone.

The weights of `procedures.successor` are a conditional logit over the chart's steps. Here they are
fitted on the training dialogues of the other tasks; the shipped ones on those of all.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from copilot.actions.names import same_action
from copilot.history.situation import Vector
from copilot.procedures.progress import walked
from copilot.procedures.step import Procedure
from copilot.procedures.successor import features, spoken
from evals.next_action.charts import procedure
from evals.next_action.star import Dialogue, Moment, flow_chart, moments

_PENALTY = 3.0
_ITERATIONS = 80
# An action of as many other tasks is what agents of the house say anywhere.
_COMMON = 3
Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One moment as the ranker sees it: each step's features and name, and which were right."""

    moment: Moment
    found: list[dict[str, float]]
    names: tuple[str, ...]

    @property
    def right(self) -> list[int]:
        return [at for at, name in enumerate(self.names) if name == self.moment.action]


class Charts:
    """The procedures of all tasks; each may say what agents of the other tasks say anywhere."""

    def __init__(
        self, folder: Path, dialogues: Sequence[Dialogue], embed: Callable[[str], Vector]
    ) -> None:
        self._embed = embed
        said = _common(dialogues)
        self.tasks = sorted({one.task for one in dialogues})
        self._procedures: dict[str, tuple[Procedure, NDArray[np.float32]]] = {}
        for task in self.tasks:
            chart = flow_chart(folder, task)
            elsewhere = {
                name: words
                for name, (words, tasks) in said.items()
                if len(tasks - {task}) >= _COMMON and name not in chart["replies"]
            }
            chart["replies"] = {**chart["replies"], **elsewhere}
            made = procedure(chart, task.replace("_", " ").capitalize())
            vectors = np.stack([embed(spoken(step)) for step in made.steps])
            self._procedures[task] = made, vectors

    def asked(self, moment: Moment) -> Asked:
        made, vectors = self._procedures[moment.dialogue.task]
        walk = walked(made, moment.before, lambda words: vectors @ self._embed(words), {})
        names = tuple(step.action or "" for step in made.steps)
        return Asked(moment, features(made, walk.now()), names)


def fit(asked: Sequence[Asked]) -> Weights:
    """Maximum likelihood with an L2 penalty; moments whose action is on no step are left out."""
    asked = [one for one in asked if one.right]
    vocabulary: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    starts: list[int] = []
    is_right: list[bool] = []
    for one in asked:
        starts.append(len(is_right))
        for at, of_step in enumerate(one.found):
            for name, value in of_step.items():
                rows.append(len(is_right))
                columns.append(vocabulary.setdefault(name, len(vocabulary)))
                values.append(value)
            is_right.append(at in one.right)
    table = sparse.csr_matrix((values, (rows, columns)), (len(is_right), len(vocabulary)))
    turned, right, first = table.T.tocsr(), np.asarray(is_right), np.asarray(starts)
    sizes = np.diff([*starts, len(is_right)])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = table @ weights
        raised = np.exp(scores - np.repeat(np.maximum.reduceat(scores, first), sizes))
        hit = np.where(right, raised, 0.0)
        all_of, hit_of = np.add.reduceat(raised, first), np.add.reduceat(hit, first)
        slope = raised / np.repeat(all_of, sizes) - hit / np.repeat(hit_of, sizes)
        value = -np.log(hit_of / all_of).sum() + 0.5 * _PENALTY * weights @ weights
        return float(value), turned @ slope + _PENALTY * weights

    best = minimize(
        loss,
        np.zeros(len(vocabulary)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _ITERATIONS},
    )
    return {name: float(best.x[at]) for name, at in vocabulary.items()}


def guess(asked: Asked, weights: Mapping[str, float]) -> list[str]:
    """The actions, likeliest first: an action of several steps is as likely as they together."""
    scores = np.asarray(
        [sum(weights.get(name, 0.0) * value for name, value in one.items()) for one in asked.found]
    )
    shares: dict[str, float] = defaultdict(float)
    for name, share in zip(asked.names, np.exp(scores - scores.max()), strict=True):
        shares[name] += float(share)
    return sorted(shares, key=lambda name: -shares[name])


def held_apart(
    folder: Path, dialogues: Sequence[Dialogue], embed: Callable[[str], Vector], limit: int
) -> tuple[list[Moment], list[list[str]], Weights]:
    """The test moments of every task with guesses of weights that never saw it; and the weights
    of all training dialogues together. `limit` training moments are used at most.
    """
    charts = Charts(folder, dialogues, embed)
    training = [moment for one in dialogues if not one.is_test for moment in moments(one)]
    stride = max(1, len(training) // limit)
    learnt = [charts.asked(one) for one in training[::stride]]
    testing: list[Moment] = []
    guesses: list[list[str]] = []
    for task in charts.tasks:
        weights = fit([one for one in learnt if one.moment.dialogue.task != task])
        for one in dialogues:
            if one.is_test and one.task == task:
                for moment in moments(one):
                    testing.append(moment)
                    guesses.append(guess(charts.asked(moment), weights))
    return testing, guesses, fit(learnt)


def save(weights: Weights, path: Path) -> None:
    """Small, sorted, rounded."""
    kept = {name: round(value, 3) for name, value in sorted(weights.items()) if round(value, 3)}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _common(dialogues: Sequence[Dialogue]) -> dict[str, tuple[str, set[str]]]:
    """What agents said in training, by action: the commonest words, and the tasks."""
    words: dict[str, Counter[str]] = defaultdict(Counter)
    tasks: dict[str, set[str]] = defaultdict(set)
    for one in dialogues:
        for turn in one.interaction.turns if not one.is_test else ():
            if turn.action is not None and turn.text and not same_action(turn.action.name, "query"):
                words[turn.action.name][turn.text] += 1
                tasks[turn.action.name].add(one.task)
    return {name: (seen.most_common(1)[0][0], tasks[name]) for name, seen in words.items()}
