import math

import numpy as np
import pytest

from evals.bootstrap import Floats, Interval, bootstrap_interval, mean, paired_difference


def test_equal_values_leave_no_doubt():
    assert bootstrap_interval([1.0] * 30) == Interval(1.0, 1.0)


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide_on_each_side():
    # 80 of 100: the standard error is sqrt(0.8 × 0.2 / 100) = 0.04.
    interval = bootstrap_interval([1.0] * 80 + [0.0] * 20)
    assert interval.low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert interval.high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)


def test_two_values_can_only_give_the_means_of_pairs():
    # 0 + 0, 0 + 1, 1 + 1: a quarter of the resamples lies at each end.
    assert bootstrap_interval([0.0, 1.0], level=0.95) == Interval(0.0, 1.0)
    assert bootstrap_interval([0.0, 1.0], level=0.40) == Interval(0.5, 0.5)


def test_a_seed_gives_the_same_interval_again_and_another_does_not():
    values = np.linspace(0, 1, 40)
    assert bootstrap_interval(values, seed=7) == bootstrap_interval(values, seed=7)
    assert bootstrap_interval(values, seed=7) != bootstrap_interval(values, seed=8)


def test_rows_of_a_cluster_are_drawn_together():
    # Four documents with ten questions each, all right or all wrong: four facts, not forty.
    values = [1.0] * 20 + [0.0] * 20
    clusters = [row // 10 for row in range(40)]
    alone = bootstrap_interval(values)
    together = bootstrap_interval(values, clusters=clusters)
    assert together == Interval(0.0, 1.0)
    assert alone.low > 0.3
    assert alone.high < 0.7


def test_the_fast_way_to_the_mean_agrees_with_the_general_one():
    values = [0.0, 1.0, 1.0, 0.0, 1.0, 0.5, 0.25]
    clusters = ["a", "a", "b", "c", "c", "c", "d"]
    general = bootstrap_interval(values, lambda rows: float(rows.mean()), clusters=clusters)
    fast = bootstrap_interval(values, mean, clusters=clusters)
    assert fast.low == pytest.approx(general.low)
    assert fast.high == pytest.approx(general.high)


def test_resamples_without_a_value_are_left_out():
    def known_only_with_both(rows: Floats) -> float:
        return math.nan if len(set(rows.tolist())) < 2 else 1.0

    assert bootstrap_interval([0.0, 1.0], known_only_with_both) == Interval(1.0, 1.0)
    assert math.isnan(bootstrap_interval([1.0, 1.0], known_only_with_both).low)


def test_pairing_cancels_what_makes_a_question_hard():
    first = np.linspace(0, 1, 50)
    difference, interval = paired_difference(first, first + 0.1)
    assert difference == pytest.approx(0.1)
    assert interval.low == pytest.approx(0.1)
    assert interval.high == pytest.approx(0.1)


def test_a_difference_that_chance_could_make_includes_zero():
    # Two questions better, two worse, of twenty.
    first = [1.0, 1.0, 0.0, 0.0] + [1.0] * 16
    second = [0.0, 0.0, 1.0, 1.0] + [1.0] * 16
    difference, interval = paired_difference(first, second)
    assert difference == 0.0
    assert 0.0 in interval
    assert interval.low < 0 < interval.high


def test_a_statistic_of_several_columns_is_paired_too():
    def spread(rows: Floats) -> float:
        return float(rows[:, 0].mean() - rows[:, 1].mean())

    first = [[0.5, 0.5], [0.5, 0.5]]
    second = [[0.9, 0.1], [0.9, 0.1]]
    difference, interval = paired_difference(first, second, spread)
    assert difference == pytest.approx(0.8)
    assert interval.low == pytest.approx(0.8)


def test_rows_that_are_not_paired_are_refused():
    with pytest.raises(ValueError, match="not paired"):
        paired_difference([1.0, 0.0], [1.0])
    with pytest.raises(ValueError, match="clusters"):
        bootstrap_interval([1.0, 0.0], clusters=["a"])
