from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answer.extract import (
    Scored,
    beginning,
    best_run,
    nearest_list,
    score,
    strength,
)

NOTHING = np.zeros(0, dtype=np.float32)


def sentences(*cosines: float, texts: list[str] | None = None) -> list[Scored]:
    words = texts or [f"Sentence {at}." for at in range(len(cosines))]
    return [
        Scored((at * 20, at * 20 + len(text)), text, cosine, NOTHING)
        for at, (text, cosine) in enumerate(zip(words, cosines, strict=True))
    ]


def chosen(*cosines: float, texts: list[str] | None = None) -> list[int]:
    some = sentences(*cosines, texts=texts)
    return [some.index(one) for one in best_run(some)]


def test_a_run_takes_in_what_lies_above_the_floor() -> None:
    # The floor is 0.62 × 0.8 = 0.496.
    assert chosen(0.1, 0.6, 0.8, 0.5, 0.1) == [1, 2, 3]


def test_a_weak_sentence_between_two_good_ones_is_kept_where_it_pays() -> None:
    # Over the floor of 0.496: 0.304 - 0.096 + 0.204 is more than 0.304 alone,
    assert chosen(0.8, 0.4, 0.7) == [0, 1, 2]
    # and 0.304 - 0.396 + 0.204 is less.
    assert chosen(0.8, 0.1, 0.7) == [0]


def test_one_good_sentence_stands_alone() -> None:
    assert chosen(0.2, 0.1, 0.9, 0.2) == [2]


def test_a_run_has_eight_sentences_at_most() -> None:
    assert chosen(*[0.8] * 12) == list(range(8))


def test_a_run_has_nine_hundred_characters_at_most_but_always_a_sentence() -> None:
    long = "x" * 400
    assert chosen(0.8, 0.8, 0.8, texts=[long] * 3) == [0, 1]
    assert chosen(0.1, 0.8, texts=["x", "x" * 2000]) == [1]


def test_what_introduces_a_run_is_taken_along() -> None:
    texts = ["Bring these:", "The receipt.", "The card."]
    assert chosen(0.1, 0.8, 0.7, texts=texts) == [0, 1, 2]
    texts[0] = "Bring these."
    assert chosen(0.1, 0.8, 0.7, texts=texts) == [1, 2]


def test_nothing_is_chosen_from_nothing() -> None:
    assert best_run([]) == []
    assert strength([]) == 0


def test_a_question_that_nothing_is_near_gets_one_sentence_still() -> None:
    assert len(chosen(-0.2, -0.1, -0.3)) >= 1


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_a_run_is_neighbours_in_order_with_the_best_total(cosines: list[float]) -> None:
    run = chosen(*cosines)
    assert run == list(range(run[0], run[-1] + 1))
    assert 1 <= len(run) <= 8
    floor = 0.62 * max(cosines)

    def total(some: range) -> float:
        return sum(cosines[at] - floor for at in some)

    best = max(
        total(range(start, end))
        for start in range(len(cosines))
        for end in range(start + 1, min(len(cosines), start + 8) + 1)
    )
    assert total(range(run[0], run[-1] + 1)) == pytest.approx(best)


def test_strength_is_the_mean_of_the_three_best() -> None:
    assert strength(sentences(0.2, 0.9, 0.1, 0.6, 0.3)) == pytest.approx(0.6)
    assert strength(sentences(0.5, 0.3)) == pytest.approx(0.4)


def test_a_sentences_score_is_its_cosine_to_the_question() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 0]], dtype=np.float32)
    question = np.array([[0, 1]], dtype=np.float32)
    spans = [(0, 3), (4, 7), (8, 9)]
    scored = score(spans, ["One", "two", "3"], vectors, question, np.ones((1, 1), np.float32))
    assert [(one.span, one.text) for one in scored] == list(
        zip(spans, ["One", "two", "3"], strict=True)
    )
    assert [one.cosine for one in scored] == pytest.approx([0, 0.8, 0])
    assert score([], [], vectors[:0], question, np.ones((1, 1), np.float32)) == []


def listed(*cosines: float, lists: list[tuple[int, int]], characters: int = 0) -> list[int]:
    """The positions of the steps; `lists` name sentences from one to before another."""
    texts = [f"Sentence {at}.{'x' * characters}" for at in range(len(cosines))]
    some = [
        Scored((at * 20, at * 20 + 5), text, cosine, NOTHING)
        for at, (text, cosine) in enumerate(zip(texts, cosines, strict=True))
    ]
    span = nearest_list(some, [(start * 20, end * 20) for start, end in lists])
    return [] if span is None else [some.index(one) for one in beginning(some, span)]


def test_steps_begin_with_the_first_of_the_nearest_list() -> None:
    near = [0.9, 0.2, 0.3, 0.7, 0.1, 0.4, 0.8, 0.6]
    assert listed(*near, lists=[(1, 4), (5, 8)]) == [5, 6, 7]


def test_a_list_about_something_else_gives_no_steps() -> None:
    assert listed(0.9, 0.4, 0.4, 0.4, lists=[(1, 4)]) == []  # 0.4 is less than 0.5 × 0.9
    assert listed(0.9, 0.4, 0.5, 0.4, lists=[(1, 4)]) == [1, 2, 3]
    assert listed(0.9, lists=[]) == []
    assert nearest_list([], [(0, 20)]) is None


def test_steps_stop_at_the_limits() -> None:
    assert listed(*[0.8] * 20, lists=[(0, 20)]) == list(range(12))
    assert listed(*[0.8] * 20, lists=[(0, 20)], characters=600) == [0, 1]
    assert listed(0.8, 0.8, lists=[(0, 2)], characters=2000) == [0]
