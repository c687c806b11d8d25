"""Questions, suggestions and answers for the tests of the scorers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from copilot.types import Citation, Passage, Reason, Reply, Sentence, Status, Suggestion
from evals.question import Expect, Question
from evals.scorers.answered import Answered

TEXTS = {"refunds": "Refunds take 5 days.", "returns": "Bring the receipt."}


@dataclass(frozen=True)
class Found:
    supported: bool
    courtesy: bool = False
    undecided: bool = False


class FakeClaims:
    """Supports a sentence whose words, each of them, stand in what it is held against."""

    def cited(self, sentence: str, citations: Sequence[Citation]):
        if sentence == "You are welcome.":
            return Found(True, courtesy=True)
        if sentence == "Das dauert.":
            return Found(False, undecided=True)
        return self._found(sentence, " ".join(one.quote for one in citations))

    def shown(self, sentence: str, passages: Sequence[Passage]):
        return self._found(sentence, " ".join(one.text for one in passages))

    def _found(self, sentence: str, text: str) -> Found:
        return Found(set(sentence.rstrip(".").split()) <= set(text.replace(".", "").split()))


def read(document_id: str, version: int):
    return TEXTS[document_id]


def question(
    question_id: str = "q1",
    answerable: bool | None = True,
    gold: tuple[str, ...] = ("refunds",),
    answer: str | None = "Five days: 5 days.",
    customer_id: str | None = None,
    **expect: Any,
):
    return Question(
        question_id,
        "when?",
        answerable,
        dict.fromkeys(gold, 1) if answerable else {},
        answer,
        "queries.jsonl:1",
        customer_id=customer_id,
        expect=Expect(**expect),
    )


def cite(document_id: str):
    quote = TEXTS[document_id]
    sha256 = hashlib.sha256(quote.encode()).hexdigest()
    return Citation(document_id, 1, 0, len(quote), quote, sha256)


def reply(*sentences: tuple[str, tuple[str, ...]]):
    """A reply of sentences, each with the documents that it cites."""
    text, made = "", []
    for words, cited in sentences:
        start = len(text) + bool(text)
        text = f"{text} {words}".strip()
        made.append(Sentence(words, start, len(text), tuple(cite(one) for one in cited)))
    return Reply(text, tuple(made))


def passage(document_id: str):
    return Passage("p", document_id, 1, "t", "", TEXTS.get(document_id, "x"), 0, 1, 1.0)


def suggestion(
    document_id: str | None = None,
    confidence: float = 0.8,
    shown: tuple[str, ...] = ("refunds",),
    reason: Reason = Reason.WEAK_EVIDENCE,
    said: Reply | None = None,
    **fields: Any,
):
    """One that quotes a document, says what is `said`, or is silent for a reason."""
    if document_id:
        said = reply((TEXTS[document_id], (document_id,)))
    standing = {
        "suggestion_id": "s1",
        "status": Status.SUGGESTED if said else Status.NO_SUGGESTION,
        "reason": None if said else reason,
        "confidence": confidence,
        "reply": said,
        "procedure": None,
        "next_steps": (),
        "likely_actions": (),
        "passages": tuple(passage(one) for one in shown),
        "drafter": "extract",
        "prompt_sha256": None,
        "took_ms": {},
    }
    return Suggestion(**{**standing, **fields})


def answered(asked: Question, given: Suggestion, k: int = 5, **fields: Any):
    return Answered(asked, given, given.passages, k, 12.5, read, FakeClaims(), **fields)
