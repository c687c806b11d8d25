from dataclasses import replace

import pytest
from given import answered, question, suggestion

from copilot.types import Reason, Suggestion
from evals.dataset import Question
from evals.measure import Scored, Unscored, figure
from evals.scorers import abstention

METRIC = {metric.name: metric for metric in abstention.METRICS}


def measures(asked: Question, given: Suggestion):
    return abstention.score(answered(asked, given))


def test_a_right_reply_cites_a_gold_document():
    found = measures(question(), suggestion("refunds"))
    assert found["false_silence"] == 0.0
    assert found["cites_gold"] == 1.0
    assert found["right"] == 1.0
    assert found["evidenced"] == 1.0
    assert "false_answer" not in found


def test_a_reply_that_cites_another_document_is_not_right_though_gold_was_shown():
    found = measures(question(), suggestion("returns", shown=("returns", "refunds")))
    assert found["cites_gold"] == 0.0
    assert found["right"] == 0.0
    assert found["evidenced"] == 1.0


def test_silence_is_false_where_there_is_an_answer_and_right_where_there_is_none():
    silent = measures(question(), suggestion(None))
    assert (silent["false_silence"], silent["right"]) == (1.0, 0.0)
    assert "cites_gold" not in silent
    rightly = measures(question(answerable=False), suggestion(None))
    assert (rightly["false_answer"], rightly["right"]) == (0.0, 1.0)
    assert "false_silence" not in rightly


def test_a_reply_where_there_is_no_answer_is_false():
    found = measures(question(answerable=False), suggestion("refunds"))
    assert (found["false_answer"], found["right"], found["evidenced"]) == (1.0, 0.0, 0.0)
    assert "cites_gold" not in found


def test_nothing_is_said_of_silence_where_nobody_said_whether_there_is_an_answer():
    asked = question(answerable=None, must_not=("x",))
    assert measures(asked, suggestion("refunds")) == {}
    assert abstention.columns(asked) == ()


def test_the_reason_for_silence_is_held_against_the_expected_one():
    asked = question(answerable=False, reason="out_of_date")
    assert measures(asked, suggestion(None, reason=Reason.OUT_OF_DATE))["right_reason"] == 1.0
    assert measures(asked, suggestion(None))["right_reason"] == 0.0
    assert "right_reason" not in measures(question(answerable=False), suggestion(None))


def test_without_gold_a_reply_cannot_be_called_right_or_wrong():
    found = measures(question(gold=()), suggestion("refunds"))
    assert found["cites_gold"] == Unscored("no gold document is given")
    assert found["right"] == Unscored("no gold document is given")
    assert found["evidenced"] == Unscored("no gold document is given")
    assert found["false_silence"] == 0.0


def test_suggesting_without_a_reply_is_not_right():
    found = measures(question(), replace(suggestion("refunds"), reply=None))
    assert found["right"] == 0.0


@pytest.mark.parametrize(("answerable", "kind"), [(True, "false_silence"), (False, "false_answer")])
def test_a_question_has_the_measures_of_its_side_whatever_is_suggested(answerable: bool, kind: str):
    asked = question(answerable=answerable)
    columns = set(abstention.columns(asked))
    assert kind in columns
    for given in (suggestion("refunds"), suggestion(None)):
        assert columns <= measures(asked, given).keys()


def test_the_figures_of_a_few_questions():
    asked = [
        (question(), suggestion("refunds", 0.9)),
        (question(), suggestion("returns", 0.5)),
        (question(), suggestion(None, 0.2)),
        (question(answerable=False), suggestion("refunds", 0.5)),
        (question(answerable=False), suggestion(None, 0.1)),
    ]
    rows = [Scored(str(at), str(at), measures(*one)) for at, one in enumerate(asked)]

    def value(name: str) -> float | None:
        return figure(METRIC[name], rows).value

    assert value("false answers") == 0.5
    assert value("false silences") == pytest.approx(1 / 3)
    assert value("right outcomes") == pytest.approx(2 / 5)
    assert value("selective accuracy") == 0.5
    # 0.9, 0.5, 0.2 against 0.5, 0.1: 2 + 1.5 + 1 of 6 pairs.
    assert value("auroc") == pytest.approx(4.5 / 6)
    # Thresholds 0.9: 1/3 × 1; 0.5: 1/3 × 2/3; 0.2: 1/3 × 3/4.
    assert value("average precision") == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    # Gold was shown in q1 to q3: (0.1² + 0.5² + 0.8² + 0.5² + 0.1²) / 5
    assert value("brier score") == pytest.approx(1.16 / 5)
    # Wrong among the first 1 to 5: 0, 1/2 (of two at 0.5, one is wrong), 1, 1, 2.
    area = (0 + 0.5 / 2 + 1 / 3 + 1 / 4 + 2 / 5) / 5
    assert value("risk-coverage area") == pytest.approx(area)
