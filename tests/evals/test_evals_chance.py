import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.chance import chance_of_drop, holm


def test_five_worse_and_none_better_have_the_chance_of_five_coins():
    # 1/32 that all five fall so; half of it counts.
    assert chance_of_drop([-1] * 5 + [0] * 150) == pytest.approx(1 / 64)


def test_seven_worse_and_one_better_are_counted_by_hand():
    # Of 256 ways to fall, 1 loses all eight and 8 lose seven.
    assert chance_of_drop([-1] * 7 + [1]) == pytest.approx((1 + 8 / 2) / 256)


def test_where_nothing_changed_or_as_much_was_gained_it_is_one_half():
    assert chance_of_drop([]) == 0.5
    assert chance_of_drop([0.0] * 9) == 0.5
    assert chance_of_drop([1, -1, 1, -1]) == 0.5


def test_a_gain_is_no_drop():
    assert chance_of_drop([1] * 6) == pytest.approx(1 - 1 / 128)


def test_cases_of_one_document_share_a_coin():
    # Six cases of two documents are two coins, not six.
    assert chance_of_drop([-1] * 6, ["a", "a", "a", "b", "b", "b"]) == pytest.approx(1 / 8)
    assert chance_of_drop([-1, 1, -1], ["a", "a", "b"]) == pytest.approx(1 / 4)


def test_clusters_that_are_not_those_of_the_rows_are_refused():
    with pytest.raises(ValueError, match="1 clusters for 2 rows"):
        chance_of_drop([1, 1], ["a"])


def test_real_gains_are_tried_with_every_sign():
    # -0.75, -0.5 and +0.25: below their sum of -1 lies only -1.5; nothing else equals it.
    assert chance_of_drop([-0.75, -0.5, 0.25]) == pytest.approx((1 + 1 / 2) / 8)


def test_many_real_gains_are_drawn_again_alike():
    gains = [-0.3, 0.1, -0.2, 0.05] * 10
    assert chance_of_drop(gains) == chance_of_drop(gains)
    assert chance_of_drop(gains) < 0.02
    assert 0 < chance_of_drop([-0.37] * 40) < 0.001


@given(st.lists(st.integers(-3, 3), max_size=9))
def test_it_agrees_with_trying_every_sign(gains: list[int]):
    sizes = [abs(gain) for gain in gains if gain]
    observed = sum(gains)
    ways = [sum(a * b for a, b in zip(signs, sizes, strict=True)) for signs in _signs(len(sizes))]
    expected = sum((way < observed) + (way == observed) / 2 for way in ways) / len(ways)
    assert chance_of_drop(gains) == pytest.approx(expected)


@given(st.lists(st.integers(-2, 2), max_size=30))
def test_a_drop_and_a_gain_of_the_same_size_share_the_whole_chance(gains: list[int]):
    other = chance_of_drop([-gain for gain in gains])
    assert math.isclose(chance_of_drop(gains) + other, 1.0, abs_tol=1e-9)


def _signs(count: int) -> list[tuple[int, ...]]:
    return list(product((-1, 1), repeat=count))


def test_holm_multiplies_the_smallest_most_and_never_falls():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([0.02]) == [0.02]
    assert holm([]) == []
