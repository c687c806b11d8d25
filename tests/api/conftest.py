"""The app over a real SQLite store and a copilot without a model, and clients that call it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from declared import refund, stock, write
from fake_copilot import LOOPBACK, FakeCopilot, app_around, parts_of
from fastapi.testclient import TestClient
from outside import BASE, Outside, outside

from copilot.actions.call import Wire
from copilot.actions.declare import read_actions
from copilot.actions.run import Runner
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Customer, Interaction, Role, Scope, Turn


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What the app logs, instead of printing it."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; a copy takes a millisecond."""
    path = tmp_path_factory.mktemp("empty") / "copilot.sqlite"
    Store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(settings: Settings, empty_database: Path) -> Iterator[Store]:
    shutil.copy(empty_database, settings.data_dir)
    store = Store(settings.store_url)
    yield store
    store.close()


@pytest.fixture
def copilot(store: Store) -> FakeCopilot:
    return FakeCopilot(store)


@pytest.fixture
def client(settings: Settings, copilot: FakeCopilot) -> Iterator[TestClient]:
    """A developer on this machine, without a key."""
    app = app_around(settings, copilot)
    with TestClient(app, base_url="http://127.0.0.1", client=LOOPBACK) as client:
        yield client


@pytest.fixture
def key(store: Store) -> Callable[..., dict[str, str]]:
    """Makes a key and gives the header that carries it."""

    def make(role: Role, scope: Scope = Scope()) -> dict[str, str]:
        secret, _ = store.keys.add(f"{role} for a test", role, scope)
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture
def ada(store: Store) -> str:
    """A customer with three interactions, two of which began at the same moment."""
    store.customers.put(Customer("c-1", "Ada Example", "chat", "en", {"tier": "gold"}))
    for number, hour in ((1, 9), (2, 11), (3, 11)):
        interaction = Interaction(
            f"i-{number}",
            "c-1",
            "chat",
            datetime(2026, 3, 1, hour, tzinfo=UTC),
            subject=f"Call {number}",
            turns=(Turn("t1", "customer", "Where is my parcel?"),),
        )
        store.customers.put_interaction(interaction, "customer: Where", [], [], {}, "hash-16")
    return "c-1"


@pytest.fixture
def behind() -> Iterator[Outside]:
    """What stands behind the actions of `acting`."""
    with outside() as standing:
        yield standing


@pytest.fixture
def acting(client: TestClient, store: Store, behind: Outside, tmp_path: Path) -> Runner:
    """The runner of the client's app, which now has a refund and two sources of stock."""
    folder = write(tmp_path / "actions", refund(roles=["agent"]), stock("web"), stock("store"))
    variables = {"COPILOT_ACTION_KEY": "k"}
    wire = Wire(store.cards, store.now, BASE, variables, behind.transport)
    runner = Runner(read_actions(folder, variables, BASE), store, wire)
    parts_of(client).take_runner(runner)
    return runner
