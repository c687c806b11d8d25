"""What the fits learn from: the pools and the first hits of a data set's questions.

Both are taken from the searches that answer, so that weights are fitted to what will be weighed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from copilot.answer import abstain, evidence
from copilot.answer.query import from_question
from copilot.answer.respond import CONSIDERED
from copilot.assist import Copilot
from copilot.retrieval.fuse import pooled, standardised
from copilot.retrieval.search import Found, Hit, Pool
from copilot.scoping import admits
from copilot.store.index import candidates
from copilot.types import State
from evals.dataset import Dataset, Question
from evals.timing import BAR_AFTER_S


@dataclass(frozen=True, slots=True)
class Choice:
    """An answerable question and the documents that its search chooses from.

    `features` is (documents, 3), in the order of `fuse.FEATURES` and as `fuse.rank` weighs them;
    `gold`, (documents,), says which of them answer. No gold one may be among them.
    """

    question_id: str
    cluster: str
    features: NDArray[np.float64]
    gold: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """A question's first hit. `values` are `abstain.FEATURES`, in their order.

    `removed` says that the gold documents were taken out of the hits, so that there is no answer;
    `right` that the first hit is a gold document.
    """

    question_id: str
    cluster: str
    values: tuple[float, ...]
    removed: bool
    answerable: bool
    right: bool


def choices(dataset: Dataset, copilot: Copilot) -> list[Choice]:
    """The pool of every question that can be answered and names its gold documents."""
    found = []
    for question in _bar(
        dataset, [one for one in dataset.questions if one.answerable and one.grades]
    ):
        scope = question.scope
        pool = copilot.searcher.pool(from_question(question.text), scope)
        with copilot.store.engine.connect() as connection:
            known = candidates(connection, pool.keys, scope.as_of or copilot.store.now())
        shown = {
            row.version_key: row.document_id
            for row in known.values()
            if row.state is State.LIVE and admits(scope, row.audience, row.language)
        }
        found.append(choice(question, pool, shown))
    return found


def choice(question: Question, pool: Pool, shown: dict[int, str]) -> Choice:
    """`shown` names the documents, by version key, that a search may show."""
    groups, index = np.unique(np.asarray(pool.groups, dtype=np.int64), return_inverse=True)
    best = pooled(pool.features, index, len(groups))
    kept = [at for at, group in enumerate(groups) if int(group) in shown]
    gold = [shown[int(groups[at])] in question.grades for at in kept]
    return Choice(
        question.question_id,
        _cluster(question),
        standardised(best, best)[kept],
        np.array(gold, dtype=np.bool_),
    )


def rows(dataset: Dataset, copilot: Copilot) -> list[Row]:
    """Every question's hits as they are and, where it can be answered, without the gold ones.

    Questions that can be answered by nobody knows what, and those without a hit, are left out.
    """
    return [
        row
        for question in _bar(dataset, dataset.questions)
        if bool(question.grades) == question.answerable
        for row in _rows(question, copilot)
    ]


def _rows(question: Question, copilot: Copilot) -> Iterator[Row]:
    enough = CONSIDERED + len(question.grades)
    asked = from_question(question.text)
    found = copilot.searcher.search(asked, enough, question.scope, copilot.store.now())
    other = [hit for hit in found.hits if hit.candidate.document_id not in question.grades]
    for removed, hits in ((False, found.hits), (True, other)):
        if hits and (question.answerable or not removed):
            yield Row(
                question.question_id,
                _cluster(question),
                _values(copilot, found, hits[:CONSIDERED]),
                removed,
                bool(question.answerable) and not removed,
                hits[0].candidate.document_id in question.grades,
            )


def _values(copilot: Copilot, found: Found, hits: Sequence[Hit]) -> tuple[float, ...]:
    with copilot.store.engine.connect() as connection:
        sentences = evidence.sentences(connection, hits[0], found, copilot.embedder)
    vectors = copilot.searcher.vectors(hits)
    return abstain.features(hits, vectors, sentences, copilot.searcher.dense_weight)


def _cluster(question: Question) -> str:
    """As the scorers have it: questions about one document are resampled together."""
    return min(question.grades, default=question.question_id)


def _bar(dataset: Dataset, questions: Sequence[Question]) -> Iterator[Question]:
    yield from tqdm(questions, desc=dataset.name, unit="question", delay=BAR_AFTER_S)
