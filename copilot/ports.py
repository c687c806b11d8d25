"""The seams: what an adapter must do to take part. Each has two real implementations or more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from copilot.store.vectors import Embedded
from copilot.types import Usage

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Text to unit vectors. Vectors of different `model` names are never mixed in one index."""

    @property
    def model(self) -> str:
        """Names the weights and the runtime so exactly that equal names give equal vectors."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def embed_query(self, text: str) -> Vectors:
        """Unit vectors of shape (parts, dimension).

        A question longer than the model's window is split into parts that fit.
        """

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        """One unit vector a text and, where the model can, one for each span (sentence) of it.

        `spans[i]` are (start, end) in `texts[i]`. Raises EmbedderError.
        """


class Reranker(Protocol):
    """Scores (question, passage) pairs; higher is better, any scale."""

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(passages),)."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer, and what it took."""

    text: str
    usage: Usage


class Stream(Protocol):
    """An answer as it comes, read once by one thread. A context manager.

    Leaving it early cancels the request at once and closes its connection.
    """

    @property
    def usage(self) -> Usage | None:
        """What the call took, once it has ended; None before, and where nothing was sent."""

    def __iter__(self) -> Iterator[str]:
        """Pieces of text. Raises ModelError, also when the time of the call is over."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Chat(Protocol):
    """A language model that answers one request in text. Safe to call from several threads."""

    @property
    def model(self) -> str:
        """The name of the model, without where it is served."""

    def stream(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Stream:
        """Begins an answer, which ends within `within_s` seconds. Raises ModelError."""

    def prepare(self) -> None:
        """Loads what the first answer would wait for; asks nothing."""

    def complete(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Completion:
        """The whole answer, within `within_s` seconds. Raises ModelError."""

    def close(self) -> None:
        """Cancels what is running and closes every connection."""
