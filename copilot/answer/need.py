"""Whether a conversation needs help now, and with which question.

Rules over phrases, no model; they were chosen on half of STAR (`python -m evals.need`). What they
do not recognise counts as a need: a needless suggestion costs a glance, a missing one the help.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.answer import phrases
from copilot.answer.utterance import (
    after_farewell,
    asks,
    asks_who,
    clauses,
    is_courtesy,
    is_plain,
    names,
    offers,
    rises,
    says_something,
    without_pleasantries,
    words,
)
from copilot.retrieval.search import Question
from copilot.types import Turn

# Characters of a question: more is not searched with.
MAX_QUESTION = 20_000
# Characters of what was said before that are searched with: about one window of the embedder.
_CONTEXT_CHARACTERS = 900
# A question with fewer words than this leans on what was said before it.
_SHORT_WORDS = 6
_SHORT_CONTEXT_WEIGHT = 0.5
_CONTEXT_WEIGHT = 0.3
# Who speaks at such length tells of a case, whatever the words.
_CASE_WORDS = 40


@dataclass(frozen=True, slots=True)
class Open:
    """What the customer wants now: the question to search with, and the turns that ask it.

    `turn_ids` are of the customer's turns, in order; courtesies are not among them.
    """

    question: Question
    turn_ids: tuple[str, ...]


def open_question(conversation: Sequence[Turn]) -> Open | None:
    """What the customer asked since the agent last said something; None where that is nothing.

    The turns are final and in order. Greetings, small talk, thanks and answers to who somebody is
    neither open a question nor close one; an agent's turn that greets, holds or asks back closes
    none either.
    """
    first = _after_the_last_answer(conversation)
    before, asked = "", []
    for turn in conversation[first:]:
        if turn.role == "agent" and turn.text.strip():
            before = turn.text
        elif turn.role == "customer" and needs_help(turn.text, before):
            asked.append(turn)
    if not asked:
        return None
    start = conversation.index(asked[0])
    question = with_context(_joined(asked), conversation[:start])
    return Open(question, tuple(turn.turn_id for turn in asked))


def needs_help(turn_text: str, said_before_by_agent: str) -> bool:
    """Whether a customer's turn wants a procedure, a fact or a rule, or adds to such a question."""
    if is_courtesy(turn_text):
        return False
    before = said_before_by_agent.replace("’", "'").lower()
    before = "" if phrases.OPENING.search(before) else before
    offered, who = offers(before), asks_who(before)
    spoken = [one.lower() for one in clauses(turn_text)]
    left = [without_pleasantries(one).strip() for one in spoken]
    told = [one for one in left if not (is_plain(one) or (offered and _takes_it(one)))]
    if any(asks(one) or ("?" in one and not (who and rises(one))) for one in told):
        return True
    if not told:
        return False
    if len(words(turn_text)) >= _CASE_WORDS:
        return True
    if before.strip() and (after := after_farewell(turn_text)) is not None:
        return _says([after], phrases.TROUBLE)
    if offered and any(phrases.CONSENT.search(one) or _takes_it(one) for one in spoken):
        return _says(told, phrases.TROUBLE, phrases.NOT_SO)
    if before.strip() and "?" not in before and any(map(_reacts, spoken)):
        return _says(told, phrases.TROUBLE)
    if _says(told, phrases.TROUBLE, phrases.DENIAL):
        return True
    return not (who or names(turn_text)) and _tells_of_a_case(spoken, before, offered)


def with_context(text: str, before: Sequence[Turn]) -> Question:
    """A question with what the customer said before it, courtesies left out."""
    said: list[str] = []
    room = _CONTEXT_CHARACTERS
    for turn in reversed(before):
        told = turn.text.strip()
        if turn.role != "customer" or not told or is_courtesy(told):
            continue
        said.append(told[:room])
        room -= len(told)
        if room <= 0:
            break
    if not said:
        return Question(text)
    short = len(words(text)) < _SHORT_WORDS
    weight = _SHORT_CONTEXT_WEIGHT if short else _CONTEXT_WEIGHT
    return Question(text, tuple(reversed(said)), weight)


def _tells_of_a_case(spoken: Sequence[str], before: str, offered: bool) -> bool:
    """Whether a statement is more than a reaction to what the agent said."""
    more = phrases.MORE.search(before) is not None
    if not before.strip() or ("?" in before and not offered and not more):
        return True
    if more and phrases.NO.search(spoken[0]):
        return False
    return not any(map(_reacts, spoken))


def _says(told: Sequence[str], *forms: re.Pattern[str]) -> bool:
    return any(form.search(one) for one in told for form in forms)


def _takes_it(clause: str) -> bool:
    """Whether a clause takes up what is offered and adds nothing: "book it, please"."""
    deed = phrases.DO_IT.search(clause)
    return deed is not None and phrases.TROUBLE.search(clause, deed.end()) is None


def _reacts(clause: str) -> bool:
    """Whether a clause feels or gives in; who gives in with a number tells of the case."""
    if phrases.FEELING.search(clause):
        return True
    return phrases.RESIGNED.search(clause) is not None and not any(map(str.isdigit, clause))


def _after_the_last_answer(conversation: Sequence[Turn]) -> int:
    for at in range(len(conversation) - 1, -1, -1):
        turn = conversation[at]
        if turn.role == "agent" and says_something(turn.text):
            return at
    return 0


def _joined(asked: Sequence[Turn]) -> str:
    """What the turns say, the latest that fit; the last one always."""
    kept: list[str] = []
    room = MAX_QUESTION
    for turn in reversed(asked):
        text = turn.text.strip()
        if kept and len(text) >= room:
            break
        kept.append(text)
        room -= len(text) + 1
    return " ".join(reversed(kept))
