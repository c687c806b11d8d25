"""The claim checker as the scorers ask it: about what a sentence cites, and about what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.answer.claims import Checker, Finding, Source
from copilot.structure import plain
from copilot.types import Citation, Passage


class Checked:
    """The checker on one answer; `given` is what was said in the conversation before it."""

    def __init__(self, checker: Checker, passages: Sequence[Passage], given: str) -> None:
        self._checker = checker
        self._passages = passages
        self._given = given

    def cited(self, sentence: str, citations: Sequence[Citation]) -> Finding:
        """Against the characters that it cites, each with what stands above it.

        A sentence in the very words of one of them needs no checker.
        """
        if any(plain(one.quote) == sentence for one in citations):
            return Finding(supported=True)
        return self._checker.check(sentence, [self._source(one) for one in citations], self._given)

    def shown(self, sentence: str, passages: Sequence[Passage]) -> Finding:
        """Against whole passages."""
        sources = [Source(one.text, one.heading, one.title) for one in passages]
        return self._checker.check(sentence, sources, self._given)

    def _source(self, one: Citation) -> Source:
        above = next((passage for passage in self._passages if _holds(passage, one)), None)
        return Source(one.quote, above.heading, above.title) if above else Source(one.quote)


def _holds(passage: Passage, one: Citation) -> bool:
    same = (passage.document_id, passage.version) == (one.document_id, one.version)
    return same and passage.start <= one.start and one.end <= passage.end
