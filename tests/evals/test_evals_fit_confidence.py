import math

import pytest

from copilot.errors import InvalidInput
from evals.fit import confidence
from evals.fit.confidence import confidences, fit, weights
from evals.fit.features import Row


def row(margin: float, *, right: bool, answerable: bool = True, removed: bool = False) -> Row:
    return Row("q", "q", (margin, 0.0, 0.0), removed, answerable, right)


# 0.7 over three rows with an answer, 0.3 over two without.
MIXED = [
    row(1.0, right=True),
    row(1.0, right=True),
    row(0.0, right=True),
    row(1.0, right=False, answerable=False),
    row(0.0, right=False, answerable=False, removed=True),
]


def test_what_cannot_be_answered_makes_up_its_part_of_the_weight():
    assert weights(MIXED) == pytest.approx([0.7 / 3] * 3 + [0.15] * 2)


def test_a_data_set_of_one_kind_only_is_refused():
    with pytest.raises(InvalidInput, match="question with an answer"):
        weights([row(1.0, right=False, answerable=False)])
    with pytest.raises(InvalidInput):
        weights([row(1.0, right=True)])


def test_without_a_penalty_the_odds_are_those_of_the_rows(monkeypatch: pytest.MonkeyPatch):
    # At margin 1, 1.4 / 3 is right and 0.15 wrong: odds 28/9. At margin 0, 0.7 / 3: odds 14/9.
    monkeypatch.setattr(confidence, "PENALTY", 0.0)
    fitted = fit([MIXED])
    assert fitted.bias == pytest.approx(math.log(14 / 9))
    assert fitted.weights == pytest.approx((math.log(2), 0.0, 0.0))
    assert confidences(MIXED, fitted)[[0, 2]] == pytest.approx([28 / 37, 14 / 23])


def test_the_penalty_shrinks_the_weights_and_leaves_the_bias_alone(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(confidence, "PENALTY", 1e6)
    fitted = fit([MIXED])
    assert fitted.weights == pytest.approx((0.0, 0.0, 0.0), abs=1e-5)
    assert confidences(MIXED, fitted) == pytest.approx([0.7] * 5, abs=1e-4)


def test_data_sets_count_alike_whatever_their_size():
    other = [row(2.0, right=False), row(3.0, right=True), row(1.0, right=False, answerable=False)]
    many, once = fit([MIXED * 7, other]), fit([MIXED, other])
    assert many.bias == pytest.approx(once.bias)
    assert many.weights == pytest.approx(once.weights)


def test_rows_of_one_outcome_are_refused():
    rows = [row(1.0, right=False), row(0.0, right=False, answerable=False)]
    with pytest.raises(InvalidInput, match="right for every question, or for none"):
        fit([rows])
