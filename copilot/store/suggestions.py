"""What was offered, with everything that produced it, so that it can be explained later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, Engine, Row, insert, select, update

from copilot.errors import UnknownSuggestion
from copilot.store.database import writer
from copilot.store.tables import suggestions
from copilot.types import Suggestion


@dataclass(frozen=True, slots=True)
class Offered:
    """A stored suggestion: `request` is what was asked (masked), under which scope and settings."""

    suggestion_id: str
    created_at: datetime
    customer_id: str | None
    caller: str
    request: dict[str, Any]
    suggestion: dict[str, Any]
    conversation_id: str | None = None
    superseded_at: datetime | None = None


class Suggestions:
    """The suggestions of one database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def add(
        self,
        suggestion: Suggestion,
        *,
        request: dict[str, Any],
        caller: str,
        customer_id: str | None,
        conversation_id: str | None = None,
        connection: Connection | None = None,
    ) -> None:
        """Stores a suggestion with what produced it, in the connection's transaction if given."""
        statement = insert(suggestions).values(
            suggestion_id=suggestion.suggestion_id,
            created_at=self._now(),
            customer_id=customer_id,
            conversation_id=conversation_id,
            caller=caller,
            status=suggestion.status.value,
            confidence=suggestion.confidence,
            request=request,
            payload=to_jsonable_python(suggestion),
        )
        if connection is not None:
            connection.execute(statement)
            return
        with writer(self._engine).begin() as own:
            own.execute(statement)

    def offered(self, suggestion_id: str) -> Offered:
        """Raises UnknownSuggestion."""
        query = select(suggestions).where(suggestions.c.suggestion_id == suggestion_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownSuggestion("no such suggestion")
        return _offered(row)

    def newest(self, most: int | None, since: datetime | None = None) -> list[Offered]:
        """The newest suggestions, newest first; with `since` of that moment on."""
        query = select(suggestions).order_by(
            suggestions.c.created_at.desc(), suggestions.c.suggestion_id
        )
        if since is not None:
            query = query.where(suggestions.c.created_at >= since)
        with self._engine.connect() as connection:
            return [_offered(row) for row in connection.execute(query.limit(most))]

    def disagreements(self, since: datetime, most: int) -> list[dict[str, Any]]:
        """The disagreements between rule and practice of the newest suggestions, newest first."""
        query = (
            select(suggestions.c.payload)
            .where(suggestions.c.created_at >= since)
            .order_by(suggestions.c.created_at.desc())
            .limit(most)
        )
        with self._engine.connect() as connection:
            found = [payload.get("disagreement") for payload in connection.scalars(query)]
        return [one for one in found if one is not None]

    def supersede(self, connection: Connection, suggestion_id: str) -> None:
        """It can no longer be taken. One that was not finished has no row, and needs none."""
        connection.execute(
            update(suggestions)
            .where(suggestions.c.suggestion_id == suggestion_id)
            .values(superseded_at=self._now())
        )


def _offered(row: Row[Any]) -> Offered:
    return Offered(
        suggestion_id=row.suggestion_id,
        created_at=row.created_at,
        customer_id=row.customer_id,
        caller=row.caller,
        request=row.request,
        suggestion=row.payload,
        conversation_id=row.conversation_id,
        superseded_at=row.superseded_at,
    )
