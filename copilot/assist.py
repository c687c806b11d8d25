"""The use case: a question or a conversation in, a suggestion out, in named stages.

The person decides; nothing here sends anything to anybody.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from copilot.answer.query import checked, from_conversation, from_question
from copilot.answer.respond import CONSIDERED, Responder, Verdict, passage_of
from copilot.errors import InvalidInput
from copilot.history.likely import Practice
from copilot.history.recall import Recalled, recall
from copilot.ports import Embedder
from copilot.privacy.mask import mask
from copilot.procedures.disagree import disagreement
from copilot.procedures.guide import Guide, Steps
from copilot.retrieval.follow import Follower
from copilot.retrieval.search import Found, Question, Searcher
from copilot.store import Store
from copilot.types import (
    LikelyAction,
    Passage,
    Reason,
    Scope,
    Status,
    Suggestion,
    Turn,
)

MAX_K = 100
# Passages that a suggestion shows.
_SHOWN = 5
EXTRACTOR = "extract/2"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Passages, best first, one a document version; `took_ms` is by stage."""

    passages: tuple[Passage, ...]
    took_ms: dict[str, float]
    degraded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a search would answer, what was looked at, and what does not serve as it should."""

    ready: bool
    checks: dict[str, str]
    degraded: tuple[str, ...]


@dataclass(slots=True)
class _Stages:
    """Milliseconds by stage, and since the first one began."""

    took_ms: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)

    def so_far(self) -> float:
        return round((time.perf_counter() - self.began) * 1000, 3)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - start) * 1000
            self.took_ms[name] = round(self.took_ms.get(name, 0.0) + spent, 3)


@dataclass(slots=True)
class Underway:
    """A suggestion on its way: what was asked, and what the stages have brought so far."""

    suggestion_id: str
    question: Question | None
    scope: Scope
    customer_id: str | None
    caller: str
    stages: _Stages = field(default_factory=_Stages)
    found: Found | None = None
    past: Sequence[Recalled] = ()
    passages: tuple[Passage, ...] = ()
    steps: Steps = field(default_factory=Steps)
    likely_actions: tuple[LikelyAction, ...] = ()

    @property
    def took_ms(self) -> float:
        """Milliseconds since it was begun."""
        return self.stages.so_far()


class Copilot:
    """One database, one embedder, one set of indexes. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        follower: Follower,
        searcher: Searcher,
        practice: Practice | None = None,
        requests: Embedder | None = None,
    ) -> None:
        self.store = store
        self.embedder = embedder
        self._follower = follower
        self._searcher = searcher
        self.guide = Guide(store, embedder, searcher, requests)
        self.practice = practice or Practice(store.cases, embedder, searcher.utterance)
        self._responder = Responder(store, embedder, searcher, follower.indexes.stems)

    @property
    def searcher(self) -> Searcher:
        """What searches; for those who look into a search, or prepare for one."""
        return self._searcher

    def search(
        self,
        query: str,
        *,
        conversation: Sequence[Turn] = (),
        k: int = 10,
        scope: Scope = Scope(),
        customer_id: str | None = None,
    ) -> SearchResult:
        """The `k` best passages; with a customer, what their own past says comes after them.

        Raises InvalidInput and UnknownCustomer.
        """
        if not 1 <= k <= MAX_K:
            raise InvalidInput(f"is {k}", place="k", remedy=f"ask for 1 to {MAX_K}")
        stages = _Stages()
        question = from_question(checked(query, "query"), conversation)
        with stages.stage("search"):
            found = self._searcher.search(question, k, scope, self.store.now())
        passages = [passage_of(hit) for hit in found.hits]
        if customer_id is not None:
            with stages.stage("history"):
                past = self._recall(customer_id, found)
            passages = [*passages, *(one.passage() for one in past)][:k]
        return SearchResult(tuple(passages), stages.took_ms, found.degraded)

    def ask(
        self,
        question: str,
        *,
        conversation: Sequence[Turn] = (),
        scope: Scope = Scope(),
        customer_id: str | None = None,
        caller: str = "local",
    ) -> Suggestion:
        """A suggestion for a member of staff who asks. Raises InvalidInput, UnknownCustomer."""
        asked = from_question(question, conversation)
        underway = self.begin(asked, scope, customer_id, caller)
        self.find_steps(underway)
        return self.finish(underway)

    def assist(
        self,
        conversation: Sequence[Turn],
        *,
        customer_id: str | None = None,
        scope: Scope = Scope(),
        caller: str = "local",
    ) -> Suggestion:
        """A suggestion for what the customer wants now. Raises InvalidInput, UnknownCustomer."""
        asked = from_conversation(conversation)
        underway = self.begin(asked, scope, customer_id, caller)
        self.find_steps(underway, conversation)
        self.find_likely(underway, conversation)
        return self.finish(underway)

    def begin(
        self,
        question: Question | None,
        scope: Scope = Scope(),
        customer_id: str | None = None,
        caller: str = "local",
    ) -> Underway:
        """A suggestion as far as its evidence; None asks for nothing. Raises UnknownCustomer."""
        underway = Underway(f"s_{secrets.token_hex(12)}", question, scope, customer_id, caller)
        if customer_id is not None:
            self.store.customers.customer(customer_id)
        if question is None:
            return underway
        stages = underway.stages
        with stages.stage("search"):
            found = self._searcher.search(question, CONSIDERED, scope, self.store.now())
        underway.found = found
        shown = [passage_of(hit) for hit in found.hits[:_SHOWN]]
        if customer_id is not None:
            with stages.stage("history"):
                underway.past = self._recall(customer_id, found)
            shown += [one.passage() for one in underway.past]
        underway.passages = tuple(shown)
        return underway

    def find_steps(self, underway: Underway, conversation: Sequence[Turn] = ()) -> None:
        """Adds the procedure that the conversation is in, or that the question is about."""
        with underway.stages.stage("steps"):
            if conversation:
                if underway.question is not None and underway.found is not None:
                    self.guide.searched(underway.question, underway.scope, underway.found)
                underway.steps = self.guide.steps(conversation, underway.scope)
            elif underway.question is not None:
                underway.steps = self.guide.steps_for(
                    underway.question, underway.scope, underway.found
                )

    def find_likely(self, underway: Underway, conversation: Sequence[Turn]) -> None:
        """Adds what was done next in past conversations that had come to the same point."""
        with underway.stages.stage("practice"):
            underway.likely_actions = self.practice.likely(conversation)

    def finish(self, underway: Underway) -> Suggestion:
        """What is suggested, stored with what produced it."""
        suggestion = self.conclude(underway)
        with underway.stages.stage("store"):
            self.keep(underway, suggestion)
        return suggestion

    def conclude(self, underway: Underway) -> Suggestion:
        """The answer to what was begun, or silence with a reason; it is not stored yet."""
        question, found = underway.question, underway.found
        if question is None or found is None:
            return self.silence(underway, Reason.NO_NEED)
        with underway.stages.stage("answer"):
            verdict = self._responder.verdict(
                question,
                found,
                underway.past,
                underway.scope,
                underway.customer_id,
            )
        return self._suggestion(underway, verdict)

    def silence(self, underway: Underway, reason: Reason) -> Suggestion:
        """No suggestion, for this reason, with whatever evidence there is."""
        return self._suggestion(underway, Verdict(reason, 0.0))

    def keep(
        self,
        underway: Underway,
        suggestion: Suggestion,
        *,
        conversation_id: str | None = None,
        connection: Connection | None = None,
    ) -> None:
        """Stores what was offered and what it was offered for, masked.

        With a connection it is written in that one's transaction.
        """
        self.store.suggestions.add(
            suggestion,
            request=self._request(underway),
            caller=underway.caller,
            customer_id=underway.customer_id,
            conversation_id=conversation_id,
            connection=connection,
        )

    def readiness(self) -> Readiness:
        """Whether a search would answer now; a database that does not answer is one reason."""
        try:
            backlog = self._follower.backlog
            documents = self.store.documents.count()
        except SQLAlchemyError as error:
            return Readiness(False, {"database": type(error).__name__}, self._degraded())
        checks = {
            "database": "ok",
            "embedder": self.embedder.model,
            "documents": str(documents),
            "chunks": str(len(self._follower.indexes.exact)),
            "changes behind": str(backlog),
        }
        return Readiness(True, checks, self._degraded())

    def close(self) -> None:
        """Stops following and gives back files and connections."""
        self._follower.close()
        self.store.close()

    def _degraded(self) -> tuple[str, ...]:
        return self._follower.indexes.degraded()

    def _recall(self, customer_id: str, found: Found) -> list[Recalled]:
        return recall(
            self.store.customers, customer_id, found.queries, found.weights, self.embedder
        )

    def _suggestion(self, underway: Underway, verdict: Verdict) -> Suggestion:
        """What was begun, with what was decided."""
        found = underway.found
        evident = verdict.reply is not None
        shown = {one.passage_id: one for one in [*verdict.first, *underway.passages]}
        return Suggestion(
            suggestion_id=underway.suggestion_id,
            status=Status.SUGGESTED if evident else Status.NO_SUGGESTION,
            reason=verdict.reason,
            confidence=round(verdict.confidence, 4),
            reply=verdict.reply,
            procedure=underway.steps.procedure,
            next_steps=underway.steps.next_steps,
            likely_actions=underway.likely_actions,
            passages=tuple(shown.values()),
            drafter=EXTRACTOR,
            prompt_sha256=None,
            took_ms=underway.stages.took_ms,
            degraded=() if found is None else found.degraded,
            procedures=underway.steps.procedures,
            disagreement=disagreement(underway.steps.next_steps, underway.likely_actions),
        )

    def _request(self, underway: Underway) -> dict[str, Any]:
        question, scope = underway.question, underway.scope
        asked = None
        if question is not None:
            asked = {"text": mask(question.text), "context": mask(question.before)}
        as_of = (scope.as_of or self.store.now()).astimezone(UTC)
        return {
            "question": asked,
            "scope": {**asdict(scope), "as_of": as_of.isoformat()},
            "embedder": self.embedder.model,
        }
