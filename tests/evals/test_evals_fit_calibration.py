import math

import numpy as np
import pytest

from copilot.answer.abstain import Calibration
from evals.fit import calibration
from evals.fit.calibration import (
    Errors,
    Judged,
    choose_some,
    cost,
    errors,
    judge,
    reliability,
    table,
)
from evals.fit.features import Row


def row(
    *, right: bool = False, answerable: bool = True, removed: bool = False, margin: float = 0.0
) -> Row:
    return Row("q", "q", (margin, 0.0, 0.0), removed, answerable, right)


RIGHT, WRONG = row(right=True), row()
UNANSWERABLE, REMOVED = row(answerable=False), row(answerable=False, removed=True)


def judged(*given: tuple[Row, float]) -> Judged:
    confidences = np.array([confidence for _, confidence in given])
    return Judged(tuple(one for one, _ in given), confidences, confidences)


# Four questions with an answer, two without; the removed row is no question that anybody asked.
SIX = judged(
    (RIGHT, 0.9),
    (RIGHT, 0.45),
    (RIGHT, 0.2),
    (WRONG, 0.6),
    (UNANSWERABLE, 0.55),
    (UNANSWERABLE, 0.1),
    (REMOVED, 0.95),
)


def test_errors_are_shares_of_natural_questions():
    # At 0.5 three speak: one right, one from a wrong document, one where there is no answer.
    found = errors(SIX, 0.5)
    assert found == Errors(0.5, false_answers=0.5, false_silences=0.5, wrong=pytest.approx(2 / 3))
    assert errors(SIX, 0.45).false_silences == 0.25


def test_what_a_data_set_cannot_tell_is_nan():
    found = errors(judged((RIGHT, 0.3)), 0.5)
    assert math.isnan(found.false_answers)
    assert math.isnan(found.wrong)
    assert found.false_silences == 1.0


def test_held_back_and_wrong_are_weighed_against_each_other():
    # At 0.5 two of the four are right and held back, 0.35 of the weight. Wrong and spoken are one
    # of the four and two of the three, 0.175 + 0.2, and each counts two thirds.
    assert cost({"six": SIX}, 0.5) == pytest.approx(0.35 + 0.375 * 2 / 3)
    assert cost({"six": SIX, "same": SIX}, 0.5) == pytest.approx(0.6)


def test_speaks_from_where_it_pays_on_average():
    # Where 0.4 are right, holding all back costs 0.4, and speaking 0.6 × 2/3: as much.
    assert calibration.ENOUGH == 0.4
    rate = calibration.ENOUGH
    assert (1 - rate) * calibration.WRONG == pytest.approx(rate)


def test_hardly_any_answer_lies_where_there_is_no_evidence_at_all(
    monkeypatch: pytest.MonkeyPatch,
):
    # One of the four lies below 0.201, two below 0.451.
    monkeypatch.setattr(calibration, "LOST", 0.24)
    assert choose_some({"six": SIX}) == 0.2
    monkeypatch.setattr(calibration, "LOST", 0.25)
    assert choose_some({"six": SIX}) == 0.39  # below what is enough
    # Over two data sets it is the mean of their shares: from 0.02 on all of the other one's.
    assert choose_some({"six": SIX, "low": judged((RIGHT, 0.015))}) == 0.01


def test_reliability_counts_rows_as_the_fit_did():
    # The four rows with an answer count 0.7 / 4 each, the other three 0.3 / 3.
    bins = {low: rest for low, *rest in reliability({"six": SIX})}
    assert sum(share for share, _, _ in bins.values()) == pytest.approx(1.0)
    share, mean, rate = bins[0.9]
    assert share == pytest.approx(0.7 / 4 + 0.1)
    assert mean == pytest.approx((0.9 * 0.175 + 0.95 * 0.1) / 0.275)
    assert rate == pytest.approx(0.175 / 0.275)
    assert list(bins) == [0.1, 0.2, 0.4, 0.5, 0.6, 0.9]


def learnable(sign: float) -> list[Row]:
    """Right at a high margin, times `sign`, with one exception of either kind."""
    high, low = 1.0 * sign, -1.0 * sign
    return [
        *[row(right=True, margin=high)] * 9,
        row(right=True, margin=low),
        *[row(answerable=False, margin=low)] * 9,
        row(answerable=False, margin=high),
    ]


def test_a_data_set_is_judged_by_weights_from_the_others():
    _, found = judge({"up": learnable(1.0), "down": learnable(-1.0)})
    for one in found.values():
        right = one.are("right")
        # What the other set teaches is wrong here; what both teach tells nothing.
        assert one.left_out[right].mean() < one.left_out[~right].mean()
        assert one.fitted == pytest.approx(one.fitted[0])


def test_the_table_shows_figures_reliability_thresholds_and_the_calibration():
    every = [*learnable(1.0), row(answerable=False, removed=True, margin=-1.0)]
    answered = [one for one in every if one.answerable or one.removed]
    fitted, found = judge({"both": every, "answered": answered})
    shown = table(fitted, found)
    lines = [line.split() for line in shown.splitlines()]
    assert [line[2] for line in lines if line[:2] == ["auroc,", "answerable"]] == ["both"]
    assert sum(line[:2] == ["brier", "score,"] for line in lines) == 2
    half = next(line for line in lines if line and line[0] == "0.50")
    # One of ten without an answer speaks, one of ten with an answer is silent; of the ten that
    # speak, one is wrong. Where everything can be answered there is nothing to answer falsely.
    # The cost is the mean of 0.07 + 0.3 / 11 × 2/3 and 0.07.
    assert half[1:] == ["0.100", "0.100", "0.100", "–", "0.100", "0.000", "0.079"]
    assert shown.endswith(f"some {fitted.some:.2f}, enough {fitted.enough:.2f}")
    assert isinstance(fitted, Calibration)
