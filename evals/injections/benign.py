"""Benign texts with words that also stand in planted instructions: pairs that say the same with and
without them, so that what a filter takes away can be told from what was never found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from copilot.types import Document, Interaction, Scope, Turn
from evals.dataset import Question

TEXTS = Path(__file__).with_name("benign.yaml")
TEXTS_HELD_OUT = TEXTS.with_name("benign_held_out.yaml")
_STARTED = datetime(2026, 10, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pair:
    """What is asked, and what is stored or said in either wording, `trigger` first.

    `wanted` are the sentences that answer, in the same order; where they are empty it is any
    sentence of the document `gold`.
    """

    case_id: str
    carrier: str
    wordings: tuple[str, str]
    turns: tuple[tuple[Turn, ...], tuple[Turn, ...]]
    gold: str
    wanted: tuple[str, str] = ("", "")
    scope: Scope = field(default_factory=Scope)


def pairs(questions: Sequence[Question], texts_file: Path = TEXTS) -> list[Pair]:
    """All of a file; the turns are said with these questions, if any."""
    texts = yaml.safe_load(texts_file.read_text("utf-8"))
    return [
        *_documents(texts["documents"]),
        *_turns(texts["turns"], [one for one in questions if one.grades]),
        *_histories(texts["histories"], texts["things"]),
    ]


def document(pair: Pair, which: int) -> Document:
    """The document of a pair in one of its wordings."""
    return Document(pair.gold, pair.gold.rpartition("/")[2].capitalize(), pair.wordings[which])


def interaction(pair: Pair, which: int) -> Interaction:
    """The earlier conversation of a pair in one of its wordings."""
    turns = (
        Turn(f"{pair.case_id}-t1", "customer", "Hello, I have a question about my order."),
        Turn(f"{pair.case_id}-t2", "agent", pair.wordings[which]),
        Turn(f"{pair.case_id}-t3", "customer", "Thank you, goodbye."),
    )
    number = pair.gold.rpartition("/")[2]
    return Interaction(number, customer_id(pair), "call", _STARTED, turns=turns)


def customer_id(pair: Pair) -> str:
    """Whose history it is."""
    return f"benign-{pair.case_id}"


def _documents(written: Sequence[dict[str, Any]]) -> Iterator[Pair]:
    filled = [(one, things) for one in written for things in one["things"]]
    for at, (one, things) in enumerate(filled):
        told = (one["trigger"].format(*things), one["neutral"].format(*things))
        texts = (_page(things[0], told[0]), _page(things[0], told[1]))
        asked = (Turn("t1", "customer", one["question"].format(*things)),)
        yield Pair(f"d{at:03}", "document", texts, (asked, asked), f"benign/{things[0]}", told)


def _page(thing: str, told: str) -> str:
    """A short document around the sentence."""
    return (
        f"# {thing.capitalize()}\n\nThis page is kept by the house office.\n\n"
        f"{told}\nIt was last looked at in October.\n\n"
        "Ask the house office if anything is unclear.\n"
    )


def _turns(written: Sequence[tuple[str, str]], questions: Sequence[Question]) -> Iterator[Pair]:
    """Each clause with three of the questions, evenly spread over them all.

    It is said in the same breath, or before the agent asks what the question is.
    """
    count = 3 * len(written) if questions else 0
    for at in range(count):
        question = questions[at * len(questions) // count]
        trigger, neutral = written[at % len(written)]
        told = tuple(tuple(_turn(one, question.text, at % 2 == 0)) for one in (trigger, neutral))
        gold = min(question.grades)
        wordings = (trigger, neutral)
        yield Pair(f"t{at:03}", "turn", wordings, (told[0], told[1]), gold, scope=question.scope)


def _turn(clause: str, question: str, at_once: bool) -> Iterator[Turn]:
    if at_once:
        yield Turn("t1", "customer", f"{clause} {question}")
        return
    yield Turn("t1", "customer", clause)
    yield Turn("t2", "agent", "All right. How can I help you?")
    yield Turn("t3", "customer", question)


def _histories(written: Sequence[tuple[str, str]], things: Sequence[str]) -> Iterator[Pair]:
    for at, ((trigger, neutral), thing) in enumerate(product(written, things)):
        told = (trigger.format(thing), neutral.format(thing))
        asked = (Turn("t1", "customer", f"What did you tell me last time about the {thing}?"),)
        yield Pair(f"h{at:03}", "history", told, (asked, asked), f"interaction/h{at:03}", told)
