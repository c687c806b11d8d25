"""Every test of the store runs on SQLite and on a PostgreSQL that is started for the session."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from copilot.store import Store
from copilot.store.database import open_engine
from copilot.store.documents import Indexable, Put
from copilot.store.tables import metadata
from copilot.store.vectors import Embedded
from copilot.types import Chunk, Document

MODEL = "test/1"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite"
    open_engine(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A PostgreSQL of its own, on a socket in a temporary folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver
    folder = tempfile.mkdtemp()
    server = pgserver.get_server(folder, cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Any) -> str:
    """A database with the schema, emptied by whoever uses it."""
    url: str = postgres_server.get_uri()
    open_engine(url).dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        path = tmp_path / "copilot.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    found: str = request.getfixturevalue("postgres_url")
    engine = open_engine(found)
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return found


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(url, now=clock)
    yield opened
    opened.close()


@pytest.fixture
def ready() -> Callable[[Document], Indexable]:
    """A document with one chunk, cut by hand."""

    def make(document: Document) -> Indexable:
        chunk = Chunk(
            0, "Heading", 0, len(document.text), document.text, ((0, len(document.text)),)
        )
        return Indexable(document, [chunk], [sha256(document.title + document.text)])

    return make


@pytest.fixture
def vectors_of() -> Callable[[Indexable], dict[str, Embedded]]:
    def make(ready: Indexable) -> dict[str, Embedded]:
        return {key: Embedded(np.full(4, 0.5, dtype=np.float32)) for key in ready.chunk_hashes}

    return make


@pytest.fixture
def put(
    store: Store,
    ready: Callable[[Document], Indexable],
    vectors_of: Callable[[Indexable], dict[str, Embedded]],
) -> Callable[..., Put]:
    """Writes a document and tells what that did."""

    def write(
        document_id: str, text: str = "Some text.", source: str | None = None, **fields: Any
    ) -> Put:
        one = ready(Document(document_id, fields.pop("title", "A title"), text, **fields))
        return store.documents.put([one], vectors_of(one), MODEL, source)[0]

    return write


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
