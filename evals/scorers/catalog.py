"""The scorers by name, and what they say of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from evals.measure import Measures, Metric, Scored, Unscored
from evals.question import Question
from evals.scorers import (
    abstention,
    citations,
    correctness,
    cost,
    groundedness,
    latency,
    next_steps,
    retrieval,
    safety,
)
from evals.scorers.answered import Answered


class Scorer(Protocol):
    """A module of this package."""

    @property
    def METRICS(self) -> tuple[Metric, ...]:
        """The figures that are made of its measures."""

    def columns(self, question: Question) -> tuple[str, ...]:
        """The measures that a question has whatever is suggested; none where it is not asked."""

    def score(self, asked: Answered) -> Measures:
        """The measures of one answer."""


SCORERS: Mapping[str, Scorer] = {  # in the order in which their figures are shown
    "abstention": abstention,
    "correctness": correctness,
    "citations": citations,
    "groundedness": groundedness,
    "retrieval": retrieval,
    "next_steps": next_steps,
    "safety": safety,
    "latency": latency,
    "cost": cost,
}


def applying(questions: Iterable[Question]) -> tuple[str, ...]:
    """The scorers that have something to say of any of these questions."""
    asked = list(questions)
    return tuple(
        name for name, scorer in SCORERS.items() if any(scorer.columns(one) for one in asked)
    )


def metrics(names: Sequence[str] | None = None, k: int = 5) -> tuple[Metric, ...]:
    """The figures of these scorers, or of all; those of retrieval look `k` passages deep."""
    found: list[Metric] = []
    for name in SCORERS if names is None else names:
        found += retrieval.metrics(k) if name == "retrieval" else SCORERS[name].METRICS
    return tuple(found)


def score(names: Sequence[str], asked: Answered) -> Scored:
    """What these scorers say of an answer."""
    measures: dict[str, float | Unscored] = {}
    for name in names:
        measures |= SCORERS[name].score(asked)
    return Scored(asked.question.question_id, asked.question.cluster, measures)


def unscored(names: Sequence[str], question: Question, why: Unscored, k: int = 5) -> Scored:
    """What these scorers would have said of an answer, had there been one."""
    measures: dict[str, float | Unscored] = {}
    for name in names:
        deep = name == "retrieval"
        columns = retrieval.columns(question, k) if deep else SCORERS[name].columns(question)
        measures |= dict.fromkeys(columns, why)
    return Scored(question.question_id, question.cluster, measures)
