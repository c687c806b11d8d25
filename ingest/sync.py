"""Brings the store in step with a stream of records: hashes first, vectors for new text only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from copilot.errors import InvalidInput, UnreadableFile
from copilot.history.taken import taken
from copilot.history.transcript import cut_transcript, transcript
from copilot.ports import Embedder
from copilot.procedures.parse import refuse_wrong
from copilot.retrieval.embedding import Text, embed, embedded_text, text_sha256
from copilot.store import Store
from copilot.store.customers import interaction_sha256
from copilot.store.documents import Indexable, Put, content_sha256
from copilot.store.vectors import Embedded, known_hashes
from copilot.types import Customer, Document, Interaction, Outcome
from ingest.chunk import cut
from ingest.readers import Record

# Chunks that are embedded together and documents that share a transaction: enough to keep
# every core busy, few enough that a kill loses seconds of work.
_BATCH_CHUNKS = 128


@dataclass(slots=True)
class Counts:
    """What a run did; `problems` are the records that could not be read."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0
    problems: list[UnreadableFile] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def note(self, outcome: Outcome) -> None:
        if outcome is Outcome.ADDED:
            self.added += 1
        elif outcome is Outcome.CHANGED:
            self.changed += 1
        else:
            self.unchanged += 1

    def add(self, other: Counts) -> None:
        """Takes another run's counts into these."""
        self.added += other.added
        self.changed += other.changed
        self.retired += other.retired
        self.unchanged += other.unchanged
        self.problems += other.problems
        self.seen |= other.seen

    def __str__(self) -> str:
        return f"+{self.added} ~{self.changed} -{self.retired} ={self.unchanged}"


class Sync:
    """Writes records to one store with one embedder."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def put(self, document: Document) -> Put:
        """One document, now; visible to the next search. Raises InvalidInput for a wrong marker."""
        refuse_wrong(document.text, document.metadata, document.document_id)
        ready = _indexable(document)
        vectors = self._embed(_texts(ready))
        return self._store.documents.put([ready], vectors, self._embedder.model, None)[0]

    def run(
        self,
        records: Iterable[Record | UnreadableFile],
        source: str,
        progress: Callable[[int], object] = lambda _: None,
    ) -> Counts:
        """Every record of a source; those that cannot be read are noted and the others go on.

        While one batch is written, the next is embedded. `progress` is told of each record done.
        """
        counts = Counts()
        with ThreadPoolExecutor(1, thread_name_prefix="write") as writing:
            pending: Future[None] | None = None
            for batch in _batches(self._changed(records, source, counts, progress)):
                vectors = self._embed(
                    {key: text for one in batch for key, text in _texts(one).items()}
                )
                if pending is not None:
                    pending.result()
                pending = writing.submit(self._write, batch, vectors, source, counts, progress)
            if pending is not None:
                pending.result()
        return counts

    def prune(self, source: str, counts: Counts) -> None:
        """Retires the documents of a source that its last run did not see."""
        gone = self._store.documents.of_source(source) - counts.seen
        counts.retired += self._store.documents.retire_many(sorted(gone))

    def _changed(
        self,
        records: Iterable[Record | UnreadableFile],
        source: str,
        counts: Counts,
        progress: Callable[[int], object],
    ) -> Iterator[Indexable]:
        """The documents whose content is new; everything else is dealt with on the way."""
        known = self._store.documents.hashes()
        of_source = self._store.documents.of_source(source)
        met = self._store.customers.interaction_hashes()
        moved: list[str] = []
        for record in records:
            if isinstance(record, Document):
                if record.document_id in counts.seen:
                    counts.problems.append(_given_twice(record.document_id))
                    progress(1)
                    continue
                counts.seen.add(record.document_id)
                if known.get(record.document_id) != content_sha256(record):
                    if (wrong := _wrong_marker(record)) is None:
                        yield _indexable(record)
                    else:
                        counts.problems.append(wrong)
                        progress(1)
                    continue
                counts.unchanged += 1
                if record.document_id not in of_source:
                    moved.append(record.document_id)
            elif isinstance(record, Customer):
                counts.note(self._store.customers.put(record))
            elif isinstance(record, Interaction):
                if met.get(record.interaction_id) == interaction_sha256(record):
                    counts.unchanged += 1
                else:
                    counts.note(self.put_interaction(record))
            else:
                counts.problems.append(record)
            progress(1)
        self._store.documents.unchanged(moved, source)

    def put_interaction(self, interaction: Interaction) -> Outcome:
        """One interaction, with its transcript cut and embedded for its customer's history."""
        text, spans = transcript(interaction)
        chunks = cut_transcript(text, spans)
        texts = [embedded_text(interaction.subject or "", chunk) for chunk in chunks]
        hashes = [text_sha256(*text) for text in texts]
        vectors = self._embed(dict(zip(hashes, texts, strict=True)))
        return self._store.customers.put_interaction(
            interaction,
            text,
            chunks,
            hashes,
            vectors,
            self._embedder.model,
            taken(interaction.turns, self._embedder),
        )

    def _embed(self, texts: dict[str, Text]) -> dict[str, Embedded]:
        """Vectors, by hash, of those texts that have none yet."""
        known = known_hashes(self._store.engine, self._embedder.model, texts)
        new = {text_hash: text for text_hash, text in texts.items() if text_hash not in known}
        return embed(self._embedder, new)

    def _write(
        self,
        batch: Sequence[Indexable],
        vectors: dict[str, Embedded],
        source: str,
        counts: Counts,
        progress: Callable[[int], object],
    ) -> None:
        for put in self._store.documents.put(batch, vectors, self._embedder.model, source):
            counts.note(put.outcome)
            progress(1)


def _given_twice(document_id: str) -> UnreadableFile:
    return UnreadableFile(
        "the id was given twice in this run; the first was taken",
        place=document_id,
        remedy="give each document an id of its own; a file's is its path without the ending",
    )


def _wrong_marker(document: Document) -> UnreadableFile | None:
    """What an author wrote wrongly of a step, with its line; what stands of the document stays."""
    try:
        refuse_wrong(document.text, document.metadata, document.document_id)
    except InvalidInput as error:
        return UnreadableFile(error.reason, place=error.place, remedy=error.remedy)
    return None


def _indexable(document: Document) -> Indexable:
    chunks = cut(document)
    hashes = [text_sha256(*embedded_text(document.title, chunk)) for chunk in chunks]
    return Indexable(document, chunks, hashes)


def _texts(ready: Indexable) -> dict[str, Text]:
    """Everything of a document that is embedded, by hash."""
    texts = (embedded_text(ready.document.title, chunk) for chunk in ready.chunks)
    return dict(zip(ready.chunk_hashes, texts, strict=True))


def _batches(changed: Iterable[Indexable]) -> Iterator[list[Indexable]]:
    batch: list[Indexable] = []
    size = 0
    for ready in changed:
        batch.append(ready)
        size += len(ready.chunks)
        if size >= _BATCH_CHUNKS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
