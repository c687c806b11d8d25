"""A copilot without a model, for tests of what is built on it."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from fastapi import FastAPI
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from api.app import create_app
from copilot.errors import InvalidInput
from copilot.history.handover import EXTRACTED, Handover, extracted
from copilot.procedures.guide import Steps
from copilot.retrieval.search import Question
from copilot.scoping import admits
from copilot.settings import Settings
from copilot.store import Store
from copilot.store.vectors import Embedded
from copilot.types import (
    Citation,
    Passage,
    Reason,
    Reply,
    Scope,
    Sentence,
    State,
    Status,
    Suggestion,
    Turn,
)

if TYPE_CHECKING:
    from api.parts import Parts
    from copilot.assist import Copilot

LOOPBACK = ("127.0.0.1", 50000)


class HashEmbedder:
    """Unit vectors from a hash of the text: the same text, the same vector."""

    model = "hash-16"
    dimension = 16

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._vector(text)[None, :]

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        return [Embedded(self._vector(text)) for text in texts]

    def _vector(self, text: str) -> NDArray[np.float32]:
        digest = hashlib.sha512(text.encode()).digest()[: self.dimension * 2]
        vector = np.frombuffer(digest, dtype="<i2").astype(np.float32)
        return vector / np.linalg.norm(vector)


@dataclass(frozen=True, slots=True)
class Found:
    passages: tuple[Passage, ...]
    took_ms: dict[str, float]
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    ready: bool
    checks: dict[str, str]
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Underway:
    suggestion: Suggestion
    question: str
    customer_id: str | None
    caller: str
    took_ms: float = 1.5

    @property
    def suggestion_id(self) -> str:
        return self.suggestion.suggestion_id

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.suggestion.passages


class FakeGuide:
    """Knows no procedures."""

    def steps(self, turns: Sequence[Turn], scope: Scope) -> Steps:
        return Steps()


@dataclass
class FakeCopilot:
    """Finds documents by shared words and replies with the first line that shares one."""

    store: Store
    embedder: HashEmbedder = field(default_factory=HashEmbedder)
    guide: FakeGuide = field(default_factory=FakeGuide)
    stands: Readiness = Readiness(True, {"store": "ok", "index": "ok"})
    asked: list[dict[str, Any]] = field(default_factory=list)
    fails_with: Exception | None = None
    breaks_with: Exception | None = None
    drafter: None = None
    steps_found: list[str] = field(default_factory=list)

    def search(
        self,
        query: str,
        *,
        conversation: Sequence[Turn] = (),
        k: int = 10,
        scope: Scope = Scope(),
        customer_id: str | None = None,
    ) -> Found:
        self._note(query=query, conversation=list(conversation), k=k, scope=scope)
        if customer_id is not None:
            self.store.customers.customer(customer_id)
        return Found(tuple(self._passages(query, scope))[:k], {"search": 1.5})

    def ask(
        self,
        question: str,
        *,
        conversation: Sequence[Turn] = (),
        scope: Scope = Scope(),
        customer_id: str | None = None,
        caller: str = "local",
    ) -> Suggestion:
        self._note(question=question, conversation=list(conversation), scope=scope, caller=caller)
        return self.finish(self.begin(Question(question), scope, customer_id, caller))

    def begin(
        self,
        question: Question,
        scope: Scope = Scope(),
        customer_id: str | None = None,
        caller: str = "local",
        conversation: Sequence[Turn] = (),
    ) -> Underway:
        self._note(question=question.text, context=question.context, scope=scope, caller=caller)
        if customer_id is not None:
            self.store.customers.customer(customer_id)
        suggestion = _suggestion(question.text, list(self._passages(question.text, scope)))
        return Underway(suggestion, question.text, customer_id, caller)

    def find_steps(self, underway: Underway, conversation: Sequence[Turn] = ()) -> None:
        self.steps_found.append(underway.suggestion_id)

    def finishing(self, underway: Underway) -> Generator[Reply, None, Suggestion]:
        yield from ()
        return self.finish(underway)

    def hand_over(self, turns: Sequence[Turn], caller: str) -> Handover:
        return Handover(tuple(extracted(turns)), EXTRACTED)

    def finish(self, underway: Underway) -> Suggestion:
        if self.breaks_with is not None:
            raise self.breaks_with
        self.store.suggestions.add(
            underway.suggestion,
            request={"question": underway.question},
            caller=underway.caller,
            customer_id=underway.customer_id,
        )
        return underway.suggestion

    def assist(
        self,
        conversation: Sequence[Turn],
        *,
        customer_id: str | None = None,
        scope: Scope = Scope(),
        caller: str = "local",
    ) -> Suggestion:
        if not conversation:
            raise InvalidInput("there is no final turn", place="conversation", remedy="send one")
        return self.ask(
            conversation[-1].text,
            conversation=conversation,
            scope=scope,
            customer_id=customer_id,
            caller=caller,
        )

    def readiness(self) -> Readiness:
        return self.stands

    def close(self) -> None:
        self.store.close()

    def _note(self, **call: Any) -> None:
        self.asked.append(call)
        if self.fails_with is not None:
            raise self.fails_with

    def _passages(self, query: str, scope: Scope) -> Iterator[Passage]:
        for one in self.store.documents.page("", 1000):
            document = one.document
            if one.state is not State.LIVE or not _words(query) & _words(document.text):
                continue
            if admits(scope, document.audience, document.language):
                yield Passage(
                    passage_id=f"{document.document_id}@{one.version}",
                    document_id=document.document_id,
                    version=one.version,
                    title=document.title,
                    heading="",
                    text=document.text,
                    start=0,
                    end=len(document.text),
                    score=1.0,
                    url=document.url,
                )


def app_around(settings: Settings, copilot: object) -> FastAPI:
    """The app, with this in the place of a copilot."""
    return create_app(settings, cast("Copilot", copilot))


def parts_of(client: TestClient) -> Parts:
    """What the client's app holds."""
    return cast("Parts", cast(FastAPI, client.app).state.parts)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _suggestion(question: str, passages: list[Passage]) -> Suggestion:
    replies = [reply for one in passages if (reply := _reply(question, one))]
    return Suggestion(
        suggestion_id=f"s-{uuid.uuid4().hex}",
        status=Status.SUGGESTED if replies else Status.NO_SUGGESTION,
        reason=None if replies else Reason.NO_EVIDENCE,
        confidence=0.9 if replies else 0.1,
        reply=replies[0] if replies else None,
        procedure=None,
        next_steps=(),
        likely_actions=(),
        passages=tuple(passages),
        drafter="extract",
        prompt_sha256=None,
        took_ms={"search": 1.5, "ground": 0.25},
    )


def _reply(question: str, passage: Passage) -> Reply | None:
    for line in re.finditer(r"[^\r\n]+", passage.text):
        if _words(line[0]) & _words(question):
            citation = Citation(
                passage.document_id,
                passage.version,
                line.start(),
                line.end(),
                line[0],
                hashlib.sha256(line[0].encode()).hexdigest(),
            )
            return Reply(line[0], (Sentence(line[0], 0, len(line[0]), (citation,)),))
    return None
