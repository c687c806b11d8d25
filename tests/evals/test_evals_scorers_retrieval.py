import pytest

from copilot.types import Passage
from evals.dataset import Question
from evals.measure import Unscored
from evals.scorers import retrieval


def question(answerable: bool = True, **grades: int):
    return Question("q1", "how?", answerable, grades, "so", "queries.jsonl:1")


def passages(*document_ids: str):
    return [
        Passage(f"p{rank}", document_id, 1, "t", "", "text", 0, 4, 1 / (rank + 1))
        for rank, document_id in enumerate(document_ids)
    ]


def test_scores_the_ranking_of_documents():
    found = retrieval.measures(question(b=1, z=1), passages("a", "b", "c"), 10)
    assert found["hit@1"] == 0.0
    assert found["hit@3"] == 1.0
    assert found["recall@10"] == 0.5
    assert found["mrr@10"] == 0.5
    # At rank 2 of two gold ones: 0.63093 / 1.63093
    assert found["ndcg@10"] == pytest.approx(0.386853, abs=1e-6)


def test_several_passages_of_a_document_take_one_place():
    assert retrieval.ranking(passages("a", "a", "b", "a")) == ["a", "b"]
    found = retrieval.measures(question(b=1), passages("a", "a", "a", "b"), 10)
    assert found["mrr@10"] == 0.5


def test_looks_no_deeper_than_the_passages_that_were_asked_for():
    names = [metric.name for metric in retrieval.metrics(3)]
    assert names == ["hit@1", "hit@3", "recall@3", "mrr@3", "ndcg@3"]
    assert "mrr@10" in [metric.name for metric in retrieval.metrics(50)]


def test_a_question_without_an_answer_is_left_out():
    assert retrieval.measures(question(answerable=False), passages("a"), 10) == {}
    assert retrieval.columns(question(answerable=False)) == ()


def test_without_gold_nothing_could_be_scored():
    without_gold = retrieval.measures(question(), passages("a"), 10)
    assert set(without_gold.values()) == {Unscored("no gold document is given")}


def test_a_question_has_the_figures_of_the_depth_that_was_asked_for():
    for k in (3, 50):
        names = {metric.name for metric in retrieval.metrics(k)}
        assert retrieval.measures(question(a=1), passages("a"), k).keys() == names
        assert set(retrieval.columns(question(a=1), k)) == names
