"""What one app holds, and how its routes ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from api.keyring import Keyring
from api.metrics import Metrics
from copilot.errors import NotReady
from copilot.settings import Settings
from copilot.store import Store

if TYPE_CHECKING:
    from copilot.assist import Copilot


class Parts:
    """The settings from the start, and the copilot once it stands."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics(self)
        self._copilot: Copilot | None = None
        self._keyring: Keyring | None = None

    def take(self, copilot: Copilot | None) -> None:
        """From now on the routes use this copilot; with None they answer 503."""
        self._copilot = copilot
        self._keyring = None if copilot is None else Keyring(copilot.store.keys)

    @property
    def copilot(self) -> Copilot:
        """Raises NotReady before the copilot stands and after it was closed."""
        if self._copilot is None:
            raise NotReady("the copilot is starting or stopping")
        return self._copilot

    @property
    def keyring(self) -> Keyring:
        """Raises NotReady like `copilot`."""
        if self._keyring is None:
            raise NotReady("the copilot is starting or stopping")
        return self._keyring

    @property
    def store(self) -> Store:
        """Raises NotReady like `copilot`."""
        return self.copilot.store


async def parts_of(request: Request) -> Parts:
    """The parts of the app that serves this request."""
    parts: Parts = request.app.state.parts
    return parts


PartsOfApp = Annotated[Parts, Depends(parts_of)]
