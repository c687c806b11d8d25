"""Is it the right procedure, and is the step that comes next the right one?"""

from __future__ import annotations

from copilot.procedures.owner import own_words
from copilot.structure import plain
from copilot.types import NextStep, Suggestion
from evals.measure import Measures, Metric
from evals.question import Question
from evals.scorers.answered import Answered

METRICS = (
    Metric("right procedures", ("right_procedure",)),
    Metric("right next steps", ("right_step",)),
)


def columns(question: Question) -> tuple[str, ...]:
    """None where neither is expected."""
    procedure = ("right_procedure",) if question.expect.procedure else ()
    return (*procedure, "right_step") if question.expect.step else procedure


def score(asked: Answered) -> Measures:
    """A step is the expected one by its id, or by the words that it begins with."""
    expect = asked.question.expect
    measures: dict[str, float] = {}
    if expect.procedure:
        procedure = asked.suggestion.procedure
        measures["right_procedure"] = float(
            procedure is not None and procedure.document_id == expect.procedure
        )
    if expect.step:
        following = next_step(asked.suggestion)
        measures["right_step"] = float(following is not None and _is(following, expect.step))
    return measures


def next_step(suggestion: Suggestion) -> NextStep | None:
    """The step that comes next, if there is one."""
    return next((step for step in suggestion.next_steps if step.state == "next"), None)


def _is(step: NextStep, expected: str) -> bool:
    """By its id, or by its words from their beginning, with or without whose step it is."""
    wanted = _folded(expected)
    return step.step_id == expected or any(
        _folded(words).startswith(wanted) for words in (step.text, own_words(step.text, step.owner))
    )


def _folded(text: str) -> str:
    return " ".join(plain(text).casefold().split()).rstrip(".")
