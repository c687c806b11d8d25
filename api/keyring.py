"""API keys as the database has them, remembered for so short a time that revoking one bites."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from copilot.store.keys import ApiKey, Keys

REMEMBERED_S = 2.0
_MOST = 4096


class Keyring:
    """Looks keys up. Only keys that open something are remembered, and only by their hash."""

    def __init__(self, keys: Keys, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._clock = clock
        self._found: dict[str, tuple[float, ApiKey]] = {}
        self._any_made = False
        self._token_secret: str | None = None

    def find(self, secret: str) -> ApiKey | None:
        """The key that this secret opens, if it stands or stood at most REMEMBERED_S ago."""
        name = hashlib.sha256(secret.encode()).hexdigest()
        return self._remembered(name, lambda: self._keys.find(secret))

    def _remembered(self, name: str, find: Callable[[], ApiKey | None]) -> ApiKey | None:
        now = self._clock()
        until, key = self._found.get(name, (now, None))
        if key is not None and until > now:
            return key
        key = find()
        if key is None:
            self._found.pop(name, None)
            return None
        if len(self._found) >= _MOST:
            self._found.clear()
        self._found[name] = (now + REMEMBERED_S, key)
        return key

    def standing(self, key_id: str) -> ApiKey | None:
        """The key of this id, if it stands or stood at most REMEMBERED_S ago."""
        return self._remembered(key_id, lambda: self._keys.standing(key_id))

    @property
    def token_secret(self) -> str:
        """What signs tokens."""
        if self._token_secret is None:
            self._token_secret = self._keys.token_secret()
        return self._token_secret

    def any_made(self) -> bool:
        """Whether a key was ever made; a revoked one counts, so that revoking opens nothing."""
        if not self._any_made:
            self._any_made = bool(self._keys.all())
        return self._any_made
