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
    found = retrieval.score(question(b=1, z=1), passages("a", "b", "c"), 10)
    assert found.measures["hit@1"] == 0.0
    assert found.measures["hit@3"] == 1.0
    assert found.measures["recall@10"] == 0.5
    assert found.measures["mrr@10"] == 0.5
    # At rank 2 of two gold ones: 0.63093 / 1.63093
    assert found.measures["ndcg@10"] == pytest.approx(0.386853, abs=1e-6)


def test_several_passages_of_a_document_take_one_place():
    assert retrieval.ranking(passages("a", "a", "b", "a")) == ["a", "b"]
    found = retrieval.score(question(b=1), passages("a", "a", "a", "b"), 10)
    assert found.measures["mrr@10"] == 0.5


def test_looks_no_deeper_than_the_passages_that_were_asked_for():
    names = [metric.name for metric in retrieval.metrics(3)]
    assert names == ["hit@1", "hit@3", "recall@3", "mrr@3", "ndcg@3"]
    assert "mrr@10" in [metric.name for metric in retrieval.metrics(50)]


def test_a_question_without_an_answer_is_left_out():
    assert retrieval.score(question(answerable=False), passages("a"), 10).measures == {}
    assert (
        retrieval.failure(
            question(answerable=False),
            passages("a"),
            retrieval.score(question(answerable=False), passages("a"), 10),
        )
        is None
    )


def test_without_gold_or_passages_nothing_could_be_scored():
    without_gold = retrieval.score(question(), passages("a"), 10)
    assert set(without_gold.measures.values()) == {Unscored("no gold document is given")}
    refused = retrieval.score(question(a=1), Unscored("InvalidInput: too long"), 10)
    assert refused.measures["hit@1"] == Unscored("InvalidInput: too long")


def test_a_failure_shows_what_was_found_instead():
    asked = question(b=1)
    found = passages("a", "b")
    failed = retrieval.failure(asked, found, retrieval.score(asked, found, 10))
    assert failed["gold"] == ["b"]
    assert [one["document_id"] for one in failed["found"]] == ["a", "b"]
    right = passages("b")
    assert retrieval.failure(asked, right, retrieval.score(asked, right, 10)) is None
    refused = Unscored("InvalidInput: too long")
    failed = retrieval.failure(asked, refused, retrieval.score(asked, refused, 10))
    assert failed["failure"] == "could not be scored"
    assert failed["why"] == "InvalidInput: too long"
