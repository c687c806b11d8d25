"""What one turn does, told from its words: courtesy, a question, a name given, an answer, a wait.

English; what is not recognised counts as something said. Knows nothing of other turns.
"""

from __future__ import annotations

import re

from copilot.answer import phrases

# A message of courtesies longer than this probably says something after all.
_COURTESY_WORDS = 14
# What is left of a turn that only names or holds: "thank you, Ms Holtby", "I'll look up the order".
_NAME_WORDS = 4
_HOLD_WORDS = 6
# "Holtby?" in answer to "your name, please": said with a rising voice, but no question.
_RISING_WORDS = 4
_READ_OUT_WORDS = 4

_WORD = re.compile(r"[^\W\d_]+|\d+")
_CLAUSE = re.compile(r"[^.!?;…\n]+[.!?;…]*")
_TITLE = re.compile(r"\b(Mrs?|Ms|Dr|St)\.")


def words(text: str) -> list[str]:
    """The words and numbers of a text, in lower case; a contraction is two."""
    return [word.lower() for word in _WORD.findall(text)]


def clauses(text: str) -> list[str]:
    """The parts of a turn between full stops, marks and line breaks that hold any word."""
    straight = _TITLE.sub(r"\1", text.replace("’", "'"))
    return [clause.strip() for clause in _CLAUSE.findall(straight) if _WORD.search(clause)]


def is_courtesy(text: str) -> bool:
    """Whether a message is a greeting, thanks, or a yes or no, and asks for nothing."""
    said = words(text)
    if len(said) > _COURTESY_WORDS or not all(word in phrases.COURTESY for word in said):
        return False
    return "?" not in text or not phrases.QUESTION.search(without_pleasantries(text))


def without_pleasantries(text: str) -> str:
    return phrases.PLEASANTRY.sub(" ", text)


def asks(clause: str) -> bool:
    """Whether a clause asks or wants something, by its form."""
    return any(
        form.search(clause) is not None
        for form in (phrases.QUESTION, phrases.REQUEST, phrases.ORDER)
    )


def rises(clause: str) -> bool:
    """Whether a clause is a few words with a question mark, which may be an answer."""
    return "?" in clause and len(words(clause)) <= _RISING_WORDS


def reads_out(clause: str) -> bool:
    """Whether a clause reads out a number or a spelling, sign by sign: "two nine, one one"."""
    said = words(clause)
    return len(said) >= _READ_OUT_WORDS and all(
        len(word) == 1 or word.isdigit() or word in phrases.READ_OUT for word in said
    )


def asks_who(text: str) -> bool:
    """Whether an agent asks whom they talk to: a name, a number, an address, a read-back."""
    return phrases.READ_BACK.search(text) is not None or any(
        phrases.WHO.search(clause) and ("?" in clause or phrases.ASKED_FOR.search(clause))
        for clause in clauses(text)
    )


def offers(text: str) -> bool:
    """Whether an agent offers to do something: a yes or no is the answer."""
    return any(
        "?" in clause and phrases.OFFER.search(clause) and not phrases.CHOICE.search(clause)
        for clause in clauses(text)
    )


def says_something(text: str) -> bool:
    """Whether an agent's turn answers or tells: it does more than greet, hold, or ask back.

    What stands after a question to the customer explains that question.
    """
    if asks_who(text):
        return False
    for clause in clauses(text):
        if _tells(clause):
            return True
        if _asks_back(clause) and not (phrases.OFFER.search(clause) or phrases.MORE.search(clause)):
            return False
    return False


def _asks_back(clause: str) -> bool:
    return "?" in clause or phrases.ASKS_BACK.search(clause) is not None


def _tells(clause: str) -> bool:
    if _asks_back(clause):
        return False
    if phrases.SHORT_ANSWER.search(clause):
        return True
    held = phrases.HOLD.search(clause) is not None
    if not held and phrases.WHO.search(clause) and phrases.ASKED_FOR.search(clause):
        return False
    rest = phrases.HOLD.sub(" ", clause) if held else clause
    left = [word for word in words(rest) if word not in phrases.COURTESY]
    if held:
        return len(left) > _HOLD_WORDS
    return bool(left) and not (len(left) <= _NAME_WORDS and _only_names(clause, left))


def _only_names(clause: str, left: list[str]) -> bool:
    """Whether the words that are no courtesy are written as names, after a courtesy."""
    first = _WORD.search(clause)
    courteous = first is not None and first.group().lower() in phrases.COURTESY
    return courteous and all(re.search(rf"\b{re.escape(one.title())}", clause) for one in left)
