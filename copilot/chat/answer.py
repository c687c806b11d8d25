"""One answer of a language model, between the thread that reads it and the loop that gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Self

from copilot.chat.loop import PATIENCE_S, Running
from copilot.chat.tokens import count
from copilot.errors import ModelError, ModelFailure
from copilot.ports import Completion, Stream
from copilot.types import Usage

Price = tuple[float, float]
# After these, the server has not begun to answer.
_NOT_TAKEN_UP: frozenset[ModelFailure] = frozenset({"refused", "rate_limited", "busy", "failed"})


class Answer:
    """A Stream. Times are seconds from its making; `price` is for a million tokens in and out."""

    def __init__(
        self, model: str, asked: str, price: Price, within_s: float, first_within_s: float | None
    ) -> None:
        self._model = model
        self._asked = asked
        self._price = price
        self._came: SimpleQueue[str | ModelError | None] = SimpleQueue()
        self._text: list[str] = []
        self.length = 0
        self._counted: tuple[int, int] | None = None
        self._usage: Usage | None = None
        self._failure: ModelFailure | None = None
        self._is_over = False
        self._running: Running | None = None
        self.deadline = monotonic() + within_s
        self._first_by = min(self.deadline, monotonic() + (first_within_s or within_s))
        self._within_s = within_s

    # On the loop

    def put(self, piece: str) -> None:
        """Hands on what came."""
        self._text.append(piece)
        self.length += len(piece)
        self._came.put(piece)

    def fail(self, error: ModelError) -> None:
        """Nothing more comes, and why."""
        self._failure = error.kind
        self._came.put(error)

    def counted(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Takes the server's own count."""
        self._counted = (max(prompt_tokens, 0), max(completion_tokens, 0))

    def end(self) -> None:
        """Nothing more comes, and nothing of the call is left."""
        self._is_over = True
        self._came.put(None)

    @property
    def has_words(self) -> bool:
        """Whether there is anything but space so far."""
        return any(map(str.strip, self._text))

    # In the thread that reads

    def begun(self, running: Running) -> Self:
        """Tells it what to cancel."""
        self._running = running
        return self

    @property
    def usage(self) -> Usage | None:
        """Counted by the server, else estimated here."""
        if self._usage is None and self._is_over:
            self._usage = self._count()
        return self._usage

    def __iter__(self) -> Iterator[str]:
        while (item := self._next()) is not None:
            if isinstance(item, ModelError):
                self._settle()
                raise item
            self._first_by = self.deadline
            yield item

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cancel()

    def cancel(self, wait_s: float = PATIENCE_S) -> None:
        """Ends it; waits until its connection is closed."""
        if self._running is not None:
            self._running.cancel(wait_s)

    def out_of_time(self) -> ModelError:
        """What is raised when its time is over."""
        return ModelError(f"{self._model} did not answer within {self._within_s:.3g} s", "timeout")

    def _next(self) -> str | ModelError | None:
        """What came; once the time is over nothing more of what is still under way."""
        if self._is_over and self._came.empty():
            return None
        now = monotonic()
        if self._is_over or now < self.deadline:
            with suppress(Empty):
                return self._came.get(timeout=max(self._first_by - now, 0))
        self.cancel()
        raise self.out_of_time()

    def _settle(self) -> None:
        if self._running is not None:
            self._running.wait(0.1)

    def _count(self) -> Usage | None:
        if self._counted is not None:
            tokens, counted = self._counted, "reported"
        elif not self._text and self._failure in _NOT_TAKEN_UP:
            return None
        else:
            tokens, counted = (count(self._asked), count("".join(self._text))), "estimated"
        cost = sum(n * price for n, price in zip(tokens, self._price, strict=True)) / 1_000_000
        return Usage(self._model, *tokens, cost, counted)


def whole(stream: Callable[[], Stream]) -> Completion:
    """Reads a stream to its end. Raises ModelError."""
    with stream() as answer:
        text = "".join(answer)
    usage = answer.usage
    assert usage is not None  # noqa: S101 - an answer has one once it was read; tells mypy
    return Completion(text, usage)
