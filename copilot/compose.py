"""The only place that picks adapters. Heavy libraries are imported where they are chosen."""

from __future__ import annotations

from copilot.assist import Copilot
from copilot.errors import ConfigurationError
from copilot.ports import Embedder, Reranker
from copilot.retrieval.embedding import embed_missing
from copilot.retrieval.follow import Follower
from copilot.retrieval.search import Searcher
from copilot.settings import Settings
from copilot.store import Store


def open_store(settings: Settings) -> Store:
    """The database alone: no model, no index."""
    return Store(settings.store_url)


def open_embedder(settings: Settings) -> Embedder:
    """`minilm`, `sentence-transformers:NAME_OR_PATH` or `openai:MODEL`.

    Raises ConfigurationError for anything else.
    """
    kind, _, name = settings.embedder.partition(":")
    if kind == "minilm" and not name:
        from copilot.retrieval.batched import BatchedEmbedder
        from copilot.retrieval.minilm import MiniLm

        return BatchedEmbedder(MiniLm())
    if kind == "sentence-transformers" and name:
        from copilot.retrieval.sentence_transformer import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(name, device=settings.embedder_device)
    if kind == "openai" and name:
        from copilot.privacy.mask import mask
        from copilot.retrieval.openai_embedder import OpenAiEmbedder

        return OpenAiEmbedder(
            settings.embedder_base_url,
            settings.embedder_api_key.get_secret_value(),
            name,
            mask=mask,
        )
    raise ConfigurationError(
        f"COPILOT_EMBEDDER is {settings.embedder!r}; it may be minilm, "
        "sentence-transformers:NAME_OR_PATH or openai:MODEL"
    )


def open_reranker(settings: Settings) -> Reranker | None:
    """A cross-encoder where COPILOT_RERANKER names one; none by default."""
    if not settings.reranker:
        return None
    from copilot.retrieval.cross_encoder import SentenceTransformerReranker

    return SentenceTransformerReranker(settings.reranker, device=settings.embedder_device)


def open_copilot(settings: Settings, *, follow: bool = True) -> Copilot:
    """Everything that a search needs. With `follow`, indexes are kept up in the background.

    Text that has no vector of the chosen embedder yet gets one first, with a progress bar.
    """
    store = open_store(settings)
    embedder = open_embedder(settings)
    embed_missing(store, embedder)
    follower = Follower(store, embedder.model, embedder.dimension, settings.data_dir / "indexes")
    if follow:
        follower.start(settings.chroma_url)
    searcher = Searcher(store.engine, embedder, follower, open_reranker(settings))
    return Copilot(store, embedder, follower, searcher)
