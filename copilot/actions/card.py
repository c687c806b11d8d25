"""What a card, its parameters, its receipt and a live fact are. Plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class CardState(StrEnum):
    """Where a card stands. `confirmed` has not gone out; `unknown` may have been done or not."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from.

    A turn's value stands at its `[start:end]`; a customer's and an action's at `field`. An action
    was reported in a turn, or run by the card of this id.
    """

    kind: Literal["turn", "customer", "action", "person"]
    turn_id: str | None = None
    start: int | None = None
    end: int | None = None
    field: str | None = None
    action: str | None = None
    card_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it came from."""

    value: Any
    source: Source


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a card. Without a source it has no value; `alternatives` contradict it."""

    name: str
    schema: dict[str, Any]
    required: bool
    value: Any = None
    source: Source | None = None
    alternatives: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of a call; `state` is done, failed or unknown.

    `at` is when; `result` is JSON or text, cut at 64 KiB, `result_sha256` of its bytes.
    """

    state: CardState
    at: datetime
    took_ms: float
    status: int | None = None
    result: Any = None
    result_sha256: str | None = None
    is_cut: bool = False
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A confirmation and what became of it; `answer` is None until something came back.

    A confirmation is for one call: the first has the `number` 1, a repetition the next.
    """

    card_id: str
    number: int
    state: CardState
    confirmed_by: str
    confirmed_at: datetime
    parameters: dict[str, Any]
    parameters_sha256: str
    sent_at: datetime | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """An action as it is offered to a person. `receipt` is of the newest confirmation."""

    card_id: str
    action: str
    title: str
    description: str
    effect: str
    declared_sha256: str
    state: CardState
    parameters: tuple[Parameter, ...]
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    conversation_id: str | None = None
    customer_id: str | None = None
    suggestion_id: str | None = None
    step_id: str | None = None
    declined_by: str | None = None
    receipt: Receipt | None = None


def values_of(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """The values of those that have one."""
    return {one.name: one.value for one in parameters if one.source is not None}


@dataclass(frozen=True, slots=True)
class LiveFact:
    """What a system says at a moment; `disagree` where another one says otherwise.

    `problem` says why there are no fields.
    """

    action: str
    title: str
    parameters: dict[str, Any]
    fields: dict[str, Any]
    as_of: datetime
    took_ms: float
    fact: str | None = None
    disagree: bool = False
    problem: str | None = None
