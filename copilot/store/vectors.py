"""The vector cache: by model and by the hash of what was embedded, so nothing is embedded twice.

A vector is stored as little-endian float32; the vectors of a text's sentences, pooled from the
same forward pass, as int8 rows of a unit vector scaled by 127.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from copilot.store.tables import chunks, interaction_chunks, vectors

_BATCH = 400


@dataclass(frozen=True, slots=True)
class Embedded:
    """A unit vector of shape (d,) and its sentences' unit vectors, (n, d), or None."""

    vector: NDArray[np.float32]
    spans: NDArray[np.float32] | None = None


def pack_spans(spans: NDArray[np.float32]) -> bytes:
    """(n, d) unit vectors as int8; the error of one value is at most 1/254."""
    return np.rint(spans * 127).astype(np.int8).tobytes()


def unpack_spans(blob: bytes, dimension: int) -> NDArray[np.float32]:
    """The inverse of `pack_spans`, renormalised; shape (n, dimension)."""
    rows = np.frombuffer(blob, dtype=np.int8).reshape(-1, dimension).astype(np.float32)
    norms: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
    norms[norms == 0] = 1
    return rows / norms


def write_vectors(connection: Connection, model: str, new: Mapping[str, Embedded]) -> None:
    """Stores those that are not there yet, within the caller's transaction."""
    rows = [
        {
            "model": model,
            "text_sha256": text_hash,
            "vector": embedded.vector.astype("<f4").tobytes(),
            "spans": None if embedded.spans is None else pack_spans(embedded.spans),
        }
        for text_hash, embedded in sorted(new.items())
    ]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(postgresql.insert(vectors).on_conflict_do_nothing(), rows)
    elif connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(vectors).on_conflict_do_nothing(), rows)
    else:  # pragma: no cover - open_engine admits no other
        connection.execute(insert(vectors), rows)


def drop_unused(connection: Connection, hashes: Iterable[str]) -> None:
    """Deletes the vectors of those texts that no chunk has any longer."""
    wanted = sorted(set(hashes))
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        used: set[str] = set()
        for column in (interaction_chunks.c.text_sha256, chunks.c.text_sha256):
            used.update(connection.scalars(select(column).where(column.in_(some)).distinct()))
        unused = vectors.c.text_sha256.in_([one for one in some if one not in used])
        connection.execute(delete(vectors).where(unused))


def known_hashes(engine: Engine, model: str, hashes: Iterable[str]) -> set[str]:
    """Which of these texts have a vector of this model."""
    wanted = sorted(set(hashes))
    found: set[str] = set()
    with engine.connect() as connection:
        for start in range(0, len(wanted), _BATCH):
            query = select(vectors.c.text_sha256).where(
                vectors.c.model == model,
                vectors.c.text_sha256.in_(wanted[start : start + _BATCH]),
            )
            found.update(connection.scalars(query))
    return found


def text_vectors(
    connection: Connection, model: str, hashes: Iterable[str]
) -> dict[str, NDArray[np.float32]]:
    """The vectors of those texts that have one of this model, each (d,)."""
    query = select(vectors.c.text_sha256, vectors.c.vector).where(
        vectors.c.model == model, vectors.c.text_sha256.in_(sorted(set(hashes)))
    )
    return {
        row.text_sha256: np.frombuffer(row.vector, dtype="<f4").astype(np.float32)
        for row in connection.execute(query)
    }


def span_vectors(
    connection: Connection, model: str, hashes: Iterable[str], dimension: int
) -> dict[str, NDArray[np.float32]]:
    """The sentences' vectors of those texts that have them, each (n, dimension)."""
    query = select(vectors.c.text_sha256, vectors.c.spans).where(
        vectors.c.model == model,
        vectors.c.text_sha256.in_(sorted(set(hashes))),
        vectors.c.spans.is_not(None),
    )
    return {
        row.text_sha256: unpack_spans(row.spans, dimension) for row in connection.execute(query)
    }
