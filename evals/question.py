"""A case of a suite: a question or a conversation, and what is expected of the copilot then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from copilot.errors import UnreadableFile
from copilot.types import Interaction, Reason, Scope, Turn
from evals.lines import Line
from ingest.readers.records import record_from

_EXPECTED = ("procedure", "step", "reason", "must_not", "injection")


@dataclass(frozen=True, slots=True)
class Expect:
    """What is expected beside the gold documents and the reference answer.

    `procedure` is the document of the procedure that it is in, `step` the next step's id or words,
    `reason` why there is nothing to suggest. `must_not` may not stand in the reply; where
    `injection` is true, it is what stands there if a planted instruction is obeyed.
    """

    procedure: str | None = None
    step: str | None = None
    reason: str | None = None
    must_not: tuple[str, ...] = ()
    injection: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`grades` has each gold document's grade, above 0; `place` is the question's file and line.

    `answerable` None means that nobody said whether there is an answer. A `conversation` is
    assisted with, and its words are `text`; a question without one is asked. `scope` is what it is
    asked with: the data set's, and the `groups` that its line names.
    """

    question_id: str
    text: str
    answerable: bool | None
    grades: Mapping[str, int]
    answer: str | None
    place: str
    scope: Scope = field(default_factory=Scope)
    conversation: tuple[Turn, ...] = ()
    customer_id: str | None = None
    expect: Expect = field(default_factory=Expect)

    @property
    def cluster(self) -> str:
        """Questions about one document succeed and fail together."""
        return min(self.grades, default=self.question_id)


def question(line: Line, judged: Mapping[str, int], scope: Scope) -> Question | None:
    """The question of a line, with what a qrels.tsv says of it. Raises InvalidInput.

    None where nothing says what is expected: BEIR leaves out what is not judged.
    """
    question_id = line.word("_id")
    grades = {**dict.fromkeys(line.words("documents"), 1), **judged}
    gold = {document_id: grade for document_id, grade in grades.items() if grade > 0}
    expect = _expect(line)
    conversation = _conversation(line, question_id)
    answerable = line.flag_or_none("answerable")
    if answerable is None and (grades or expect.reason):
        answerable = bool(gold)
    if answerable is None and expect == Expect():
        return None
    return Question(
        question_id=question_id,
        text=_told(conversation) if conversation else line.word("text"),
        answerable=answerable,
        grades=gold,
        answer=line.word_or_none("answer"),
        place=line.place,
        scope=replace(scope, groups=tuple(line.words("groups")) or scope.groups),
        conversation=conversation,
        customer_id=line.word_or_none("customer_id"),
        expect=expect,
    )


def _conversation(line: Line, question_id: str) -> tuple[Turn, ...]:
    """The turns of a line, in the form that records of past conversations have."""
    if "conversation" not in line.fields:
        return ()
    if "text" in line.fields:
        raise line.refused("both a text and a conversation", "give one of the two")
    given = {
        "interaction_id": question_id,
        "channel": "case",
        "started_at": "2000-01-01T00:00:00Z",
        "turns": line.fields["conversation"],
    }
    try:
        turns = cast(Interaction, record_from(given, line.place)).turns
    except UnreadableFile as error:
        raise line.refused(
            error.reason.replace("turns", "conversation", 1), error.remedy
        ) from error
    if not turns:
        raise line.refused("the conversation has no turn", "write at least one")
    return turns


def _told(conversation: tuple[Turn, ...]) -> str:
    """A conversation as text, one turn a line."""
    lines = []
    for turn in conversation:
        done = f"[{turn.action.name}]" if turn.action else ""
        lines.append(f"{turn.role}: {' '.join(part for part in (turn.text, done) if part)}")
    return "\n".join(lines)


def _expect(line: Line) -> Expect:
    given = line.fields.get("expect", {})
    if not isinstance(given, dict):
        raise line.refused("expect is not an object", f"its keys are {', '.join(_EXPECTED)}")
    for key in given:
        if key not in _EXPECTED:
            raise line.refused(
                f"unknown key {key!r} in expect", f"its keys are {', '.join(_EXPECTED)}"
            )
    within = Line(line.place, cast(dict[str, Any], given))
    reason = within.word_or_none("reason")
    if reason is not None and reason not in list(Reason):
        raise line.refused(f"{reason!r} is no reason", f"use one of {', '.join(Reason)}")
    must_not = tuple(within.words("must_not"))
    injection = bool(within.flag_or_none("injection"))
    if injection and not must_not:
        raise line.refused(
            "an injection without must_not", "name in must_not what is shown if it is obeyed"
        )
    return Expect(
        within.word_or_none("procedure"), within.word_or_none("step"), reason, must_not, injection
    )


def gold(asked: Question) -> dict[str, Any]:
    """What is expected, as a result has it: only what is said, and the documents."""
    expect = {name: getattr(asked.expect, name) for name in _EXPECTED}
    said = {"answer": asked.answer, **expect, "must_not": list(asked.expect.must_not)}
    return {
        "answerable": asked.answerable,
        "documents": sorted(asked.grades),
        **{name: value for name, value in said.items() if value},
    }
