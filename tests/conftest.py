"""Keeps unit tests to themselves, and gives every test an empty store, or a whole copilot on it.

A test without a marker may open no socket but a Unix one, and must not bring torch in.
"""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
from rig import Clock, Rig

from copilot.store import Store
from copilot.store.database import open_engine

_getaddrinfo = socket.getaddrinfo
# Tiers that may open sockets and load models.
_BEYOND = ("model", "llm", "services", "browser", "slow")


def _is_unit(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(name) for name in _BEYOND)


def pytest_collection_finish(session: pytest.Session) -> None:
    if "torch" in sys.modules:
        pytest.exit("collecting the tests imported torch: import it in the test", returncode=1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Ends the run where a unit test, or what it stands on, imported torch."""
    before = "torch" in sys.modules
    result = yield
    if _is_unit(item) and not before and "torch" in sys.modules:
        pytest.exit(f"{item.nodeid} imported torch, and is no test with a marker", returncode=1)
    return result


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Blocks sockets; the plugin's own teardown lets them go again."""
    if _is_unit(item):
        pytest_socket.disable_socket(allow_unix_socket=True)
        # Reading an address that is a number asks nobody.
        socket.getaddrinfo = _read_address  # type: ignore[assignment]


def pytest_runtest_teardown() -> None:
    socket.getaddrinfo = _getaddrinfo


def _read_address(host: str | None, *arguments: Any, **options: Any) -> Any:
    if host is not None:
        ip_address(host)
    return _getaddrinfo(host, *arguments, **options)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and nothing in it, not even an identity; to be copied."""
    path = tmp_path_factory.mktemp("empty") / "copilot.sqlite"
    open_engine(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Path:
    """An empty database of this test's own."""
    return Path(shutil.copy(empty_database, tmp_path / "copilot.sqlite"))


@pytest.fixture
def store(database: Path, clock: Clock) -> Iterator[Store]:
    opened = Store(f"sqlite:///{database}", now=clock)
    yield opened
    opened.close()


@pytest.fixture
def rig(store: Store, clock: Clock, tmp_path: Path) -> Iterator[Rig]:
    """A copilot over an empty store, with the embedder that needs no model."""
    opened = Rig(store, clock, tmp_path / "indexes")
    yield opened
    opened.close()


@pytest.fixture
def another_rig(
    empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Rig]]:
    """Makes one more copilot over one more empty store: one for each example of hypothesis."""
    made: list[Rig] = []

    def make() -> Rig:
        folder = tmp_path_factory.mktemp("rig")
        clock = Clock()
        path = shutil.copy(empty_database, folder / "copilot.sqlite")
        made.append(Rig(Store(f"sqlite:///{path}", now=clock), clock, folder / "indexes"))
        return made[-1]

    yield make
    for one in made:
        one.close()
        one.store.close()
