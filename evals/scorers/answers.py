"""Scores a suggestion: silent when it should be, right when it speaks, and cited to the letter."""

from __future__ import annotations

import math
from typing import Any

from copilot.types import Reply, Status, Suggestion
from evals import metrics
from evals.bootstrap import Floats
from evals.dataset import Question
from evals.measure import Measures, Metric, Scored, Unscored
from evals.scorers.citations import ReadText, problems, quoted_share, uncited_words
from evals.scorers.overlap import overlap

NO_GOLD = Unscored("no gold document is given")
NO_REFERENCE = Unscored("no reference answer is given")


def _auroc(rows: Floats) -> float:
    return metrics.auroc(rows[:, 0], rows[:, 1])


def _average_precision(rows: Floats) -> float:
    """Where everything can be answered it is 1 whatever is said, hence no figure."""
    return math.nan if rows[:, 1].all() else metrics.average_precision(rows[:, 0], rows[:, 1])


def _calibration_error(rows: Floats) -> float:
    return metrics.expected_calibration_error(rows[:, 0], rows[:, 1])


def _brier(rows: Floats) -> float:
    return metrics.brier_score(rows[:, 0], rows[:, 1])


def _ratio(rows: Floats) -> float:
    whole = rows[:, 1].sum()
    return float(rows[:, 0].sum() / whole) if whole else math.nan


METRICS = (
    Metric("false answers", ("false_answer",), higher_is_better=False),
    Metric("false silences", ("false_silence",), higher_is_better=False),
    Metric("right outcomes", ("right",)),
    Metric("auroc", ("confidence", "answerable"), _auroc),
    Metric("average precision", ("confidence", "answerable"), _average_precision),
    Metric("calibration error", ("confidence", "evidenced"), _calibration_error, False),
    Metric("brier score", ("confidence", "evidenced"), _brier, False),
    Metric("selective accuracy", ("cites_gold",)),
    Metric("token recall", ("token_recall",)),
    Metric("token f1", ("token_f1",)),
    Metric("sentences cited exactly", ("exact_sentences", "sentences"), _ratio),
    Metric("sentences without citation", ("uncited_sentences", "sentences"), _ratio, False),
    Metric("words found in quotes", ("quoted_share",)),
    Metric("reply characters", ("characters",), higher_is_better=None),
    Metric("reply sentences", ("sentences",), higher_is_better=None),
)


def score(question: Question, suggestion: Suggestion | Unscored, read: ReadText) -> Scored:
    """The measures of one suggestion; `read` gives the stored text of a document's version."""
    cluster = min(question.grades, default=question.question_id)
    if isinstance(suggestion, Unscored):
        measures: Measures = dict.fromkeys(_expected(question), suggestion)
    else:
        measures = _measures(question, suggestion, read)
    return Scored(question.question_id, cluster, measures)


def _expected(question: Question) -> tuple[str, ...]:
    """The measures that a question has whatever is suggested."""
    kind = "false_silence" if question.answerable else "false_answer"
    return (kind, "right", "confidence", "answerable", "evidenced")


def _measures(question: Question, suggestion: Suggestion, read: ReadText) -> Measures:
    spoken = suggestion.status is Status.SUGGESTED
    measures: dict[str, float | Unscored] = {
        "confidence": suggestion.confidence,
        "answerable": float(question.answerable),
    }
    if question.answerable:
        measures["false_silence"] = float(not spoken)
        shown = {passage.document_id for passage in suggestion.passages}
        measures["evidenced"] = _any_gold(question, shown)
        measures["right"] = 0.0
    else:
        measures["false_answer"] = float(spoken)
        measures["evidenced"] = 0.0
        measures["right"] = float(not spoken)
    reply = suggestion.reply
    if spoken and question.answerable:
        cited = _cited(reply) if reply else set()
        measures["cites_gold"] = measures["right"] = _any_gold(question, cited)
        measures |= _against_reference(question, reply.text if reply else "")
    return measures | _form(reply, read) if reply else measures


def _any_gold(question: Question, document_ids: set[str]) -> float | Unscored:
    if not question.grades:
        return NO_GOLD
    return float(any(document_id in document_ids for document_id in question.grades))


def _cited(reply: Reply) -> set[str]:
    return {one.document_id for sentence in reply.sentences for one in sentence.citations}


def _against_reference(question: Question, reply: str) -> dict[str, float | Unscored]:
    shared = overlap(reply, question.answer) if question.answer else None
    if shared is None:
        return {"token_recall": NO_REFERENCE, "token_f1": NO_REFERENCE}
    return {"token_recall": shared.recall, "token_f1": shared.f1}


def _form(reply: Reply, read: ReadText) -> dict[str, float | Unscored]:
    """Words outside every sentence count as one more sentence, without a citation."""
    stray = int(bool(uncited_words(reply)))
    without = sum(not sentence.citations for sentence in reply.sentences)
    quoted = quoted_share(reply)
    return {
        "quoted_share": Unscored("the reply has no word") if quoted is None else quoted,
        "characters": float(len(reply.text)),
        "sentences": float(len(reply.sentences) + stray),
        "exact_sentences": float(sum(not found for found in problems(reply, read))),
        "uncited_sentences": float(without + stray),
    }


def failure(
    question: Question, suggestion: Suggestion | Unscored, scored: Scored, read: ReadText
) -> dict[str, Any] | None:
    """What to look at where an outcome is wrong, a citation inexact, or nothing was scored."""
    shown: dict[str, Any] = {"_id": question.question_id, "text": question.text}
    if isinstance(suggestion, Unscored):
        return {**shown, "failure": "could not be scored", "why": suggestion.reason}
    wrong = _wrong(scored.measures)
    if not wrong:
        return None
    reply = suggestion.reply
    return {
        **shown,
        "failure": wrong,
        "confidence": round(suggestion.confidence, 4),
        "reason": suggestion.reason,
        "reply": reply.text if reply else None,
        "cited": sorted(_cited(reply)) if reply else [],
        "inexact": [one for one in problems(reply, read) if one] if reply else [],
        "shown": list(dict.fromkeys(passage.document_id for passage in suggestion.passages)),
        "gold": sorted(question.grades),
        "answer": question.answer,
    }


def _wrong(measures: Measures) -> str:
    if measures.get("exact_sentences") != measures.get("sentences"):
        return "inexact citation"
    if measures.get("false_answer") == 1.0:
        return "false answer"
    if measures.get("false_silence") == 1.0:
        return "false silence"
    return "no gold document is cited" if measures.get("cites_gold") == 0.0 else ""
