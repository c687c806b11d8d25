"""Several language models in order: one that fails before its first piece is followed by the next,
and one that keeps failing is left out for a while.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from time import monotonic
from types import TracebackType
from typing import Protocol, Self

from copilot.chat.answer import whole
from copilot.errors import AnswerTooLong, ModelError
from copilot.ports import Chat, Completion, Stream
from copilot.types import Usage

# A model that failed so often in a row is left out for so long; then one call tries it.
_FAILURES = 3
_OUT_S = 30.0
# The share of the time left that a model has to its first piece, where another could follow.
_SHARE = 0.6
# These say nothing about the model.
_OURS = frozenset({"busy", "limit"})


class Punctual(Chat, Protocol):
    """A Chat that can be told how long its first piece may take."""

    def stream(
        self,
        system: str,
        user: str,
        *,
        within_s: float,
        max_tokens: int,
        first_within_s: float | None = None,
    ) -> Stream: ...

    def prepare(self) -> None:
        """Loads in the background what the first call else would."""


class Breaker:
    """Says whether a model may be called: not for 30 s after three failures in a row."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._out_until = 0.0
        self.last: ModelError | None = None

    def admits(self) -> bool:
        """Whether this call may be made. After its time out, one call tries for the others."""
        with self._lock:
            if self._failures < _FAILURES:
                return True
            if self._now() < self._out_until:
                return False
            self._out_until = self._now() + _OUT_S
            return True

    def answered(self) -> None:
        """It is well."""
        with self._lock:
            self._failures = 0

    def failed(self, error: ModelError) -> None:
        """One more failure in a row."""
        with self._lock:
            self._failures += 1
            self._out_until, self.last = self._now() + _OUT_S, error

    def left(self) -> None:
        """The call was given up before it told anything: the next one may try."""
        with self._lock:
            self._out_until = self._now()


class Ordered:
    """A Chat of several. `model` is the one that answered last, of any thread; the `usage` of an
    answer names its own. Raises what the last of them raised.
    """

    def __init__(self, chats: Sequence[Punctual], now: Callable[[], float] = monotonic) -> None:
        """`chats` has one or more, the best first."""
        self._chats = [(chat, Breaker(now)) for chat in chats]
        self.model = chats[0].model

    def prepare(self) -> None:
        """Loads clients in the background, so that the first call need not."""
        for chat, _ in self._chats:
            chat.prepare()

    def stream(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Stream:
        """An answer of the first that gives one; the first is asked at once."""

        def ask(chat: Punctual, left_s: float, *, is_last: bool) -> Stream:
            first_s = None if is_last else left_s * _SHARE
            return chat.stream(
                system, user, within_s=left_s, max_tokens=max_tokens, first_within_s=first_s
            )

        return _InOrder(self._chats, ask, within_s, self._answers)

    def complete(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Completion:
        """The whole of such an answer."""
        return whole(lambda: self.stream(system, user, within_s=within_s, max_tokens=max_tokens))

    def close(self) -> None:
        """Closes each of them."""
        for chat, _ in self._chats:
            chat.close()

    def _answers(self, model: str) -> None:
        self.model = model


class _Ask(Protocol):
    def __call__(self, chat: Punctual, left_s: float, *, is_last: bool) -> Stream: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    model: str
    breaker: Breaker
    stream: Stream


class _InOrder:
    """The stream of the first model that gives a piece; the first of them is asked at once."""

    def __init__(
        self,
        chats: Sequence[tuple[Punctual, Breaker]],
        ask: _Ask,
        within_s: float,
        answers: Callable[[str], None],
    ) -> None:
        self._left = deque(chats)
        self._ask = ask
        self._deadline = monotonic() + within_s
        self._answers = answers
        self._calls: list[Stream] = []
        self._failure: ModelError | None = None
        self._asked = self._next()

    @property
    def usage(self) -> Usage | None:
        """Of every call so far, under the name of the model that was called last."""
        used = [usage for call in self._calls if (usage := call.usage) is not None]
        return reduce(_sum, used) if used else None

    def __iter__(self) -> Iterator[str]:
        while (asked := self._asked) is not None:
            has_begun = False
            try:
                with asked.stream as pieces:
                    for piece in pieces:
                        if not has_begun:
                            self._answers(asked.model)
                        has_begun = True
                        yield piece
            except ModelError as error:
                self._asked = None
                self._note(asked.breaker, error)
                if has_begun:
                    raise
                self._asked = self._next()
            else:
                self._asked = None
                asked.breaker.answered()
                return
        raise self._failure or ModelError("no model is left to ask", "failed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._asked is not None:
            self._asked.stream.__exit__(kind, error, trace)
            self._asked.breaker.left()
            self._asked = None

    def _next(self) -> _Asked | None:
        """Asks the next that may be asked."""
        while self._left:
            chat, breaker = self._left.popleft()
            if not breaker.admits():
                self._failure = self._failure or breaker.last
                continue
            left_s = max(self._deadline - monotonic(), 0.0)
            try:
                stream = self._ask(chat, left_s, is_last=not self._left)
            except ModelError as error:
                self._note(breaker, error)
            else:
                self._calls.append(stream)
                return _Asked(chat.model, breaker, stream)
        return None

    def _note(self, breaker: Breaker, error: ModelError) -> None:
        self._failure = error
        if isinstance(error, AnswerTooLong):
            breaker.answered()
        elif error.kind in _OURS:
            breaker.left()
        else:
            breaker.failed(error)


def _sum(one: Usage, other: Usage) -> Usage:
    counted = one.counted if one.counted == other.counted else "estimated"
    return Usage(
        other.model,
        one.prompt_tokens + other.prompt_tokens,
        one.completion_tokens + other.completion_tokens,
        one.cost + other.cost,
        counted,
    )
