"""Asks a copilot one question of a suite and scores what comes. Safe to use in several threads."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from copilot.answer.asking import Purpose
from copilot.answer.query import from_conversation, from_question
from copilot.answer.respond import passage_of
from copilot.assist import Copilot
from copilot.errors import CopilotError, NotFound
from copilot.history.recall import PREFIX
from copilot.types import Passage, Suggestion
from evals.checking import Checked
from evals.failure import failure
from evals.measure import Scored, Unscored, told
from evals.output import output
from evals.question import Question, gold
from evals.scorers import catalog
from evals.scorers.answered import Answered, ReadText
from evals.strangers import Strangers
from evals.suite import K, Suite

# One case as a line of cases.jsonl and as an entry of a result's questions.
Row = dict[str, Any]


class Examiner:
    """One copilot and the scorers of one suite. `strangers` knows the suite's customers."""

    def __init__(self, suite: Suite, copilot: Copilot, strangers: Strangers | None = None) -> None:
        self._suite = suite
        self._copilot = copilot
        self._leaks = strangers.shown if strangers else None
        self._read = stored_text(copilot)
        self._sent: defaultdict[str, list[str]] = defaultdict(list)
        if copilot.drafter is not None:
            copilot.drafter.asking.heard = self._heard

    def _heard(self, purpose: Purpose, text: str) -> None:
        if purpose.suggestion_id is not None:
            self._sent[purpose.suggestion_id].append(text)

    def examine(self, question: Question) -> Row:
        """The question's row. One that the copilot refuses could not be scored; others raise."""
        start = time.perf_counter()
        outcome: Suggestion | Unscored
        try:
            outcome = ask(self._copilot, question)
        except CopilotError as error:
            outcome = Unscored(f"{type(error).__name__}: {error}")
        return self.row(question, outcome, (time.perf_counter() - start) * 1000)

    def row(self, question: Question, outcome: Suggestion | Unscored, took_ms: float) -> Row:
        """What came of a question, with what the suite's scorers say of it."""
        names, k = self._suite.scorers, self._suite.k
        if isinstance(outcome, Unscored):
            scored = catalog.unscored(names, question, outcome, k)
        else:
            passages = outcome.passages
            scored = catalog.score(
                names,
                Answered(
                    question,
                    outcome,
                    self._found(question, passages) if "retrieval" in names else passages,
                    k,
                    took_ms,
                    self._read,
                    Checked(self._copilot.checker, passages, question.text),
                    self._leaks,
                    self._sent.pop(outcome.suggestion_id, ()),
                ),
            )
        return row_of(question, scored, output(outcome), took_ms)

    def _found(self, question: Question, shown: Sequence[Passage]) -> Sequence[Passage]:
        """A suggestion shows few passages; a suite that looks deeper has a search of its own."""
        return shown if self._suite.k <= K else search(self._copilot, question, self._suite.k)


def row_of(question: Question, scored: Scored, came: dict[str, Any], took_ms: float) -> Row:
    """A question's row, as JSON has it."""
    return {
        "_id": question.question_id,
        "cluster": scored.cluster,
        "text": question.text,
        "gold": gold(question),
        "output": came,
        "failure": failure(scored.measures),
        "measures": told(scored.measures),
        "took_ms": round(took_ms, 3),
    }


def ask(copilot: Copilot, question: Question) -> Suggestion:
    """A question is asked, a conversation assisted with."""
    scope, customer_id = question.scope, question.customer_id
    if question.conversation:
        turns = question.conversation
        return copilot.assist(turns, customer_id=customer_id, scope=scope, caller="evals")
    return copilot.ask(question.text, customer_id=customer_id, scope=scope, caller="evals")


def search(copilot: Copilot, question: Question, k: int) -> tuple[Passage, ...]:
    """The `k` best passages for what a question or a conversation wants."""
    turns = question.conversation
    wanted = from_conversation(turns) if turns else from_question(question.text)
    if wanted is None:
        return ()
    found = copilot.searcher.search(wanted, k, question.scope, copilot.store.now())
    return tuple(passage_of(hit) for hit in found.hits)


def stored_text(copilot: Copilot) -> ReadText:
    """Reads the text of a version from the database, each only once in a row of questions."""

    @lru_cache(maxsize=256)
    def read(document_id: str, version: int) -> str:
        if not document_id.startswith(PREFIX):
            return copilot.store.documents.version(document_id, version).document.text
        interaction_id = document_id.removeprefix(PREFIX)
        met = copilot.store.customers.interaction(interaction_id)
        owner = met.customer_id if met else None
        told = owner and copilot.store.customers.transcript(interaction_id, owner)
        if not told or told[1] != version:
            raise NotFound(f"no version {version} of {document_id}")
        return told[0]

    return read
