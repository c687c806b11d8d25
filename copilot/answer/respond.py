"""Decides what is said to a question: a reply from the best document or from the customer's own
past, or silence with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from copilot.answer import abstain, conflict, evidence, ground
from copilot.answer.extract import Scored, beginning, best_run, nearest_list
from copilot.answer.query import asks_how
from copilot.history.recall import Recalled, asks_about_past
from copilot.ports import Embedder
from copilot.retrieval.search import Found, Hit, Question, Searcher
from copilot.store import Store
from copilot.store.index import holding, version_text
from copilot.structure import numbered_lists
from copilot.types import Passage, Reason, Reply, Scope

# Hits that a suggestion is made from.
CONSIDERED = 12
# Documents beside the first whose sentences are held against it.
_COMPARED = 7
# A customer's past answers where the question is about it by its words, and it is this near.
# Nearness alone is not enough: who calls again about the same thing wants the rule.
_PAST_ENOUGH = 0.3
# Steps are looked for in so many characters of a document.
_LONG = 100_000


@dataclass(slots=True)
class Verdict:
    """What was decided: a reply, or why there is none; `first` are passages to show first.

    `is_past` where it is from the customer's own history.
    """

    reason: Reason | None
    confidence: float
    reply: Reply | None = None
    first: tuple[Passage, ...] = ()
    is_past: bool = False


class Responder:
    """One database, one embedder, one set of indexes. `stems` are the words as they are indexed."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        searcher: Searcher,
        stems: Callable[[str], Iterable[str]],
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._searcher = searcher
        self._stems = stems
        self._calibration = abstain.load_calibration()

    def verdict(
        self,
        question: Question,
        found: Found,
        past: Sequence[Recalled],
        scope: Scope,
        customer_id: str | None,
    ) -> Verdict:
        """What is said to a question, by what was found in the documents and in the past."""
        verdict = self._from_documents(question, found)
        from_past = self._from_past(question, found, past, customer_id, verdict)
        if from_past is not None:
            return from_past
        if verdict.reason in (Reason.NO_EVIDENCE, Reason.WEAK_EVIDENCE):
            verdict = self._explain(verdict, question, found, scope)
        return verdict

    def reread(self, document_id: str, version: int, start: int, end: int) -> str | None:
        """These characters of a version as the database has them now."""
        with self._store.engine.connect() as connection:
            return version_text(connection, document_id, version, start, end)

    def _from_documents(self, question: Question, found: Found) -> Verdict:
        """A reply from the best document, or why there is none."""
        if not found.hits:
            return Verdict(Reason.NO_EVIDENCE, 0.0)
        with self._store.engine.connect() as connection:
            sentences = evidence.sentences(connection, found.hits[0], found, self._embedder)
            verdict = Verdict(None, self._confidence(found.hits, sentences))
            verdict.reason = abstain.silence(verdict.confidence, self._calibration)
            if verdict.reason is not None:
                return verdict
            other = self._disagreeing(connection, question, found, sentences)
            if other is not None:
                verdict.reason = Reason.CONFLICTING
                verdict.first = (passage_of(found.hits[0]), passage_of(other))
                return verdict
            best = found.hits[0].candidate

            def reread(start: int, end: int) -> str | None:
                return version_text(connection, best.document_id, best.version, start, end)

            chosen = best_run(sentences)
            if asks_how(question.text):
                chosen = self._from_the_first_step(connection, found) or chosen
            verdict.reply = ground.compose(best.document_id, best.version, chosen, reread)
            if verdict.reply is not None:
                hit, spans = found.hits[0], [one.span for one in chosen]
                cited = holding(connection, best, spans)
                verdict.first = tuple(passage_of(replace(hit, candidate=one)) for one in cited)
        if verdict.reply is None:
            verdict.reason = Reason.NO_EVIDENCE
        return verdict

    def _from_the_first_step(self, connection: Connection, found: Found) -> list[Scored]:
        """The beginning of the numbered list that is about the question, if there is one."""
        best = found.hits[0].candidate
        text = version_text(connection, best.document_id, best.version, 0, _LONG) or ""
        lists = numbered_lists(text)
        if not lists:
            return []
        everything = evidence.sentences(connection, found.hits[0], found, self._embedder, far=True)
        span = nearest_list(everything, lists)
        return [] if span is None else beginning(everything, span)

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
                hit.candidate.title, evidence.sentences(connection, hit, found, self._embedder)
            )
            for hit in others
        ]
        clash = conflict.any_conflict(question.text, chosen, told, self._stems)
        return None if clash is None else others[clash[0]]

    def _from_past(
        self,
        question: Question,
        found: Found,
        past: Sequence[Recalled],
        customer_id: str | None,
        verdict: Verdict,
    ) -> Verdict | None:
        """A reply from this customer's own history, where that is what was asked about."""
        if not past or customer_id is None or not asks_about_past(question.text):
            return None
        best = max(past, key=lambda one: one.strength)
        if best.strength < _PAST_ENOUGH:
            return None
        stored = self._store.customers.transcript(best.past.interaction_id, customer_id)
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
        return Verdict(None, sure, reply, (best.passage(),), is_past=True)

    def _explain(self, verdict: Verdict, question: Question, found: Found, scope: Scope) -> Verdict:
        """Says so where the answer is known but no longer in force, or not for this caller."""
        enough = max(self._calibration.enough, verdict.confidence)
        if self._would_answer([*found.stale[:1], *found.hits], found) >= enough and found.stale:
            return replace(verdict, reason=Reason.OUT_OF_DATE)
        unlimited = Scope(as_of=scope.as_of)
        if scope != unlimited:
            embedded = (found.queries, found.weights)
            now = self._store.now()
            wider = self._searcher.search(question, CONSIDERED, unlimited, now, embedded)
            seen = {hit.candidate.version_key for hit in found.hits}
            first = [hit for hit in wider.hits[:1] if hit.candidate.version_key not in seen]
            if first and self._would_answer(wider.hits, wider) >= enough:
                return replace(verdict, reason=Reason.NOT_PERMITTED)
        return verdict

    def _would_answer(self, hits: Sequence[Hit], found: Found) -> float:
        """The confidence that these hits would give; 0 without any."""
        if not hits:
            return 0.0
        with self._store.engine.connect() as connection:
            sentences = evidence.sentences(connection, hits[0], found, self._embedder)
        return self._confidence(hits, sentences)

    def _confidence(self, hits: Sequence[Hit], sentences: Sequence[Scored]) -> float:
        vectors = self._searcher.vectors(hits)
        if len(vectors) != len(hits):
            return 0.0
        values = abstain.features(hits, vectors, sentences, self._searcher.dense_weight)
        return abstain.confidence(values, self._calibration)


def passage_of(hit: Hit) -> Passage:
    """A hit as the wire contract has it."""
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
