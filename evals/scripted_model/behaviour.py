"""The behaviours by name: what is said, and what becomes of it on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evals.scripted_model import say
from evals.scripted_model.prompt import Prompt


class Behaviour(StrEnum):
    """What each does is its name; `slow` answers faithfully, a token at a time."""

    FAITHFUL = "faithful"
    INVENTS_NUMBER = "invents_number"
    DROPS_NEGATION = "drops_negation"
    OBEYS_INJECTION = "obeys_injection"
    WRONG_CITATION = "wrong_citation"
    EMPTY = "empty"
    STALLS = "stalls"
    TRICKLES = "trickles"
    SLOW = "slow"
    ENDLESS = "endless"
    CUTS_OFF = "cuts_off"
    BROKEN_JSON = "broken_json"
    GARBAGE = "garbage"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REFUSES_CONNECTION = "refuses_connection"

    @property
    def fails(self) -> bool:
        """Whether no answer of it can be used whole."""
        return self not in _ANSWERS


_ANSWERS = (
    Behaviour.FAITHFUL,
    Behaviour.INVENTS_NUMBER,
    Behaviour.DROPS_NEGATION,
    Behaviour.OBEYS_INJECTION,
    Behaviour.WRONG_CITATION,
    Behaviour.SLOW,
)
_SAYING: Mapping[Behaviour, Callable[[Prompt], str]] = {
    Behaviour.INVENTS_NUMBER: say.invents_number,
    Behaviour.DROPS_NEGATION: say.drops_negation,
    Behaviour.OBEYS_INJECTION: say.obeys_injection,
    Behaviour.WRONG_CITATION: say.wrong_citation,
    Behaviour.EMPTY: lambda _: "",
}


@dataclass(frozen=True, slots=True)
class Says:
    """A script for one request: these words, whatever was asked."""

    text: str


Script = Behaviour | Says


def words(script: Script, prompt: Prompt) -> str:
    """What is said; the failing behaviours have faithful words to fail with."""
    if isinstance(script, Says):
        return script.text
    say_so = _SAYING.get(script, say.faithful)
    return say_so(prompt)
