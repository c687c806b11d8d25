from dataclasses import replace

from given import answered, question, suggestion

from evals.measure import Unscored
from evals.scorers import correctness


def test_a_reply_is_held_against_the_reference_answer():
    # Reply: refunds take 5 days. Reference: five days 5 days. In common: 5, days.
    found = correctness.score(answered(question(), suggestion("refunds")))
    assert found == {"token_recall": 0.5, "token_f1": 0.5}


def test_without_a_reference_a_reply_could_not_be_scored():
    found = correctness.score(answered(question(answer=None), suggestion("refunds")))
    assert set(found.values()) == {Unscored("no reference answer is given")}
    assert correctness.columns(question(answer=None)) == ()


def test_only_what_is_said_where_there_is_an_answer_is_held_against_it():
    assert correctness.score(answered(question(), suggestion(None))) == {}
    assert correctness.score(answered(question(answerable=False), suggestion("refunds"))) == {}
    empty = replace(suggestion("refunds"), reply=None)
    assert correctness.score(answered(question(), empty))["token_recall"] == 0.0
