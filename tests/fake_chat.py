"""A language model that says what it is told to, without a socket: the port's other side."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic
from types import TracebackType
from typing import Self

from copilot.errors import ModelError
from copilot.ports import Completion
from copilot.types import Usage

# What a stream does in turn: say a piece, wait so many seconds, fail.
Does = str | float | ModelError
STALL = inf


@dataclass(frozen=True, slots=True)
class Asked:
    """One call."""

    system: str
    user: str
    within_s: float
    max_tokens: int
    first_within_s: float | None = None


class FakeChat:
    """Each call takes the next script, and the last one again: a text, or what is done in turn.

    `asked` holds the calls in order; `reading` is how many streams are entered and not left.
    """

    def __init__(self, *scripts: str | ModelError | Iterable[Does], model: str = "fake") -> None:
        self._scripts = deque(scripts)
        self.model = model
        self.asked: list[Asked] = []
        self._entered: set[FakeStream] = set()
        self.is_closed = False
        self.is_prepared = False

    @property
    def reading(self) -> int:
        """Streams that are entered and not left."""
        return len(self._entered)

    def prepare(self) -> None:
        """Notes it."""
        self.is_prepared = True

    def stream(
        self,
        system: str,
        user: str,
        *,
        within_s: float,
        max_tokens: int,
        first_within_s: float | None = None,
    ) -> FakeStream:
        """The next script's stream."""
        self.asked.append(Asked(system, user, within_s, max_tokens, first_within_s))
        script = self._scripts.popleft() if len(self._scripts) > 1 else self._scripts[0]
        if isinstance(script, ModelError):
            script = [script]
        does = _pieces(script) if isinstance(script, str) else script
        return FakeStream(self, does, self.asked[-1])

    def complete(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Completion:
        """The next script, whole."""
        with self.stream(system, user, within_s=within_s, max_tokens=max_tokens) as stream:
            text = "".join(stream)
        assert stream.usage is not None
        return Completion(text, stream.usage)

    def close(self) -> None:
        """Notes it."""
        self.is_closed = True


class FakeStream:
    """One answer of a script."""

    def __init__(self, chat: FakeChat, does: Iterable[Does], asked: Asked) -> None:
        self._chat = chat
        self._does = does
        self._asked = asked
        self._left = threading.Event()
        self.usage: Usage | None = None

    def __iter__(self) -> Iterator[str]:
        begun = monotonic()
        until = begun + min(self._asked.first_within_s or inf, self._asked.within_s)
        said = 0
        try:
            for one in self._does:
                if isinstance(one, ModelError):
                    raise one
                if isinstance(one, str):
                    said, until = said + 1, begun + self._asked.within_s
                    yield one
                else:
                    self._left.wait(min(one, max(until - monotonic(), 0)))
                if monotonic() >= until:
                    raise ModelError(f"{self._chat.model} did not answer in time", "timeout")
        finally:
            self.usage = Usage(self._chat.model, len(self._asked.user) // 4, said, 0.0, "estimated")

    def __enter__(self) -> Self:
        self._chat._entered.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._chat._entered.discard(self)
        self._left.set()


def _pieces(text: str) -> Sequence[str]:
    """A text as models send it: a word at a time, with the space before it."""
    words = text.split(" ")
    return [words[0], *(f" {word}" for word in words[1:])] if text else []
