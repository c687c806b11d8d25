from given import answered, question, reply, suggestion

from copilot.types import Suggestion
from evals.measure import Unscored
from evals.scorers.answered import UNDECIDED
from evals.scorers.groundedness import columns, score


def measures(given: Suggestion):
    return score(answered(question(), given))


def test_a_sentence_is_grounded_by_what_it_cites_or_by_what_is_shown():
    said = reply(
        ("Refunds take 5 days.", ("refunds",)),
        ("Bring the receipt.", ("refunds",)),
        ("Nobody knows.", ("refunds",)),
    )
    assert measures(suggestion(said=said, shown=("returns",))) == {
        "grounded": 2 / 3,
        "all_grounded": 0.0,
    }
    assert measures(suggestion("refunds")) == {"grounded": 1.0, "all_grounded": 1.0}


def test_courtesies_are_left_out_and_nothing_else_said_could_not_be_scored():
    courtesy = ("You are welcome.", ())
    said = reply(courtesy, ("Nobody knows.", ()))
    assert measures(suggestion(said=said))["grounded"] == 0.0
    alone = measures(suggestion(said=reply(courtesy)))
    assert set(alone.values()) == {Unscored("the reply asserts nothing")}


def test_what_the_checker_cannot_tell_could_not_be_scored():
    said = reply(("Refunds take 5 days.", ("refunds",)), ("Das dauert.", ("refunds",)))
    assert set(measures(suggestion(said=said)).values()) == {Unscored(UNDECIDED)}


def test_silence_says_nothing_that_could_be_grounded():
    assert measures(suggestion(None)) == {}
    assert columns(question(answerable=False)) == ()
    assert columns(question(answerable=None)) == ("grounded", "all_grounded")
