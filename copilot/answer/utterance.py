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

_WORD = re.compile(r"\w+")
_CLAUSE = re.compile(r"[^.!?;…\n]+[.!?;…]*")
_TITLE = re.compile(r"\b(Mrs?|Ms|Dr|St)\.")


def words(text: str) -> list[str]:
    """The words and numbers of a text, in lower case; a contraction is two."""
    return _WORD.findall(text.lower())


def clauses(text: str) -> list[str]:
    """The parts of a turn between full stops, marks and line breaks that hold any word."""
    straight = _TITLE.sub(r"\1", text.replace("’", "'"))
    return [clause.strip() for clause in _CLAUSE.findall(straight) if _WORD.search(clause)]


def beyond_courtesy(text: str) -> list[str]:
    """The clauses of a turn that are more than courtesy."""
    return [clause for clause in clauses(text) if not is_courtesy(clause)]


def is_courtesy(text: str) -> bool:
    """Whether a message is a greeting, thanks, or a yes or no, and asks for nothing."""
    said = words(text)
    if len(said) > _COURTESY_WORDS or not _courteous(text, said):
        return False
    return "?" not in text or not phrases.QUESTION.search(without_pleasantries(text.lower()))


def without_pleasantries(text: str) -> str:
    return phrases.PLEASANTRY.sub(" ", text)


def is_plain(clause: str) -> bool:
    """Whether a clause is courtesy alone, or a number or a spelling that is read out."""
    said = words(clause)
    if _courteous(clause, said):
        return "?" not in clause or not phrases.QUESTION.search(clause)
    return len(said) >= _READ_OUT_WORDS and all(
        len(word) == 1 or word.isdigit() or word in phrases.READ_OUT for word in said
    )


def _courteous(text: str, said: list[str]) -> bool:
    """Whether a text is words of courtesy alone; "I can't hear you" is not, nor "not sure"."""
    plain = text.replace("’", "'").lower()
    return phrases.COURTESY.issuperset(said) and phrases.TROUBLE.search(plain) is None


def asks(clause: str) -> bool:
    """Whether a clause asks or wants something, by its form."""
    return any(
        form.search(clause) is not None
        for form in (phrases.QUESTION, phrases.REQUEST, phrases.ORDER)
    )


def names(text: str) -> bool:
    """Whether a turn only says who somebody is."""
    return all(is_plain(clause) or phrases.NAME.search(clause) for clause in clauses(text))


def after_farewell(text: str) -> str | None:
    """What stands after the last words that take leave, in lower case; None without any."""
    said = without_pleasantries(text.replace("’", "'").lower())
    ends = [leave.end() for leave in phrases.FAREWELL.finditer(said)]
    return said[ends[-1] :] if ends else None


def rises(clause: str) -> bool:
    """Whether a clause is a few words with a question mark, which may be an answer."""
    return "?" in clause and len(words(clause)) <= _RISING_WORDS


def asks_who(text: str) -> bool:
    """Whether an agent asks whom they talk to: a name, a number, an address, a read-back."""
    said = text.lower()
    if phrases.READ_BACK.search(said):
        return True
    return phrases.WHO.search(said) is not None and any(
        ("?" in clause or phrases.ASKED_FOR.search(clause)) and phrases.WHO.search(clause)
        for clause in clauses(said)
    )


def offers(text: str) -> bool:
    """Whether an agent offers to do something: a yes or no is the answer."""
    return "?" in text and any(
        "?" in clause
        and phrases.OFFER.search(clause) is not None
        and not (phrases.CHOICE.search(clause) or phrases.MORE.search(clause))
        for clause in clauses(text.lower())
    )


def says_something(text: str) -> bool:
    """Whether an agent's turn answers or tells: it does more than greet, hold, or ask back.

    What stands after a question to the customer explains that question.
    """
    for clause in clauses(text):
        said = clause.lower()
        if "?" in said or phrases.ASKS_BACK.search(said):
            if not (phrases.OFFER.search(said) or phrases.MORE.search(said)):
                return False
        elif _tells(clause, said):
            return not asks_who(text)
    return False


def _tells(clause: str, said: str) -> bool:
    """Whether a clause without a question tells something; `said` is it in lower case."""
    if phrases.SHORT_ANSWER.search(said):
        return True
    left = [word for word in words(said) if word not in phrases.COURTESY]
    if not left or (len(left) <= _NAME_WORDS and _only_names(clause, left)):
        return False
    if phrases.HOLD.search(said) is None:
        return True
    rest = words(phrases.HOLD.sub(" ", said))
    return len([word for word in rest if word not in phrases.COURTESY]) > _HOLD_WORDS


def _only_names(clause: str, left: list[str]) -> bool:
    """Whether the words that are no courtesy are written as names, after a courtesy."""
    written = _WORD.findall(clause)
    return written[0].lower() in phrases.COURTESY and all(
        word[0].isupper() for word in written if word.lower() in left
    )
