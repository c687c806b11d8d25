"""What language models took for an answer: tokens, and money where a price is set."""

from __future__ import annotations

from evals.measure import Measures, Metric, Unscored
from evals.question import Question
from evals.scorers.answered import Answered

NOT_ASKED = Unscored("no model was asked")
_COUNTED = ("prompt_tokens", "completion_tokens", "cost")
METRICS = tuple(
    Metric(name.replace("_", " "), (name,), higher_is_better=False) for name in _COUNTED
)


def columns(question: Question) -> tuple[str, ...]:
    return _COUNTED


def score(asked: Answered) -> Measures:
    """Of all calls that were made for the answer."""
    usage = asked.suggestion.usage
    if usage is None:
        return dict.fromkeys(_COUNTED, NOT_ASKED)
    return {name: float(getattr(usage, name)) for name in _COUNTED}
