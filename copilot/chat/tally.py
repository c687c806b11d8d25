"""What language models took while somebody looks back: counted in memory, and stored nowhere."""

from __future__ import annotations

import itertools

from copilot.store.spend import Limits, Settled, Spend
from copilot.types import Usage


class Tally(Spend):
    """Sets no limit, since the limits are those of work that is stored."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._models: dict[str, str] = {}
        self._totals: dict[tuple[str, str], Settled] = {}

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
        """The call's number."""
        call_id = f"m_{next(self._numbers)}"
        self._models[call_id] = model
        return call_id

    def settle(self, call_id: str, usage: Usage | None, outcome: str, took_ms: int) -> None:
        """Adds what a call took."""
        model = self._models.pop(call_id, None)
        if model is not None:
            key = (model if usage is None else usage.model, outcome)
            self._totals[key] = self._totals.get(key, Settled()).plus(usage)

    def cancel(self, call_id: str) -> None:
        """Forgets a call that was not made."""
        self._models.pop(call_id, None)

    def settled(self) -> dict[tuple[str, str], Settled]:
        """What was taken, by model and outcome."""
        return dict(self._totals)
