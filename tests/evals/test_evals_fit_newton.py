import numpy as np
import pytest

from evals.fit.newton import Floats, minimise


def test_a_square_is_solved_in_one_step():
    centre, bend = np.array([3.0, -1.0]), np.diag([2.0, 8.0])
    seen = []

    def objective(at: Floats) -> tuple[float, Floats, Floats]:
        seen.append(at)
        return float((at - centre) @ bend @ (at - centre)) / 2, bend @ (at - centre), bend

    assert minimise(objective, np.zeros(2)) == pytest.approx(centre)
    assert len(seen) == 2


def test_a_step_that_overshoots_is_halved_until_the_loss_falls():
    # |x| is steep and hardly bent: the whole step from 1 leads to -999.
    def objective(at: Floats) -> tuple[float, Floats, Floats]:
        return float(np.hypot(at[0], 0.01)), at / np.hypot(at, 0.01), np.array([[0.001]])

    assert minimise(objective, np.array([1.0])) == pytest.approx(0.0, abs=1e-6)


def test_it_ends_where_nothing_makes_it_better():
    # The gradient lies: the loss rises whichever way the step goes.
    def objective(at: Floats) -> tuple[float, Floats, Floats]:
        return float(abs(at[0])), np.array([1.0]), np.array([[1.0]])

    assert minimise(objective, np.array([0.0])) == pytest.approx(0.0)
