"""One thread that writes. What waits together is one transaction, so that a hundred
conversations share a commit and nobody waits for a lock that another thread of this process holds.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from copilot.store.database import writer

# Pieces of work in one transaction: enough to share its cost, few enough to keep it short.
_MOST = 64
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Piece(Generic[_T]):
    work: Callable[[Connection], _T]
    committed: Callable[[_T], None] | None
    future: Future[_T]


class Recorder:
    """Runs pieces of work in the order in which they were submitted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = writer(engine)
        self._waiting: queue.SimpleQueue[_Piece[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def submit(
        self, work: Callable[[Connection], _T], committed: Callable[[_T], None] | None = None
    ) -> Future[_T]:
        """Runs the work in a transaction, which is committed when the future is done.

        `committed` is told the result first, in the order of submission. Work that raises is
        undone by itself; when the commit fails, all that shared it fail.
        """
        piece = _Piece(work, committed, Future[_T]())
        self._waiting.put(piece)
        return piece.future

    def close(self) -> None:
        """Writes what is waiting, and stops."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            pieces = [self._waiting.get()]
            while len(pieces) < _MOST and not self._waiting.empty():
                pieces.append(self._waiting.get())
            open_ = None not in pieces
            self._write([one for one in pieces if one is not None])

    def _write(self, pieces: list[_Piece[Any]]) -> None:
        done: list[tuple[_Piece[Any], Any]] = []
        failed: list[tuple[_Piece[Any], BaseException]] = []
        try:
            with self._engine.begin() as connection:
                for piece in pieces:
                    try:
                        with connection.begin_nested():
                            done.append((piece, piece.work(connection)))
                    except Exception as error:
                        failed.append((piece, error))
        except Exception as error:
            failed, done = [(piece, error) for piece in pieces], []
        for piece, result in done:
            try:
                if piece.committed is not None:
                    piece.committed(result)
                piece.future.set_result(result)
            except Exception as error:  # it stands; whoever was to be told must hear of it
                failed.append((piece, error))
        for piece, problem in failed:
            piece.future.set_exception(problem)
