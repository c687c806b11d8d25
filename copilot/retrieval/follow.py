"""Keeps the indexes in step with the change log, each at its own position, and mends them.

The exact index is in memory and the lexical one in a folder; both are brought up to date before
each search. Chroma follows in the background and is used once it has been seen to serve.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy import Connection

from copilot.retrieval.exact import ExactIndex
from copilot.retrieval.indexes import Indexes
from copilot.retrieval.lexical import Lexical
from copilot.retrieval.vectors import BATCH, ChromaIndex, open_chroma
from copilot.store import Store, changes
from copilot.store.index import indexed_count, rows

# A search waits for at most this many changes while a thread follows in the background.
_FOREGROUND = 400
_BACKGROUND = 400
_POLL_S = 0.5
_RETRY_S = 5.0
# Between two batches for Chroma, so that searches get their turn.
_PAUSE_S = 0.01
# So many chunks of an old Chroma folder are queried before the folder is trusted.
_SAMPLE = 64

_log = structlog.get_logger("copilot.follow")


class Follower:
    """Owns the indexes of one database in one process; the owner of the folder writes it."""

    def __init__(self, store: Store, model: str, dimension: int, folder: Path) -> None:
        self._store = store
        self._model = model
        self._folder = folder
        self._applying = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._private: tempfile.TemporaryDirectory[str] | None = None
        self._lock = _lock(folder)
        lexical, damage = self._open_lexical()
        self.indexes = Indexes(ExactIndex(dimension), lexical)
        self._load_exact()
        if damage is None and self._lexical_disagrees():
            if lexical.position == 0:
                self._load_lexical()
            else:
                damage = RuntimeError("it does not hold what the database says")
        if damage is not None:
            self.indexes.damaged("words", damage)

    def catch_up(self, connection: Connection) -> int:
        """Applies what the log has; returns the position of the connection's snapshot."""
        head = changes.head(connection)
        if self._thread is not None:
            self._follow(head, _FOREGROUND)
        else:
            if self.indexes.is_damaged("words"):
                self._load_lexical()
            while self._follow(head, _BACKGROUND):
                pass
        return head

    def start(self, chroma_url: str = "") -> None:
        """Follows in the background until `close`, with Chroma where this process may."""
        self._thread = threading.Thread(
            target=self._run, args=(chroma_url,), name="follow", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stops following and lets go of the folder."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
        self.indexes.lexical.close()
        if self._lock is not None:
            self._lock.close()
        if self._private is not None:
            self._private.cleanup()

    @property
    def backlog(self) -> int:
        """How many changes the indexes that answer are behind."""
        with self._store.engine.connect() as connection:
            return max(0, changes.head(connection) - self.indexes.exact.position)

    def _run(self, chroma_url: str) -> None:
        while not self._stop.is_set():
            try:
                self._round(chroma_url)
                self._stop.wait(_POLL_S)
            except Exception:
                _log.exception("following failed; it is tried again")
                self._stop.wait(_RETRY_S)

    def _round(self, chroma_url: str) -> None:
        if self.indexes.is_damaged("words"):
            self._load_lexical()
        with self._store.engine.connect() as connection:
            head = changes.head(connection)
        while self._follow(head, _BACKGROUND) and not self._stop.is_set():
            pass
        if self._lock is not None or chroma_url:
            self._follow_chroma(chroma_url)

    # Exact and lexical

    def _follow(self, head: int, limit: int) -> bool:
        """Applies up to `limit` changes; whether there were any before `head`."""
        exact, lexical = self.indexes.exact, self.indexes.lexical
        if exact.position >= head and (
            lexical.position >= head or self.indexes.is_damaged("words")
        ):
            return False
        with self._applying:
            whole = not self.indexes.is_damaged("words")
            position = min(exact.position, lexical.position) if whole else exact.position
            news = changes.since(self._store.engine, position, limit)
            if not news:
                return False
            drop, add = settle(news)
            fresh = list(rows(self._store.engine, self._model, add))
            exact.update(drop, fresh, max(exact.position, news[-1].seq))
            if whole:
                try:
                    lexical.update(drop, fresh, news[-1].seq)
                except Exception as error:
                    self.indexes.damaged("words", error)
        return True

    def _load_exact(self) -> None:
        position = self._head()
        self.indexes.exact.load(rows(self._store.engine, self._model), position)

    def _load_lexical(self) -> None:
        """Everything anew. Nobody else touches the index meanwhile: it is new, or marked."""
        position = self._head()
        self.indexes.lexical.load(rows(self._store.engine, self._model), position)
        self.indexes.mended("words")

    def _open_lexical(self) -> tuple[Lexical, Exception | None]:
        """The shared folder's index for its owner; for any other process a private one."""
        if self._lock is None:
            self._private = tempfile.TemporaryDirectory(prefix="copilot-words-")
            return Lexical(Path(self._private.name) / "words", self._store.instance), None
        folder = self._folder / "words"
        stood = folder.exists()
        try:
            lexical = Lexical(folder, self._store.instance)
        except Exception as error:
            shutil.rmtree(folder, ignore_errors=True)
            return Lexical(folder, self._store.instance), error
        if stood and lexical.position == 0:
            return lexical, RuntimeError("its stamp is missing or another database's")
        return lexical, None

    def _lexical_disagrees(self) -> bool:
        """Whether the lexical index at its position cannot be what the database led it to."""
        lexical = self.indexes.lexical
        with self._store.engine.connect() as connection:
            head, expected = changes.head(connection), indexed_count(connection)
        if lexical.position == 0:
            return expected > 0
        return lexical.position > head or (lexical.position == head and len(lexical) != expected)

    def _head(self) -> int:
        with self._store.engine.connect() as connection:
            return changes.head(connection)

    # Chroma

    def _follow_chroma(self, url: str) -> None:
        indexes = self.indexes
        if indexes.chroma is None or indexes.is_damaged("vectors"):
            self._open_chroma(url)
        chroma = indexes.chroma
        if chroma is None:
            return
        position = indexes.exact.position
        if chroma.position == position and not indexes.is_damaged("vectors"):
            return
        try:
            wanted = set(indexes.exact.keys())
            chroma.remove(sorted(chroma.served - wanted))
            self._feed(chroma, sorted(wanted - chroma.served))
            chroma.position = position
        except Exception as error:
            indexes.damaged("vectors", error)

    def _open_chroma(self, url: str) -> None:
        indexes = self.indexes
        folder = self._folder / "vectors"
        if indexes.chroma is not None and not url:
            indexes.chroma = None
            shutil.rmtree(folder, ignore_errors=True)
        chroma, damaged = open_chroma(url, folder, self._store.instance, self._model)
        if damaged:
            indexes.damaged("vectors", RuntimeError("another process could not open it"))
        known = sorted(chroma.served & set(indexes.exact.keys()))
        sample = known[:: max(1, len(known) // _SAMPLE)][:_SAMPLE]
        missed = chroma.missed(sample, indexes.exact.vectors(sample))
        chroma.doubt(missed)
        if len(missed) * 2 > len(sample):
            indexes.damaged("vectors", RuntimeError("it does not serve what it stores"))
            chroma.doubt(known)
        indexes.exact.mark_served(chroma.served, only=True)
        indexes.chroma = chroma

    def _feed(self, chroma: ChromaIndex, missing: Sequence[int]) -> None:
        """Adds what is missing; what is not served even then is tried again at the next change."""
        indexes = self.indexes
        for start in range(0, len(missing), BATCH):
            if self._stop.is_set():
                return
            batch = [key for key in missing[start : start + BATCH] if key in indexes.exact]
            vectors = indexes.exact.vectors(batch)
            if batch and len(vectors) == len(batch):
                missed = chroma.add(batch, vectors)
                indexes.exact.mark_served(set(batch) - set(missed))
            self._stop.wait(_PAUSE_S)
        indexes.mended("vectors")


def settle(news: Iterable[changes.Change]) -> tuple[list[int], list[int]]:
    """What a run of changes comes to: the versions to drop, and those to take in."""
    last = {change.version_key: change.kind for change in news}
    drop = [key for key, kind in last.items() if kind == changes.DROP]
    add = [key for key, kind in last.items() if kind == changes.INDEX]
    return drop, add


def _lock(folder: Path) -> IO[str] | None:
    """The folder's lock, which the system lets go of when its holder dies; None if it is held."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
