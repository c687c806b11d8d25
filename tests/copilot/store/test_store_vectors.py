from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from copilot.store import Store
from copilot.store.tables import vectors
from copilot.store.vectors import (
    Embedded,
    drop_unused,
    known_hashes,
    pack_spans,
    span_vectors,
    unpack_spans,
    write_vectors,
)


def vector(value: float) -> Embedded:
    return Embedded(np.full(4, value, dtype=np.float32))


def test_a_vector_is_kept_by_model_and_text(store: Store) -> None:
    with store.engine.begin() as connection:
        write_vectors(connection, "one", {"a": vector(0.5)})
        write_vectors(connection, "two", {"b": vector(0.25)})
    assert known_hashes(store.engine, "one", ["a", "b", "c"]) == {"a"}
    assert known_hashes(store.engine, "two", ["a", "b", "c"]) == {"b"}


def test_a_vector_that_is_there_is_not_written_again(store: Store) -> None:
    with store.engine.begin() as connection:
        write_vectors(connection, "one", {"a": vector(0.5)})
        write_vectors(connection, "one", {"a": vector(0.9), "b": vector(0.9)})
        kept = connection.execute(select(vectors).order_by(vectors.c.text_sha256)).all()
    assert [np.frombuffer(row.vector, "<f4")[0] for row in kept] == [0.5, np.float32(0.9)]


def test_any_number_of_texts_can_be_asked_for(store: Store) -> None:
    with store.engine.begin() as connection:
        write_vectors(connection, "one", {f"{n}": vector(0.5) for n in range(1_000)})
    assert len(known_hashes(store.engine, "one", [f"{n}" for n in range(40_000)])) == 1_000


def test_vectors_of_sentences_are_read_back_at_length_one(store: Store) -> None:
    spans = np.array([[0.6, 0.8, 0, 0], [0, 0, 0, 0], [0, 0, -1, 0]], dtype=np.float32)
    with store.engine.begin() as connection:
        write_vectors(connection, "one", {"a": Embedded(spans[0], spans), "b": vector(0.5)})
        found = span_vectors(connection, "one", ["a", "b"], 4)
    assert list(found) == ["a"]
    assert np.allclose(found["a"], spans, atol=0.01)
    assert np.linalg.norm(found["a"], axis=1).round(5).tolist() == [1, 0, 1]


def test_dropping_leaves_nothing_of_texts_that_nobody_has(store: Store) -> None:
    with store.engine.begin() as connection:
        write_vectors(connection, "one", {f"{n}": vector(0.5) for n in range(900)})
        drop_unused(connection, [f"{n}" for n in range(899)])
    assert known_hashes(store.engine, "one", [f"{n}" for n in range(900)]) == {"899"}


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-1, 1), min_size=8, max_size=8), max_size=5))
def test_packing_moves_a_unit_vector_by_less_than_a_hundredth(rows: list[list[float]]) -> None:
    spans = np.array(rows, dtype=np.float32).reshape(-1, 8)
    norms = np.linalg.norm(spans, axis=1, keepdims=True)
    spans = np.where(norms > 0.01, spans / np.maximum(norms, 0.01), 0).astype(np.float32)
    back = unpack_spans(pack_spans(spans), 8)
    assert back.shape == spans.shape
    assert back.dtype == np.float32
    assert np.abs(back - spans).max(initial=0) < 0.01
