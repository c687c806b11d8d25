"""A draft while it is written: takes in sentence after sentence, keeps those whose claims hold, and
knows at the end whether what is left is a reply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from copilot.answer.claims import Checker, Fault, Source
from copilot.answer.ground import cite
from copilot.answer.reading import Written
from copilot.types import Citation, Passage, Reply, Sentence

# Of a draft's claims this share must hold: with fewer, what is left is not what was meant.
_ENOUGH = 0.6
# A sentence that begins so hangs on the one before it, or takes something back of it.
_HANGS = re.compile(
    r"(?:but|however|otherwise|unless|except|then|also|if not|this|that|it|they|these|those|only|"
    r"and|or|so|in that case|after that|instead)\b",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(r"(?:but|however|unless|except|only|otherwise)\b", re.IGNORECASE)

# Whether somebody else, too, finds that the sources say the sentence.
Agrees = Callable[[str, Sequence[Source]], bool]
# Reads [start, end) of a version of a document again, from the database.
Reread = Callable[[str, int, int, int], str | None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A sentence that is not shown, and what is wrong with it."""

    text: str
    fault: Fault
    detail: str


@dataclass(slots=True)
class Page:
    """`passages` are as the model numbers them, from 1; `texts` are their texts as it was given
    them, with equal offsets. `given` is what was said in the conversation.
    """

    checker: Checker
    passages: Sequence[Passage]
    texts: Sequence[str]
    given: str
    reread: Reread
    agrees: Agrees | None = None
    text: str = ""
    sentences: list[Sentence] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    held: int = 0
    _broken: bool = False
    _gap: bool = False

    def sources(self) -> list[Source]:
        """The passages as the checker takes them."""
        return [
            Source(text, passage.heading, passage.title)
            for passage, text in zip(self.passages, self.texts, strict=True)
        ]

    def take(self, written: Written) -> bool:
        """Whether the sentence may be shown."""
        if self._gap and _HANGS.match(written.text):
            return self._refuse(written, Fault.UNSUPPORTED, "hangs on what was left out")
        cited = [number - 1 for number in written.cited if 0 < number <= len(self.passages)]
        sources = self.sources()
        finding = self.checker.check(written.text, [sources[at] for at in cited], self.given)
        if finding.courtesy:
            return self._add(written.text, ())
        holds = finding.supported or (finding.undecided and self.agrees is not None)
        if holds and finding.support is not None:
            citation = self._citation(cited[finding.support[0]], *finding.support[1:])
            if citation is None:
                return self._refuse(written, Fault.CITATION, "cannot be read again")
            if self.agrees and not self.agrees(written.text, [sources[at] for at in cited]):
                return self._refuse(written, Fault.UNSUPPORTED, "a second look did not find it")
            self.held += 1
            return self._add(written.text, (citation,))
        return self._refuse(written, finding.fault or Fault.UNSUPPORTED, finding.detail)

    def reply(self) -> Reply:
        """What is kept so far."""
        return Reply(self.text, tuple(self.sentences))

    def is_reply(self) -> bool:
        """Whether enough holds, and nothing that was left out takes back what is shown."""
        claims = self.held + len(self.refused)
        return self.held > 0 and not self._broken and self.held >= _ENOUGH * claims

    def _add(self, text: str, citations: tuple[Citation, ...]) -> bool:
        start = len(self.text) + (1 if self.text else 0)
        self.text = f"{self.text} {text}".strip()
        self.sentences.append(Sentence(text, start, start + len(text), citations))
        self._gap = False
        return True

    def _refuse(self, written: Written, fault: Fault, detail: str) -> bool:
        self.refused.append(Refused(written.text, fault, detail))
        self._broken = self._broken or bool(self.held and _TAKES_BACK.match(written.text))
        self._gap = True
        return False

    def _citation(self, at: int, start: int, end: int) -> Citation | None:
        """The characters behind a sentence, where the database still has them so."""
        passage = self.passages[at]
        quote = passage.text[start:end]
        begin, stop = passage.start + start, passage.start + end
        if self.reread(passage.document_id, passage.version, begin, stop) != quote:
            return None
        return cite(passage.document_id, passage.version, begin, stop, quote)
