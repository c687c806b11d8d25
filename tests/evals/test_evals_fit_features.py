import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from copilot.answer.abstain import confidence, load_calibration
from copilot.assist import Copilot
from copilot.ports import Vectors
from copilot.retrieval.follow import Follower
from copilot.retrieval.fuse import load_weights
from copilot.retrieval.search import Pool, Searcher
from copilot.store import Store
from copilot.store.vectors import Embedded
from copilot.types import Document, Scope
from evals.dataset import Dataset, Question
from evals.fit.features import choice, choices, rows
from ingest.sync import Sync

TEXTS = {
    "refund": "A refund is paid within 5 days. The receipt is needed.",
    "return": "Goods come back within 30 days. Bring the receipt to the shop.",
    "parking": "Parking behind the shop costs 2 euros an hour.",
    "past": "A refund is paid within 9 days.",
}


class WordEmbedder:
    """Unit vectors that share a direction for every word that two texts share."""

    model = "words/1"
    dimension = 64

    def embed_query(self, text: str):
        return self._vector(text)[None, :]

    def embed_passages(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]):
        return [
            Embedded(
                self._vector(text),
                np.array([self._vector(text[a:b]) for a, b in cut]).reshape(-1, self.dimension),
            )
            for text, cut in zip(texts, spans, strict=True)
        ]

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 0.05, dtype=np.float32)
        for word in text.lower().replace(".", " ").replace("?", " ").split():
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        return vector / np.linalg.norm(vector)


@pytest.fixture
def copilot(tmp_path: Path) -> Iterator[Copilot]:
    store, embedder = Store(f"sqlite:///{tmp_path / 'c.sqlite'}"), WordEmbedder()
    ended = datetime(2026, 1, 1, tzinfo=UTC)
    for name, text in TEXTS.items():
        until = ended if name == "past" else None
        Sync(store, embedder).put(Document(name, name.title(), text, effective_to=until))
    follower = Follower(store, embedder.model, embedder.dimension, tmp_path / "indexes")
    made = Copilot(store, embedder, follower, Searcher(store.engine, embedder, follower))
    yield made
    made.close()


def asked(question_id: str, text: str, *gold: str, answerable: bool | None = None) -> Question:
    grades = dict.fromkeys(gold, 1)
    says = bool(gold) if answerable is None else answerable
    return Question(question_id, text, says, grades, None, "queries.jsonl:1")


def dataset(*questions: Question) -> Dataset:
    return Dataset("small", Path("corpus.jsonl"), (), questions, Scope())


REFUND = asked("q1", "When is a refund paid?", "refund")
NOBODY = asked("q2", "Who opens the shop?")


def test_a_document_has_the_best_of_its_chunks_and_the_pool_sets_the_scale():
    # Versions 7 (two chunks), 8 (not shown) and 9: their best words are 6, 2 and 1, so the mean
    # is 3 and the deviation √(14 / 3).
    pool = Pool(
        keys=[1, 2, 3, 4],
        features=np.array([[0.5, 4, 0.1], [0.4, 6, 0.3], [0.9, 2, 0.0], [0.2, 1, 0.2]]),
        groups=[7, 7, 8, 9],
    )
    found = choice(asked("q", "?", "b", "c"), pool, {7: "a", 9: "b"})
    deviation = (14 / 3) ** 0.5
    assert found.features == pytest.approx(
        np.array([[0.5, 3 / deviation, 0.3], [0.2, -2 / deviation, 0.2]])
    )
    assert found.gold.tolist() == [False, True]
    assert found.cluster == "b"


@pytest.mark.parametrize("gold", ["refund", "return", "parking"])
def test_choices_are_ranked_as_a_search_ranks_them(copilot: Copilot, gold: str):
    question = asked("q1", "When is a refund paid, and when do goods come back?", gold)
    searched = [one.document_id for one in copilot.search(question.text).passages]
    (found,) = choices(dataset(question, NOBODY), copilot)
    ranked = np.argsort(-(found.features @ load_weights()), kind="stable")
    # What is out of date is not among them, though its words are near.
    assert len(ranked) == len(searched) == 3
    assert found.gold[ranked].tolist() == [name == gold for name in searched]


def test_rows_have_the_confidence_that_the_copilot_gives(copilot: Copilot):
    calibration = load_calibration()
    for question in (REFUND, NOBODY):
        as_it_is = rows(dataset(question), copilot)[0]
        given = copilot.ask(question.text)
        assert round(confidence(as_it_is.values, calibration), 4) == given.confidence
        first = given.passages[0].document_id
        assert as_it_is.right == (first in question.grades)
        assert as_it_is.answerable == question.answerable
        assert not as_it_is.removed


def test_without_its_gold_document_a_question_has_no_answer(copilot: Copilot):
    as_it_is, without = rows(dataset(REFUND), copilot)
    assert (without.removed, without.answerable, without.right) == (True, False, False)
    assert (as_it_is.right, as_it_is.cluster) == (True, without.cluster)
    # The next document is less near, and so are its sentences.
    assert all(np.array(without.values) < np.array(as_it_is.values))


def test_what_cannot_be_answered_has_no_row_without_gold(copilot: Copilot):
    assert [one.question_id for one in rows(dataset(NOBODY), copilot)] == ["q2"]


def test_a_question_that_names_no_gold_document_teaches_nothing(copilot: Copilot):
    unknown = asked("q3", "When is a refund paid?", answerable=True)
    assert rows(dataset(unknown), copilot) == []
    assert choices(dataset(unknown), copilot) == []
