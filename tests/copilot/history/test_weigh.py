from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.history.situation import RESULTS, WORDS, Seen
from copilot.history.weigh import Comparison, Encoder, Rows, fit

ACTIONS = ("close", "look_up", "refund")


def at(
    *done: str,
    recent: Sequence[float] = (0, 0),
    said: Sequence[float] = (0, 0),
    words: tuple[int, ...] = (),
    result: tuple[int, ...] = (),
) -> Seen:
    vectors = np.asarray([recent, said], dtype=np.float32)
    return Seen(vectors, done, any(recent), words, result)


directions = st.sampled_from(((0, 0), (1, 0), (0, 1), (0.6, 0.8)))
buckets = st.sets(st.integers(0, RESULTS - 1), max_size=4).map(lambda some: tuple(sorted(some)))
situations = st.builds(
    lambda done, recent, said, words, result: at(
        *done, recent=recent, said=said, words=words, result=result
    ),
    st.lists(st.sampled_from((*ACTIONS, "~", "unheard of")), max_size=5),
    directions,
    directions,
    buckets,
    buckets,
)
many = st.lists(situations, min_size=1, max_size=8)


def dense(rows: Rows) -> np.ndarray:
    return np.hstack([rows.dense, rows.rest.toarray()])


def test_a_situation_has_its_columns_by_hand() -> None:
    encoder = Encoder(("a", "b"))
    now = at("a", "x", recent=(1, 0), said=(0, 1), words=(5, 7), result=(3,))
    rows = encoder.rows([now])
    # a is 0, b is 1, none is 2, any other is 3; so there are 4 of each, and 8 with spoke or not.
    assert encoder.widths == (4, 4, 8, 2, 4, RESULTS, WORDS, 1)
    half = 2**-0.5
    expected = {
        0 + 3: 1.0,
        4 + 0: 1.0,
        8 + 2 * 3 + 1: 1.0,
        16 + 1: 1.0,
        18 + 0: half,
        18 + 3: half,
        22 + 3: 1.0,
        22 + RESULTS + 5: half,
        22 + RESULTS + 7: half,
        22 + RESULTS + WORDS: 1.0,
    }
    found = rows.rest.toarray()[0]
    assert {int(column): found[column] for column in np.flatnonzero(found)} == pytest.approx(
        expected
    )
    assert rows.dense.tolist() == [[1, 0, 0, 1]]
    assert len(rows) == 1


def test_before_anything_was_done_the_last_action_is_none() -> None:
    found = Encoder(("a", "b")).rows([at()]).rest.toarray()[0]
    assert np.flatnonzero(found).tolist() == [2, 4 + 2, 8 + 4, 16, 22 + RESULTS + WORDS]


def test_each_block_is_multiplied_by_its_own_weight() -> None:
    encoder = Encoder(("a", "b"))
    rows = encoder.rows([at("b", "a", recent=(1, 0), said=(0, 1), words=(5,), result=(3,))])
    scaled = encoder.weighted(rows, (2, 10, 20, 30, 40, 50, 60, 70, 80))
    assert scaled.dense.tolist() == [[2, 0, 0, 2]]
    values = scaled.rest.toarray()[0]
    assert values[np.flatnonzero(values)] == pytest.approx(
        [10, 20, 30, 40, 50 * 2**-0.5, 50 * 2**-0.5, 60, 70, 80]
    )


@given(many, st.randoms(use_true_random=False))
def test_a_row_does_not_depend_on_the_order_in_which_cases_were_read(
    some: list[Seen], random: object
) -> None:
    encoder = Encoder(ACTIONS)
    order = list(range(len(some)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = encoder.rows([some[place] for place in order])
    assert np.array_equal(dense(shuffled), dense(encoder.rows(some))[order])


@given(many, situations)
def test_nothing_is_more_alike_than_the_same_itself(some: list[Seen], now: Seen) -> None:
    """Every block is of length 1 or empty, so this holds where `now` has all that others have."""
    encoder = Encoder(ACTIONS)
    comparison = Comparison(encoder, encoder.rows([now, *some]))
    alike = comparison.alike(encoder.rows([now]))
    back = [
        Comparison(encoder, encoder.rows([now])).alike(encoder.rows([one]))[0]
        for one in (now, *some)
    ]
    assert alike == pytest.approx(np.asarray(back), abs=1e-5)
    full = [place for place, one in enumerate((now, *some)) if _as_full(now, one)]
    assert all(alike[0] >= alike[place] - 1e-5 for place in full)


def _as_full(now: Seen, one: Seen) -> bool:
    has = (now.vectors.any(axis=1), bool(now.done), bool(now.result))
    wants = (one.vectors.any(axis=1), bool(one.done), bool(one.result))
    return bool(np.all(has[0] >= wants[0])) and has[1:] >= wants[1:]


def test_nearness_is_the_cosine_of_all_that_was_said() -> None:
    encoder = Encoder(ACTIONS)
    past = [at(said=(1, 0)), at(said=(0.6, 0.8)), at("refund", recent=(1, 0))]
    nearness = Comparison(encoder, encoder.rows(past)).nearness(encoder.rows([at(said=(1, 0))]))
    assert nearness.tolist() == pytest.approx([1, 0.6, 0])


@settings(max_examples=25, deadline=None)
@given(many, st.data())
def test_shares_sum_to_one_whatever_was_learnt(some: list[Seen], data: st.DataObject) -> None:
    encoder = Encoder(ACTIONS)
    count = data.draw(st.integers(1, 3))
    chosen = data.draw(st.lists(st.integers(0, count - 1), min_size=len(some), max_size=len(some)))
    rows = encoder.rows(some)
    shares = fit(encoder, rows, np.asarray(chosen, dtype=np.intp), count).shares(rows)
    assert shares.shape == (len(some), count)
    assert np.all(shares >= 0)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(some)), abs=1e-5)


def test_a_single_case_makes_its_action_certain() -> None:
    encoder = Encoder(("refund",))
    rows = encoder.rows([at(said=(1, 0))])
    assert fit(encoder, rows, np.asarray([0]), 1).shares(rows).tolist() == [[1.0]]


def test_what_follows_is_learnt_from_the_last_action_and_what_was_said() -> None:
    encoder = Encoder(ACTIONS)
    past = [at(), at("look_up", said=(1, 0)), at("look_up", said=(0, 1)), at("refund")] * 6
    followed = np.asarray([1, 2, 0, 0] * 6)
    learnt = fit(encoder, encoder.rows(past), followed, len(ACTIONS))
    shares = learnt.shares(encoder.rows(past[:4]))
    assert shares.argmax(axis=1).tolist() == [1, 2, 0, 0]
    assert shares.max(axis=1).min() > 0.5


def test_learning_twice_is_learning_the_same() -> None:
    encoder = Encoder(ACTIONS)
    rows = encoder.rows([at(), at("look_up", said=(1, 0)), at("look_up", said=(0, 1))] * 4)
    followed = np.asarray([1, 2, 0] * 4)
    first, second = (fit(encoder, rows, followed, 3).weights for _ in range(2))
    assert np.array_equal(first, second)
