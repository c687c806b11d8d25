"""A process that ingests, updates and retires until it is killed, and keeps a ledger of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import ledger
import numpy as np
import shelf
import structlog
from parts import Parts, chroma_answers, opened, store_url
from structlog.testing import LogCapture

from copilot.errors import UnknownDocument
from copilot.retrieval import indexes
from copilot.retrieval.hashing import HashingEmbedder
from copilot.store import Store
from copilot.store.documents import content_sha256
from ingest.sync import Sync

Revisions = dict[str, int]


def write_until_killed(data_dir: Path, ledger_path: Path, seed: int) -> None:
    """Writes to the database only; whoever searches owns the indexes."""
    store = Store(store_url(data_dir))
    writer = Writer(store, Sync(store, HashingEmbedder()), ledger.Pen(ledger_path), seed)
    writer.begin()
    while True:
        writer.step()


def own_until_killed(data_dir: Path, ledger_path: Path, seed: int) -> None:
    """Owns the index folder as well, has Chroma answer, and searches after each write."""
    said = LogCapture()
    structlog.configure(processors=[said])
    indexes.EXACT_LIMIT = 0
    pen = ledger.Pen(ledger_path)
    parts = opened(data_dir, follow=True)
    writer = Writer(parts.store, parts.sync, pen, seed)
    _compare(parts, pen, writer.begin())
    serving = False
    while True:
        _say(said, pen)
        if not serving and chroma_answers(parts):
            serving = True
            pen.write(ledger.SERVING)
        _compare(parts, pen, writer.step())


class Writer:
    """Chooses what to do next, and says so before and after."""

    def __init__(self, store: Store, sync: Sync, pen: ledger.Pen, seed: int) -> None:
        self._store = store
        self._sync = sync
        self._pen = pen
        self._random = np.random.default_rng(seed)
        self._revisions: Revisions = {}

    def begin(self) -> Revisions:
        """Reads what stands, as one who comes after a kill must, and puts what never stood."""
        self._revisions = standing(self._store)
        self._pen.write(ledger.FOUND, self._revisions)
        missing = [one for one in shelf.STANDING if self._revisions[one] == ledger.GONE]
        if missing:
            self._ingest(missing)
        self._pen.write(ledger.READY)
        return dict(self._revisions)

    def step(self) -> Revisions:
        """One thing that people do; returns the documents that it touched, as they are now."""
        choice = self._random.random()
        if choice < 0.2:
            touched = list(self._random.choice(shelf.EVERY, 4, replace=False))
            self._ingest(touched)
        elif choice < 0.6:
            touched = [str(self._random.choice(shelf.STANDING))]
            self._put(touched[0])
            if choice < 0.35:  # twice in a row, so that a reader may be between the two
                self._put(touched[0])
        else:
            touched = [str(self._random.choice(shelf.PASSING))]
            if self._revisions[touched[0]] == ledger.GONE or choice < 0.7:
                self._put(touched[0])
            else:
                self._retire(touched[0])
        return {document_id: self._revisions[document_id] for document_id in touched}

    def _put(self, document_id: str) -> None:
        document = shelf.document(document_id, self._next())
        self._intend({document_id: shelf.revision_of(document.text)})
        put = self._sync.put(document)
        self._done({document_id: (put.version, content_sha256(document))})

    def _ingest(self, document_ids: list[str]) -> None:
        revision = self._next()
        self._intend({str(one): revision for one in document_ids})
        documents = [shelf.document(str(one), revision) for one in document_ids]
        self._sync.run(documents, "shelf")
        versions = {
            one.document_id: (
                self._store.documents.version(one.document_id).version,
                content_sha256(one),
            )
            for one in documents
        }
        self._done(versions)

    def _retire(self, document_id: str) -> None:
        self._intend({document_id: ledger.GONE})
        self._store.documents.retire(document_id)
        self._done({})

    def _next(self) -> int:
        return time.monotonic_ns()

    def _intend(self, revisions: Revisions) -> None:
        self._pen.write(ledger.INTENDED, revisions)
        self._intended = revisions

    def _done(self, versions: Mapping[str, tuple[int, str]]) -> None:
        self._pen.write(ledger.DONE, self._intended, versions)
        self._revisions.update(self._intended)


def standing(store: Store) -> Revisions:
    """The revision of every document, as the database has it."""
    revisions = {}
    for document_id in shelf.EVERY:
        try:
            text = store.documents.version(document_id).document.text
            revisions[document_id] = shelf.revision_of(text)
        except UnknownDocument:
            revisions[document_id] = ledger.GONE
    return revisions


def _compare(parts: Parts, pen: ledger.Pen, revisions: Revisions) -> None:
    """The next search shows each document as it is now, and no other revision of it."""
    for document_id, revision in revisions.items():
        found = parts.search(shelf.question(document_id), 30)
        shown = [one for one in found if one.document_id == document_id]
        seen = [shelf.revision_of(one.text) for one in shown]
        if seen != [revision][: revision != ledger.GONE] or not all(map(shelf.is_whole, shown)):
            pen.write(ledger.WRONG, note=[document_id, revision, seen])


def _say(said: LogCapture, pen: ledger.Pen) -> None:
    while said.entries:
        entry = said.entries.pop(0)
        pen.write(ledger.SAID, note={key: str(value) for key, value in entry.items()})
