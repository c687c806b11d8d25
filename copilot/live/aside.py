"""Threads beside the schedule for what waits on somebody else: a language model that writes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Aside:
    """So many pieces of work at once; one more is not taken, and not queued."""

    def __init__(self, at_once: int) -> None:
        self._free = threading.Semaphore(at_once)
        self._pool = ThreadPoolExecutor(max(1, at_once), thread_name_prefix="drafts")

    def take(self, work: Callable[[], None]) -> bool:
        """Whether it was begun; False where as much as may run is running."""
        if not self._free.acquire(blocking=False):
            return False
        try:
            self._pool.submit(work).add_done_callback(lambda _: self._free.release())
        except RuntimeError:  # it was stopped
            self._free.release()
            return False
        return True

    def stop(self) -> None:
        """Takes nothing more, and waits for what is running."""
        self._pool.shutdown(wait=True)
