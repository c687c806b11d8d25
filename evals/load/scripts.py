"""What the customers and agents of a load say: our own conversations, else our own questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals.bench.texts import questions
from evals.need.conversations import conversations

# Questions that one made-up conversation asks, each answered before the next.
_ASKED = 8


@dataclass(frozen=True, slots=True)
class Words:
    """A turn before anybody says it."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """What is said in one conversation, and the body that begins it."""

    opening: dict[str, Any]
    words: tuple[Words, ...]


def written() -> list[Script]:
    """Our own conversations, each with its customer and its scope; without any, `asked`."""
    found = [
        Script(
            {
                "customer_id": one.customer_id,
                "channel": one.channel,
                "scope": {"groups": list(one.groups)},
            },
            tuple(Words(spoken.turn.role, spoken.turn.text) for spoken in one.turns),
        )
        for one in conversations()
    ]
    return found or asked()


def asked() -> list[Script]:
    """The starter questions as conversations: one is asked, answered, then the next."""
    rounds = [
        (Words("customer", one.text), Words("agent", one.answer))
        for one in questions()
        if one.answer
    ]
    return [
        Script({}, tuple(words for pair in rounds[at : at + _ASKED] for words in pair))
        for at in range(0, len(rounds), _ASKED)
    ]


def customers_words(scripts: Sequence[Script]) -> list[str]:
    """What customers say in them."""
    return [one.text for script in scripts for one in script.words if one.role == "customer"]


def without_customers(scripts: Sequence[Script]) -> list[Script]:
    """The same for a server that knows neither the customers nor the groups."""
    return [Script({}, script.words) for script in scripts]
