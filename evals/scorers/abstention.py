"""Silent when it should be, right when it speaks, and as sure as it has reason to be."""

from __future__ import annotations

import math

from copilot.types import Reply, Status
from evals import metrics
from evals.bootstrap import Floats
from evals.measure import Measures, Metric, Unscored
from evals.question import Question
from evals.scorers.answered import Answered

NO_GOLD = Unscored("no gold document is given")


def _auroc(rows: Floats) -> float:
    return metrics.auroc(rows[:, 0], rows[:, 1])


def _average_precision(rows: Floats) -> float:
    """Where everything can be answered it is 1 whatever is said, hence no figure."""
    return math.nan if rows[:, 1].all() else metrics.average_precision(rows[:, 0], rows[:, 1])


def _calibration_error(rows: Floats) -> float:
    return metrics.expected_calibration_error(rows[:, 0], rows[:, 1])


def _brier(rows: Floats) -> float:
    return metrics.brier_score(rows[:, 0], rows[:, 1])


def _risk_coverage_area(rows: Floats) -> float:
    return metrics.risk_coverage_area(rows[:, 0], rows[:, 1])


# What is held against the confidence: whether a gold document was shown.
TRUST = ("confidence", "evidenced")
METRICS = (
    Metric("false answers", ("false_answer",), higher_is_better=False),
    Metric("false silences", ("false_silence",), higher_is_better=False),
    Metric("right outcomes", ("right",)),
    Metric("right reasons", ("right_reason",)),
    Metric("auroc", ("confidence", "answerable"), _auroc),
    Metric("average precision", ("confidence", "answerable"), _average_precision),
    Metric("calibration error", TRUST, _calibration_error, False),
    Metric("brier score", TRUST, _brier, False),
    Metric("risk-coverage area", TRUST, _risk_coverage_area, False),
    Metric("selective accuracy", ("cites_gold",)),
)


def columns(question: Question) -> tuple[str, ...]:
    """None where nobody said whether there is an answer."""
    reason = ("right_reason",) if question.expect.reason else ()
    if question.answerable is None:
        return reason
    kind = "false_silence" if question.answerable else "false_answer"
    return (kind, "right", "confidence", "answerable", "evidenced", *reason)


def score(asked: Answered) -> Measures:
    """Whether it spoke, whether it should have, and how sure it was that the evidence answers."""
    question, suggestion = asked.question, asked.suggestion
    spoken = suggestion.status is Status.SUGGESTED
    measures: dict[str, float | Unscored] = {}
    if question.expect.reason:
        measures["right_reason"] = float(suggestion.reason == question.expect.reason)
    if question.answerable is None:
        return measures
    measures |= {
        "confidence": suggestion.confidence,
        "answerable": float(question.answerable),
    }
    if question.answerable:
        measures["false_silence"] = float(not spoken)
        shown = {passage.document_id for passage in suggestion.passages}
        measures["evidenced"] = any_gold(question, shown)
        measures["right"] = 0.0
    else:
        measures["false_answer"] = float(spoken)
        measures["evidenced"] = 0.0
        measures["right"] = float(not spoken)
    if spoken and question.answerable:
        measures["cites_gold"] = measures["right"] = any_gold(question, cited(suggestion.reply))
    return measures


def any_gold(question: Question, document_ids: set[str]) -> float | Unscored:
    """Whether any gold document is among these."""
    if not question.grades:
        return NO_GOLD
    return float(any(document_id in document_ids for document_id in question.grades))


def cited(reply: Reply | None) -> set[str]:
    """The documents that a reply cites."""
    sentences = reply.sentences if reply else ()
    return {one.document_id for sentence in sentences for one in sentence.citations}
