"""Scores a search: were the gold documents among the passages, and how high?

Questions that cannot be answered have nothing to find, and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from copilot.types import Passage
from evals.measure import Measures, Metric
from evals.metrics import hit_at_k, ndcg_at_k, recall_at_k, reciprocal_rank
from evals.question import Question
from evals.scorers.abstention import NO_GOLD
from evals.scorers.answered import Answered

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


METRICS = metrics(DEEPEST)


def columns(question: Question, k: int = DEEPEST) -> tuple[str, ...]:
    """None where there is nothing to find."""
    return tuple(metric.name for metric in metrics(k)) if question.answerable else ()


def score(asked: Answered) -> Measures:
    """Of what was found, k passages deep."""
    return measures(asked.question, asked.found, asked.k)


def measures(question: Question, passages: Sequence[Passage], k: int) -> Measures:
    """Of any search for k passages."""
    if not question.answerable:
        return {}
    if not question.grades:
        return dict.fromkeys(columns(question, k), NO_GOLD)
    found = ranking(passages)
    depth = min(k, DEEPEST)
    return {
        **{f"hit@{at}": hit_at_k(found, question.grades, at) for at in HITS if at <= k},
        f"recall@{k}": recall_at_k(found, question.grades, k),
        f"mrr@{depth}": reciprocal_rank(found, question.grades, depth),
        f"ndcg@{depth}": ndcg_at_k(found, question.grades, depth),
    }
