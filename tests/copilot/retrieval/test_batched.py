"""Who waits is embedded together with those who wait too, and fails alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

import numpy as np
import pytest

from copilot.errors import EmbedderError
from copilot.ports import Vectors
from copilot.retrieval.batched import BatchedEmbedder
from copilot.retrieval.hashing import HashingEmbedder

FIRST, SECOND = "the first one", "the second one"


class Held(HashingEmbedder):
    """Notes what is embedded in each call; a question with "one" in it waits until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[str]] = []
        self.let_go = threading.Event()
        self.begun = threading.Semaphore(0)

    def embed_query(self, text: str) -> Vectors:
        self.calls.append([text])
        if "one" in text:
            self.begun.release()
            assert self.let_go.wait(10)
        return super().embed_query(text)


class Together(Held):
    """The same for several questions at once."""

    def embed_queries(self, texts: Sequence[str]) -> list[Vectors]:
        self.calls.append(list(texts))
        return [HashingEmbedder.embed_query(self, text) for text in texts]


Ask = Callable[[str], "Future[Vectors]"]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(24) as opened:
        yield opened


def waiting(
    pool: ThreadPoolExecutor, held: Held, texts: Sequence[str], at_once: int = 1
) -> list[Future[Vectors]]:
    """Asks the texts in order while `at_once` questions are embedded, then lets those go."""
    batched = BatchedEmbedder(held, at_once)
    running = [pool.submit(batched.embed_query, one) for one in (FIRST, SECOND)[:at_once]]
    for _ in running:
        assert held.begun.acquire(timeout=10)
    asked = []
    for number, text in enumerate(texts, 1):
        asked.append(pool.submit(batched.embed_query, text))
        while len(batched._waiting) < number:
            assert not asked[-1].done()
    held.let_go.set()
    for one in running:
        one.result(10)
    return asked


def test_a_lone_question_is_embedded_at_once_and_alone() -> None:
    held = Together()
    assert BatchedEmbedder(held).embed_query("How long?").shape == (1, 256)
    assert held.calls == [["How long?"]]


def test_questions_that_come_meanwhile_are_embedded_in_one_call(pool: ThreadPoolExecutor) -> None:
    held = Together()
    texts = ["How long?", "Where?", "May dogs come in?"]
    asked = waiting(pool, held, texts)
    for text, future in zip(texts, asked, strict=True):
        assert np.array_equal(future.result(10), HashingEmbedder().embed_query(text))
    assert held.calls == [[FIRST], texts]


def test_those_who_run_at_once_share_those_who_wait(pool: ThreadPoolExecutor) -> None:
    held = Together()
    texts = [f"Question {number}?" for number in range(8)]
    for future in waiting(pool, held, texts, at_once=2):
        future.result(10)
    assert sorted(map(len, held.calls[2:]), reverse=True)[0] == 4
    assert sorted(chain.from_iterable(held.calls[2:])) == texts


def test_no_call_takes_more_than_sixteen(pool: ThreadPoolExecutor) -> None:
    held = Together()
    texts = [f"Question {number}?" for number in range(20)]
    for future in waiting(pool, held, texts):
        future.result(10)
    assert held.calls[1:] == [texts[:16], texts[16:]]


def test_a_question_that_fails_fails_alone(pool: ThreadPoolExecutor) -> None:
    class Picky(Together):
        def embed_queries(self, texts: Sequence[str]) -> list[Vectors]:
            return [self.embed_query(text) for text in texts]

    held = Picky()
    before, without, after = waiting(pool, held, ["How long?", " ", "Where?"])
    assert before.result(10).shape == (1, 256)
    assert after.result(10).shape == (1, 256)
    with pytest.raises(EmbedderError, match="no word"):
        without.result(10)


def test_the_next_one_is_served_after_a_failure(pool: ThreadPoolExecutor) -> None:
    batched = BatchedEmbedder(Together(), 1)
    for _ in range(3):
        with pytest.raises(EmbedderError):
            batched.embed_query(" ")
    assert batched.embed_query("Where?").shape == (1, 256)


def test_an_embedder_of_single_questions_is_asked_for_each(pool: ThreadPoolExecutor) -> None:
    held = Held()
    for future in waiting(pool, held, ["How long?", "Where?"]):
        assert future.result(10).shape == (1, 256)
    assert held.calls == [[FIRST], ["How long?"], ["Where?"]]


def test_everybody_is_answered_with_their_own_vectors(pool: ThreadPoolExecutor) -> None:
    batched = BatchedEmbedder(HashingEmbedder(), 2)
    texts = [f"Question {number}?" for number in range(400)]
    for text, found in zip(texts, pool.map(batched.embed_query, texts), strict=True):
        assert np.array_equal(found, HashingEmbedder().embed_query(text))
