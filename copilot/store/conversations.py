"""Live conversations: their final turns, and the events that were pushed to whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from copilot.errors import UnknownConversation
from copilot.scoping import limits_of, scope_of
from copilot.store.tables import conversations, events, turns
from copilot.types import ActionDone, Conversation, Event, Turn


class Conversations:
    """The conversations of one database. What writes takes the connection of a transaction."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def start(self, connection: Connection, conversation: Conversation) -> None:
        """Adds a conversation that does not stand yet."""
        values = {**asdict(conversation), "scope": limits_of(conversation.scope)}
        connection.execute(insert(conversations).values(**values, pending=False, last_event=0))

    def conversation(self, conversation_id: str) -> Conversation:
        """Raises UnknownConversation."""
        found = self.find(conversation_id)
        if found is None:
            raise UnknownConversation("no such conversation")
        return found

    def find(self, conversation_id: str) -> Conversation | None:
        """The conversation, or None."""
        query = select(conversations).where(conversations.c.conversation_id == conversation_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _conversation(row)

    def add_turns(
        self,
        connection: Connection,
        conversation_id: str,
        spoken: Sequence[Turn],
        *,
        pending: bool = True,
    ) -> None:
        """Stores final turns that do not stand yet; `pending` has them wait for a suggestion."""
        now = self._now()
        connection.execute(
            insert(turns),
            [
                {
                    "conversation_id": conversation_id,
                    "turn_id": turn.turn_id,
                    "role": turn.role,
                    "text": turn.text,
                    "at": turn.at,
                    "channel": turn.channel,
                    "action": None if turn.action is None else asdict(turn.action),
                    "received_at": now,
                }
                for turn in spoken
            ],
        )
        if pending:
            self._set(connection, conversation_id, pending=True)

    def turns(self, conversation_id: str) -> list[tuple[datetime, Turn]]:
        """The final turns in order of arrival, each with the moment that orders it."""
        query = (
            select(turns)
            .where(turns.c.conversation_id == conversation_id)
            .order_by(turns.c.turn_key)
        )
        with self._engine.connect() as connection:
            return [(row.at or row.received_at, _turn(row)) for row in connection.execute(query)]

    def evaluated(self, connection: Connection, conversation_id: str) -> None:
        """Every turn that stands has been taken into account."""
        self._set(connection, conversation_id, pending=False)

    def pending(self) -> list[str]:
        """The ids of conversations with turns that have not been taken into account."""
        query = select(conversations.c.conversation_id).where(
            conversations.c.pending, conversations.c.ended_at.is_(None)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def end(self, connection: Connection, conversation_id: str) -> None:
        """No turn is taken any more."""
        self._set(connection, conversation_id, ended_at=self._now(), pending=False)

    def push(
        self, connection: Connection, conversation_id: str, news: Sequence[tuple[str, Any]]
    ) -> list[Event]:
        """Stores events (kind, data), numbered on from the last one."""
        mine = conversations.c.conversation_id == conversation_id
        last = connection.execute(
            update(conversations)
            .where(mine)
            .values(last_event=conversations.c.last_event + len(news))
            .returning(conversations.c.last_event)
        ).scalar_one()
        pushed = [
            Event(last - len(news) + place, kind, data)
            for place, (kind, data) in enumerate(news, start=1)
        ]
        now = self._now()
        connection.execute(
            insert(events),
            [
                {
                    "conversation_id": conversation_id,
                    "event_id": one.event_id,
                    "at": now,
                    "kind": one.kind,
                    "data": one.data,
                }
                for one in pushed
            ],
        )
        return pushed

    def events(self, conversation_id: str, after: int = 0, limit: int | None = None) -> list[Event]:
        """The events that came after one, in order."""
        query = (
            select(events.c.event_id, events.c.kind, events.c.data)
            .where(events.c.conversation_id == conversation_id, events.c.event_id > after)
            .order_by(events.c.event_id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [Event(*row) for row in connection.execute(query)]

    def _set(self, connection: Connection, conversation_id: str, **values: Any) -> None:
        mine = conversations.c.conversation_id == conversation_id
        connection.execute(update(conversations).where(mine).values(**values))


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        conversation_id=row.conversation_id,
        created_at=row.created_at,
        customer_id=row.customer_id,
        channel=row.channel,
        scope=scope_of(row.scope),
        caller=row.caller,
        ended_at=row.ended_at,
    )


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        turn_id=row.turn_id,
        role=row.role,
        text=row.text,
        at=row.at,
        channel=row.channel,
        action=None if row.action is None else ActionDone(**row.action),
    )
