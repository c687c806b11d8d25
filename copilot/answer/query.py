"""Turns a question or a conversation into what is searched for, or says that nothing need be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.answer.need import MAX_QUESTION as MAX_QUESTION
from copilot.answer.need import open_question, with_context
from copilot.answer.utterance import is_courtesy
from copilot.errors import InvalidInput
from copilot.retrieval.search import Question
from copilot.types import Turn

_WORD = re.compile(r"[^\W\d_]+|\d+")
# Who asks at more length than this tells of a case, to which one place in the steps is the answer.
_HOW_WORDS = 14
_HOW = re.compile(
    r"\bhow (?:do|can|should|would|could|does|to)\b|\bwhat (?:do|should|must) (?:i|we|they|you)\b"
    r"(?! (?:pay|get|owe|need))|\bsteps\b|\bwhat(?:['’]s| is) the (?:procedure|process|way)\b"
    r"|\bwalk me through\b|\bwhat now\b",
    re.IGNORECASE,
)


def checked(text: str, place: str) -> str:
    """The text without surrounding white space. Raises InvalidInput naming the place."""
    if "\0" in text:
        raise InvalidInput("holds a NUL character", place=place, remedy="send text only")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput("holds a lone surrogate", place=place, remedy="send valid Unicode")
    text = text.strip()
    if not text:
        raise InvalidInput("is empty", place=place, remedy="say what is asked")
    if len(text) > MAX_QUESTION:
        raise InvalidInput(
            f"is longer than {MAX_QUESTION} characters", place=place, remedy="send less"
        )
    return text


def from_question(question: str, conversation: Sequence[Turn] = ()) -> Question:
    """What a member of staff asks, with the customer's words before it as context."""
    text = checked(question, "question")
    return with_context(text, [turn for turn in conversation if turn.is_final])


def from_conversation(conversation: Sequence[Turn]) -> Question | None:
    """What the customer wants now, as `open_question` has it; None where that is nothing.

    Where only others speak, the last of them asks. Raises InvalidInput where nothing was said or
    done.
    """
    turns = [turn for turn in conversation if turn.is_final and turn.text.strip()]
    if not turns and any(turn.is_final and turn.action is not None for turn in conversation):
        return None
    if not turns:
        raise InvalidInput("has no final turn with words", place="conversation")
    if all(turn.role != "customer" for turn in turns):
        text = checked(_last_said(turns), "conversation")
        return None if is_courtesy(text) else Question(text)
    wanted = open_question(turns)
    if wanted is not None:
        checked(wanted.question.text, "conversation")
    return None if wanted is None else wanted.question


def asks_how(text: str) -> bool:
    """Whether a question asks, in few words, how something is done from its beginning."""
    return len(_WORD.findall(text)) <= _HOW_WORDS and _HOW.search(text) is not None


def _last_said(turns: Sequence[Turn]) -> str:
    """All that the last to speak said without a break."""
    first = len(turns) - 1
    while first > 0 and turns[first - 1].role == turns[-1].role:
        first -= 1
    return " ".join(turn.text.strip() for turn in turns[first:])
