"""What language models took: tokens and money, set aside before a call and settled after it, so
that a limit holds however many calls there are at once. No words are stored.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update

from copilot.errors import ModelError
from copilot.store.database import SPENDING, queue, writer
from copilot.store.tables import model_calls
from copilot.types import Usage

# What a sum of costs may be beside itself.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one day in UTC; 0 is no limit. `tokens_per_agent` is for each caller."""

    tokens_per_day: int = 0
    tokens_per_agent: int = 0
    cost_per_day: float = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What some calls took; `day`, `caller` and `model` where these are what the calls share.

    `tokens` and `cost` also hold what is set aside for calls under way.
    """

    calls: int
    prompt_tokens: int
    completion_tokens: int
    tokens: int
    cost: float
    day: date | None = None
    caller: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What this process has settled since it began."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    def plus(self, usage: Usage | None) -> Settled:
        """With one call more; None took nothing."""
        if usage is None:
            return Settled(self.calls + 1, self.prompt_tokens, self.completion_tokens, self.cost)
        return Settled(
            self.calls + 1,
            self.prompt_tokens + usage.prompt_tokens,
            self.completion_tokens + usage.completion_tokens,
            self.cost + usage.cost,
        )


class Spend:
    """The spending of one database. Safe to call from several threads and processes."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._lock = threading.Lock()
        self._settled: dict[tuple[str, str], Settled] = {}

    def reserve(
        self,
        caller: str,
        suggestion_id: str | None,
        purpose: str,
        model: str,
        tokens: int,
        cost: float,
        limits: Limits,
    ) -> str:
        """Sets aside the most that a call can take; the call's id.

        Raises ModelError where a limit would be passed by it: nothing is set aside then.
        """
        call_id = f"m_{secrets.token_hex(12)}"
        at = self._now()
        day = at.astimezone(UTC).date()
        with writer(self._engine).begin() as connection:
            queue(connection, SPENDING)
            _require_room(connection, day, caller, tokens, cost, limits)
            connection.execute(
                insert(model_calls).values(
                    call_id=call_id,
                    day=day,
                    at=at,
                    caller=caller,
                    suggestion_id=suggestion_id,
                    purpose=purpose,
                    model=model,
                    tokens=tokens,
                    cost=cost,
                )
            )
        return call_id

    def settle(self, call_id: str, usage: Usage | None, outcome: str, took_ms: int) -> None:
        """Stores what a call took, and how it ended: `ok`, or the kind of a ModelError.

        Without a usage it took nothing. Settling again, or what was cancelled, changes nothing.
        """
        values: dict[str, object] = {"outcome": outcome, "took_ms": took_ms, "tokens": 0, "cost": 0}
        if usage is not None:
            values |= {
                "model": usage.model,
                "tokens": usage.prompt_tokens + usage.completion_tokens,
                "cost": usage.cost,
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
                "counted": usage.counted,
            }
        open_one = (model_calls.c.call_id == call_id) & model_calls.c.outcome.is_(None)
        with writer(self._engine).begin() as connection:
            model = connection.scalar(
                update(model_calls).where(open_one).values(**values).returning(model_calls.c.model)
            )
        if model is not None:
            with self._lock:
                key = (model, outcome)
                self._settled[key] = self._settled.get(key, Settled()).plus(usage)

    def cancel(self, call_id: str) -> None:
        """Gives back what was set aside for a call that was not made."""
        open_one = (model_calls.c.call_id == call_id) & model_calls.c.outcome.is_(None)
        with writer(self._engine).begin() as connection:
            connection.execute(delete(model_calls).where(open_one))

    def totals(self, since: date, *by: Literal["day", "caller", "model"]) -> list[Spent]:
        """What was spent from this day on, for each day, caller or model, in their order."""
        keys = [model_calls.c[name] for name in by]
        query = _sums().add_columns(*keys).where(model_calls.c.day >= since)
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(*keys).order_by(*keys))
            return [Spent(**row._mapping) for row in rows if row.calls]

    def on(self, suggestion_id: str) -> Spent:
        """What was spent on a suggestion."""
        query = _sums().where(model_calls.c.suggestion_id == suggestion_id)
        with self._engine.connect() as connection:
            return Spent(**connection.execute(query).one()._mapping)

    def settled(self) -> Mapping[tuple[str, str], Settled]:
        """What this process has settled since it began, by model and outcome."""
        with self._lock:
            return dict(self._settled)


def _require_room(
    connection: Connection, day: date, caller: str, tokens: int, cost: float, limits: Limits
) -> None:
    """Raises ModelError."""
    if not (limits.tokens_per_day or limits.tokens_per_agent or limits.cost_per_day):
        return
    today = select(
        func.coalesce(func.sum(model_calls.c.tokens), 0),
        func.coalesce(func.sum(model_calls.c.cost), 0.0),
    ).where(model_calls.c.day == day)
    if limits.tokens_per_day or limits.cost_per_day:
        spent, paid = connection.execute(today).one()
        if 0 < limits.tokens_per_day < spent + tokens:
            raise ModelError("the tokens of the day are spent", "limit")
        if 0 < limits.cost_per_day * (1 + _ROUNDING) < paid + cost:
            raise ModelError("the money of the day is spent", "limit")
    if limits.tokens_per_agent:
        spent, _ = connection.execute(today.where(model_calls.c.caller == caller)).one()
        if limits.tokens_per_agent < spent + tokens:
            raise ModelError("the agent's tokens of the day are spent", "limit")


def _sums() -> Select[tuple[int, int, int, int, float]]:
    row = model_calls.c
    return select(
        func.count().label("calls"),
        *(
            func.coalesce(func.sum(column), 0).label(column.name)
            for column in (row.prompt_tokens, row.completion_tokens, row.tokens)
        ),
        func.coalesce(func.sum(row.cost), 0.0).label("cost"),
    ).select_from(model_calls)
