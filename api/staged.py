"""Runs a suggestion in a thread of its own, so that its stages can be sent as they are ready."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from itertools import chain

from copilot.types import Listener, Staged, Suggestion


def staged(suggest: Callable[[Listener], Suggestion]) -> Iterator[Staged | Suggestion]:
    """Every stage and then the suggestion. Waits for the first of them.

    What goes wrong before that is raised here, when a status can still be sent.
    """
    told: queue.SimpleQueue[Staged | Suggestion | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            told.put(suggest(told.put))
        except Exception as error:
            told.put(error)

    def rest(last: Staged | Suggestion) -> Iterator[Staged | Suggestion]:
        while not isinstance(last, Suggestion):
            last = _next(told)
            yield last

    threading.Thread(target=run, name="suggest", daemon=True).start()
    first = _next(told)
    return chain([first], rest(first))


def _next(told: queue.SimpleQueue[Staged | Suggestion | Exception]) -> Staged | Suggestion:
    one = told.get()
    if isinstance(one, Exception):
        raise one
    return one
