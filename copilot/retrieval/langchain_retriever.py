"""The copilot's search as a LangChain retriever: `CopilotRetriever(search=copilot.search)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from copilot.types import Passage, Scope


class _Found(Protocol):
    @property
    def passages(self) -> Sequence[Passage]: ...


class CopilotRetriever(BaseRetriever):
    """Runs `search(query, k=…, scope=…, customer_id=…)`, as `Copilot.search` takes it."""

    search: Callable[..., _Found]
    k: int = 10
    scope: Scope = Scope()
    customer_id: str | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = self.search(query, k=self.k, scope=self.scope, customer_id=self.customer_id)
        return [_document(passage) for passage in found.passages]


def _document(passage: Passage) -> Document:
    return Document(
        id=passage.passage_id,
        page_content=passage.text,
        metadata={
            "passage_id": passage.passage_id,
            "document_id": passage.document_id,
            "version": passage.version,
            "title": passage.title,
            "heading": passage.heading,
            "start": passage.start,
            "end": passage.end,
            "score": passage.score,
            "url": passage.url,
        },
    )
