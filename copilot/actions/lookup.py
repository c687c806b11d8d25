"""Live facts: what systems say now, within their rate, and side by side where they disagree."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from copilot.actions import schema
from copilot.actions.call import Wire
from copilot.actions.card import Answer, CardState, LiveFact
from copilot.actions.declare import Action, Actions
from copilot.actions.rate import Bucket
from copilot.errors import InvalidInput, NotPermitted, Overloaded
from copilot.store.actions import sha256_of
from copilot.types import Role

# Facts that are remembered, each for its action's `fresh_s`.
_KEPT = 1000


class LookUps:
    """Asks the systems behind read-only actions. Safe to use from several threads."""

    def __init__(
        self, actions: Actions, wire: Wire, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._actions = actions
        self._wire = wire
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._fresh: OrderedDict[tuple[str, str], tuple[float, LiveFact]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(
        self, action: Action, parameters: Mapping[str, Any], role: Role | None
    ) -> list[LiveFact]:
        """What this action's system says, first, and every other that tells the same fact.

        Raises NotPermitted for an action that changes something, InvalidInput, and Overloaded
        beyond the action's rate. What goes wrong with another source is its fact's `problem`.
        """
        if not action.is_read:
            raise NotPermitted("a change is never looked up; it is proposed and confirmed")
        others = [
            one
            for one in self._actions.of(role)
            if action.fact is not None and one.fact == action.fact and one.name != action.name
        ]
        with ThreadPoolExecutor(max(1, len(others))) as pool:
            told = [pool.submit(self._beside, one, parameters) for one in others]
            first = self._fact(action, parameters)
            facts = [first, *(one.result() for one in told)]
        return _compared([action, *others], facts)

    def _beside(self, action: Action, parameters: Mapping[str, Any]) -> LiveFact:
        """The fact of another source, which takes those parameters that it knows."""
        known = action.parameters["properties"]
        mine = {name: value for name, value in parameters.items() if name in known}
        try:
            return self._fact(action, mine)
        except (InvalidInput, Overloaded) as error:
            now = self._wire.now()
            return _fact(action, mine, Answer(CardState.FAILED, now, 0, detail=str(error)))

    def _fact(self, action: Action, parameters: Mapping[str, Any]) -> LiveFact:
        require_valid(action, parameters)
        self._wire.check(action, parameters)
        key = (action.name, sha256_of(parameters))
        with self._lock:
            bucket = self._buckets.get(action.name)
            if bucket is None:
                bucket = self._buckets[action.name] = Bucket(action.rate_per_minute, self._clock)
            until, fact = self._fresh.get(key, (0.0, None))
            if fact is not None and self._clock() < until:
                return fact
        bucket.take()
        fact = _fact(action, parameters, self._wire.look_up(action, parameters))
        if fact.problem is None and action.fresh_s > 0:
            with self._lock:
                self._fresh[key] = (self._clock() + action.fresh_s, fact)
                if len(self._fresh) > _KEPT:
                    self._fresh.popitem(last=False)
        return fact


def require_valid(action: Action, parameters: Mapping[str, Any]) -> None:
    """Raises InvalidInput, with the first parameter that is missing or wrong."""
    for name in schema.missing(action.parameters, parameters):
        raise InvalidInput("it is missing", place=f"parameters.{name}", remedy="add it")
    for fault in schema.faults(action.parameters, parameters):
        place = ".".join(part for part in ("parameters", fault.place) if part)
        raise InvalidInput(fault.reason, place=place, remedy=fault.remedy)


def _fact(action: Action, parameters: Mapping[str, Any], answer: Answer) -> LiveFact:
    problem = answer.detail
    if problem is None and answer.is_cut:
        problem = "it answered with more than 64 KiB"
    told = answer.result if isinstance(answer.result, dict) else {"value": answer.result}
    return LiveFact(
        action=action.name,
        title=action.title,
        parameters=dict(parameters),
        fields={} if problem else told,
        as_of=answer.at,
        took_ms=answer.took_ms,
        fact=action.fact,
        problem=problem,
    )


def _compared(actions: Sequence[Action], facts: list[LiveFact]) -> list[LiveFact]:
    """The facts, marked where two of them say different things of one field.

    Compared is what the actions name under `compare`, or else every field.
    """
    wanted = {field for action in actions for field in action.compare}
    values: dict[str, list[Any]] = defaultdict(list)
    for fact in facts:
        for field, value in fact.fields.items():
            if (not wanted or field in wanted) and value not in values[field]:
                values[field].append(value)
    differ = any(len(said) > 1 for said in values.values())
    return [replace(fact, disagree=differ and fact.problem is None) for fact in facts]
