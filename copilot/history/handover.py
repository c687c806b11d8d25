"""What a colleague who takes a conversation over must know: in a model's words, each sentence
checked against the turns that it is taken from, or else in the words that were said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copilot.answer.asking import Asking, Purpose
from copilot.answer.claims import Checker, Source
from copilot.answer.material import conversation_block, newest
from copilot.answer.need import open_question
from copilot.answer.reading import Reading, Written
from copilot.answer.utterance import is_courtesy
from copilot.errors import AnswerTooLong, ModelError
from copilot.privacy.pseudonyms import Pseudonyms
from copilot.prompts import Prompt, load_prompt
from copilot.types import Turn

EXTRACTED = "said/1"
# Sentences of a summary, and the share of a prompt that the conversation may take.
_MOST = 6
_SHARE = 0.7
# Words of an agent who says what will be done.
_PROMISES = re.compile(
    r"\b(?:i|we|they|you|he|she|it|somebody|someone|a colleague|the \w+)(?:'ll| will| am going to| "
    r"are going to|'m going to|'re going to| promise)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a summary, and the turns that it is taken from."""

    text: str
    turn_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """A summary; `by` is the model that wrote it, or EXTRACTED, `failure` why no model did."""

    sentences: tuple[Told, ...]
    by: str
    prompt_sha256: str | None = None
    failure: str | None = None


def handover(
    turns: Sequence[Turn], checker: Checker, asking: Asking | None, caller: str
) -> Handover:
    """The summary of a conversation's final turns."""
    said = tuple(extracted(turns))
    if asking is None or not turns:
        return Handover(said, EXTRACTED)
    prompt = load_prompt("summary")
    spoken = [turn for turn in turns if turn.text.strip()]
    kept = newest(spoken, int(asking.terms.context_tokens * _SHARE), asking.count)
    try:
        written = _written(kept, prompt, checker, asking, caller)
    except ModelError as error:
        return Handover(said, EXTRACTED, prompt.sha256, error.kind)
    except ValueError:
        return Handover(said, EXTRACTED, prompt.sha256, "unreadable")
    if not written:
        return Handover(said, EXTRACTED, prompt.sha256, "unsupported")
    return Handover(tuple(written), asking.model, prompt.sha256)


def extracted(turns: Sequence[Turn]) -> Iterator[Told]:
    """What was asked first, what was done and promised, and what is open now, as it was said."""
    asked = [one for one in turns if one.role == "customer" and not is_courtesy(one.text)]
    told = [Told(" ".join(one.text.split()), (one.turn_id,)) for one in asked[:1] if one.text]
    for turn in turns:
        if turn.role != "agent":
            continue
        if turn.action is not None and not turn.action.name.startswith("copilot."):
            told.append(Told(f"Done: {turn.action.name}", (turn.turn_id,)))
        elif _PROMISES.search(turn.text):
            told.append(Told(" ".join(turn.text.split()), (turn.turn_id,)))
    wanted = open_question([turn for turn in turns if turn.text.strip()])
    if wanted is not None:
        told.append(Told(" ".join(wanted.question.text.split()), wanted.turn_ids))
    yield from list(dict.fromkeys(told))[-_MOST:]


def _written(
    turns: Sequence[Turn], prompt: Prompt, checker: Checker, asking: Asking, caller: str
) -> list[Told]:
    """The model's sentences that hold. Raises ModelError, and ValueError for no sentences."""
    hidden = Pseudonyms()
    system, user = prompt.fill(
        conversation=conversation_block(turns, hidden.hide),
        language="the language of the conversation",
    )
    reading = Reading()
    found: list[Written] = []
    with asking.stream(system, user, Purpose("summary", caller)) as stream:
        try:
            for piece in stream:
                found += reading.feed(piece)
        except AnswerTooLong:
            pass
        else:
            found += reading.end()
    told = []
    for written in found[:_MOST]:
        one = Written(hidden.show(written.text), written.cited)
        cited = [turns[at - 1] for at in one.cited if 0 < at <= len(turns)]
        sources = [Source(turn.text, title=turn.role) for turn in cited]
        finding = checker.check(one.text, sources)
        if finding.supported and not finding.courtesy:
            told.append(Told(one.text, tuple(turn.turn_id for turn in cited)))
    return told
