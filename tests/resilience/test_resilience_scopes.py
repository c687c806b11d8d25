"""A search within a scope answers as if nothing else were there, whatever an index says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parts import Parts, opened
from sqlalchemy import select

from copilot.retrieval import follow
from copilot.retrieval.fuse import load_weights, rank
from copilot.retrieval.search import PROPOSED
from copilot.store.index import rows
from copilot.store.tables import chunks, versions
from copilot.types import Audience, Document, Scope

pytestmark = pytest.mark.slow

COUNT = 2000
REGIONS = [f"region-{number:02d}" for number in range(100)]
ROLES, LANGUAGES = ["agent", "staff"], ["en", "de", None]
WORDS = (
    "return receipt kettle lamp refund branch card parcel invoice visit permit bill form desk "
    "morning evening manager stock delivery repair voucher points opening closing key alarm"
).split()

SCOPES = st.builds(
    Scope,
    roles=st.none() | st.sampled_from([("agent",), ("staff",), ("agent", "staff")]),
    regions=st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3, unique=True).map(tuple),
    language=st.sampled_from([None, "en", "de", "en-GB"]),
)
QUESTIONS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True).map(" ".join)


def documents() -> list[Document]:
    """One chunk each; a region admits 1% of them, and a few have no region."""
    random = np.random.default_rng(5)
    found = []
    for number in range(COUNT):
        words = random.choice(WORDS, 12)
        audience = Audience(
            roles=() if number % 3 == 0 else (ROLES[number % 2],),
            regions=() if number % 500 == 7 else (REGIONS[number % 100],),
        )
        text = f"{' '.join(words)}. Rule {number} of {words[0]} and {words[1]}."
        language = LANGUAGES[number % 7 % 3]
        found.append(
            Document(f"d{number}", f"On {words[2]}", text, language=language, audience=audience)
        )
    return found


DOCUMENTS = {one.document_id: one for one in documents()}


def may_see(scope: Scope, document: Document) -> bool:
    """Written anew here: what the scope says, read by hand."""
    roles, regions = document.audience.roles, document.audience.regions
    if scope.roles is not None and roles and not set(scope.roles) & set(roles):
        return False
    if scope.regions is not None and regions and not set(scope.regions) & set(regions):
        return False
    if scope.language is None or document.language is None:
        return True
    return scope.language[:2] == document.language[:2]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    found = opened(tmp_path_factory.mktemp("scopes"))
    found.sync.run(DOCUMENTS.values(), "here")
    found.search("anything")
    yield found
    found.close()


@pytest.fixture(scope="module")
def by_chunk(parts: Parts) -> dict[int, str]:
    """The document of each chunk."""
    query = select(chunks.c.chunk_key, versions.c.document_id).join(
        versions, versions.c.version_key == chunks.c.version_key
    )
    with parts.store.engine.connect() as connection:
        return {row.chunk_key: row.document_id for row in connection.execute(query)}


@pytest.fixture(scope="module")
def vectors(parts: Parts) -> dict[int, Any]:
    """The vector of each chunk, as SQL has it."""
    with parts.store.engine.connect() as connection:
        model = parts.copilot.embedder.model
        return {row.chunk_key: row.vector for row in rows(connection, model)}


def exact_scan(
    parts: Parts, vectors: dict[int, Any], permitted: Sequence[int], question: str
) -> list[tuple[float, int]]:
    query = parts.copilot.embedder.embed_query(question)[0]
    return sorted((-float(vectors[key] @ query), key) for key in permitted)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(scope=SCOPES, question=QUESTIONS)
def test_vectors_within_a_scope_are_those_of_an_exact_scan(
    scope: Scope,
    question: str,
    parts: Parts,
    by_chunk: dict[int, str],
    vectors: dict[int, Any],
) -> None:
    permitted = [key for key, one in by_chunk.items() if may_see(scope, DOCUMENTS[one])]
    scanned = exact_scan(parts, vectors, permitted, question)[:PROPOSED]
    with parts.store.engine.connect() as connection:
        mask = parts.follower.indexes.permitted(connection, scope)
    query = parts.copilot.embedder.embed_query(question)
    weights = np.ones((1, len(query)), dtype=np.float32)
    found = parts.follower.indexes.nearest(query, weights, PROPOSED, mask)
    assert set(found) <= set(permitted)
    assert len(found) == len(scanned)
    # Chunks that are equally near may change places.
    distances = sorted(-float(vectors[key] @ query[0]) for key in found)
    assert distances == pytest.approx([distance for distance, _ in scanned], abs=1e-5)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(scope=SCOPES, question=QUESTIONS)
def test_a_search_within_a_scope_shows_nothing_else_and_misses_nothing(
    scope: Scope, question: str, parts: Parts, by_chunk: dict[int, str]
) -> None:
    """Where the scope admits fewer chunks than an index proposes, nothing can be missed."""
    found = [one.document_id for one in parts.copilot.search(question, scope=scope).passages]
    permitted = {key: one for key, one in by_chunk.items() if may_see(scope, DOCUMENTS[one])}
    assert set(found) <= set(permitted.values())
    assert len(found) == min(10, len(permitted))
    if len(permitted) <= PROPOSED:
        best = ranked_by_everything(parts, list(permitted), question)
        assert found == [permitted[key] for key in best[: len(found)]]


def ranked_by_everything(parts: Parts, keys: list[int], question: str) -> list[int]:
    """These chunks, every one of them scored and fused, best first."""
    index = parts.follower.indexes
    words = index.words(question, "")
    assert words is not None
    query = parts.copilot.embedder.embed_query(question)
    weights = np.ones((1, len(query)), dtype=np.float32)
    body, title = (index.word_scores(words, field, keys) for field in ("body", "title"))
    features = np.column_stack(
        [
            index.exact.scores(keys, query, weights),
            [body.get(key, 0.0) for key in keys],
            [title.get(key, 0.0) / words.total for key in keys],
        ]
    )
    return [keys[one.row] for one in rank(features, index.exact.versions(keys), load_weights())]


def test_recall_within_one_percent_of_the_chunks(
    parts: Parts, by_chunk: dict[int, str], vectors: dict[int, Any]
) -> None:
    """At ten of k; 0.98 is promised."""
    random = np.random.default_rng(6)
    kept = asked = 0
    for region in REGIONS:
        scope = Scope(regions=(region,))
        question = " ".join(random.choice(WORDS, 4, replace=False))
        permitted = [key for key, one in by_chunk.items() if may_see(scope, DOCUMENTS[one])]
        best = ranked_by_everything(parts, permitted, question)[:10]
        found = parts.copilot.search(question, scope=scope).passages
        kept += len({by_chunk[key] for key in best} & {one.document_id for one in found})
        asked += len(best)
    print(f"\nrecall within 1% of {COUNT} chunks: {kept}/{asked}")
    assert kept >= 0.98 * asked


def test_a_wrong_audience_in_the_indexes_shows_nothing_that_the_row_forbids(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every index says that every chunk is for the region that is asked for."""
    scope = Scope(regions=(REGIONS[3],))
    with parts.store.engine.connect() as connection:
        mask = parts.follower.indexes.permitted(connection, scope)
    assert mask is not None
    allowed = int(np.flatnonzero(mask)[0])

    def tampered(*arguments: Any) -> Any:
        return (replace(row, audience_key=allowed) for row in rows(*arguments))

    monkeypatch.setattr(follow, "rows", tampered)
    data_dir = Path(parts.store.engine.url.database or "").parent
    wrong = opened(data_dir, indexes=tmp_path / "indexes")
    try:
        index = wrong.follower.indexes
        query = wrong.copilot.embedder.embed_query("refund")
        weights = np.ones((1, len(query)), dtype=np.float32)
        assert len(index.nearest(query, weights, COUNT, mask)) == COUNT
        shown = 0
        for word in WORDS:
            found = wrong.copilot.search(word, k=100, scope=scope).passages
            assert all(may_see(scope, DOCUMENTS[one.document_id]) for one in found)
            shown += len(found)
        assert shown > 0
    finally:
        wrong.close()
