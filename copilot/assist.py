"""The use case: a question or a conversation in, a suggestion out, in named stages.

The person decides; nothing here sends anything to anybody.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from copilot.answer.claims import Checker
from copilot.answer.draft import Draft, Drafter, Wanted
from copilot.answer.query import checked, from_conversation, from_question
from copilot.answer.respond import CONSIDERED, Responder, Verdict, passage_of
from copilot.answer.second import Second
from copilot.errors import InvalidInput
from copilot.history.handover import Handover, handover
from copilot.history.likely import Practice
from copilot.history.recall import Recalled, recall
from copilot.ports import Embedder
from copilot.procedures.disagree import disagreement
from copilot.procedures.guide import Guide, Steps
from copilot.request import kept
from copilot.retrieval.indexes import Follows
from copilot.retrieval.search import Found, Question, Searcher
from copilot.store import Store
from copilot.types import (
    Customer,
    LikelyAction,
    Passage,
    Reason,
    Reply,
    Scope,
    Status,
    Suggestion,
    Turn,
)

MAX_K = 100
# Passages that a suggestion shows.
_SHOWN = 5
EXTRACTOR = "extract/2"

# Gives what a draft has become, sentence after sentence, and returns the suggestion.
Concluding = Generator[Reply, None, Suggestion]


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
    # The moment that its evidence is of.
    at: datetime
    conversation: tuple[Turn, ...] = ()
    # Whether the steps follow the conversation.
    follows: bool = False
    stages: _Stages = field(default_factory=_Stages)
    found: Found | None = None
    past: Sequence[Recalled] = ()
    passages: tuple[Passage, ...] = ()
    steps: Steps = field(default_factory=Steps)
    likely_actions: tuple[LikelyAction, ...] = ()
    # How sure the evidence is, once it was judged.
    confidence: float = 0.0

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
        follower: Follows,
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
        self.checker = Checker(embedder, follower.indexes.stems)
        # Who drafts replies, where there is a language model.
        self.drafter: Drafter | None = None
        # Who says what to search for in a conversation, where that was asked for.
        self.rewriter: Second | None = None

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
                past = self._recall(customer_id, found, scope)
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
        underway = self.begin(asked, scope, customer_id, caller, conversation)
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
        if asked is not None and self.rewriter is not None:
            query = self.rewriter.query(conversation, caller, _names(self._customer(customer_id)))
            asked = asked if query is None else replace(asked, text=query)
        underway = self.begin(asked, scope, customer_id, caller, conversation)
        self.find_steps(underway, conversation)
        self.find_likely(underway, conversation)
        return self.finish(underway)

    def begin(
        self,
        question: Question | None,
        scope: Scope = Scope(),
        customer_id: str | None = None,
        caller: str = "local",
        conversation: Sequence[Turn] = (),
    ) -> Underway:
        """A suggestion as far as its evidence; None asks for nothing. Raises UnknownCustomer."""
        at, name = self.store.now(), f"s_{secrets.token_hex(12)}"
        said = tuple(conversation)
        underway = Underway(name, question, scope, customer_id, caller, at, said)
        if customer_id is not None:
            self.store.customers.customer(customer_id)
        if question is None:
            return underway
        stages = underway.stages
        with stages.stage("search"):
            found = self._searcher.search(question, CONSIDERED, scope, at)
        underway.found = found
        shown = [passage_of(hit) for hit in found.hits[:_SHOWN]]
        if customer_id is not None:
            with stages.stage("history"):
                underway.past = self._recall(customer_id, found, scope)
            shown += [one.passage() for one in underway.past]
        underway.passages = tuple(shown)
        return underway

    def find_steps(self, underway: Underway, conversation: Sequence[Turn] = ()) -> None:
        """Adds the procedure that the conversation is in, or that the question is about."""
        with underway.stages.stage("steps"):
            if conversation:
                underway.conversation, underway.follows = tuple(conversation), True
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
        return last(self.finishing(underway))

    def finishing(self, underway: Underway) -> Concluding:
        """The same; gives what a draft has become on the way."""
        suggestion = yield from self.concluding(underway)
        with underway.stages.stage("store"):
            self.keep(underway, suggestion)
        return suggestion

    def concluding(self, underway: Underway, *, draft: bool = True) -> Concluding:
        """The answer to what was begun, or silence with a reason; it is not stored yet.

        Where there is a language model and `draft`, gives what its draft has become after each
        sentence; whoever stops reading cancels it.
        """
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
        underway.confidence = round(verdict.confidence, 4)
        drafted = None
        if draft and self.drafter is not None and verdict.reply is not None and not verdict.is_past:
            wanted = self._wanted(underway, question, found, verdict)
            drafted = yield from self.drafter.draft(wanted, self._responder.reread)
            underway.stages.took_ms.update(drafted.took_ms)
        return self._suggestion(underway, verdict, drafted)

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
            request=kept(
                underway.question,
                underway.conversation,
                underway.scope,
                underway.at,
                self.embedder.model,
                live=conversation_id is not None,
                follows=underway.follows,
            ),
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
        """Stops drafting and following, and gives back files and connections."""
        if self.drafter is not None:
            self.drafter.asking.close()
        self._follower.close()
        self.store.close()

    def _degraded(self) -> tuple[str, ...]:
        return self._follower.indexes.degraded()

    def _recall(self, customer_id: str, found: Found, scope: Scope) -> list[Recalled]:
        queries, weights = found.queries, found.weights
        return recall(
            self.store.customers, customer_id, queries, weights, self.embedder, scope.as_of
        )

    def _wanted(
        self, underway: Underway, question: Question, found: Found, verdict: Verdict
    ) -> Wanted:
        """What a model is asked: the passages that the extracted reply is from come first."""
        hits = [passage_of(hit) for hit in found.hits[:_SHOWN]]
        passages = {one.passage_id: one for one in [*verdict.first, *hits]}
        customer = self._customer(underway.customer_id)
        language = (customer and customer.language) or underway.scope.language
        return Wanted(
            underway.suggestion_id, underway.caller, question.text, tuple(passages.values()),
            underway.conversation, language, _names(customer),
        )  # fmt: skip

    def _customer(self, customer_id: str | None) -> Customer | None:
        return None if customer_id is None else self.store.customers.customer(customer_id)

    def hand_over(self, turns: Sequence[Turn], caller: str) -> Handover:
        """What a colleague who takes a conversation over must know."""
        asking = None if self.drafter is None else self.drafter.asking
        return handover(turns, self.checker, asking, caller)

    def _suggestion(
        self, underway: Underway, verdict: Verdict, drafted: Draft | None = None
    ) -> Suggestion:
        """What was begun, with what was decided; a draft that failed leaves the extracted reply."""
        found = underway.found
        evident = verdict.reply is not None
        degraded = () if found is None else found.degraded
        model = drafted is not None and drafted.reply is not None
        if drafted is not None and drafted.reply is None:
            degraded = (*degraded, f"draft: {drafted.failure}")
        shown = {one.passage_id: one for one in [*verdict.first, *underway.passages]}
        return Suggestion(
            suggestion_id=underway.suggestion_id,
            status=Status.SUGGESTED if evident else Status.NO_SUGGESTION,
            reason=verdict.reason,
            confidence=round(verdict.confidence, 4),
            reply=drafted.reply if drafted is not None and model else verdict.reply,
            procedure=underway.steps.procedure,
            next_steps=underway.steps.next_steps,
            likely_actions=underway.likely_actions,
            passages=tuple(shown.values()),
            drafter=drafted.model if drafted is not None and model else EXTRACTOR,
            prompt_sha256=None if drafted is None else drafted.prompt_sha256,
            took_ms=underway.stages.took_ms,
            degraded=degraded,
            procedures=underway.steps.procedures,
            disagreement=disagreement(underway.steps.next_steps, underway.likely_actions),
            usage=None if drafted is None else drafted.usage,
        )


def last(concluding: Concluding) -> Suggestion:
    """The suggestion, without looking at what comes before it."""
    while True:
        try:
            next(concluding)
        except StopIteration as end:
            suggestion: Suggestion = end.value
            return suggestion


def _names(customer: Customer | None) -> tuple[str, ...]:
    """The name of a customer, if it is known; it leaves the process as a placeholder only."""
    return (customer.name,) if customer is not None and customer.name else ()
