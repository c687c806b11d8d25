"""What is embedded of a chunk and under which hash, and the filling of gaps in the vector cache."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tqdm import tqdm

from copilot.ports import Embedder
from copilot.sentence import Span
from copilot.store import Store
from copilot.store.database import writer
from copilot.store.index import missing
from copilot.store.vectors import Embedded, write_vectors
from copilot.types import Chunk

Text = tuple[str, list[Span]]
_BATCH = 128


def text_sha256(text: str, spans: Sequence[Span] = ()) -> str:
    """The key of a text's vector and of those of its sentences, which `spans` are."""
    cut = "".join(f"\0{start}:{end}" for start, end in spans)
    return hashlib.sha256((text + cut).encode()).hexdigest()


def embedded_text(title: str, chunk: Chunk) -> Text:
    """What is embedded of a chunk: title and headings above it, and where its sentences are.

    A title or heading that the chunk begins with is not said twice.
    """
    opening = chunk.text.lstrip("# ")
    above = dict.fromkeys(part for part in (title, chunk.heading) if part)
    prefix = "".join(f"{part}\n" for part in above if not opening.startswith(part))
    shift = len(prefix) - chunk.start
    return prefix + chunk.text, [(start + shift, end + shift) for start, end in chunk.sentences]


def embed(embedder: Embedder, texts: dict[str, Text]) -> dict[str, Embedded]:
    """The vectors of texts, by the same hashes."""
    bodies = [body for body, _ in texts.values()]
    spans = [spans for _, spans in texts.values()]
    return dict(zip(texts, embedder.embed_passages(bodies, spans), strict=True))


def embed_missing(store: Store, embedder: Embedder) -> int:
    """Embeds what has no vector of this model, as after a change of embedder; returns how many."""
    found = missing(store.engine, embedder.model)
    texts = {text_sha256(*text): text for text in (embedded_text(*one) for one in found)}
    hashes = list(texts)
    with tqdm(total=len(hashes), desc="embedding", unit="chunk", delay=2, leave=False) as bar:
        for start in range(0, len(hashes), _BATCH):
            batch = {one: texts[one] for one in hashes[start : start + _BATCH]}
            new = embed(embedder, batch)
            with writer(store.engine).begin() as connection:
                write_vectors(connection, embedder.model, new)
            bar.update(len(batch))
    return len(hashes)
