"""The use case: a question or a conversation in, a suggestion out, in named stages.

The person decides; nothing here sends anything to anybody.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from copilot.answer import abstain, conflict, evidence, ground
from copilot.answer.extract import Scored, best_run, steps, strength
from copilot.answer.query import asks_how, checked, from_conversation, from_question
from copilot.errors import InvalidInput
from copilot.history.recall import Recalled, asks_about_past, recall
from copilot.ports import Embedder
from copilot.privacy.mask import mask
from copilot.retrieval.follow import Follower
from copilot.retrieval.search import Found, Hit, Question, Searcher
from copilot.store import Store
from copilot.store.index import version_text
from copilot.structure import numbered_lists
from copilot.types import (
    Listener,
    Passage,
    Reason,
    Reply,
    Scope,
    Staged,
    Status,
    Suggestion,
    Turn,
)

MAX_K = 100
# Hits that a suggestion is made from, and passages that it shows.
CONSIDERED = 12
_SHOWN = 5
# Documents beside the first whose sentences are held against it.
_COMPARED = 7
# A customer's past answers instead of a document when it is this much nearer to the question.
_PAST_LEAD = 0.05
_PAST_ENOUGH = 0.45
# Where the question is about the past by its words, this is enough.
_PAST_ASKED_FOR = 0.3
# Steps are looked for in so many characters of a document.
_LONG = 100_000
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
class _Verdict:
    """What was decided: a reply, or why there is none; `first` are passages to show first."""

    reason: Reason | None
    confidence: float
    reply: Reply | None = None
    first: tuple[Passage, ...] = ()
    strength: float = 0.0


class Copilot:
    """One database, one embedder, one set of indexes. Safe to call from several threads."""

    def __init__(
        self, store: Store, embedder: Embedder, follower: Follower, searcher: Searcher
    ) -> None:
        self.store = store
        self.embedder = embedder
        self._follower = follower
        self._searcher = searcher
        self._calibration = abstain.load_calibration()

    @property
    def searcher(self) -> Searcher:
        """What searches; for those who look into a search, as the evaluations do."""
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
        passages = [_passage(hit) for hit in found.hits]
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
        listener: Listener | None = None,
    ) -> Suggestion:
        """A suggestion for a member of staff who asks. Raises InvalidInput, UnknownCustomer."""
        asked = from_question(question, conversation)
        return self._suggest(asked, scope, customer_id, caller, listener)

    def assist(
        self,
        conversation: Sequence[Turn],
        *,
        customer_id: str | None = None,
        scope: Scope = Scope(),
        caller: str = "local",
        listener: Listener | None = None,
    ) -> Suggestion:
        """A suggestion for what the customer wants now. Raises InvalidInput, UnknownCustomer."""
        asked = from_conversation(conversation)
        return self._suggest(asked, scope, customer_id, caller, listener)

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

    def _suggest(
        self,
        question: Question | None,
        scope: Scope,
        customer_id: str | None,
        caller: str,
        listener: Listener | None,
    ) -> Suggestion:
        stages = _Stages()
        suggestion_id = f"s_{secrets.token_hex(12)}"
        passages: tuple[Passage, ...] = ()
        degraded: tuple[str, ...] = ()
        if customer_id is not None:
            self.store.customers.customer(customer_id)
        if question is None:
            verdict = _Verdict(Reason.NO_NEED, 0.0)
        else:
            with stages.stage("search"):
                found = self._searcher.search(question, CONSIDERED, scope, self.store.now())
            degraded = found.degraded
            past: list[Recalled] = []
            if customer_id is not None:
                with stages.stage("history"):
                    past = self._recall(customer_id, found)
            shown = [_passage(hit) for hit in found.hits[:_SHOWN]]
            shown += [one.passage() for one in past]
            if listener is not None:
                listener(Staged("evidence", suggestion_id, stages.so_far(), tuple(shown)))
            with stages.stage("answer"):
                verdict = self._answer(question, found, past, scope, customer_id)
            first = {passage.passage_id: passage for passage in [*verdict.first, *shown]}
            passages = tuple(first.values())
        suggestion = Suggestion(
            suggestion_id=suggestion_id,
            status=Status.SUGGESTED if verdict.reply else Status.NO_SUGGESTION,
            reason=verdict.reason,
            confidence=round(verdict.confidence, 4),
            reply=verdict.reply,
            procedure=None,
            next_steps=(),
            likely_actions=(),
            passages=passages,
            drafter=EXTRACTOR,
            prompt_sha256=None,
            took_ms=stages.took_ms,
            degraded=degraded,
        )
        with stages.stage("store"):
            self._keep(suggestion, question, scope, customer_id, caller)
        return suggestion

    def _answer(
        self,
        question: Question,
        found: Found,
        past: Sequence[Recalled],
        scope: Scope,
        customer_id: str | None,
    ) -> _Verdict:
        verdict = self._from_documents(question, found)
        from_past = self._from_past(question, found, past, customer_id, verdict)
        if from_past is not None:
            return from_past
        if verdict.reason in (Reason.NO_EVIDENCE, Reason.WEAK_EVIDENCE):
            verdict = self._explain(verdict, question, found, scope)
        return verdict

    def _from_documents(self, question: Question, found: Found) -> _Verdict:
        """A reply from the best document, or why there is none."""
        if not found.hits:
            return _Verdict(Reason.NO_EVIDENCE, 0.0)
        with self.store.engine.connect() as connection:
            sentences = evidence.sentences(connection, found.hits[0], found, self.embedder)
            verdict = _Verdict(None, self._confidence(found.hits, sentences))
            verdict.strength = strength(sentences)
            verdict.reason = abstain.silence(verdict.confidence, self._calibration)
            if verdict.reason is not None:
                return verdict
            other = self._disagreeing(connection, question, found, sentences)
            if other is not None:
                verdict.reason = Reason.CONFLICTING
                verdict.first = (_passage(found.hits[0]), _passage(other))
                return verdict
            best = found.hits[0].candidate

            def reread(start: int, end: int) -> str | None:
                return version_text(connection, best.document_id, best.version, start, end)

            chosen = best_run(sentences)
            if asks_how(question.text):
                chosen = self._steps(connection, found) or chosen
            verdict.reply = ground.compose(best.document_id, best.version, chosen, reread)
        if verdict.reply is None:
            verdict.reason = Reason.NO_EVIDENCE
        return verdict

    def _steps(self, connection: Connection, found: Found) -> list[Scored]:
        """The steps of the best document from the first one on, where it has any."""
        best = found.hits[0].candidate
        text = version_text(connection, best.document_id, best.version, 0, _LONG) or ""
        lists = numbered_lists(text)
        if not lists:
            return []
        everything = evidence.sentences(connection, found.hits[0], found, self.embedder, far=True)
        return steps(everything, lists)

    def _disagreeing(
        self,
        connection: Connection,
        question: Question,
        found: Found,
        sentences: Sequence[Scored],
    ) -> Hit | None:
        """The best hit of another document that says something else to the question."""
        chosen = conflict.Told(found.hits[0].candidate.title, sentences)
        others = found.hits[1 : 1 + _COMPARED]
        told = [
            conflict.Told(
                hit.candidate.title, evidence.sentences(connection, hit, found, self.embedder)
            )
            for hit in others
        ]
        stems = self._follower.indexes.stems
        clash = conflict.any_conflict(question.text, chosen, told, stems)
        return None if clash is None else others[clash[0]]

    def _from_past(
        self,
        question: Question,
        found: Found,
        past: Sequence[Recalled],
        customer_id: str | None,
        verdict: _Verdict,
    ) -> _Verdict | None:
        """A reply from this customer's own history, where that is what was asked about."""
        if not past or customer_id is None:
            return None
        best = max(past, key=lambda one: one.strength)
        if asks_about_past(question.text):
            enough = _PAST_ASKED_FOR
        else:
            enough = max(_PAST_ENOUGH, verdict.strength + _PAST_LEAD)
        if best.strength < enough:
            return None
        stored = self.store.customers.transcript(best.past.interaction_id, customer_id)
        if stored is None or stored[1] != best.past.version:
            return None
        text = stored[0]
        reply = ground.compose(
            best.document_id,
            best.past.version,
            best_run(best.sentences),
            lambda start, end: text[start:end],
        )
        if reply is None:
            return None
        sure = max(verdict.confidence, min(0.99, best.strength))
        return _Verdict(None, sure, reply, (best.passage(),))

    def _explain(
        self, verdict: _Verdict, question: Question, found: Found, scope: Scope
    ) -> _Verdict:
        """Says so where the answer is known but no longer in force, or not for this caller."""
        enough = max(self._calibration.enough, verdict.confidence)
        if self._would_answer([*found.stale[:1], *found.hits], found) >= enough and found.stale:
            return replace(verdict, reason=Reason.OUT_OF_DATE)
        unlimited = Scope(as_of=scope.as_of)
        if scope != unlimited:
            wider = self._searcher.search(question, CONSIDERED, unlimited, self.store.now())
            seen = {hit.candidate.version_key for hit in found.hits}
            first = [hit for hit in wider.hits[:1] if hit.candidate.version_key not in seen]
            if first and self._would_answer(wider.hits, wider) >= enough:
                return replace(verdict, reason=Reason.NOT_PERMITTED)
        return verdict

    def _would_answer(self, hits: Sequence[Hit], found: Found) -> float:
        """The confidence that these hits would give; 0 without any."""
        if not hits:
            return 0.0
        with self.store.engine.connect() as connection:
            sentences = evidence.sentences(connection, hits[0], found, self.embedder)
        return self._confidence(hits, sentences)

    def _confidence(self, hits: Sequence[Hit], sentences: Sequence[Scored]) -> float:
        vectors = self._searcher.vectors(hits)
        if len(vectors) != len(hits):
            return 0.0
        values = abstain.features(hits, vectors, sentences, self._searcher.dense_weight)
        return abstain.confidence(values, self._calibration)

    def _keep(
        self,
        suggestion: Suggestion,
        question: Question | None,
        scope: Scope,
        customer_id: str | None,
        caller: str,
    ) -> None:
        """Stores what was offered and what it was offered for, masked."""
        asked = None
        if question is not None:
            asked = {"text": mask(question.text), "context": mask(question.context)}
        as_of = (scope.as_of or self.store.now()).astimezone(UTC)
        request = {
            "question": asked,
            "scope": {**asdict(scope), "as_of": as_of.isoformat()},
            "embedder": self.embedder.model,
        }
        self.store.suggestions.add(
            suggestion, request=request, caller=caller, customer_id=customer_id
        )


def _passage(hit: Hit) -> Passage:
    row = hit.candidate
    return Passage(
        passage_id=f"c{row.chunk_key}",
        document_id=row.document_id,
        version=row.version,
        title=row.title,
        heading=row.heading,
        text=row.text,
        start=row.start,
        end=row.end,
        score=round(hit.score, 4),
        url=row.url,
    )
