import pytest

from copilot.errors import InvalidInput
from evals.dataset import Question
from evals.measure import Unscored
from evals.timing import Asked, ask_each, percentiles, stage_times, timings


def questions(count: int):
    return [Question(f"q{n}", f"text {n}", True, {}, None, "f:1") for n in range(count)]


def test_asks_every_question_with_its_text():
    asked = ask_each(questions(3), lambda question: question.text.upper(), len)
    assert [one.outcome for one in asked] == ["TEXT 0", "TEXT 1", "TEXT 2"]
    assert all(one.took_ms > 0 and one.embed_ms > 0 for one in asked)


def test_embeds_before_and_after_by_turns_once_warm():
    calls = []
    ask_each(questions(4), lambda text: calls.append("ask"), lambda text: calls.append("embed"))
    measured = calls[-8:]
    assert measured == ["embed", "ask", "ask", "embed"] * 2
    assert len(calls) == 8 + 6


def test_what_the_copilot_refuses_is_a_value_and_the_others_go_on():
    def refuse_the_second(question: Question) -> str:
        if question.text == "text 1":
            raise InvalidInput("too long", place="question")
        return question.text

    asked = ask_each(questions(3), refuse_the_second, len)
    assert asked[1].outcome == Unscored("InvalidInput: question: too long")
    assert asked[2].outcome == "text 2"


def test_an_error_that_is_not_the_copilots_ends_the_run():
    def broken(text: str) -> None:
        raise KeyError(text)

    with pytest.raises(KeyError):
        ask_each(questions(1), broken, len)


def test_percentiles_lie_between_values():
    found = percentiles([1.0, 2.0, 3.0, 4.0, 5.0])
    assert found["p50"] == 3.0
    assert found["p95"] == pytest.approx(4.8)
    assert found["p99"] == pytest.approx(4.96)
    assert percentiles([]) == {}


def test_the_ratio_is_of_each_question_to_its_own_embedding():
    one, two, three = questions(3)
    asked = [
        Asked(one, {"search": 3.0}, 10.0, 5.0),
        Asked(two, {"search": 5.0}, 40.0, 10.0),
        Asked(three, Unscored("refused"), 900.0, 1.0),
    ]
    found = timings(asked, lambda stages: stages)
    assert found["ratio"]["p50"] == 3.0
    assert found["query"]["p50"] == 25.0
    assert found["bare embedding"]["p50"] == 7.5
    assert found["stage search"]["p50"] == 4.0


def test_there_are_no_times_where_nothing_was_asked():
    assert timings([], lambda stages: stages) == {}


def test_times_of_cases_are_read_from_their_rows():
    rows = [
        {"took_ms": 3.0, "output": {"took_ms": {"search": 2.0}}},
        {"took_ms": 5.0, "output": {"took_ms": {"search": 4.0}}},
        {"took_ms": 900.0, "output": {"unscored": "refused"}},
    ]
    found = stage_times(rows)
    assert (found["query"]["p50"], found["stage search"]["p50"]) == (4.0, 3.0)
