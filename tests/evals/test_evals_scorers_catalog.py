from dataclasses import replace
from types import SimpleNamespace

from given import answered, passage, question, suggestion

from evals.measure import Scored, Unscored, figure
from evals.scorers import catalog, cost, latency


def test_those_scorers_apply_that_have_something_to_say():
    names = catalog.applying([question()])
    assert "next_steps" not in names
    assert "correctness" in names
    assert set(catalog.applying([question(step="s1"), question()])) == set(catalog.SCORERS)
    assert catalog.applying([question(answerable=None, gold=(), must_not=("x",))]) == (
        "citations",
        "groundedness",
        "safety",
        "latency",
        "cost",
    )


def test_an_answer_is_scored_by_the_chosen_ones_only():
    found = catalog.score(("retrieval", "latency"), answered(question(), suggestion(), 1))
    assert found == Scored(
        "q1",
        "refunds",
        {"took_ms": 12.5, **dict.fromkeys(("hit@1", "recall@1", "mrr@1", "ndcg@1"), 1.0)},
    )


def test_what_was_refused_could_not_be_scored_and_is_no_silence():
    why = Unscored("NotReady: loading")
    measures = catalog.unscored(tuple(catalog.SCORERS), question(), why, k=3).measures
    assert set(measures.values()) == {why}
    assert {"false_silence", "confidence", "sentences", "recall@3", "took_ms"} <= measures.keys()
    assert "false_answer" not in measures
    assert "recall@10" not in measures


def test_every_measure_of_a_refused_question_has_a_figure():
    why = Unscored("NotReady: loading")
    asked = question(step="s1", procedure="p", reason="no_need", must_not=("x",), customer_id="c")
    row = catalog.unscored(tuple(catalog.SCORERS), asked, why, k=3)
    counted = {
        name
        for metric in catalog.metrics(None, 3)
        if figure(metric, [row]).unscored
        for name in metric.columns
    }
    assert row.measures.keys() <= counted | {"all_grounded"}


def test_the_figures_are_those_of_the_chosen_scorers():
    assert [metric.name for metric in catalog.metrics(("retrieval",), 3)] == [
        "hit@1",
        "hit@3",
        "recall@3",
        "mrr@3",
        "ndcg@3",
    ]
    names = [metric.name for metric in catalog.metrics()]
    assert len(names) == len(set(names))


def test_cost_counts_what_models_took_and_is_no_zero_where_none_was_asked():
    given = answered(question(), suggestion())
    assert set(cost.score(given).values()) == {Unscored("no model was asked")}
    usage = SimpleNamespace(prompt_tokens=120, completion_tokens=30, cost=0.002)
    asked = SimpleNamespace(suggestion=SimpleNamespace(usage=usage))
    assert cost.score(asked) == {"prompt_tokens": 120.0, "completion_tokens": 30.0, "cost": 0.002}


def test_time_is_told_by_its_median_and_its_tail():
    given = answered(question(), suggestion())
    rows = [
        Scored(str(ms), str(ms), latency.score(replace(given, took_ms=float(ms))))
        for ms in range(1, 102)
    ]
    median, tail = (figure(metric, rows).value for metric in latency.METRICS)
    assert (median, tail) == (51.0, 96.0)


def test_retrieval_looks_at_what_was_found_and_not_at_what_is_shown():
    given = replace(answered(question(), suggestion()), found=[passage("returns")])
    assert catalog.score(("retrieval",), given).measures["hit@1"] == 0.0
