"""The share of a reply's sentences that the evidence on the screen supports, cited or not.

Whether a sentence's own citations support it is `citations`' to say. Courtesies need no support.
"""

from __future__ import annotations

from copilot.types import Sentence
from evals.measure import Measures, Metric, Unscored
from evals.question import Question
from evals.scorers.answered import UNDECIDED, Answered, Finding

METRICS = (
    Metric("groundedness", ("grounded",)),
    Metric("replies fully grounded", ("all_grounded",)),
)


def columns(question: Question) -> tuple[str, ...]:
    """None where silence is right: there is no reply then."""
    return () if question.answerable is False else ("grounded", "all_grounded")


def score(asked: Answered) -> Measures:
    """Nothing for silence."""
    reply = asked.suggestion.reply
    if reply is None:
        return {}
    if any(one.undecided for one in asked.findings):
        return dict.fromkeys(("grounded", "all_grounded"), Unscored(UNDECIDED))
    found = [
        one.supported or _shown(asked, sentence)
        for sentence, one in zip(reply.sentences, asked.findings, strict=True)
        if not _courtesy(one, sentence)
    ]
    if not found:
        return dict.fromkeys(("grounded", "all_grounded"), Unscored("the reply asserts nothing"))
    return {"grounded": sum(found) / len(found), "all_grounded": float(all(found))}


def _courtesy(finding: Finding, sentence: Sentence) -> bool:
    return finding.courtesy and not sentence.citations


def _shown(asked: Answered, sentence: Sentence) -> bool:
    return asked.claims.shown(sentence.text, asked.suggestion.passages).supported
