import pytest

from evals.bootstrap import Interval
from evals.measure import Figure, Metric, Scored, Unscored, figure, paired_tables

HIT = Metric("hit", ("hit",))


def scored(question_id: str, **measures: float | Unscored):
    return Scored(question_id, question_id, measures)


def test_a_figure_is_over_the_questions_that_have_the_measure():
    rows = [scored("q1", hit=1.0), scored("q2", hit=1.0), scored("q3", other=0.0)]
    assert figure(HIT, rows) == Figure(1.0, Interval(1.0, 1.0), 2, {})


def test_what_could_not_be_scored_is_counted_and_is_no_zero():
    rows = [scored("q1", hit=1.0), scored("q2", hit=Unscored("timed out"))]
    found = figure(HIT, rows)
    assert found.value == 1.0
    assert found.n == 1
    assert found.unscored == {"timed out": 1}


def test_a_figure_of_nothing_has_no_value():
    assert figure(HIT, [scored("q1", hit=Unscored("gone"))]) == Figure(None, None, 0, {"gone": 1})
    assert figure(HIT, []) == Figure(None, None, 0, {})


def test_a_metric_of_two_columns_takes_only_questions_that_have_both():
    ratio = Metric("ratio", ("a", "b"), lambda rows: float(rows[:, 0].sum() / rows[:, 1].sum()))
    rows = [
        scored("q1", a=1.0, b=2.0),
        scored("q2", a=3.0, b=4.0),
        scored("q3", a=9.0),
        scored("q4", a=9.0, b=Unscored("no")),
    ]
    found = figure(ratio, rows)
    assert found.value == pytest.approx(4 / 6)
    assert found.unscored == {"no": 1}


def test_pairs_are_the_questions_scored_on_both_sides():
    pairs = [
        (scored("q1", hit=1.0), scored("q1", hit=0.0)),
        (scored("q2", hit=1.0), scored("q2", hit=Unscored("gone"))),
        (scored("q3", hit=0.0), scored("q3")),
    ]
    first, second, clusters = paired_tables(HIT, pairs)
    assert first.tolist() == [[1.0]]
    assert second.tolist() == [[0.0]]
    assert clusters == ["q1"]
