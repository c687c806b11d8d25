"""What was searched at an earlier moment, told from the change log: it has a line for every version
that came or went.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from copilot.store.changes import INDEX
from copilot.store.tables import changes, chunks, vectors, versions
from copilot.types import Chunk

_MANY = 400
FIRST = select(changes.c.at).order_by(changes.c.seq).limit(1)


@dataclass(frozen=True, slots=True)
class StoodChunk:
    """A chunk of a version that was searched; `vector` is (d,), None where the model has none."""

    chunk_key: int
    version_key: int
    audience_key: int
    title: str
    chunk: Chunk
    vector: NDArray[np.float32] | None


def position_at(connection: Connection, as_of: datetime) -> int | None:
    """The last position of the change log at a moment; None before its first line.

    Of a moment before that, nobody knows what stood: the documents' own dates alone decide.
    """
    first = connection.execute(FIRST).scalar()
    if first is None or as_of < first:
        return None
    query = select(changes.c.seq).where(changes.c.at <= as_of).order_by(changes.c.seq.desc())
    return int(connection.execute(query.limit(1)).scalar_one())


def indexed_at(connection: Connection, position: int) -> list[int]:
    """The keys of the versions that belonged in the indexes at a position of the change log.

    Those that were deleted since are among them: their words counted then.
    """
    query = (
        select(changes.c.version_key, changes.c.kind)
        .where(changes.c.seq <= position)
        .order_by(changes.c.seq)
    )
    last = {row.version_key: row.kind for row in connection.execute(query)}
    return sorted(key for key, kind in last.items() if kind == INDEX)


def chunks_of(
    connection: Connection, model: str, version_keys: Sequence[int]
) -> Iterator[StoodChunk]:
    """The chunks of these versions, each with its vector of `model` where there is one."""
    query = (
        select(chunks, versions.c.audience_key, versions.c.title, vectors.c.vector)
        .join(versions, versions.c.version_key == chunks.c.version_key)
        .outerjoin(
            vectors, (vectors.c.text_sha256 == chunks.c.text_sha256) & (vectors.c.model == model)
        )
        .order_by(chunks.c.chunk_key)
    )
    for start in range(0, len(version_keys), _MANY):
        some = chunks.c.version_key.in_(version_keys[start : start + _MANY])
        for row in connection.execute(query.where(some)):
            yield StoodChunk(
                row.chunk_key,
                row.version_key,
                row.audience_key,
                row.title,
                Chunk(
                    row.ordinal,
                    row.heading,
                    row.start,
                    row.end,
                    row.text,
                    tuple((first, last) for first, last in row.sentences),
                ),
                None if row.vector is None else np.frombuffer(row.vector, dtype="<f4"),
            )


def deleted_since(connection: Connection, as_of: datetime) -> list[str]:
    """The documents that stood at a moment and were deleted after it."""
    query = (
        select(versions.c.document_id)
        .where(versions.c.created_at <= as_of, versions.c.retired_at > as_of)
        .where(versions.c.replaced_at.is_(None) | (versions.c.replaced_at > as_of))
        .distinct()
        .order_by(versions.c.document_id)
    )
    return list(connection.scalars(query))
