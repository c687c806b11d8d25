"""Runs the questions of a data set through a copilot, and scores what comes of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from copilot.assist import Copilot, SearchResult
from copilot.types import Suggestion
from evals.dataset import Dataset, Question
from evals.measure import Metric, Scored, Unscored
from evals.scorers import answers, retrieval
from evals.scorers.citations import ReadText
from evals.timing import Asked, ask_each, timings


@dataclass(frozen=True, slots=True)
class Run:
    """Every question scored. `outcomes` counts status and reason by answerability;
    `failures` is what to look at."""

    kind: str
    dataset: Dataset
    k: int | None
    model: str
    metrics: tuple[Metric, ...]
    scored: tuple[Scored, ...]
    outcomes: dict[str, dict[str, int]]
    timings: dict[str, dict[str, float]]
    failures: tuple[dict[str, Any], ...]


def run_retrieval(dataset: Dataset, copilot: Copilot, k: int) -> Run:
    """Searches for every question that can be answered."""

    def search(question: Question) -> SearchResult:
        return copilot.search(question.text, k=k, scope=question.scope)

    questions = [question for question in dataset.questions if question.answerable]
    asked = ask_each(questions, search, copilot.embedder.embed_query)
    scored, failures = [], []
    for one in asked:
        found = one.outcome if isinstance(one.outcome, Unscored) else one.outcome.passages
        scored.append(retrieval.score(one.question, found, k))
        failures.append(retrieval.failure(one.question, found, scored[-1]))
    return Run(
        kind="retrieval",
        dataset=dataset,
        k=k,
        model=copilot.embedder.model,
        metrics=retrieval.metrics(k),
        scored=tuple(scored),
        outcomes={},
        timings=timings(asked, lambda result: result.took_ms),
        failures=tuple(failure for failure in failures if failure),
    )


def run_answers(dataset: Dataset, copilot: Copilot) -> Run:
    """Asks every question, and re-reads from the store whatever a reply cites."""

    def ask(question: Question) -> Suggestion:
        return copilot.ask(question.text, scope=question.scope, caller="evals")

    read = stored_text(copilot)
    asked = ask_each(dataset.questions, ask, copilot.embedder.embed_query)
    scored = tuple(answers.score(one.question, one.outcome, read) for one in asked)
    failures = (
        answers.failure(one.question, one.outcome, row, read)
        for one, row in zip(asked, scored, strict=True)
    )
    return Run(
        kind="answers",
        dataset=dataset,
        k=None,
        model=copilot.embedder.model,
        metrics=answers.METRICS,
        scored=scored,
        outcomes=outcomes(asked),
        timings=timings(asked, lambda suggestion: suggestion.took_ms),
        failures=tuple(failure for failure in failures if failure),
    )


def stored_text(copilot: Copilot) -> ReadText:
    """Reads the text of a version from the database, each only once in a row of questions."""

    @lru_cache(maxsize=256)
    def read(document_id: str, version: int) -> str:
        return copilot.store.documents.version(document_id, version).document.text

    return read


def outcomes(asked: list[Asked[Suggestion]]) -> dict[str, dict[str, int]]:
    """How often each status or reason came, for what can be answered and for what cannot."""
    counts: dict[str, Counter[str]] = {}
    for one in asked:
        counts.setdefault(_side(one.question), Counter())[_outcome(one.outcome)] += 1
    return {side: dict(sorted(found.items())) for side, found in sorted(counts.items())}


def _side(question: Question) -> str:
    return "answerable" if question.answerable else "unanswerable"


def _outcome(suggestion: Suggestion | Unscored) -> str:
    if isinstance(suggestion, Unscored):
        return "could not be scored"
    return str(suggestion.reason or suggestion.status)
