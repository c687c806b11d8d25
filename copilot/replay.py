"""Time travel: a stored suggestion made again, as of its day and as of today, and what differs.

Nothing is stored. What was deleted since stays deleted, and a replay says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python

from copilot import __version__
from copilot.aspects import ASPECTS, citations, is_same, place
from copilot.assist import EXTRACTOR, Copilot, last
from copilot.errors import NotFound
from copilot.history.recall import PREFIX
from copilot.privacy.mask import PLACEHOLDER
from copilot.request import Asked, read
from copilot.store import Store
from copilot.store.past import deleted_since
from copilot.store.suggestions import Offered
from copilot.types import Reason, State, Turn

# What the replay of its day must have as it was stored.
HELD = tuple(name for name in ASPECTS if name != "first document")


@dataclass(frozen=True, slots=True)
class Reread:
    """A passage or a cited sentence of a stored suggestion; `trouble` is empty where its version
    still reads as it did, to the letter, and `since` says what became of that version.
    """

    document_id: str
    version: int
    start: int
    end: int
    trouble: str
    since: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What was stored, what is said as of its day, and what is said today; all as the API has it.

    `differs` names what the replay of the day has otherwise than stored, `causes` what is known to
    be otherwise than it was then: another model, say, which may give the same words all the same.
    """

    offered: Offered
    asked: Asked
    as_of: datetime
    stored: Mapping[str, Any]
    then: Mapping[str, Any]
    today: Mapping[str, Any]
    evidence: tuple[Reread, ...]
    differs: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the replay of the day is what was stored, and its evidence still reads so."""
        return not self.differs and not any(one.trouble for one in self.evidence)


def replay(copilot: Copilot, suggestion_id: str) -> Replay:
    """A suggestion again. Raises UnknownSuggestion."""
    offered = copilot.store.suggestions.offered(suggestion_id)
    asked = read(offered.request)
    as_of = asked.scope.as_of or offered.created_at
    then, today = again(copilot, offered, as_of), again(copilot, offered, None)
    differs = tuple(one for one in HELD if not is_same(one, offered.suggestion, then))
    evidence = reread(copilot, offered)
    return Replay(
        offered,
        asked,
        as_of,
        offered.suggestion,
        then,
        today,
        evidence,
        differs,
        tuple(_causes(copilot, offered, asked, as_of, then, differs)),
    )


def again(copilot: Copilot, offered: Offered, as_of: datetime | None) -> dict[str, Any]:
    """What the copilot says to a stored request, as of a moment or of today; it is not stored."""
    asked = read(offered.request)
    scope = replace(asked.scope, as_of=as_of)
    turns = turns_of(copilot.store, offered, asked)
    underway = copilot.begin(asked.question, scope, offered.customer_id, offered.caller, turns)
    copilot.find_steps(underway, turns if asked.follows else ())
    made: dict[str, Any] = to_jsonable_python(last(copilot.concluding(underway)))
    return made


def turns_of(store: Store, offered: Offered, asked: Asked) -> Sequence[Turn]:
    """The turns that a suggestion was made for; empty where it was for a question alone."""
    if offered.conversation_id is None:
        return asked.conversation
    spoken = store.conversations.turns(offered.conversation_id)
    if not asked.whole:
        return [turn for at, turn in spoken if at <= offered.created_at]
    by_id = {turn.turn_id: turn for _, turn in spoken}
    return [by_id[one] for one in asked.turn_ids if one in by_id]


# The evidence


def reread(copilot: Copilot, offered: Offered) -> tuple[Reread, ...]:
    """Every passage and every cited sentence, read again from the database and compared."""
    shown = {place(one): one for one in offered.suggestion["passages"]}
    cited = {place(one): one for one in citations(offered.suggestion)}
    return tuple(_reread(copilot, offered, one) for one in {**shown, **cited}.values())


def _reread(copilot: Copilot, offered: Offered, one: Mapping[str, Any]) -> Reread:
    document_id, version, start, end = (
        one[name] for name in ("document_id", "version", "start", "end")
    )
    text, since = _stored_text(copilot, document_id, version, offered.customer_id)
    words = one.get("quote", one.get("text"))
    trouble = ""
    if text is None:
        trouble = "it cannot be read any more"
    elif text[start:end] != words:
        trouble = "it does not read as it did"
    elif "sha256" in one and hashlib.sha256(words.encode()).hexdigest() != one["sha256"]:
        trouble = "its hash is not that of its words"
    return Reread(document_id, version, start, end, trouble, since)


def _stored_text(
    copilot: Copilot, document_id: str, version: int, customer_id: str | None
) -> tuple[str | None, str]:
    """The text of a version, and what became of that version since."""
    if document_id.startswith(PREFIX):
        interaction = document_id.removeprefix(PREFIX)
        found = copilot.store.customers.transcript(interaction, customer_id or "")
        if found is None:
            return None, "the talk is gone"
        return (found[0], "") if found[1] == version else (None, "the talk was recorded anew")
    try:
        stored = copilot.store.documents.version(document_id, version)
    except NotFound:
        return None, "it is gone"
    if stored.state is State.RETIRED:
        return stored.document.text, "it was deleted since"
    if stored.state is State.LIVE:
        return stored.document.text, ""
    return stored.document.text, f"it is {stored.state} now"


# Why it differs


def _causes(
    copilot: Copilot,
    offered: Offered,
    asked: Asked,
    as_of: datetime,
    then: Mapping[str, Any],
    differs: Sequence[str],
) -> list[str]:
    """What is known to be otherwise than it was; where the answer is too, all that may be why."""
    stored = offered.suggestion
    told = [
        _other("the embedder", asked.embedder, copilot.embedder.model),
        _other("what drafted", stored["drafter"], then["drafter"]),
        _other("the prompt's hash", stored["prompt_sha256"], then["prompt_sha256"]),
        _other("the copilot's version", asked.version, __version__),
    ]
    found = [one for one in told if one]
    if not differs:
        return found
    if stored["reason"] == Reason.DEADLINE:
        found.append("it had run out of time")
    found += [f"something failed then: {one}" for one in stored["degraded"]]
    if stored["drafter"] == then["drafter"] != EXTRACTOR:
        found.append(
            f"{then['drafter']} wrote it: a language model's words are not always the same"
        )
    if not asked.whole:
        found.append("the conversation was not kept whole with it")
    if masked(offered, asked):
        found.append("what was asked is kept masked: what stood for it then is not known")
    with copilot.store.engine.connect() as connection:
        deleted = deleted_since(connection, as_of)
    if deleted:
        names = ", ".join(deleted[:5]) + (" and others" if len(deleted) > 5 else "")
        found.append(f"{len(deleted)} of that day's documents were deleted since: {names}")
    if offered.customer_id is not None:
        found.append("the customer's history is as it is recorded now")
    if set(differs) <= {"passages", "confidence"}:
        found.append("an index in use counts words of replaced text until it sweeps them out")
    return found or ["no cause is known: the program or its weights changed"]


def _other(what: str, then: str | None, now: str | None) -> str:
    if then == now or then == "":
        return ""
    return f"{what} was {then or 'none'} and is {now or 'none'}"


def masked(offered: Offered, asked: Asked) -> tuple[str, ...]:
    """What stands masked in a question that was asked with the words themselves.

    The turns of a stored conversation were masked before anything was asked with them.
    """
    if offered.conversation_id is not None or asked.question is None:
        return ()
    told = (asked.question.text, *asked.question.context, *(one.text for one in asked.conversation))
    return tuple(dict.fromkeys(one for text in told for one in re.findall(PLACEHOLDER, text)))
