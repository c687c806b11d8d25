"""The bare chain to compare with: langchain's Chroma store with the same embedder, and no more."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from copilot.ports import Embedder
from copilot.retrieval.embedding import embedded_text, text_sha256
from evals.bench.figures import beside_bare
from evals.bench.synthesis import Made
from evals.dataset import Question
from evals.timing import BAR_AFTER_S

_BATCH = 1000


def measure(
    folder: Path,
    made: Iterable[Made],
    chunks: int,
    embedder: Embedder,
    questions: Sequence[Question],
) -> dict[str, Any]:
    """Adds the same passages with the same vectors, and asks the same questions for ten each."""
    from chromadb.config import Settings as ChromaSettings
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

    vectors: dict[str, list[float]] = {}

    class Wrapped(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [vectors[text] for text in texts]

        def embed_query(self, text: str) -> list[float]:
            found: list[float] = embedder.embed_query(text)[0].tolist()
            return found

    store = Chroma(
        "bench",
        Wrapped(),
        persist_directory=str(folder),
        client_settings=ChromaSettings(
            anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder)
        ),
    )
    adding_s = 0.0
    with tqdm(total=chunks, desc="chain", unit="chunk", delay=BAR_AFTER_S) as bar:
        for bodies, of_bodies, metadatas in _batches(made):
            vectors = dict(zip(bodies, of_bodies, strict=True))
            start = time.perf_counter()
            store.add_texts(bodies, metadatas)
            adding_s += time.perf_counter() - start
            bar.update(len(bodies))
    retriever = store.as_retriever(search_kwargs={"k": 10})
    return {
        "put_per_s": round(chunks / adding_s, 1),
        "search": beside_bare(questions, retriever.invoke, embedder.embed_query),
    }


def _batches(
    made: Iterable[Made],
) -> Iterable[tuple[list[str], list[list[float]], list[dict[str, Any]]]]:
    bodies: list[str] = []
    vectors: list[list[float]] = []
    metadatas: list[dict[str, Any]] = []
    for one in made:
        document = one.ready.document
        for chunk in one.ready.chunks:
            text = embedded_text(document.title, chunk)
            bodies.append(text[0])
            vectors.append(one.vectors[text_sha256(*text)].vector.tolist())
            metadatas.append({"document_id": document.document_id, "start": chunk.start})
        if len(bodies) >= _BATCH:
            yield bodies, vectors, metadatas
            bodies, vectors, metadatas = [], [], []
    if bodies:
        yield bodies, vectors, metadatas
