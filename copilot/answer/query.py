"""Turns a question or a conversation into what is searched for, or says that nothing need be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.errors import InvalidInput
from copilot.retrieval.search import Question
from copilot.types import Turn

MAX_QUESTION = 20_000
# Words of what was said before that are searched with: about one window of the embedder.
_CONTEXT_CHARACTERS = 900
# A turn with fewer words than this leans on what was said before it.
_SHORT_WORDS = 6
_SHORT_CONTEXT_WEIGHT = 0.5
_CONTEXT_WEIGHT = 0.3

_WORD = re.compile(r"[^\W\d_]+|\d+")
_COURTESY = frozenset(
    """
    a again all alright am and are at bye can day day's do evening everything fine for from good
    goodbye got great have hear hello help here hey hi hold how i i'm in is it just kindly later
    lovely m me morning much my name nice no not now ok okay one perfect please problem re right
    s see so soon speak sure take talk thank thanks that that's the there this time to today too
    understood very wait welcome well wonderful yeah yep yes you your
""".split()
)
# Who asks at more length than this tells of a case, to which one place in the steps is the answer.
_HOW_WORDS = 14
_HOW = re.compile(
    r"\bhow (?:do|can|should|would|could|does|to)\b|\bwhat (?:do|should|must) (?:i|we|they|you)\b"
    r"(?! (?:pay|get|owe|need))|\bsteps\b|\bwhat(?:['’]s| is) the (?:procedure|process|way)\b"
    r"|\bwalk me through\b|\bwhat now\b",
    re.IGNORECASE,
)

# A message of courtesies longer than this probably says something after all.
_COURTESY_WORDS = 14


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
    return _with_context(text, [turn for turn in conversation if turn.is_final])


def from_conversation(conversation: Sequence[Turn]) -> Question | None:
    """What the customer wants now: all they said since the agent last spoke.

    None when their last words are courtesy only. Raises InvalidInput without any words.
    """
    turns = [turn for turn in conversation if turn.is_final and turn.text.strip()]
    spoken = [turn for turn in turns if turn.role == "customer"] or turns
    if not spoken:
        raise InvalidInput("has no final turn with words", place="conversation")
    last = turns.index(spoken[-1])
    first = last
    while first > 0 and turns[first - 1].role == turns[last].role:
        first -= 1
    text = checked(" ".join(turn.text.strip() for turn in turns[first : last + 1]), "conversation")
    if is_courtesy(text):
        return None
    return _with_context(text, turns[:first])


def is_courtesy(text: str) -> bool:
    """Whether a message is a greeting, thanks, or a yes or no, and asks for nothing."""
    words = [word.lower() for word in _WORD.findall(text)]
    return len(words) <= _COURTESY_WORDS and all(word in _COURTESY for word in words)


def asks_how(text: str) -> bool:
    """Whether a question asks, in few words, how something is done from its beginning."""
    return len(_WORD.findall(text)) <= _HOW_WORDS and _HOW.search(text) is not None


def _with_context(text: str, before: Sequence[Turn]) -> Question:
    said: list[str] = []
    room = _CONTEXT_CHARACTERS
    for turn in reversed(before):
        words = turn.text.strip()
        if turn.role != "customer" or not words or is_courtesy(words):
            continue
        said.append(words[:room])
        room -= len(words)
        if room <= 0:
            break
    if not said:
        return Question(text)
    short = len(_WORD.findall(text)) < _SHORT_WORDS
    weight = _SHORT_CONTEXT_WEIGHT if short else _CONTEXT_WEIGHT
    return Question(text, " ".join(reversed(said)), weight)
