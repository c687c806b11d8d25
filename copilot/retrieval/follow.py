"""Keeps the indexes in step with the change log, each at its own position, and mends them.

The exact index is in memory and the lexical one in a folder; both are brought up to date before
each search. Chroma follows in the background and is used once it has been seen to serve.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy import Connection

from copilot.retrieval.exact import ExactIndex
from copilot.retrieval.indexes import Indexes
from copilot.retrieval.lexical import Lexical
from copilot.retrieval.panics import panics_as_errors
from copilot.retrieval.vectors import BATCH, ChromaIndex, open_chroma
from copilot.store import Store, changes
from copilot.store.database import snapshot
from copilot.store.index import indexed_count, rows

# Changes that are applied at once; no search waits for more while a thread follows too.
_PORTION = 400
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
        self._applying = threading.RLock()
        self._held = False
        self._to_drop: set[int] = set()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._private: tempfile.TemporaryDirectory[str] | None = None
        self._lock = _lock(folder)
        lexical, damage = self._open_lexical()
        self.indexes = Indexes(ExactIndex(dimension), lexical)
        with snapshot(store.engine).connect() as connection:
            self.indexes.exact.load(rows(connection, model), changes.head(connection))
            damage = damage or self._compare_lexical(connection)
        if damage is not None:
            self.indexes.damaged("words", damage)

    def catch_up(self, connection: Connection) -> int:
        """Applies what the log has as the connection's `snapshot` sees it; returns its head.

        While a thread follows too, no more than a portion is waited for.
        """
        head = changes.head(connection)
        if self._thread is None and self.indexes.is_damaged("words"):
            self._load_lexical(connection)
        while self._follow(connection, head) and (self._thread is None or self._held):
            pass
        return head

    @contextmanager
    def holding_still(self) -> Iterator[None]:
        """No other thread moves the exact index meanwhile, and `catch_up` catches up wholly."""
        with self._applying:
            self._held = True
            try:
                yield
            finally:
                self._held = False

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
        if self.indexes.chroma is not None:
            self.indexes.chroma.close()
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
                with panics_as_errors():
                    self._round(chroma_url)
                self._stop.wait(_POLL_S)
            except Exception:
                _log.exception("following failed; it is tried again")
                self._stop.wait(_RETRY_S)

    def _round(self, chroma_url: str) -> None:
        with snapshot(self._store.engine).connect() as connection:
            head = changes.head(connection)
            self._check_lexical()
            if self.indexes.is_damaged("words"):
                self._load_lexical(connection)
            while self._follow(connection, head) and not self._stop.is_set():
                pass
        if self._lock is not None or chroma_url:
            self._follow_chroma(chroma_url)

    # Exact and lexical

    def _follow(self, connection: Connection, head: int) -> bool:
        """Applies a portion of the changes up to the connection's head; whether there was any."""
        if not self._is_behind(head):
            return False
        exact, lexical = self.indexes.exact, self.indexes.lexical
        with self._applying:
            if not self._is_behind(head):
                return False
            whole = not self.indexes.is_damaged("words")
            position = min(exact.position, lexical.position) if whole else exact.position
            news = changes.seen_since(connection, position, _PORTION)
            drop, add = settle(news)
            fresh = list(rows(connection, self._model, add))
            # What replaces a version may be in a later portion; until the last one it stays.
            self._to_drop.update(drop)
            gone = self._to_drop if news[-1].seq == head else set()
            exact.update(gone, fresh, max(exact.position, news[-1].seq))
            self._to_drop -= gone
            if whole:
                try:
                    lexical.update(drop, fresh, news[-1].seq)
                except Exception as error:
                    self.indexes.damaged("words", error)
        return True

    def _is_behind(self, head: int) -> bool:
        """Whether an index lacks what a snapshot with this head has.

        Where the exact index is already further, whoever moved it has a later snapshot, and a
        document that was dropped since must not come back.
        """
        exact, lexical = self.indexes.exact, self.indexes.lexical
        if exact.position != head:
            return exact.position < head
        return lexical.position < head and not self.indexes.is_damaged("words")

    def _check_lexical(self) -> None:
        with self._applying:
            try:
                self.indexes.lexical.check_folder()
            except RuntimeError as error:
                self.indexes.damaged("words", error)

    def _load_lexical(self, connection: Connection) -> None:
        """Everything anew. Nobody else touches the index meanwhile: it is new, or marked."""
        position = changes.head(connection)
        self.indexes.lexical.load(rows(connection, self._model), position)
        self.indexes.mended("words")

    def _open_lexical(self) -> tuple[Lexical, Exception | None]:
        """The shared folder's index for its owner; for any other process a private one."""
        if self._lock is None:
            self._private = tempfile.TemporaryDirectory(
                prefix="copilot-words-", ignore_cleanup_errors=True
            )
            return Lexical(Path(self._private.name) / "words", self._store.instance), None
        folder = self._folder / "words"
        stood = folder.exists()
        try:
            lexical = Lexical(folder, self._store.instance)
        except Exception as error:
            shutil.rmtree(folder, ignore_errors=True)
            return Lexical(folder, self._store.instance), error
        if stood and lexical.created:
            return lexical, RuntimeError("its stamp is missing or another database's")
        return lexical, None

    def _compare_lexical(self, connection: Connection) -> Exception | None:
        """Brings the lexical index from where it stood to now, and tells if it cannot be right."""
        lexical = self.indexes.lexical
        head, expected = changes.head(connection), indexed_count(connection)
        if lexical.position == 0:
            if expected:
                self._load_lexical(connection)
            return None
        if lexical.position > head:
            return RuntimeError("it is ahead of the database")
        if lexical.position < head:
            behind = head - lexical.position
            _log.info("an index was behind the database; it follows", index="words", behind=behind)
        while self._follow(connection, head):
            pass
        if len(lexical) != expected:
            return RuntimeError("it does not hold what the database says")
        return None

    # Chroma

    def _follow_chroma(self, url: str) -> None:
        indexes = self.indexes
        again = indexes.is_damaged("vectors")
        try:
            chroma = indexes.chroma
            if chroma is None or again:
                chroma = self._open_chroma(url)
            position = indexes.exact.position
            if chroma.position == position and not again:
                return
            wanted = set(indexes.exact.keys())
            chroma.remove(sorted(chroma.stored - wanted))
            self._feed(chroma, sorted(wanted - chroma.served))
            chroma.position = position
        except Exception as error:
            indexes.damaged("vectors", error)
            if again:
                raise

    def _open_chroma(self, url: str) -> ChromaIndex:
        indexes = self.indexes
        folder = self._folder / "vectors"
        if indexes.chroma is not None:
            indexes.chroma.close()
            indexes.chroma = None
        if indexes.is_damaged("vectors") and not url:
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
        return chroma

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
    """The folder's lock, which the system lets go of when its holder dies; None if it is held.

    It stands beside the folder, so that emptying the folder does not make a second owner.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder.with_name(f"{folder.name}.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
