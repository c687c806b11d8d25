"""What indexes read of the truth: rows to load or follow, and candidates to check again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Engine, Select, Table, bindparam, func, literal, select

from copilot.store.documents import read_audience, state_at, superseded_ids
from copilot.store.tables import (
    audiences,
    chunks,
    interaction_chunks,
    interactions,
    vectors,
    versions,
)
from copilot.types import Audience, Chunk, State

_MANY = 400


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A chunk as an index takes it in. `vector` has shape (d,)."""

    chunk_key: int
    version_key: int
    audience_key: int
    title: str
    text: str
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that an index proposed, as the database knows it, and its state at a moment."""

    chunk_key: int
    version_key: int
    document_id: str
    version: int
    title: str
    url: str | None
    ordinal: int
    heading: str
    start: int
    end: int
    text: str
    text_sha256: str
    audience: Audience
    language: str | None
    state: State


def rows(
    connection: Connection, model: str, version_keys: Sequence[int] | None = None
) -> Iterator[IndexRow]:
    """The chunks of these versions, or of all, that belong in the indexes.

    Read them in the transaction that the change log was read in (`database.snapshot`), so that
    both tell of one moment. Chunks without a vector of `model` are left out; `missing` counts them.
    """
    query = (
        select(
            chunks.c.chunk_key,
            chunks.c.version_key,
            versions.c.audience_key,
            versions.c.title,
            chunks.c.heading,
            chunks.c.text,
            vectors.c.vector,
        )
        .join(versions, versions.c.version_key == chunks.c.version_key)
        .join(vectors, (vectors.c.text_sha256 == chunks.c.text_sha256) & (vectors.c.model == model))
        .where(versions.c.indexed)
        .order_by(chunks.c.chunk_key)
    )
    wanted = [None] if version_keys is None else _portions(version_keys)
    for portion in wanted:
        some = query if portion is None else query.where(chunks.c.version_key.in_(portion))
        for row in connection.execute(some, execution_options={"yield_per": 2000}):
            yield IndexRow(
                row.chunk_key,
                row.version_key,
                row.audience_key,
                row.title,
                f"{row.heading}\n{row.text}",
                np.frombuffer(row.vector, dtype="<f4"),
            )


def indexed_count(connection: Connection) -> int:
    """How many chunks belong in the indexes now."""
    query = (
        select(func.count())
        .select_from(chunks)
        .join(versions, versions.c.version_key == chunks.c.version_key)
        .where(versions.c.indexed)
    )
    return int(connection.execute(query).scalar_one())


def audience_table(connection: Connection) -> dict[int, tuple[Audience, str | None]]:
    """Every distinct audience and language, by key."""
    query = select(audiences.c.audience_key, audiences.c.definition)
    return {row.audience_key: read_audience(row.definition) for row in connection.execute(query)}


def audience_count(connection: Connection) -> int:
    """How many distinct audiences there are; they are only ever added."""
    return int(connection.execute(select(func.count()).select_from(audiences)).scalar_one())


_CANDIDATES: Select[Any] = (
    select(
        *(column for column in chunks.c if column is not chunks.c.sentences),
        versions.c.document_id,
        versions.c.version,
        versions.c.title,
        versions.c.url,
        versions.c.effective_from,
        versions.c.effective_to,
        versions.c.replaced_at,
        versions.c.retired_at,
        audiences.c.definition,
    )
    .join(versions, versions.c.version_key == chunks.c.version_key)
    .join(audiences, audiences.c.audience_key == versions.c.audience_key)
    .where(chunks.c.chunk_key.in_(bindparam("keys", expanding=True)))
)


def candidates(
    connection: Connection, chunk_keys: Sequence[int], as_of: datetime
) -> dict[int, Candidate]:
    """The rows of these chunks by key; a key that SQL does not know is not in the answer."""
    found = [
        row
        for portion in _portions(chunk_keys)
        for row in connection.execute(_CANDIDATES, {"keys": portion})
    ]
    superseded = superseded_ids(connection, {row.document_id for row in found}, as_of)
    answer = {}
    for row in found:
        audience, language = _audience(row.definition)
        answer[row.chunk_key] = Candidate(
            chunk_key=row.chunk_key,
            version_key=row.version_key,
            document_id=row.document_id,
            version=row.version,
            title=row.title,
            url=row.url,
            ordinal=row.ordinal,
            heading=row.heading,
            start=row.start,
            end=row.end,
            text=row.text,
            text_sha256=row.text_sha256,
            audience=audience,
            language=language,
            state=state_at(row, as_of, superseded=row.document_id in superseded),
        )
    return answer


# The same few definitions are met in every search.
_audience = lru_cache(maxsize=4096)(read_audience)


def neighbours(
    connection: Connection, candidate: Candidate, before: int, after: int
) -> list[tuple[str, str, tuple[tuple[int, int], ...], int]]:
    """(text_sha256, text, sentences, start) of a chunk and of those around it, in order."""
    query = (
        select(chunks.c.text_sha256, chunks.c.text, chunks.c.sentences, chunks.c.start)
        .where(
            chunks.c.version_key == candidate.version_key,
            chunks.c.ordinal >= candidate.ordinal - before,
            chunks.c.ordinal <= candidate.ordinal + after,
        )
        .order_by(chunks.c.ordinal)
    )
    return [
        (row.text_sha256, row.text, tuple((a, b) for a, b in row.sentences), row.start)
        for row in connection.execute(query)
    ]


def holding(
    connection: Connection, candidate: Candidate, spans: Sequence[tuple[int, int]]
) -> list[Candidate]:
    """The chunks of a candidate's version that hold any of these spans, in order."""
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    query = (
        select(chunks)
        .where(
            chunks.c.version_key == candidate.version_key,
            chunks.c.start < last,
            chunks.c.end > first,
        )
        .order_by(chunks.c.ordinal)
    )
    return [
        replace(
            candidate,
            chunk_key=row.chunk_key,
            ordinal=row.ordinal,
            heading=row.heading,
            start=row.start,
            end=row.end,
            text=row.text,
            text_sha256=row.text_sha256,
        )
        for row in connection.execute(query)
        if any(row.start < end and start < row.end for start, end in spans)
    ]


def version_text(
    connection: Connection, document_id: str, version: int, start: int, end: int
) -> str | None:
    """The characters [start, end) of a version's stored text; None when there is none."""
    query = select(func.substr(versions.c.text, start + 1, end - start)).where(
        versions.c.document_id == document_id,
        versions.c.version == version,
        versions.c.retired_at.is_(None),
    )
    found = connection.execute(query).scalar()
    return None if found is None else str(found)


def indexed_versions(connection: Connection, most: int) -> list[tuple[int, str, int, str]]:
    """(version_key, document_id, version, title) of what is indexed, the newest first."""
    query = (
        select(versions.c.version_key, versions.c.document_id, versions.c.version, versions.c.title)
        .where(versions.c.indexed)
        .order_by(versions.c.version_key.desc())
        .limit(most)
    )
    return [tuple(row) for row in connection.execute(query)]


def version_source(
    connection: Connection, version_key: int, most: int
) -> tuple[str, dict[str, Any]]:
    """The first characters of a version's stored text, and its author's metadata."""
    query = select(func.substr(versions.c.text, 1, most).label("text"), versions.c.details).where(
        versions.c.version_key == version_key
    )
    row = connection.execute(query).first()
    return ("", {}) if row is None else (row.text, dict(row.details).get("metadata", {}))


def missing(engine: Engine, model: str) -> list[tuple[str, Chunk]]:
    """The title and chunk of whatever is live or past talk and lacks a vector of `model`."""
    have = select(vectors.c.text_sha256).where(vectors.c.model == model)
    documents = (
        select(versions.c.title, chunks.c.heading, *_cut(chunks))
        .join(versions, versions.c.version_key == chunks.c.version_key)
        .where(versions.c.indexed, chunks.c.text_sha256.not_in(have))
    )
    talk = (
        select(interactions.c.subject.label("title"), literal("").label("heading"))
        .add_columns(*_cut(interaction_chunks))
        .join(
            interactions,
            interactions.c.interaction_id == interaction_chunks.c.interaction_id,
        )
        .where(interaction_chunks.c.text_sha256.not_in(have))
    )
    with engine.connect() as connection:
        return [
            (
                row.title or "",
                Chunk(
                    row.ordinal,
                    row.heading,
                    row.start,
                    row.end,
                    row.text,
                    tuple((start, end) for start, end in row.sentences),
                ),
            )
            for query in (documents, talk)
            for row in connection.execute(query)
        ]


def _cut(table: Table) -> list[Column[Any]]:
    return [table.c[name] for name in ("ordinal", "start", "end", "text", "sentences")]


def _portions(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + _MANY] for start in range(0, len(keys), _MANY)]
