"""The change log that indexes follow. Rows are appended by whoever writes a version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select

from copilot.store.database import DOCUMENTS, queue
from copilot.store.tables import changes

INDEX = "index"
DROP = "drop"


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is `index` (this version belongs in the indexes) or `drop` (it no longer does)."""

    seq: int
    kind: str
    version_key: int


def append(connection: Connection, kind: str, version_keys: Iterable[int], at: datetime) -> None:
    """Writes a line for each version, within the caller's transaction.

    PostgreSQL hands out numbers before transactions commit; writers queue, so that no follower
    passes a number which another transaction commits later.
    """
    queue(connection, DOCUMENTS)
    rows = [{"at": at, "kind": kind, "version_key": key} for key in version_keys]
    if rows:
        connection.execute(insert(changes), rows)


_HEAD = select(func.coalesce(func.max(changes.c.seq), 0))


def head(connection: Connection) -> int:
    """The last position of the log, 0 when it is empty."""
    return int(connection.execute(_HEAD).scalar_one())


def since(engine: Engine, seq: int, limit: int) -> list[Change]:
    """At most `limit` changes after position `seq`, oldest first."""
    with engine.connect() as connection:
        return seen_since(connection, seq, limit)


def seen_since(connection: Connection, seq: int, limit: int) -> list[Change]:
    """The same, of those that the connection's transaction sees."""
    query = (
        select(changes.c.seq, changes.c.kind, changes.c.version_key)
        .where(changes.c.seq > seq)
        .order_by(changes.c.seq)
        .limit(limit)
    )
    return [Change(*row) for row in connection.execute(query)]
