"""Scores a search: were the gold documents among the passages, and how high?

Questions that cannot be answered have nothing to find, and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from copilot.types import Passage
from evals.dataset import Question
from evals.measure import Measures, Metric, Scored, Unscored
from evals.metrics import hit_at_k, ndcg_at_k, recall_at_k, reciprocal_rank

HITS = (1, 3, 5, 10)
DEEPEST = 10


def metrics(k: int) -> tuple[Metric, ...]:
    """The figures of a search for k passages; none looks deeper than k."""
    depth = min(k, DEEPEST)
    names = [f"hit@{at}" for at in HITS if at <= k]
    names += [f"recall@{k}", f"mrr@{depth}", f"ndcg@{depth}"]
    return tuple(Metric(name, (name,)) for name in names)


def ranking(passages: Sequence[Passage]) -> list[str]:
    """The documents of the passages, best first, each once."""
    return list(dict.fromkeys(passage.document_id for passage in passages))


def score(question: Question, passages: Sequence[Passage] | Unscored, k: int) -> Scored:
    """The measures of one search."""
    cluster = min(question.grades, default=question.question_id)
    return Scored(question.question_id, cluster, _measures(question, passages, k))


def _measures(question: Question, passages: Sequence[Passage] | Unscored, k: int) -> Measures:
    if not question.answerable:
        return {}
    names = [metric.name for metric in metrics(k)]
    if not question.grades:
        return dict.fromkeys(names, Unscored("no gold document is given"))
    if isinstance(passages, Unscored):
        return dict.fromkeys(names, passages)
    found = ranking(passages)
    depth = min(k, DEEPEST)
    return {
        **{f"hit@{at}": hit_at_k(found, question.grades, at) for at in HITS if at <= k},
        f"recall@{k}": recall_at_k(found, question.grades, k),
        f"mrr@{depth}": reciprocal_rank(found, question.grades, depth),
        f"ndcg@{depth}": ndcg_at_k(found, question.grades, depth),
    }


def failure(
    question: Question, passages: Sequence[Passage] | Unscored, scored: Scored
) -> dict[str, Any] | None:
    """What to look at where the first document is not a gold one, or nothing could be scored."""
    shown: dict[str, Any] = {"_id": question.question_id, "text": question.text}
    first = scored.measures.get("hit@1", 1.0)
    if isinstance(first, Unscored):
        return {**shown, "failure": "could not be scored", "why": first.reason}
    if first == 1.0 or isinstance(passages, Unscored):
        return None
    return {
        **shown,
        "failure": "first document is not a gold one",
        "gold": sorted(question.grades),
        "found": [
            {"document_id": one.document_id, "score": round(one.score, 4), "text": one.text}
            for one in passages
        ],
        "answer": question.answer,
    }
