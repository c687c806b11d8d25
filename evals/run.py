"""Runs the cases of a suite through a copilot, and keeps what came of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from copilot.assist import Copilot
from copilot.settings import Settings
from copilot.types import Passage, Suggestion
from evals.dataset import Dataset, Question
from evals.examine import Examiner, Row, ask, row_of, search
from evals.isolated import Isolated
from evals.journal import open_journal
from evals.measure import Metric, Scored, Unscored, measures_of
from evals.output import passages
from evals.overrides import described
from evals.report import versions
from evals.scorers import catalog, retrieval
from evals.strangers import strangers
from evals.suite import Suite
from evals.timing import BAR_AFTER_S, ask_each, stage_times, timings

T = TypeVar("T")
ANSWERS = ("abstention", "correctness", "citations")
# A language model is waited for, not computed here.
_WITH_MODEL = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Every case of a suite with what came of it, in the suite's order; `timings` are by stage."""

    kind: str
    suite: Suite
    model: str
    rows: tuple[Row, ...]
    timings: dict[str, dict[str, float]]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return catalog.metrics(self.suite.scorers, self.suite.k)

    @property
    def scored(self) -> list[Scored]:
        return [
            Scored(row["_id"], row["cluster"], measures_of(row["measures"])) for row in self.rows
        ]

    @property
    def failures(self) -> list[Row]:
        """What to look at."""
        return [row for row in self.rows if row["failure"]]


def run_suite(
    suite: Suite,
    isolated: Isolated,
    folder: Path,
    *,
    resume: bool = False,
    workers: int | None = None,
) -> Run:
    """Asks every case that the folder has not yet, each kept there as soon as it is done.

    Raises InvalidInput where the run in the folder was of another suite, settings or versions.
    """
    copilot, settings = isolated.copilot, isolated.settings
    people = strangers(isolated.records) if suite.dataset.records else None
    examiner = Examiner(suite, copilot, people)
    questions = suite.dataset.questions
    with open_journal(folder, what(suite, settings, copilot), resume=resume) as journal:
        left = [one for one in questions if one.question_id not in journal.rows]
        bar = tqdm(
            total=len(questions),
            initial=len(journal.rows),
            desc=suite.name,
            unit="case",
            delay=BAR_AFTER_S,
        )
        with bar:
            for row in each(examiner.examine, left, workers or usual_workers(settings)):
                journal.add(row)
                bar.update()
        rows = tuple(journal.rows[one.question_id] for one in questions)
    return Run("suite", suite, copilot.embedder.model, rows, stage_times(rows))


def what(suite: Suite, settings: Settings, copilot: Copilot) -> dict[str, Any]:
    """All that a case's row depends on; a run is gone on with only where it is the same."""
    return {
        "suite": suite.name,
        "dataset_sha256": suite.dataset.sha256(),
        "cases": len(suite.dataset.questions),
        "scorers": list(suite.scorers),
        "k": suite.k,
        "seed": suite.seed,
        "model": copilot.embedder.model,
        "settings": described(settings),
        "versions": versions(),
    }


def usual_workers(settings: Settings) -> int:
    """A case for each processor, and more where a language model is waited for."""
    return _WITH_MODEL if settings.llm_model else os.cpu_count() or 1


def each(
    examine: Callable[[Question], T], questions: Sequence[Question], workers: int
) -> Iterator[T]:
    """What comes of questions, in the order in which they are done. The first error ends it all."""
    with ThreadPoolExecutor(workers, thread_name_prefix="case") as pool:
        under_way = [pool.submit(examine, question) for question in questions]
        try:
            for done in as_completed(under_way):
                yield done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def run_answers(dataset: Dataset, copilot: Copilot) -> Run:
    """Asks every question, one by one, with its bare embedding beside it."""
    suite = Suite(dataset, ANSWERS)
    examiner = Examiner(suite, copilot)

    def asks(question: Question) -> Suggestion:
        return ask(copilot, question)

    asked = ask_each(dataset.questions, asks, copilot.embedder.embed_query)
    return Run(
        "answers",
        suite,
        copilot.embedder.model,
        tuple(examiner.row(one.question, one.outcome, one.took_ms) for one in asked),
        timings(asked, lambda suggestion: suggestion.took_ms),
    )


def run_retrieval(dataset: Dataset, copilot: Copilot, k: int) -> Run:
    """Searches for every question that can be answered, one by one."""
    questions = tuple(question for question in dataset.questions if question.answerable)
    suite = Suite(replace(dataset, questions=questions), ("retrieval",), k)

    def searches(question: Question) -> tuple[Passage, ...]:
        return search(copilot, question, k)

    asked = ask_each(questions, searches, copilot.embedder.embed_query)
    rows = [_searched(one.question, one.outcome, k, one.took_ms) for one in asked]
    return Run("retrieval", suite, copilot.embedder.model, tuple(rows), timings(asked))


def _searched(
    question: Question, found: tuple[Passage, ...] | Unscored, k: int, took_ms: float
) -> Row:
    if isinstance(found, Unscored):
        scored = catalog.unscored(("retrieval",), question, found, k)
        return row_of(question, scored, {"unscored": found.reason}, took_ms)
    measures = retrieval.measures(question, found, k)
    scored = Scored(question.question_id, question.cluster, measures)
    return row_of(question, scored, {"passages": passages(found)}, took_ms)
