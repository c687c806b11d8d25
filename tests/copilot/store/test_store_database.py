from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from copilot.errors import ConfigurationError
from copilot.store import Store
from copilot.store.database import HEAD, open_engine, writer
from copilot.store.tables import metadata


def test_migrating_gives_exactly_the_tables_that_the_code_names(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        tables = set(inspect(connection).get_table_names())
    engine.dispose()
    assert tables == {*metadata.tables, "alembic_version"}


def test_the_head_that_the_code_expects_is_that_of_the_migrations() -> None:
    folder = Path(__file__).parents[3] / "copilot" / "store" / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [HEAD]


def test_opening_an_existing_database_keeps_what_is_in_it(url: str, put: Any) -> None:
    put("a")
    again = Store(url)
    assert again.documents.version("a").document.document_id == "a"
    again.close()


def test_each_database_has_one_identity(url: str, tmp_path: Path) -> None:
    first, second = Store(url), Store(url)
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert first.instance == second.instance != other.instance
    for store in (first, second, other):
        store.close()


def test_many_can_open_a_new_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "below" / "new.sqlite"
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(f"sqlite:///{path}"), range(8)))
    assert len({store.instance for store in stores}) == 1
    for store in stores:
        store.close()


@pytest.mark.services
def test_many_can_open_a_new_postgresql_at_once(postgres_server: Any) -> None:
    postgres_server.psql("CREATE DATABASE fresh")
    url = postgres_server.get_uri("fresh")
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store(url), range(6)))
    assert len({store.instance for store in stores}) == 1
    for store in stores:
        store.close()
    postgres_server.psql("DROP DATABASE fresh")


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "postgres://localhost/x", "copilot.sqlite", "", "sqlite3:///x"]
)
def test_a_database_that_no_driver_takes_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_DATABASE_URL"):
        Store(url)


def test_sqlite_survives_a_power_cut_and_keeps_its_foreign_keys(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with engine.connect() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    engine.dispose()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_a_reader_sees_a_write_only_when_it_is_whole(url: str) -> None:
    engine = open_engine(url)
    count = text("SELECT count(*) FROM identity")
    with engine.connect() as reader:
        before = reader.execute(count).scalar()
        with writer(engine).begin() as connection:
            connection.execute(text("INSERT INTO identity (instance) VALUES ('x')"))
            with engine.connect() as other:
                assert other.execute(count).scalar() == before
        with engine.connect() as other:
            assert other.execute(count).scalar() == (before or 0) + 1
    engine.dispose()
