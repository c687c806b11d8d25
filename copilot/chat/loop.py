"""The one event loop, in a thread of its own, on which a process calls its language models, and
the number of calls that may be under way at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from copilot.errors import ModelError

Work = Callable[[], Coroutine[Any, Any, object]]
# How long a thread waits for what was cancelled to close its connection.
PATIENCE_S = 0.25


class Running:
    """A call under way."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._task: asyncio.Task[object] | None = None
        self._is_cancelled = False
        self._over = threading.Event()

    def begin(self, work: Work, ended: Callable[[], None]) -> None:
        """Runs on the loop; `ended` is called on it once nothing of the call is left."""

        def over(_: object = None) -> None:
            ended()
            self._over.set()

        if self._is_cancelled:
            over()
            return
        self._task = self._loop.create_task(work())
        self._task.add_done_callback(over)

    def cancel(self, wait_s: float = PATIENCE_S) -> None:
        """Ends it, from any thread but the loop's own; waits until its connection is closed."""
        if self._over.is_set():
            return
        try:
            self._loop.call_soon_threadsafe(self._cancel)
        except RuntimeError:  # the loop has ended, and has cancelled everything
            return
        self._over.wait(wait_s)

    def wait(self, wait_s: float) -> None:
        """Waits until it has ended by itself."""
        self._over.wait(wait_s)

    def _cancel(self) -> None:
        if self._task is not None and not self._is_cancelled:  # twice would disturb the closing
            self._task.cancel()
        self._is_cancelled = True


class Loop:
    """Begins its thread at the first call, and ends it when the last who joined has left."""

    def __init__(self, at_once: int = 16) -> None:
        self._slots = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._joined = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    def join(self) -> None:
        """One more uses it."""
        with self._lock:
            self._joined += 1

    def leave(self) -> None:
        """One fewer uses it; the thread ends with the last."""
        with self._lock:
            self._joined -= 1
            loop, thread, told = self._loop, self._thread, self._told
            if self._joined or loop is None or thread is None:
                return
            self._loop = self._thread = None
        loop.call_soon_threadsafe(told.set)
        thread.join(4 * PATIENCE_S)

    def begin(self, work: Work, ended: Callable[[], None]) -> Running:
        """Begins a call. Raises ModelError at once where as many as may run are running."""
        loop = self._begun()
        if not self._slots.acquire(blocking=False):
            raise ModelError("as many calls as may run at once are running", "busy")

        def over() -> None:
            self._slots.release()
            ended()

        running = Running(loop)
        loop.call_soon_threadsafe(running.begin, work, over)
        return running

    def beside(self, work: Work) -> Running:
        """Begins what is no call: it is not counted."""
        loop = self._begun()
        running = Running(loop)
        loop.call_soon_threadsafe(running.begin, work, lambda: None)
        return running

    def _begun(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                ready = threading.Event()
                self._told = asyncio.Event()
                self._thread = threading.Thread(
                    target=self._serve, args=(ready,), name="chat", daemon=True
                )
                self._thread.start()
                ready.wait()
            assert self._loop is not None  # noqa: S101 - set before `ready`; tells mypy
            return self._loop

    def _serve(self, ready: threading.Event) -> None:
        async def until_told() -> None:
            self._loop = asyncio.get_running_loop()
            ready.set()
            await self._told.wait()

        with asyncio.Runner() as runner:  # cancels what is left
            runner.run(until_told())
