"""The situations of past conversations in which an agent did something, for whoever compares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, delete, func, insert, select

from copilot.history.situation import Seen
from copilot.store.database import CUSTOMERS, queue, writer
from copilot.store.tables import interactions, situations

_NARROW = np.dtype("<f2")
Taken = tuple[Seen, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A past conversation: how it ended, and each situation with what was done in it."""

    interaction_id: str
    outcome: str | None
    taken: tuple[Taken, ...]


class Cases:
    """The past situations of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state(self) -> tuple[int, int]:
        """The newest row's number, and how many there are: one of them differs after a change."""
        query = select(func.coalesce(func.max(situations.c.seq), 0), func.count(situations.c.seq))
        with self._engine.connect() as connection:
            newest, count = connection.execute(query).one()
        return int(newest), int(count)

    def read(self, model: str, most: int) -> Iterator[Case]:
        """The newest conversations of this embedder that have situations, newest first."""
        query = (
            select(situations, interactions.c.outcome)
            .join(interactions, interactions.c.interaction_id == situations.c.interaction_id)
            .where(situations.c.model == model, situations.c.vectors != b"")
            .order_by(situations.c.seq.desc())
            .limit(most)
        )
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                yield Case(row.interaction_id, row.outcome, _taken(row.vectors, row.told))

    def standing(self, interaction_ids: Collection[str]) -> set[str]:
        """Those of these conversations in which an agent did something, and that stand."""
        query = select(situations.c.interaction_id).where(
            situations.c.interaction_id.in_(interaction_ids), situations.c.vectors != b""
        )
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def without(self, model: str) -> dict[str, int]:
        """The interactions whose situations this embedder has not seen: their versions, by id."""
        have = select(situations.c.interaction_id).where(situations.c.model == model)
        query = (
            select(interactions.c.interaction_id, interactions.c.version)
            .where(interactions.c.interaction_id.not_in(have))
            .order_by(interactions.c.started_at, interactions.c.interaction_id)
        )
        with self._engine.connect() as connection:
            return {row.interaction_id: row.version for row in connection.execute(query)}

    def put(self, interaction_id: str, version: int, model: str, taken: Sequence[Taken]) -> bool:
        """Replaces the situations of one interaction, unless it was changed or erased since it
        had this version; tells whether it did.
        """
        query = select(interactions.c.version).where(
            interactions.c.interaction_id == interaction_id
        )
        with writer(self._engine).begin() as connection:
            queue(connection, CUSTOMERS)
            stands = connection.execute(query).scalar() == version
            if stands:
                write(connection, interaction_id, model, taken)
        return stands


def write(connection: Connection, interaction_id: str, model: str, taken: Sequence[Taken]) -> None:
    """Replaces the situations of one interaction, in the caller's transaction."""
    connection.execute(delete(situations).where(situations.c.interaction_id == interaction_id))
    blob = b"" if not taken else np.stack([one.vectors for one, _ in taken]).astype(_NARROW)
    told = [
        [list(one.done), one.spoke, list(one.words), list(one.result), action]
        for one, action in taken
    ]
    row = {"interaction_id": interaction_id, "model": model, "told": told}
    connection.execute(insert(situations).values(**row, vectors=bytes(blob)))


def _taken(blob: bytes, told: Sequence[Sequence[Any]]) -> tuple[Taken, ...]:
    vectors = np.frombuffer(blob, dtype=_NARROW).reshape(len(told), 2, -1).astype(np.float32)
    return tuple(
        (Seen(vector, tuple(done), spoke, tuple(words), tuple(result)), action)
        for vector, (done, spoke, words, result, action) in zip(vectors, told, strict=True)
    )
