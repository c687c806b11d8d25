"""Does work in a few threads, each piece when it is due, the earliest first."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable

import structlog

_log = structlog.get_logger("copilot.live")

# How fast the mean time of a piece of work follows what is seen.
_FOLLOW = 0.05
_FIRST_GUESS_S = 0.02


class Schedule:
    """Threads that work until they are stopped. An error in one piece is logged, and ends it."""

    def __init__(self, threads: int) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._mean_s = _FIRST_GUESS_S
        self._threads = [
            threading.Thread(target=self._run, name=f"live-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def do(self, work: Callable[[], None], due: float = 0.0) -> None:
        """Does it once `due`, a moment of time.monotonic, has come."""
        with self._changed:
            heapq.heappush(self._due, (due, next(self._numbers), work))
            self._changed.notify()

    def wait_s(self) -> float:
        """How long something new would wait for its turn, by what is waiting now."""
        now = time.monotonic()
        with self._changed:
            waiting = sum(due <= now for due, _, _ in self._due)
        return waiting * self._mean_s / len(self._threads)

    def stop(self) -> None:
        """What is under way is finished; what waits is not begun."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            began = time.monotonic()
            try:
                work()
            except Exception:
                _log.exception("a live conversation's work failed")
            took = time.monotonic() - began
            self._mean_s += _FOLLOW * (took - self._mean_s)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._stopped:
                if not self._due:
                    self._changed.wait()
                    continue
                left = self._due[0][0] - time.monotonic()
                if left <= 0:
                    work = heapq.heappop(self._due)[2]
                    self._changed.notify()  # the next one's moment is somebody's to wait for
                    return work
                self._changed.wait(left)
        return None
