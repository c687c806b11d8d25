"""Numbers here are worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import metrics

RANKING = ["a", "b", "c", "d"]


def test_a_hit_is_any_gold_document_among_the_first_k():
    assert metrics.hit_at_k(RANKING, {"b", "z"}, 1) == 0.0
    assert metrics.hit_at_k(RANKING, {"b", "z"}, 2) == 1.0
    assert metrics.hit_at_k([], {"b"}, 10) == 0.0


def test_recall_is_the_share_of_the_gold_documents_found():
    assert metrics.recall_at_k(RANKING, {"a", "d", "z", "y"}, 3) == 0.25
    assert metrics.recall_at_k(RANKING, {"a", "d", "z", "y"}, 4) == 0.5


def test_precision_counts_empty_places_as_wrong():
    assert metrics.precision_at_k(RANKING, {"a", "c"}, 4) == 0.5
    assert metrics.precision_at_k(["a"], {"a"}, 5) == 0.2


def test_reciprocal_rank_is_that_of_the_first_gold_document():
    assert metrics.reciprocal_rank(RANKING, {"c", "d"}, 10) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(RANKING, {"d"}, 3) == 0.0


def test_ndcg_discounts_by_rank_and_divides_by_the_ideal():
    # Gold at ranks 1 and 3 of two: (1 + 1/log2(4)) / (1 + 1/log2(3)) = 1.5 / 1.63093
    assert metrics.ndcg_at_k(RANKING, {"a": 1, "c": 1}, 10) == pytest.approx(0.919721, abs=1e-6)
    # Grades 1 then 2 instead of 2 then 1: (1 + 2/log2(3)) / (2 + 1/log2(3)) = 2.26186 / 2.63093
    assert metrics.ndcg_at_k(["x", "y"], {"x": 1, "y": 2}, 10) == pytest.approx(0.859719, abs=1e-6)


def test_ndcg_at_k_asks_no_more_than_k_places_can_hold():
    assert metrics.ndcg_at_k(["a", "x"], {"a": 1, "b": 1}, 1) == 1.0


def test_auroc_counts_the_pairs_that_are_in_order():
    # Positives 0.9, 0.4 against 0.5, 0.1: in order are 3 of the 4 pairs.
    assert metrics.auroc([0.9, 0.4, 0.5, 0.1], [1, 1, 0, 0]) == 0.75


def test_auroc_counts_a_tie_as_half_a_pair():
    # 0.5 against 0.5 and 0.1: half and one, of 2.
    assert metrics.auroc([0.5, 0.5, 0.1], [1, 0, 0]) == 0.75
    assert metrics.auroc([0.3, 0.3, 0.3], [1, 0, 1]) == 0.5


def test_auroc_of_one_class_is_not_a_number():
    assert math.isnan(metrics.auroc([0.1, 0.2], [1, 1]))


scores_and_labels = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=2, max_size=30
).filter(lambda pairs: len({label for _, label in pairs}) == 2)


@given(scores_and_labels)
def test_auroc_is_the_share_of_ordered_pairs_whatever_the_ties(pairs: list[tuple[float, bool]]):
    positives = [score for score, label in pairs if label]
    negatives = [score for score, label in pairs if not label]
    in_order = sum((p > n) + 0.5 * (p == n) for p in positives for n in negatives)
    scores, labels = zip(*pairs, strict=True)
    expected = in_order / (len(positives) * len(negatives))
    assert metrics.auroc(scores, labels) == pytest.approx(expected)


def test_average_precision_adds_precision_where_recall_grows():
    # Right, wrong, right: 1/2 × 1 + 1/2 × 2/3
    assert metrics.average_precision([0.9, 0.8, 0.7], [1, 0, 1]) == pytest.approx(5 / 6)


def test_average_precision_does_not_depend_on_the_order_of_ties():
    # All three share one threshold, at which precision is 2/3.
    assert metrics.average_precision([0.5, 0.5, 0.5], [1, 0, 1]) == pytest.approx(2 / 3)
    assert metrics.average_precision([0.5, 0.5, 0.5], [0, 1, 1]) == pytest.approx(2 / 3)
    assert math.isnan(metrics.average_precision([0.5], [0]))


def test_brier_score_is_the_mean_squared_difference():
    # (0.1² + 0.4²) / 2
    assert metrics.brier_score([0.9, 0.4], [1, 0]) == pytest.approx(0.085)


def test_calibration_error_weighs_the_gap_of_each_bin():
    # Bin 0.9: mean 0.95 against 0.5, weight 2/3; bin 0.0: 0.05 against 0, weight 1/3.
    assert metrics.expected_calibration_error([0.92, 0.98, 0.05], [1, 0, 0]) == pytest.approx(
        0.45 * 2 / 3 + 0.05 / 3
    )


def test_calibration_error_is_zero_for_what_comes_true_as_often_as_said():
    assert metrics.expected_calibration_error([0.55] * 20, [1] * 11 + [0] * 9) == pytest.approx(0)
    assert metrics.expected_calibration_error([1.0, 0.0], [1, 0]) == 0.0


def test_scores_without_as_many_labels_are_refused():
    with pytest.raises(ValueError, match="labels"):
        metrics.auroc([0.1, 0.2], [1])


def test_risk_is_the_share_of_wrong_ones_among_those_that_score_so_high():
    scores, right = [0.9, 0.4, 0.9, 0.2], [True, False, False, True]
    assert metrics.risk_coverage(scores, right) == [
        (0.9, 0.5, 0.5),
        (0.4, 0.75, 2 / 3),
        (0.2, 1, 0.5),
    ]
    # Of the two at 0.9 one is wrong: half a wrong one after the first.
    expected = (0.5 / 1 + 1 / 2 + 2 / 3 + 2 / 4) / 4
    assert metrics.risk_coverage_area(scores, right) == pytest.approx(expected)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1))
def test_the_risk_coverage_area_does_not_depend_on_the_order_of_ties(
    pairs: list[tuple[float, bool]],
):
    scores, right = zip(*pairs, strict=True)
    there = metrics.risk_coverage_area(scores, right)
    assert metrics.risk_coverage_area(scores[::-1], right[::-1]) == pytest.approx(there)
    assert 0 <= there <= 1


def test_calibration_has_a_point_for_each_bin_with_cases():
    points = metrics.calibration([0.15, 0.12, 0.95, 1.0], [False, True, True, True])
    assert points == [
        (pytest.approx(0.135), 0.5, 2),
        (pytest.approx(0.975), 1.0, 2),
    ]
