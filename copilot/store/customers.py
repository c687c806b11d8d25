"""Customers and what happened with them. Every read is by one customer's id, in the query."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from copilot.errors import UnknownCustomer
from copilot.store.actions import erase_cards
from copilot.store.cases import Taken
from copilot.store.cases import write as write_situations
from copilot.store.database import CUSTOMERS, queue, writer
from copilot.store.tables import (
    conversations,
    customers,
    decisions,
    events,
    interaction_chunks,
    interactions,
    situations,
    suggestions,
    turns,
    vectors,
)
from copilot.store.vectors import Embedded, drop_unused, unpack_spans, write_vectors
from copilot.types import ActionDone, Chunk, Customer, Interaction, Outcome, Turn


@dataclass(frozen=True, slots=True)
class PastChunk:
    """A part of one customer's past interaction, with its vectors.

    `spans` are the vectors of its sentences, (n, d), where the embedder gives them.
    """

    chunk_key: int
    interaction_id: str
    version: int
    customer_id: str
    title: str
    chunk: Chunk
    vector: NDArray[np.float32] | None
    spans: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure removed."""

    customer_id: str
    erased_at: datetime
    interactions: int
    suggestions: int


def interaction_sha256(interaction: Interaction) -> str:
    """The hash of everything about an interaction."""
    return hashlib.sha256(
        json.dumps(asdict(interaction), sort_keys=True, default=str).encode()
    ).hexdigest()


class Customers:
    """The customers of one database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def put(self, customer: Customer) -> Outcome:
        """Adds or changes a customer's record."""
        values = asdict(customer)
        with writer(self._engine).begin() as connection:
            queue(connection, CUSTOMERS)
            mine = customers.c.customer_id == customer.customer_id
            standing = connection.execute(select(customers).where(mine)).first()
            if standing is None:
                connection.execute(insert(customers).values(**values))
                return Outcome.ADDED
            if dict(standing._mapping) == values:
                return Outcome.UNCHANGED
            connection.execute(update(customers).where(mine).values(**values))
            return Outcome.CHANGED

    def interaction_hashes(self) -> dict[str, str]:
        """The content hash of every interaction, by id."""
        with self._engine.connect() as connection:
            query = select(interactions.c.interaction_id, interactions.c.sha256)
            return {row.interaction_id: row.sha256 for row in connection.execute(query)}

    def put_interaction(
        self,
        interaction: Interaction,
        text: str,
        chunks: Sequence[Chunk],
        hashes: Sequence[str],
        new: Mapping[str, Embedded],
        model: str,
        taken: Sequence[Taken] = (),
    ) -> Outcome:
        """Adds or changes an interaction, with `text` as its transcript and its chunks.

        `taken` is what its agent did, each with the situation that it was done in.
        """
        sha256 = interaction_sha256(interaction)
        with writer(self._engine).begin() as connection:
            queue(connection, CUSTOMERS)
            mine = interactions.c.interaction_id == interaction.interaction_id
            standing = connection.execute(
                select(interactions.c.sha256, interactions.c.version).where(mine)
            ).first()
            if standing is not None and standing.sha256 == sha256:
                return Outcome.UNCHANGED
            version = 1 if standing is None else standing.version + 1
            values = _interaction_values(interaction, text, sha256, version)
            replaced: Sequence[str] = ()
            if standing is None:
                connection.execute(insert(interactions).values(**values))
            else:
                connection.execute(update(interactions).where(mine).values(**values))
                of_it = interaction_chunks.c.interaction_id == interaction.interaction_id
                replaced = connection.scalars(
                    select(interaction_chunks.c.text_sha256).where(of_it)
                ).all()
                connection.execute(delete(interaction_chunks).where(of_it))
            rows = [
                {
                    "interaction_id": interaction.interaction_id,
                    "ordinal": chunk.ordinal,
                    "start": chunk.start,
                    "end": chunk.end,
                    "text": chunk.text,
                    "sentences": [list(span) for span in chunk.sentences],
                    "text_sha256": text_hash,
                }
                for chunk, text_hash in zip(chunks, hashes, strict=True)
            ]
            if rows:
                connection.execute(insert(interaction_chunks), rows)
            write_vectors(connection, model, new)
            drop_unused(connection, replaced)
            write_situations(connection, interaction.interaction_id, model, taken)
        return Outcome.ADDED if standing is None else Outcome.CHANGED

    def customer(self, customer_id: str) -> Customer:
        """Raises UnknownCustomer. A customer who is known only from interactions is found too."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(customers).where(customers.c.customer_id == customer_id)
            ).first()
            if row is not None:
                return Customer(**row._mapping)
            met = connection.execute(
                select(func.count()).where(interactions.c.customer_id == customer_id)
            ).scalar_one()
        if met:
            return Customer(customer_id)
        raise UnknownCustomer("no such customer")

    def timeline(
        self, customer_id: str, *, before: datetime | None = None, limit: int = 50
    ) -> list[Interaction]:
        """This customer's interactions across channels, newest first. Raises UnknownCustomer."""
        self.customer(customer_id)
        query = (
            select(interactions)
            .where(interactions.c.customer_id == customer_id)
            .order_by(interactions.c.started_at.desc(), interactions.c.interaction_id)
            .limit(limit)
        )
        if before is not None:
            query = query.where(interactions.c.started_at < before)
        with self._engine.connect() as connection:
            return [_interaction(row) for row in connection.execute(query)]

    def past(
        self, customer_id: str, model: str, dimension: int, until: datetime | None = None
    ) -> list[PastChunk]:
        """Every chunk of this customer's history; nobody else's can be in it.

        With `until` only of what had begun by then.
        """
        query = (
            select(
                interaction_chunks,
                interactions.c.version,
                interactions.c.customer_id,
                interactions.c.subject,
                interactions.c.channel,
                interactions.c.started_at,
                vectors.c.vector,
                vectors.c.spans,
            )
            .join(
                interactions,
                interactions.c.interaction_id == interaction_chunks.c.interaction_id,
            )
            .outerjoin(
                vectors,
                (vectors.c.text_sha256 == interaction_chunks.c.text_sha256)
                & (vectors.c.model == model),
            )
            .where(interactions.c.customer_id == customer_id)
            .order_by(interactions.c.started_at.desc(), interaction_chunks.c.ordinal)
        )
        if until is not None:
            query = query.where(interactions.c.started_at <= until)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [_past(row, dimension) for row in rows if row.customer_id == customer_id]

    def interaction(self, interaction_id: str) -> Interaction | None:
        """One interaction, whosever it is: for those who look at no person in it."""
        query = select(interactions).where(interactions.c.interaction_id == interaction_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _interaction(row)

    def transcript(self, interaction_id: str, customer_id: str) -> tuple[str, int] | None:
        """The stored text and version of one interaction, if it is this customer's."""
        query = select(interactions.c.text, interactions.c.version).where(
            interactions.c.interaction_id == interaction_id,
            interactions.c.customer_id == customer_id,
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row.text, row.version)

    def erase(self, customer_id: str) -> Receipt:
        """Removes the customer, their interactions and every suggestion made for them.

        Raises UnknownCustomer when there is nothing to erase.
        """
        self.customer(customer_id)
        with writer(self._engine).begin() as connection:
            queue(connection, CUSTOMERS)
            ids = select(interactions.c.interaction_id).where(
                interactions.c.customer_id == customer_id
            )
            hashes = connection.scalars(
                select(interaction_chunks.c.text_sha256).where(
                    interaction_chunks.c.interaction_id.in_(ids)
                )
            ).all()
            connection.execute(
                delete(interaction_chunks).where(interaction_chunks.c.interaction_id.in_(ids))
            )
            drop_unused(connection, hashes)
            connection.execute(delete(situations).where(situations.c.interaction_id.in_(ids)))
            gone = connection.execute(
                delete(interactions).where(interactions.c.customer_id == customer_id)
            ).rowcount
            _erase_live(connection, customer_id)
            offered = connection.execute(
                delete(suggestions).where(suggestions.c.customer_id == customer_id)
            ).rowcount
            connection.execute(delete(customers).where(customers.c.customer_id == customer_id))
        return Receipt(customer_id, self._now(), gone, offered)


def _erase_live(connection: Connection, customer_id: str) -> None:
    """Takes out the live conversations with a customer, and what was decided and done in them."""
    held = select(conversations.c.conversation_id).where(conversations.c.customer_id == customer_id)
    made = select(suggestions.c.suggestion_id).where(suggestions.c.customer_id == customer_id)
    connection.execute(delete(decisions).where(decisions.c.suggestion_id.in_(made)))
    erase_cards(connection, customer_id)
    for table in (turns, events, conversations):
        connection.execute(delete(table).where(table.c.conversation_id.in_(held)))


def _interaction_values(
    interaction: Interaction, text: str, sha256: str, version: int
) -> dict[str, Any]:
    values = asdict(interaction)
    values["turns"] = [
        {**turn, "at": None if turn["at"] is None else turn["at"].isoformat()}
        for turn in values["turns"]
    ]
    return {**values, "text": text, "sha256": sha256, "version": version}


def _interaction(row: Row[Any]) -> Interaction:
    return Interaction(
        interaction_id=row.interaction_id,
        customer_id=row.customer_id,
        channel=row.channel,
        started_at=row.started_at,
        ended_at=row.ended_at,
        subject=row.subject,
        outcome=row.outcome,
        turns=tuple(_turn(turn) for turn in row.turns),
    )


def _turn(fields: dict[str, Any]) -> Turn:
    at = fields["at"]
    action = fields["action"]
    return Turn(
        **{
            **fields,
            "at": None if at is None else datetime.fromisoformat(at),
            "action": None if action is None else ActionDone(**action),
        }
    )


def _past(row: Row[Any], dimension: int) -> PastChunk:
    when = row.started_at.date().isoformat()
    title = " · ".join(part for part in (row.channel, when, row.subject) if part)
    return PastChunk(
        chunk_key=row.chunk_key,
        interaction_id=row.interaction_id,
        version=row.version,
        customer_id=row.customer_id,
        title=title,
        chunk=Chunk(
            row.ordinal,
            "",
            row.start,
            row.end,
            row.text,
            tuple((start, end) for start, end in row.sentences),
        ),
        vector=None if row.vector is None else np.frombuffer(row.vector, dtype="<f4"),
        spans=None if row.spans is None else unpack_spans(row.spans, dimension),
    )
