"""What a scorer is given: a question, what the copilot said to it, and means to look closer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from copilot.types import Citation, Passage, Suggestion
from evals.question import Question

# The text of a document's version; raises NotFound when there is none.
ReadText = Callable[[str, int], str]
UNDECIDED = "the reply is in other words, and not in English"


class Finding(Protocol):
    """Whether a sentence says no more than its sources; `courtesy` is what needs none, `undecided`
    is what the checker cannot tell."""

    @property
    def supported(self) -> bool: ...

    @property
    def courtesy(self) -> bool: ...

    @property
    def undecided(self) -> bool: ...


class Claims(Protocol):
    """The claim checker, on what an answer cites."""

    def cited(self, sentence: str, citations: Sequence[Citation]) -> Finding:
        """A sentence against the characters that it cites, taken together."""

    def shown(self, sentence: str, passages: Sequence[Passage]) -> Finding:
        """A sentence against whole passages."""


@dataclass(frozen=True)
class Answered:
    """`found` is what a search for `k` passages gave, or the passages of the suggestion.

    `leaks` names what a suggestion shows of other customers; None where there are no customers.
    `sent` is what a language model was given for it, masked as it went out.
    """

    question: Question
    suggestion: Suggestion
    found: Sequence[Passage]
    k: int
    took_ms: float
    read: ReadText
    claims: Claims
    leaks: Callable[[Suggestion, str | None], list[str]] | None = None
    sent: Sequence[str] = ()

    @cached_property
    def findings(self) -> list[Finding]:
        """For each sentence of the reply, in order, whether what it cites supports it."""
        reply = self.suggestion.reply
        sentences = reply.sentences if reply else ()
        return [self.claims.cited(one.text, one.citations) for one in sentences]
