"""One search: candidates from both indexes, fused, then checked against the database's rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from copilot.ports import Embedder, Reranker, Vectors
from copilot.retrieval.fuse import FEATURES, load_weights, rank
from copilot.retrieval.indexes import Follows, Indexes
from copilot.retrieval.lexical import Words
from copilot.retrieval.past import Days
from copilot.retrieval.pool import unit
from copilot.scoping import admits
from copilot.store.database import snapshot
from copilot.store.index import Candidate, candidates
from copilot.types import Scope, State

# Chunks that each index proposes. Deeper pools changed no figure of decision 0003.
PROPOSED = 60
# Rows are checked in portions: enough for the usual k at once.
_PORTION = 30
# A cross-encoder reads at most this many passages.
_RERANKED = 20
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for: what is asked now, and what was said before it, utterance by utterance.

    An utterance of a live conversation was a question itself when it came, so that its vector is
    at hand.
    """

    text: str
    context: tuple[str, ...] = ()
    context_weight: float = 0.3

    @property
    def before(self) -> str:
        """All that was said before."""
        return " ".join(self.context)


@dataclass(frozen=True, slots=True)
class Pool:
    """What a search chooses from: chunks by key, whatever their state.

    `features` is (chunks, 3), in the order of `fuse.FEATURES`; `groups[i]` is the version key of
    chunk i, -1 for one that is gone from the indexes.
    """

    keys: list[int]
    features: NDArray[np.float64]
    groups: list[int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that may be shown, or, when its state is not live, only counted.

    `features` are the raw values of `fuse.FEATURES` for this chunk's version.
    """

    candidate: Candidate
    score: float
    features: NDArray[np.float64]


@dataclass(slots=True)
class Found:
    """The hits of a search, best first; `stale` are those that are no longer or not yet in force.

    `queries` and `weights` are the question's vectors, `words` its words, for whoever reads on.
    """

    hits: list[Hit]
    stale: list[Hit]
    queries: Vectors
    weights: Vectors
    words: Words | None
    degraded: tuple[str, ...] = ()
    considered: int = 0
    scores: list[float] = field(default_factory=list)
    # Live hits that were read beyond the `k` asked for.
    beyond: list[Hit] = field(default_factory=list)
    # The indexes of an earlier moment, where that was searched; they stay while this does.
    day: Indexes | None = None


def grouped(
    now: Vectors, before: Sequence[Vectors], context_weight: float
) -> tuple[Vectors, Vectors]:
    """A question's vectors (n, d), and the weights of its groups over them (groups, n)."""
    if not before:
        return now, np.ones((1, len(now)), dtype=np.float32)
    vectors = np.concatenate([now, *before])
    weights = np.zeros((2, len(vectors)), dtype=np.float32)
    weights[0, : len(now)] = 1 - context_weight
    weights[1, len(now) :] = context_weight
    return vectors, weights


class Said:
    """The vectors of what was said lately. What is asked now is always embedded anew."""

    _MOST = 4096

    def __init__(self) -> None:
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, said: str, vectors: Vectors) -> Vectors:
        with self._lock:
            self._vectors[said] = vectors
            if len(self._vectors) > self._MOST:
                self._vectors.popitem(last=False)
        return vectors

    def recall(self, said: str) -> Vectors | None:
        with self._lock:
            return self._vectors.get(said)

    def by(self, embedder: Embedder, said: str) -> Vectors:
        """The vectors that are at hand, or by this embedder, which is always the same one."""
        known = self.recall(said)
        return self.learn(said, embedder.embed_query(said)) if known is None else known


class Searcher:
    """Searches one database through its indexes."""

    def __init__(
        self,
        engine: Engine,
        embedder: Embedder,
        follower: Follows,
        reranker: Reranker | None = None,
    ) -> None:
        self._engine = engine
        self._embedder = embedder
        self._follower = follower
        self._indexes = follower.indexes
        self._days = Days(embedder)
        self._reranker = reranker
        self._weights = load_weights()
        self._said = Said()

    @property
    def dense_weight(self) -> float:
        """What one unit of cosine is worth in a hit's score."""
        return float(self._weights[FEATURES.index("dense")])

    @property
    def position(self) -> int:
        """How far in the change log the indexes are: what was found may differ after it moves."""
        return self._indexes.exact.position

    def embed(self, question: Question) -> tuple[Vectors, Vectors]:
        """The question's vectors (n, d), and the weights of its groups over them (groups, n)."""
        now = self._said.learn(question.text, self._embedder.embed_query(question.text))
        return self._grouped(now, question)

    def _grouped(self, now: Vectors, question: Question) -> tuple[Vectors, Vectors]:
        before = [self._recalled(said) for said in question.context]
        return grouped(now, before, question.context_weight)

    def embed_again(self, question: Question) -> tuple[Vectors, Vectors]:
        """What `embed` gave for the same question just now, if it is still at hand."""
        known = self._said.recall(question.text)
        if known is None:
            return self.embed(question)
        return self._grouped(known, question)

    def _recalled(self, said: str) -> Vectors:
        return self._said.by(self._embedder, said)

    def remember(self, said: str) -> None:
        """Has the vector of what was said at hand for when it is the context of a question."""
        self._recalled(said)

    def utterance(self, said: str) -> NDArray[np.float32]:
        """The unit vector of what was said, however long, (d,)."""
        return unit(self._recalled(said).mean(axis=0))

    def search(
        self,
        question: Question,
        k: int,
        scope: Scope,
        now: datetime,
        embedded: tuple[Vectors, Vectors] | None = None,
    ) -> Found:
        """The `k` best live, permitted chunks, one a document version, at `scope.as_of` or now.

        The log, the indexes and the rows are read as of one moment. Where another thread moves
        the indexes on meanwhile and a document may be missed for it, the search is done again, at
        last with the indexes held still: a document is seen as it was or as it is, never neither.
        `embedded` is what `embed` gave for the question before.
        """
        queries, weights = embedded or self.embed(question)
        for left in reversed(range(_ATTEMPTS)):
            still = self._follower.holding_still() if left == 0 else nullcontext()
            found, moved = self._attempt(question, queries, weights, k, scope, now, still)
            if not moved:
                break
        return found

    def _attempt(
        self,
        question: Question,
        queries: Vectors,
        weights: Vectors,
        k: int,
        scope: Scope,
        now: datetime,
        still: AbstractContextManager[None],
    ) -> tuple[Found, bool]:
        # The connection comes first: who waits for one must not hold up those that have one.
        with snapshot(self._engine).connect() as connection, still:
            head = self._follower.catch_up(connection)
            day = None if scope.as_of is None else self._days.at(connection, scope.as_of, head)
            indexes = day or self._indexes
            permitted = indexes.permitted(connection, scope)
            degraded = indexes.degraded()
            words = indexes.words(question.text, question.before)
            pool = self._pool(indexes, queries, weights, words, permitted)
            found, lost = self._check(connection, pool, k, scope, scope.as_of or now, question.text)
        found.queries, found.weights, found.words, found.day = queries, weights, words, day
        found.degraded = tuple(sorted({*degraded, *indexes.degraded()}))
        return found, lost and day is None and self._indexes.exact.position != head

    def pool(self, question: Question, scope: Scope) -> Pool:
        """What a search for this question chooses from, before the database has its say."""
        queries, weights = self.embed(question)
        with snapshot(self._engine).connect() as connection:
            self._follower.catch_up(connection)
            permitted = self._indexes.permitted(connection, scope)
        words = self._indexes.words(question.text, question.before)
        return self._pool(self._indexes, queries, weights, words, permitted)

    def vectors(self, hits: Sequence[Hit]) -> Vectors:
        """The hits' own vectors, (hits, d); fewer where one is gone from the indexes since."""
        keys = [hit.candidate.chunk_key for hit in hits]
        here = self._indexes.exact.vectors(keys)
        for day in self._days.alive() if len(here) < len(keys) else ():
            here = max(here, day.exact.vectors(keys), key=len)
        return here

    def _pool(
        self,
        indexes: Indexes,
        queries: Vectors,
        weights: Vectors,
        words: Words | None,
        permitted: NDArray[np.bool_] | None,
    ) -> Pool:
        dense = indexes.nearest(queries, weights, PROPOSED, permitted)
        lexical = indexes.matching(words, PROPOSED, permitted)
        keys = list(dict.fromkeys([*dense, *lexical]))
        features = self._features(indexes, keys, queries, weights, words)
        return Pool(keys, features, indexes.exact.versions(keys))

    def _features(
        self,
        indexes: Indexes,
        keys: Sequence[int],
        queries: Vectors,
        weights: Vectors,
        words: Words | None,
    ) -> NDArray[np.float64]:
        """(len(keys), 3), in the order of `fuse.FEATURES`."""
        body = indexes.word_scores(words, "body", keys)
        title = indexes.word_scores(words, "title", keys)
        total = words.total if words is not None and words.total else 1.0
        return np.column_stack(
            [
                indexes.exact.scores(keys, queries, weights),
                [body.get(key, 0.0) for key in keys],
                [title.get(key, 0.0) / total for key in keys],
            ]
        ).astype(np.float64)

    def _check(
        self,
        connection: Connection,
        pool: Pool,
        k: int,
        scope: Scope,
        as_of: datetime,
        question: str,
    ) -> tuple[Found, bool]:
        """Keeps what the database says is live and permitted; tells whether a row was lost."""
        keys, groups = pool.keys, pool.groups
        ranked = [one for one in rank(pool.features, groups, self._weights) if one.group >= 0]
        best = _best_features(pool.features, groups)
        live: list[Hit] = []
        stale: list[Hit] = []
        lost = bool(np.any(np.asarray(groups) < 0)) if keys else False
        for start in range(0, len(ranked), _PORTION):
            portion = ranked[start : start + _PORTION]
            rows = candidates(connection, [keys[one.row] for one in portion], as_of)
            for one in portion:
                row = rows.get(keys[one.row])
                if row is None or row.state in (State.REPLACED, State.RETIRED):
                    lost = True
                elif admits(scope, row.audience, row.language):
                    hit = Hit(row, one.score, best[one.group])
                    (live if row.state is State.LIVE else stale).append(hit)
            if len(live) >= max(k, _RERANKED):
                break
        live = self._rerank(question, live)
        scores = [one.score for one in ranked]
        empty = np.zeros((0, 0), dtype=np.float32)
        found = Found(live[:k], stale, empty, empty, None, (), len(keys), scores, live[k:])
        return found, lost

    def _rerank(self, question: str, hits: list[Hit]) -> list[Hit]:
        if self._reranker is None or not hits:
            return hits
        first, rest = hits[:_RERANKED], hits[_RERANKED:]
        texts = [f"{hit.candidate.title}\n{hit.candidate.text}" for hit in first]
        scores = self._reranker.scores(question, texts)
        order = np.argsort(-scores, kind="stable")
        return [first[int(at)] for at in order] + rest


def _best_features(
    features: NDArray[np.float64], groups: Sequence[int]
) -> dict[int, NDArray[np.float64]]:
    best: dict[int, NDArray[np.float64]] = {}
    for row, group in zip(features, groups, strict=True):
        best[group] = np.maximum(best[group], row) if group in best else row
    return best
