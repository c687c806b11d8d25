"""How much of the reference answer a reply says, by its words; a rough look, see `overlap`."""

from __future__ import annotations

from copilot.types import Status
from evals.measure import Measures, Metric, Unscored
from evals.question import Question
from evals.scorers.answered import Answered
from evals.scorers.overlap import overlap

NO_REFERENCE = Unscored("no reference answer is given")
METRICS = (Metric("token recall", ("token_recall",)), Metric("token f1", ("token_f1",)))


def columns(question: Question) -> tuple[str, ...]:
    """None for a question without a reference answer."""
    return ("token_recall", "token_f1") if question.answerable and question.answer else ()


def score(asked: Answered) -> Measures:
    """The words in common, where there is an answer and the copilot spoke."""
    question, suggestion = asked.question, asked.suggestion
    if not question.answerable or suggestion.status is not Status.SUGGESTED:
        return {}
    reply = suggestion.reply.text if suggestion.reply else ""
    shared = overlap(reply, question.answer) if question.answer else None
    if shared is None:
        return {"token_recall": NO_REFERENCE, "token_f1": NO_REFERENCE}
    return {"token_recall": shared.recall, "token_f1": shared.f1}
