"""What one app holds, and how its routes ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import Depends, Request

from api.back_office import BackOffice, read_back_office
from api.hub import Hub
from api.keyring import Keyring
from api.metrics import Metrics
from copilot.errors import NotReady
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Event

if TYPE_CHECKING:
    from copilot.actions.run import Runner
    from copilot.assist import Copilot
    from copilot.live.desk import Desk


class Parts:
    """The settings from the start, and the copilot once it stands."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics(self)
        self.hub = Hub()
        self._copilot: Copilot | None = None
        self._keyring: Keyring | None = None
        self._desk: Desk | None = None
        self._runner: Runner | None = None
        self._back_office: BackOffice | None = None

    def take(self, copilot: Copilot | None) -> None:
        """From now on the routes use this copilot; with None they answer 503."""
        self._copilot = copilot
        self._keyring = None if copilot is None else Keyring(copilot.store.keys)
        self._runner = None

    def open_desk(self) -> None:
        """Takes live conversations from now on, and goes on with those that were left."""
        from copilot.live.desk import Desk

        def publish(conversation_id: str, events: Sequence[Event]) -> None:
            self.metrics.pushed(events)
            self.hub.publish(conversation_id, events)

        self._desk = Desk(self.copilot, publish)
        self._desk.recover()

    def open_runner(self) -> None:
        """Reads the actions that are declared; a wrong file is logged, and the others are used."""
        from copilot.compose import open_runner

        self.take_runner(open_runner(self.settings, self.store))

    def take_runner(self, runner: Runner) -> None:
        """From now on actions are run by this."""
        self._runner = runner
        for problem in runner.actions.problems:
            structlog.get_logger("api").warning(
                "an action cannot be used", reason=str(problem), remedy=problem.remedy
            )

    def close_desk(self) -> None:
        """Lets every watcher go, and ends what is under way."""
        self.hub.close()
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()

    @property
    def desk(self) -> Desk:
        """Raises NotReady like `copilot`."""
        if self._desk is None:
            raise NotReady("the copilot is starting or stopping")
        return self._desk

    @property
    def runner(self) -> Runner:
        """What runs actions. Raises NotReady like `copilot`."""
        if self._runner is None:
            self.open_runner()
        assert self._runner is not None  # noqa: S101 - it was opened just now
        return self._runner

    @property
    def back_office(self) -> BackOffice:
        """The demo's, read at its first use. Raises NotFound where there is none."""
        if self._back_office is None:
            now = self.store.now
            self._back_office = read_back_office(self.settings.demo_knowledge, now)
        return self._back_office

    @property
    def stands(self) -> bool:
        """Whether there is a copilot."""
        return self._copilot is not None

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


async def arrived_at(request: Request) -> float:
    """The moment of time.monotonic at which this request came to the edge."""
    arrived: float = request.state.arrived
    return arrived


Arrived = Annotated[float, Depends(arrived_at)]
