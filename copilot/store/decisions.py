"""What people did with suggestions: one final decision each, and a line of the audit trail."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from copilot.errors import AlreadyDecided, UnknownSuggestion
from copilot.store.audit import Audit
from copilot.store.database import writer
from copilot.store.tables import decisions, suggestions
from copilot.types import Decision

# After these the words went, or may have gone, to the customer.
TAKING = frozenset({"taken", "edited"})


class Decisions:
    """The decisions of one database."""

    def __init__(self, engine: Engine, audit: Audit) -> None:
        self._engine = engine
        self._audit = audit

    def decision(self, suggestion_id: str) -> Decision | None:
        """What was decided, if anything was."""
        with self._engine.connect() as connection:
            return _standing(connection, suggestion_id)

    def since(self, moment: datetime | None = None) -> list[Decision]:
        """Every decision from a moment on, or of all time, oldest first."""
        query = select(decisions).order_by(decisions.c.decided_at, decisions.c.suggestion_id)
        if moment is not None:
            query = query.where(decisions.c.decided_at >= moment)
        with self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query)]

    def decide(self, decision: Decision) -> tuple[Decision, bool]:
        """Stores a decision; the one that stands, and whether it is new.

        Deciding the same again changes nothing. Raises AlreadyDecided for anything else, and for
        words of a superseded suggestion; UnknownSuggestion.
        """
        with writer(self._engine).begin() as connection:
            query = select(suggestions).where(suggestions.c.suggestion_id == decision.suggestion_id)
            offered = connection.execute(query.with_for_update()).first()
            if offered is None:
                raise UnknownSuggestion("no such suggestion")
            standing = _standing(connection, decision.suggestion_id)
            if standing is not None:
                if _same(standing, decision):
                    return standing, False
                raise AlreadyDecided(f"it was {standing.decision} before")
            if offered.superseded_at is not None and decision.decision in TAKING:
                raise AlreadyDecided("the conversation has gone on; it was superseded")
            connection.execute(insert(decisions).values(**_values(decision)))
            self._audit.append(connection, _line(decision, offered))
        return decision, True


def _standing(connection: Connection, suggestion_id: str) -> Decision | None:
    query = select(decisions).where(decisions.c.suggestion_id == suggestion_id)
    row = connection.execute(query).first()
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> Decision:
    values = dict(row._mapping)
    values["difference"] = tuple(tuple(one) for one in row.difference)
    values["opened"] = tuple(row.opened)
    return Decision(**values)


def _same(one: Decision, other: Decision) -> bool:
    return (one.decision, one.reason, one.final_text) == (
        other.decision,
        other.reason,
        other.final_text,
    )


def _values(decision: Decision) -> dict[str, Any]:
    values = asdict(decision)
    values["difference"] = [list(one) for one in decision.difference]
    values["opened"] = list(decision.opened)
    return values


def _line(decision: Decision, offered: Row[Any]) -> dict[str, Any]:
    """Who decided what, when, on which evidence; words only as their hash."""
    reply = offered.payload["reply"]
    cited = [] if reply is None else [one for s in reply["sentences"] for one in s["citations"]]
    final = decision.final_text
    return {
        "kind": "decision",
        "at": decision.decided_at.isoformat(),
        "by": decision.decided_by,
        "suggestion_id": decision.suggestion_id,
        "conversation_id": offered.conversation_id,
        "decision": decision.decision,
        "reason": decision.reason,
        "final_sha256": None if final is None else sha256(final.encode()).hexdigest(),
        "evidence": [
            {key: one[key] for key in ("document_id", "version", "start", "end", "sha256")}
            for one in cited
        ],
        "drafter": offered.payload["drafter"],
    }
