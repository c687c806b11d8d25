from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from copilot.errors import InvalidInput
from copilot.retrieval.langchain_retriever import CopilotRetriever
from copilot.types import Passage, Scope

PASSAGES = (
    Passage(
        "p-1", "returns", 3, "Returns", "Steps", "Keep it.", 10, 18, 0.9, "https://example.com/r"
    ),
    Passage("p-2", "refunds", 1, "Refunds", "", "Wait.", 0, 5, 0.4),
)


@dataclass(frozen=True)
class Found:
    passages: tuple[Passage, ...]


class Searching:
    """A search that remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def search(self, query: str, **options: Any) -> Found:
        if not query:
            raise InvalidInput("there is no question", place="query")
        self.asked.append((query, options))
        return Found(PASSAGES[: options["k"]])


def test_passages_come_as_documents_with_where_they_are_from() -> None:
    found = CopilotRetriever(search=Searching().search).invoke("How?")
    assert found == [
        Document(
            id="p-1",
            page_content="Keep it.",
            metadata={
                "passage_id": "p-1",
                "document_id": "returns",
                "version": 3,
                "title": "Returns",
                "heading": "Steps",
                "start": 10,
                "end": 18,
                "score": 0.9,
                "url": "https://example.com/r",
            },
        ),
        Document(
            id="p-2",
            page_content="Wait.",
            metadata={
                "passage_id": "p-2",
                "document_id": "refunds",
                "version": 1,
                "title": "Refunds",
                "heading": "",
                "start": 0,
                "end": 5,
                "score": 0.4,
                "url": None,
            },
        ),
    ]


def test_searches_with_its_own_k_scope_and_customer() -> None:
    searching = Searching()
    scope = Scope(roles=("agent",), language="en")
    retriever = CopilotRetriever(search=searching.search, k=1, scope=scope, customer_id="c-1")
    assert len(retriever.invoke("How?")) == 1
    assert searching.asked == [("How?", {"k": 1, "scope": scope, "customer_id": "c-1"})]


def test_sees_everything_unless_told_otherwise() -> None:
    searching = Searching()
    CopilotRetriever(search=searching.search).invoke("How?")
    assert searching.asked[0][1] == {"k": 10, "scope": Scope(), "customer_id": None}


def ids(found: list[Document]) -> list[str]:
    return [one.metadata["document_id"] for one in found]


def test_is_a_link_of_a_chain_and_can_be_awaited() -> None:
    retriever = CopilotRetriever(search=Searching().search)
    chain = retriever | RunnableLambda(ids)
    assert chain.invoke("How?") == ["returns", "refunds"]
    assert asyncio.run(chain.ainvoke("How?")) == ["returns", "refunds"]


def test_an_error_of_the_search_comes_through() -> None:
    with pytest.raises(InvalidInput, match="no question"):
        CopilotRetriever(search=Searching().search).invoke("")
