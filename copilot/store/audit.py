"""The audit trail: who decided what, when, on which evidence. Append-only and hash-chained.

Each line's hash is SHA-256 over the hash of the line before it and the line itself, so that a line
which was changed, taken out or put in between breaks the chain from there on. Lines that were cut
off at the end leave no trace in what is left: note the last hash elsewhere from time to time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from copilot.store.database import AUDIT, queue
from copilot.store.tables import audit

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Verified:
    """How many lines the trail has, its last hash, and the first line that does not fit."""

    lines: int
    head: str
    broken_at: int | None


class Audit:
    """The trail of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, connection: Connection, entry: Mapping[str, Any]) -> str:
        """Adds a line in the connection's transaction; returns its hash."""
        queue(connection, AUDIT)
        query = select(audit.c.sha256).order_by(audit.c.seq.desc()).limit(1)
        previous = connection.execute(query).scalar() or START
        line = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        sha256 = chained(previous, line)
        connection.execute(insert(audit).values(entry=line, previous=previous, sha256=sha256))
        return sha256

    def verify(self) -> Verified:
        """Reads the whole trail and computes every hash again."""
        lines, previous, broken_at = 0, START, None
        query = select(audit).order_by(audit.c.seq)
        with self._engine.connect() as connection:
            for row in connection.execute(query, execution_options={"yield_per": 1000}):
                lines += 1
                fits = row.previous == previous and row.sha256 == chained(previous, row.entry)
                if not fits and broken_at is None:
                    broken_at = row.seq
                previous = row.sha256
        return Verified(lines, previous, broken_at)

    def entries(self) -> list[dict[str, Any]]:
        """Every line, oldest first."""
        query = select(audit.c.entry).order_by(audit.c.seq)
        with self._engine.connect() as connection:
            return [json.loads(line) for line in connection.scalars(query)]


def chained(previous: str, line: str) -> str:
    """The hash of a line that follows the line with this hash."""
    return hashlib.sha256(f"{previous}\n{line}".encode()).hexdigest()
