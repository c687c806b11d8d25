"""Documents and their versions: written whole in one transaction, read with their state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, literal, select, update

from copilot.errors import UnknownDocument, VersionGone
from copilot.store import changes
from copilot.store.database import DOCUMENTS, queue, writer
from copilot.store.past import FIRST
from copilot.store.tables import (
    UtcDateTime,
    audiences,
    chunks,
    documents,
    supersessions,
    versions,
)
from copilot.store.vectors import Embedded, write_vectors
from copilot.types import Audience, Chunk, Document, Outcome, State, Version

# Part of every content hash: raising it makes the next ingest cut every document anew.
CUTTING = 1


@dataclass(frozen=True, slots=True)
class Indexable:
    """A document ready to be written: its chunks and, by text hash, every vector it needs."""

    document: Document
    chunks: Sequence[Chunk]
    chunk_hashes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Put:
    """What a write did, and the version that stands after it."""

    document_id: str
    outcome: Outcome
    version: int


def content_sha256(document: Document) -> str:
    """The hash of everything about a document that makes a new version when it changes."""
    fields = asdict(document)
    fields["cutting"] = CUTTING
    return hashlib.sha256(
        json.dumps(fields, sort_keys=True, default=str, ensure_ascii=True).encode()
    ).hexdigest()


class Documents:
    """The documents of one database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def hashes(self) -> dict[str, str]:
        """The content hash of every live document, by id."""
        query = select(documents.c.document_id, documents.c.sha256).where(
            documents.c.retired_at.is_(None)
        )
        with self._engine.connect() as connection:
            return {row.document_id: row.sha256 for row in connection.execute(query)}

    def put(
        self,
        ready: Sequence[Indexable],
        vectors: Mapping[str, Embedded],
        model: str,
        source: str | None,
    ) -> list[Put]:
        """Writes versions, chunks, vectors and the change log, all in one transaction.

        An unchanged document writes nothing but, where it moved, its source.
        """
        with writer(self._engine).begin() as connection:
            queue(connection, DOCUMENTS)
            now = self._now()
            write_vectors(connection, model, vectors)
            return [_put(connection, one, source, now) for one in ready]

    def unchanged(self, document_ids: Sequence[str], source: str) -> None:
        """Notes that these live documents were seen again, below this source."""
        if not document_ids:
            return
        with writer(self._engine).begin() as connection:
            queue(connection, DOCUMENTS)
            for start in range(0, len(document_ids), 500):
                connection.execute(
                    update(documents)
                    .where(documents.c.document_id.in_(document_ids[start : start + 500]))
                    .values(source=source)
                )

    def retire(self, document_id: str) -> None:
        """Takes a document out of every search at once; its versions are kept.

        Raises UnknownDocument when there is none, or it is retired already.
        """
        if self.retire_many([document_id]) == 0:
            raise UnknownDocument(f"no document {document_id!r}")

    def retire_many(self, document_ids: Iterable[str]) -> int:
        """Retires each of these that is not retired; returns how many were."""
        retired = 0
        with writer(self._engine).begin() as connection:
            queue(connection, DOCUMENTS)
            now = self._now()
            for document_id in document_ids:
                done = connection.execute(
                    update(documents)
                    .where(documents.c.document_id == document_id, documents.c.retired_at.is_(None))
                    .values(retired_at=now)
                )
                if done.rowcount == 0:
                    continue
                retired += 1
                open_versions = versions.c.document_id == document_id
                keys = connection.scalars(
                    select(versions.c.version_key).where(open_versions, versions.c.indexed)
                ).all()
                connection.execute(
                    update(versions)
                    .where(open_versions, versions.c.retired_at.is_(None))
                    .values(retired_at=now, indexed=False)
                )
                changes.append(connection, changes.DROP, keys, now)
        return retired

    def of_source(self, source: str) -> set[str]:
        """The ids of the live documents that were last ingested from below `source`."""
        query = select(documents.c.document_id).where(
            documents.c.source == source, documents.c.retired_at.is_(None)
        )
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def version(self, document_id: str, number: int | None = None) -> Version:
        """One version, the one in force now unless `number` says which.

        Without a number a retired document is unknown; with one, its kept versions are still
        found. Raises UnknownDocument, VersionGone.
        """
        with self._engine.connect() as connection:
            found = self._versions(connection, document_id)
        if not found or (number is None and found[-1].state is State.RETIRED):
            raise UnknownDocument(f"no document {document_id!r}")
        if number is None:
            live = [version for version in found if version.state is State.LIVE]
            return (live or found)[-1]
        for version in found:
            if version.version == number:
                return version
        raise VersionGone(f"document {document_id!r} has no version {number}")

    def history(self, document_id: str) -> list[Version]:
        """Every version, oldest first; empty when the document is unknown."""
        with self._engine.connect() as connection:
            return self._versions(connection, document_id)

    def page(self, after: str, limit: int) -> list[Version]:
        """The latest version of each document that is not retired, by id, after that id."""
        query = (
            select(versions, audiences.c.definition)
            .join(documents, documents.c.document_id == versions.c.document_id)
            .join(audiences, audiences.c.audience_key == versions.c.audience_key)
            .where(
                versions.c.version == documents.c.latest_version,
                documents.c.retired_at.is_(None),
                documents.c.document_id > after,
            )
            .order_by(documents.c.document_id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return self._read(connection, connection.execute(query).all())

    def count(self) -> int:
        """How many documents are not retired."""
        query = select(func.count()).select_from(documents).where(documents.c.retired_at.is_(None))
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _versions(self, connection: Connection, document_id: str) -> list[Version]:
        query = (
            select(versions, audiences.c.definition)
            .join(audiences, audiences.c.audience_key == versions.c.audience_key)
            .where(versions.c.document_id == document_id)
            .order_by(versions.c.version)
        )
        return self._read(connection, connection.execute(query).all())

    def _read(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Version]:
        now = self._now()
        superseded = superseded_ids(connection, {row.document_id for row in rows}, now)
        return [_version(row, now, row.document_id in superseded) for row in rows]


def superseded_ids(connection: Connection, document_ids: set[str], as_of: datetime) -> set[str]:
    """Which of these documents a document in force at `as_of` says it supersedes.

    One that was stored later than `as_of` says so only where nothing was stored by then.
    """
    known = (versions.c.created_at <= as_of) | (
        literal(as_of, UtcDateTime()) < FIRST.scalar_subquery()
    )
    query = (
        select(supersessions.c.superseded_id)
        .join(versions, versions.c.version_key == supersessions.c.version_key)
        .where(
            supersessions.c.superseded_id.in_(document_ids),
            versions.c.document_id != supersessions.c.superseded_id,
            versions.c.retired_at.is_(None),
            known,
            (versions.c.replaced_at.is_(None)) | (versions.c.replaced_at > as_of),
            (versions.c.effective_from.is_(None)) | (versions.c.effective_from <= as_of),
        )
    )
    return set(connection.scalars(query))


def state_at(row: Row[Any], as_of: datetime, *, superseded: bool) -> State:
    """The state of a version row at a moment; what is retired is so at every moment."""
    if row.retired_at is not None:
        return State.RETIRED
    if row.replaced_at is not None and row.replaced_at <= as_of:
        return State.REPLACED
    if row.effective_from is not None and row.effective_from > as_of:
        return State.SCHEDULED
    if row.effective_to is not None and row.effective_to <= as_of:
        return State.EXPIRED
    return State.SUPERSEDED if superseded else State.LIVE


def define_audience(audience: Audience, language: str | None) -> str:
    """The canonical form of whom a version is for and in which language it is."""
    fields = {name: sorted(values) for name, values in asdict(audience).items() if values}
    return json.dumps({**fields, "language": language}, sort_keys=True)


def read_audience(definition: str) -> tuple[Audience, str | None]:
    """The inverse of `define_audience`."""
    fields = json.loads(definition)
    language = fields.pop("language")
    return Audience(**{name: tuple(values) for name, values in fields.items()}), language


def _version(row: Row[Any], now: datetime, superseded: bool) -> Version:
    audience, language = read_audience(row.definition)
    details = dict(row.details)
    document = Document(
        document_id=row.document_id,
        title=row.title,
        text=row.text,
        media_type=row.media_type,
        language=language,
        owner=row.owner,
        url=row.url,
        audience=audience,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        supersedes=tuple(details.get("supersedes", ())),
        metadata=details.get("metadata", {}),
    )
    state = state_at(row, now, superseded=superseded)
    return Version(document, row.version, row.sha256, row.created_at, row.replaced_at, state)


def _put(connection: Connection, ready: Indexable, source: str | None, now: datetime) -> Put:
    document = ready.document
    sha256 = content_sha256(document)
    mine = documents.c.document_id == document.document_id
    standing = connection.execute(select(documents).where(mine).with_for_update()).first()
    revived = standing is None or standing.retired_at is not None
    if standing is not None and not revived and standing.sha256 == sha256:
        if source is not None and standing.source != source:
            connection.execute(update(documents).where(mine).values(source=source))
        return Put(document.document_id, Outcome.UNCHANGED, standing.latest_version)
    number = 1 if standing is None else standing.latest_version + 1
    dropped = [] if standing is None else _replace_standing(connection, document, now)
    values = {"sha256": sha256, "latest_version": number, "source": source, "retired_at": None}
    if standing is None:
        connection.execute(insert(documents).values(document_id=document.document_id, **values))
    else:
        connection.execute(update(documents).where(mine).values(**values))
    key = _write_version(connection, ready, number, sha256, now)
    changes.append(connection, changes.DROP, dropped, now)
    changes.append(connection, changes.INDEX, [key], now)
    outcome = Outcome.ADDED if revived else Outcome.CHANGED
    return Put(document.document_id, outcome, number)


def _replace_standing(connection: Connection, document: Document, now: datetime) -> list[int]:
    """Ends the versions that stand: now, or when the new one takes effect if that is later.

    A version that a future one will replace stays indexed until then; returns the keys of those
    that leave the indexes now.
    """
    start = document.effective_from
    later = start is not None and start > now
    open_ones = (versions.c.document_id == document.document_id) & versions.c.indexed
    rows = connection.execute(
        select(versions.c.version_key, versions.c.effective_from).where(open_ones)
    ).all()
    dropped = [
        row.version_key
        for row in rows
        if not later or (row.effective_from is not None and row.effective_from >= start)
    ]
    ending = start if later else now
    kept = [row.version_key for row in rows if row.version_key not in dropped]
    connection.execute(
        update(versions).where(versions.c.version_key.in_(dropped)).values(indexed=False)
    )
    for keys, moment in ((dropped, now), (kept, ending)):
        connection.execute(
            update(versions)
            .where(
                versions.c.version_key.in_(keys),
                (versions.c.replaced_at.is_(None)) | (versions.c.replaced_at > moment),
            )
            .values(replaced_at=moment)
        )
    return dropped


def _audience_key(connection: Connection, document: Document) -> int:
    definition = define_audience(document.audience, document.language)
    query = select(audiences.c.audience_key).where(audiences.c.definition == definition)
    found = connection.execute(query).scalar()
    if found is None:
        done = connection.execute(insert(audiences).values(definition=definition))
        found = done.inserted_primary_key[0]  # type: ignore[index]
    return int(found)


def _write_version(
    connection: Connection, ready: Indexable, number: int, sha256: str, now: datetime
) -> int:
    document = ready.document
    done = connection.execute(
        insert(versions).values(
            document_id=document.document_id,
            version=number,
            title=document.title,
            text=document.text,
            media_type=document.media_type,
            language=document.language,
            owner=document.owner,
            url=document.url,
            audience_key=_audience_key(connection, document),
            effective_from=document.effective_from,
            effective_to=document.effective_to,
            details={"supersedes": list(document.supersedes), "metadata": document.metadata},
            sha256=sha256,
            created_at=now,
            indexed=True,
        )
    )
    key = int(done.inserted_primary_key[0])  # type: ignore[index]
    if document.supersedes:
        rows = [{"version_key": key, "superseded_id": old} for old in set(document.supersedes)]
        connection.execute(insert(supersessions), rows)
    rows = [
        {
            "version_key": key,
            "ordinal": chunk.ordinal,
            "heading": chunk.heading,
            "start": chunk.start,
            "end": chunk.end,
            "text": chunk.text,
            "sentences": [list(span) for span in chunk.sentences],
            "text_sha256": text_hash,
        }
        for chunk, text_hash in zip(ready.chunks, ready.chunk_hashes, strict=True)
    ]
    if rows:
        connection.execute(insert(chunks), rows)
    return key


def utc_now() -> datetime:
    """The time that the store stamps rows with."""
    return datetime.now(UTC)
