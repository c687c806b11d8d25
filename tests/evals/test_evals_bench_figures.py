import pytest

from evals.bench.figures import TARGETS, Target, beside_bare, latency, recall
from evals.dataset import Question
from evals.measure import Unscored
from evals.timing import Asked


def question(number: int) -> Question:
    return Question(f"q{number}", f"text {number}", True, {}, None, f"f:{number}")


def asked(*times: tuple[float, float]) -> list[Asked[int]]:
    return [Asked(question(at), 1, call, bare) for at, (call, bare) in enumerate(times)]


def test_ratios_are_to_the_median_of_the_bare_embeddings():
    found = latency(asked((10.0, 5.0), (20.0, 4.0), (30.0, 6.0)))
    assert found["n"] == 3
    assert (found["p50_ms"], found["bare_p50_ms"]) == (20.0, 5.0)
    assert found["p50_ratio"] == 4.0
    assert found["p95_ms"] == 29.0
    assert found["p95_ratio"] == 5.8


def test_the_tail_is_also_told_beside_the_tail_of_the_bare_embeddings():
    found = latency(asked((10.0, 2.0), (10.0, 2.0), (10.0, 2.0)))
    assert found["p95_to_p95"] == 5.0
    assert latency(asked((10.0, 5.0), (10.0, 5.0), (10.0, 20.0)))["p95_to_p95"] < 1.0


def test_a_refused_question_ends_the_bench_instead_of_making_it_faster():
    refused = Asked(question(3), Unscored("too long"), 0.1, 5.0)
    with pytest.raises(RuntimeError, match="f:3"):
        latency([*asked((10.0, 5.0)), refused])


def test_calls_are_given_the_questions_words():
    heard: list[str] = []
    beside_bare([question(1), question(2)], heard.append, len)
    assert set(heard) == {"text 1", "text 2"}


def test_recall_is_the_share_of_what_was_wanted():
    assert recall([[1, 2], [3, 9]], [[1, 2], [3, 4]]) == 0.75
    assert recall([[2, 1]], [[1, 2]]) == 1.0
    assert recall([[]], [[1]]) == 0.0


def test_a_target_is_met_at_its_limit_and_missed_beyond_it():
    most = Target("p50", ("search", "p50"), 2.0)
    least = Target("recall", ("search", "recall"), 0.98, at_least=True)
    assert most.verdict({"search": {"p50": 2.0}}) == {
        "what": "p50", "value": 2.0, "limit": "≤ 2", "met": True,
    }  # fmt: skip
    for target, value in ((most, 2.01), (least, 0.97)):
        verdict = target.verdict({"search": {target.path[1]: value}})
        assert verdict is not None
        assert verdict["met"] is False


def test_what_was_not_measured_has_no_verdict():
    assert [target.verdict({"sizes": {"1000": {}}}) for target in TARGETS] == [None] * len(TARGETS)
