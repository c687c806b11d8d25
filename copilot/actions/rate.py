"""How often something may be done: a token bucket, which fills evenly."""

from __future__ import annotations

import threading
from collections.abc import Callable

from copilot.errors import Overloaded


class Bucket:
    """Lets `per_minute` through at once, and then as many a minute. Safe for several threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._most = self._left = float(per_minute)
        self._clock = clock
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Raises Overloaded when it is empty, with the seconds until it is not."""
        with self._lock:
            now = self._clock()
            a_second = self._most / 60
            self._left = min(self._most, self._left + (now - self._at) * a_second)
            self._at = now
            if self._left < 1:
                wait_s = 1 + int((1 - self._left) / a_second)
                raise Overloaded(f"it may be asked {self._most:.0f} times a minute", wait_s)
            self._left -= 1
