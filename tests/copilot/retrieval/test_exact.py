from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from copilot.retrieval.exact import ExactIndex, combined
from copilot.store.index import IndexRow

DIMENSION = 8
ONE = np.ones((1, 1), dtype=np.float32)


def unit(seed: int, count: int = 1) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def row(key: int, version: int | None = None, audience: int = 1) -> IndexRow:
    vector = unit(key)[0]
    return IndexRow(key, version if version is not None else key // 3, audience, "", "", vector)


def scanned(
    rows: dict[int, IndexRow], query: NDArray[np.float32], limit: int, seen: set[int] | None
) -> list[int]:
    """The answer by looking at every row, with nothing of the index."""
    allowed = [one for one in rows.values() if seen is None or one.audience_key in seen]
    allowed.sort(key=lambda one: -float(query @ one.vector))
    return [one.chunk_key for one in allowed[:limit]]


def filled(rows: list[IndexRow]) -> ExactIndex:
    index = ExactIndex(DIMENSION)
    index.load(rows, 1)
    return index


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 60), max_size=12)),
        st.tuples(st.just("drop"), st.lists(st.integers(0, 20), max_size=6)),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(
    steps=steps,
    audiences=st.lists(st.integers(0, 5), min_size=61, max_size=61),
    allowed=st.one_of(st.none(), st.sets(st.integers(0, 4))),
    limit=st.integers(1, 70),
    seed=st.integers(1000, 2000),
)
def test_finds_what_a_look_at_every_row_finds(
    steps: list[tuple[str, list[int]]],
    audiences: list[int],
    allowed: set[int] | None,
    limit: int,
    seed: int,
) -> None:
    index = ExactIndex(DIMENSION)
    standing: dict[int, IndexRow] = {}
    for position, (kind, keys) in enumerate(steps, 1):
        if kind == "add":
            rows = [row(key, audience=audiences[key]) for key in keys]
            index.update([], rows, position)
            standing.update((one.chunk_key, one) for one in rows)
        else:
            index.update(keys, [], position)
            standing = {key: one for key, one in standing.items() if one.version_key not in keys}
        assert index.position == position
    mask = None
    if allowed is not None:
        mask = np.zeros(5, dtype=np.bool_)  # its last entry stands for keys 4 and above
        mask[sorted(allowed - {4})] = True
        allowed = allowed - {4}
    query = unit(seed)
    assert len(index) == len(standing)
    assert index.search(query, ONE, limit, mask) == scanned(standing, query[0], limit, allowed)


def test_a_sweep_of_dead_rows_changes_no_answer() -> None:
    rows = [row(key) for key in range(6000)]
    index = filled(rows)
    before = index.search(unit(7), ONE, 50)
    dead = list(range(0, 2000, 2))
    index.update(dead, [], 2)
    standing = {one.chunk_key: one for one in rows if one.version_key not in set(dead)}
    assert len(index) == len(standing) == 3000
    assert index.search(unit(7), ONE, 50) == scanned(standing, unit(7)[0], 50, None) != before
    index.update([1], [row(9000)], 3)
    standing = {key: one for key, one in standing.items() if one.version_key != 1}
    standing[9000] = row(9000)
    assert index.search(unit(8), ONE, 50) == scanned(standing, unit(8)[0], 50, None)
    assert sorted(index.keys()) == sorted(standing)


def test_an_audience_that_is_not_known_yet_is_not_permitted() -> None:
    index = filled([row(1, audience=1), row(2, audience=2), row(3, audience=99)])
    mask = np.array([False, True, True, False])
    assert sorted(index.search(unit(1), ONE, 10, mask)) == [1, 2]
    assert index.search(unit(1), ONE, 10, np.array([False, False])) == []


def test_few_permitted_rows_are_scored_like_many() -> None:
    rows = [row(key, audience=1 if key % 50 else 2) for key in range(1, 2001)]
    index = filled(rows)
    few = np.array([False, False, True, False])
    many = np.array([False, True, True, False])
    standing = {one.chunk_key: one for one in rows}
    assert index.search(unit(5), ONE, 20, few) == scanned(standing, unit(5)[0], 20, {2})
    assert index.search(unit(5), ONE, 20, many) == scanned(standing, unit(5)[0], 20, {1, 2})


def test_taking_a_chunk_in_twice_counts_it_once() -> None:
    index = filled([row(1), row(2)])
    index.update([], [row(1), row(2)], 2)
    assert len(index) == 2
    assert index.search(unit(1), ONE, 10) == [1, 2]
    assert index.position == 2


def test_a_version_that_comes_and_goes_in_one_update_is_gone() -> None:
    index = filled([])
    index.update([7], [row(1, version=7), row(2, version=8)], 4)
    assert index.keys() == [2]
    assert 1 not in index
    assert 2 in index


def test_an_empty_index_finds_nothing() -> None:
    index = ExactIndex(DIMENSION)
    assert index.search(unit(1), ONE, 10) == []
    assert index.best([1, 2], unit(1), ONE, 3) == []
    assert index.vectors([1, 2]).shape == (0, DIMENSION)


def test_scores_and_versions_of_gone_chunks_say_so() -> None:
    index = filled([row(1, version=5), row(2, version=6)])
    scores = index.scores([2, 3, 1], unit(2), ONE)
    assert scores[0] == pytest.approx(1, abs=1e-6)
    assert scores[1] == -1
    assert scores[2] == pytest.approx(float(unit(1)[0] @ unit(2)[0]), abs=1e-6)
    assert index.versions([2, 3, 1]) == [6, -1, 5]
    assert len(index.vectors([2, 3, 1])) == 2


def test_the_best_of_some_chunks_are_in_order_and_named_once() -> None:
    index = filled([row(key) for key in range(1, 9)])
    order = index.search(unit(3), ONE, 8)
    assert index.best([*reversed(order), order[0], 99], unit(3), ONE, 3) == order[:3]


def test_of_a_groups_parts_the_best_counts_and_groups_add_up() -> None:
    similarities = np.array([[0.2, 0.8, 0.5], [0.9, 0.1, 0.0]], dtype=np.float32)
    weights = np.array([[0.7, 0.7, 0.0], [0.0, 0.0, 0.3]], dtype=np.float32)
    # 0.7 × 0.8 + 0.3 × 0.5, and 0.7 × 0.9 + 0.3 × 0.0
    assert combined(similarities, weights) == pytest.approx([0.71, 0.63])


def test_one_part_is_weighed_like_many() -> None:
    similarities = np.array([[0.4], [0.6]], dtype=np.float32)
    assert combined(similarities, np.array([[0.5]], dtype=np.float32)) == pytest.approx([0.2, 0.3])


def test_readers_see_whole_versions_while_writers_write() -> None:
    index = filled([row(key, version=0) for key in range(5)])
    failures: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            keys = index.search(unit(1), ONE, 40)
            if len(set(keys)) != len(keys) or not set(range(5)) <= set(keys):
                failures.append(keys)
            if any(score < -1.001 for score in index.scores(keys, unit(1), ONE)):
                failures.append("a score that no vector has")

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(1, 400):
        fresh = [row(10_000 * turn + at, version=turn) for at in range(10)]
        index.update([turn - 1] if turn > 1 else [], fresh, turn + 1)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(index) == 15
