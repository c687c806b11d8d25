"""Opens the database, sets its pragmas and brings its schema up to date. Nothing else does."""

from __future__ import annotations

import uuid
from importlib import resources
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random

from copilot.errors import ConfigurationError
from copilot.store import tables

HEAD = "0005"
BUSY_TIMEOUT_MS = 30_000


def open_engine(url: str, *, reading: bool = False) -> Engine:
    """An engine on an up-to-date schema; with `reading` the database refuses every write.

    SQLite runs in WAL mode with `synchronous=FULL`: what was answered as stored survives a kill
    and a power cut. Raises ConfigurationError for a URL that no driver takes, and where there is
    nothing to read.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise ConfigurationError("COPILOT_DATABASE_URL must begin with sqlite:/// or postgresql://")
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        if reading and not path.is_file():
            raise ConfigurationError(f"there is no database {path}")
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
    migrate(engine)
    return _only_reading(engine) if reading else engine


def _only_reading(engine: Engine) -> Engine:
    """The engine on connections of its own, each of which refuses to write."""
    sqlite = engine.dialect.name == "sqlite"
    refusal = "PRAGMA query_only=ON" if sqlite else "SET default_transaction_read_only = on"
    engine.dispose()

    def refuse(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(refusal)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", refuse)
    return engine.execution_options(reading=True)


def may_write(engine: Engine) -> bool:
    """Whether it was opened for writing too."""
    return not engine.get_execution_options().get("reading", False)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that reads are snapshots too
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    # A new file becomes WAL once. Of several who try, SQLite refuses all but one at once, without
    # the wait of `busy_timeout`, since waiting could be a deadlock: they try again here.
    for attempt in Retrying(
        retry=retry_if_exception_type(OperationalError),
        stop=stop_after_delay(BUSY_TIMEOUT_MS / 1_000),
        wait=wait_random(0.01, 0.1),
        reraise=True,
    ):
        with attempt:
            connection.execute("PRAGMA journal_mode=WAL")
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    """Writers take the write lock at once, so that two of them wait instead of failing."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def writer(engine: Engine) -> Engine:
    """The engine whose transactions write."""
    return engine.execution_options(writing=True)


def snapshot(engine: Engine) -> Engine:
    """The engine whose transactions see the database as it was at their first read.

    SQLite's always do.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ")
    return engine


# PostgreSQL's advisory locks; the numbers only have to differ.
_SCHEMA, DOCUMENTS, CUSTOMERS, AUDIT, SPENDING = 7305, 7306, 7307, 7308, 7309


def queue(connection: Connection, lock: int) -> None:
    """Waits until no other transaction holds this lock, and holds it until this one ends.

    Whoever writes documents, or customers, does so one after another, so that each sees what the
    one before wrote. SQLite's writers queue without it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def migrate(engine: Engine) -> None:
    """Brings the schema to HEAD; costs one query where it is there already."""
    with engine.connect() as connection:
        if inspect(connection).has_table("alembic_version"):
            current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if current == HEAD:
                return
    from alembic import command
    from alembic.config import Config

    config = Config()
    with (
        resources.as_file(resources.files("copilot.store") / "migrations") as folder,
        writer(engine).begin() as connection,
    ):
        queue(connection, _SCHEMA)
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def instance(engine: Engine) -> str:
    """The identity of this database, made at first use; an index of another one is not used."""
    with engine.connect() as connection:
        found = connection.execute(select(tables.identity.c.instance)).scalar()
    if found is not None:
        return str(found)
    made = uuid.uuid4().hex
    with writer(engine).begin() as connection:
        queue(connection, _SCHEMA)
        again = connection.execute(select(tables.identity.c.instance)).scalar()
        if again is not None:  # another process was first
            return str(again)
        connection.execute(insert(tables.identity).values(instance=made))
    return made
