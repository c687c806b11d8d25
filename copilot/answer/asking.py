"""Asks a language model within the limits of the day: what a call may take at most is set aside
before it and settled after it, whatever becomes of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from copilot.errors import ModelError
from copilot.ports import Chat, Stream
from copilot.prompts import Prompt
from copilot.store.spend import Limits, Spend

Count = Callable[[str], int]
Answer = TypeVar("Answer", bound=BaseModel)
_MILLION = 1_000_000
# Tokens of a small JSON object.
_OBJECT = 120


@dataclass(frozen=True, slots=True)
class Terms:
    """What a call may take. `price` is for a million tokens in and out, of the dearest model;
    `at_once` is how many drafts may be under way.
    """

    within_s: float = 8.0
    max_tokens: int = 400
    context_tokens: int = 4000
    at_once: int = 16
    price: tuple[float, float] = (0.0, 0.0)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is counted for."""

    name: str
    caller: str
    suggestion_id: str | None = None


class Asking:
    """One language model, or several in order. Safe to call from several threads.

    `heard` is told all that is sent, as it is sent: for those who measure.
    """

    def __init__(self, chat: Chat, spend: Spend, count: Count, terms: Terms = Terms()) -> None:
        self._chat = chat
        self._spend = spend
        self.count = count
        self.terms = terms
        self.heard: Callable[[Purpose, str], None] | None = None

    @property
    def model(self) -> str:
        """The model that is asked, or that answered last."""
        return self._chat.model

    @contextmanager
    def stream(
        self, system: str, user: str, purpose: Purpose, max_tokens: int | None = None
    ) -> Iterator[Stream]:
        """An answer as it comes; leaving early cancels it. Raises ModelError."""
        terms, most = self.terms, max_tokens or self.terms.max_tokens
        sent = self.count(system) + self.count(user)
        cost = (sent * terms.price[0] + most * terms.price[1]) / _MILLION
        call_id = self._spend.reserve(
            purpose.caller, purpose.suggestion_id, purpose.name, self.model,
            sent + most, cost, terms.limits,
        )  # fmt: skip
        if self.heard is not None:
            self.heard(purpose, user)
        began, stream, outcome = time.perf_counter(), None, "unwanted"
        try:
            stream = self._chat.stream(system, user, within_s=terms.within_s, max_tokens=most)
            with stream:
                yield stream
            outcome = "ok"
        except ModelError as error:
            outcome = error.kind
            raise
        finally:
            usage = stream.usage if stream is not None else None
            took_ms = int((time.perf_counter() - began) * 1000)
            self._spend.settle(call_id, usage, outcome, took_ms)

    def answer(
        self, form: type[Answer], prompt: Prompt, purpose: Purpose, **values: str
    ) -> Answer | None:
        """A JSON object of this form; None where none came, or one of another form."""
        system, user = prompt.fill(**values)
        try:
            with self.stream(system, user, purpose, _OBJECT) as stream:
                text = "".join(stream)
            return form.model_validate_json(text[text.index("{") : text.rindex("}") + 1])
        except (ModelError, ValidationError, ValueError):
            return None

    def prepare(self) -> None:
        """Loads what the first call would wait for."""
        self._chat.prepare()

    def close(self) -> None:
        """Cancels what is under way."""
        self._chat.close()
