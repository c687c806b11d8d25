"""The only place that picks adapters. Heavy libraries are imported where they are chosen."""

from __future__ import annotations

from copilot.actions.call import Wire
from copilot.actions.declare import Actions, read_actions
from copilot.actions.run import Runner
from copilot.answer.claims import Checker
from copilot.answer.draft import Drafter
from copilot.assist import Copilot
from copilot.errors import ConfigurationError
from copilot.history.likely import Practice
from copilot.history.taken import take_missing
from copilot.ports import Chat, Embedder, Reranker
from copilot.retrieval.embedding import embed_missing
from copilot.retrieval.follow import Follower
from copilot.retrieval.past import Still
from copilot.retrieval.search import Searcher
from copilot.settings import Settings, action_variables
from copilot.store import Store
from copilot.store.spend import Spend


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


def open_requests(settings: Settings, embedder: Embedder) -> Embedder:
    """What tells requests apart: the packaged embedder as it was taught to, else the one chosen."""
    if settings.embedder != "minilm":
        return embedder
    from copilot.procedures.requests import load_change
    from copilot.retrieval.batched import BatchedEmbedder
    from copilot.retrieval.minilm import MiniLm

    return BatchedEmbedder(MiniLm(load_change()))


def open_reranker(settings: Settings) -> Reranker | None:
    """A cross-encoder where COPILOT_RERANKER names one; none by default."""
    if not settings.reranker:
        return None
    from copilot.retrieval.cross_encoder import SentenceTransformerReranker

    return SentenceTransformerReranker(settings.reranker, device=settings.embedder_device)


def open_chat(settings: Settings) -> Chat | None:
    """The models of COPILOT_LLM_MODEL in their order; None where it is empty.

    Asks and imports nothing yet. Raises ConfigurationError.
    """
    from copilot.chat.loop import Loop
    from copilot.chat.model import OpenAiChat
    from copilot.chat.ordered import Ordered
    from copilot.chat.served import served

    loop = Loop(settings.llm_concurrent)
    chats = [
        OpenAiChat(one.base_url, one.api_key, one.name, one.price, loop=loop)
        for one in served(settings)
    ]
    return Ordered(chats) if chats else None


def open_copilot(settings: Settings, *, follow: bool = True) -> Copilot:
    """Everything that a search needs. With `follow`, indexes are kept up in the background.

    Text that has no vector of the chosen embedder yet gets one first, with a progress bar.
    """
    store = open_store(settings)
    embedder = open_embedder(settings)
    embed_missing(store, embedder)
    take_missing(store, embedder)
    follower = Follower(store, embedder.model, embedder.dimension, settings.data_dir / "indexes")
    if follow:
        follower.start(settings.chroma_url)
    searcher = Searcher(store.engine, embedder, follower, open_reranker(settings))
    practice = Practice(store.cases, embedder, searcher.utterance, settings.data_dir / "indexes")
    if follow:
        practice.look()
    requests = open_requests(settings, embedder)
    copilot = Copilot(store, embedder, follower, searcher, practice, requests)
    copilot.drafter = open_drafter(settings, copilot)
    if follow:
        copilot.guide.prepare()
    if copilot.drafter is not None:
        copilot.drafter.asking.prepare()
    return copilot


def open_checker(embedder: Embedder) -> Checker:
    """What says whether a passage supports a sentence; no database, no index."""
    from copilot.retrieval.lexical import stems

    return Checker(embedder, stems)


def open_drafter(
    settings: Settings, copilot: Copilot, spend: Spend | None = None
) -> Drafter | None:
    """What drafts replies, where COPILOT_LLM_MODEL names a model. Raises ConfigurationError.

    What it takes is kept in `spend`, by default in the copilot's database.
    """
    chat = open_chat(settings)
    if chat is None:
        return None
    from copilot.answer.asking import Asking, Terms
    from copilot.answer.second import Second
    from copilot.chat.served import served
    from copilot.chat.tokens import count
    from copilot.store.spend import Limits

    prices = [one.price for one in served(settings)]
    terms = Terms(
        within_s=settings.llm_timeout_s,
        max_tokens=settings.llm_max_tokens,
        context_tokens=settings.llm_context_tokens,
        at_once=settings.llm_concurrent,
        price=(max(one[0] for one in prices), max(one[1] for one in prices)),
        limits=Limits(
            settings.llm_tokens_per_day, settings.llm_tokens_per_agent, settings.llm_cost_per_day
        ),
    )
    asking = Asking(chat, spend or copilot.store.spend, count, terms)
    second = Second(asking)
    copilot.rewriter = second if settings.llm_query else None
    return Drafter(asking, copilot.checker, second if settings.llm_check else None)


def open_still(settings: Settings) -> Copilot:
    """A copilot on the documents as they stand now, to look back with: it stores nothing, nor
    what its language model took.

    Its indexes are made for it, in memory; what lacks a vector gets one there. Raises
    ConfigurationError where there is no database.
    """
    from copilot.chat.tally import Tally

    store = Store(settings.store_url, reading=True)
    embedder = open_embedder(settings)
    still = Still(store, embedder)
    searcher = Searcher(store.engine, embedder, still, open_reranker(settings))
    requests = open_requests(settings, embedder)
    copilot = Copilot(store, embedder, still, searcher, None, requests)
    copilot.drafter = open_drafter(settings, copilot, Tally())
    return copilot


def open_actions(settings: Settings) -> Actions:
    """The actions that are declared, and what is wrong with the files that are not."""
    return read_actions(settings.actions_folder, action_variables(), settings.actions_origin)


def open_runner(settings: Settings, store: Store) -> Runner:
    """What proposes the declared actions, and runs them once confirmed."""
    wire = Wire(store.cards, store.now, settings.actions_origin, action_variables())
    return Runner(open_actions(settings), store, wire)
