from __future__ import annotations

import numpy as np
import pytest

from copilot.retrieval.fuse import FEATURES, load_weights, pooled, rank, standardised

# dense, words, title of four chunks: two of version 7, one of 8, one of 9.
CHUNKS = np.array(
    [
        [0.5, 2.0, 0.0],
        [0.4, 6.0, 0.5],
        [0.6, 4.0, 0.0],
        [0.1, 2.0, 0.0],
    ]
)
VERSIONS = [7, 7, 8, 9]
WEIGHTS = np.array([10.0, 1.0, 2.0])


def test_a_version_has_the_best_of_each_feature_over_its_chunks() -> None:
    assert pooled(CHUNKS, np.array([0, 0, 1, 2]), 3).tolist() == [
        [0.5, 6.0, 0.5],
        [0.6, 4.0, 0.0],
        [0.1, 2.0, 0.0],
    ]


def test_words_are_standardised_over_the_versions_and_nothing_else_is() -> None:
    # The versions' best words are 6, 4 and 2: mean 4, deviation √(8/3) = 1.63299.
    scaled = standardised(CHUNKS, pooled(CHUNKS, np.array([0, 0, 1, 2]), 3))
    assert scaled[:, 1] == pytest.approx([-1.224745, 1.224745, 0.0, -1.224745], abs=1e-5)
    assert scaled[:, [0, 2]].tolist() == CHUNKS[:, [0, 2]].tolist()


def test_the_order_is_the_weighted_sum_as_worked_out_by_hand() -> None:
    ranked = rank(CHUNKS, VERSIONS, WEIGHTS)
    # 7: 10 × 0.5 + 1.224745 + 2 × 0.5; 8: 10 × 0.6 + 0; 9: 10 × 0.1 - 1.224745
    assert [(one.group, one.score) for one in ranked] == [
        (7, pytest.approx(7.224745, abs=1e-5)),
        (8, pytest.approx(6.0, abs=1e-5)),
        (9, pytest.approx(-0.224745, abs=1e-5)),
    ]
    # Of version 7, the first chunk has 5 - 1.22 and the second 4 + 1.22 + 1.
    assert [one.row for one in ranked] == [1, 2, 3]


def test_nothing_in_nothing_out() -> None:
    assert rank(np.zeros((0, 3)), [], WEIGHTS) == []


def test_equal_words_everywhere_say_nothing() -> None:
    same = np.array([[0.3, 5.0, 0.0], [0.4, 5.0, 0.0]])
    assert [(one.group, one.score) for one in rank(same, [1, 2], WEIGHTS)] == [
        (2, pytest.approx(4.0)),
        (1, pytest.approx(3.0)),
    ]


def test_of_equals_the_one_written_first_comes_first() -> None:
    same = np.array([[0.3, 1.0, 0.0]] * 3)
    assert [one.group for one in rank(same, [5, 4, 6], WEIGHTS)] == [4, 5, 6]


def test_the_reviewed_weights_reward_every_feature() -> None:
    weights = load_weights()
    assert weights.shape == (len(FEATURES),)
    assert (weights > 0).all()
