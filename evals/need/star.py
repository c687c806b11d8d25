"""The customers' turns of STAR, each labelled by what its agent did, never by its words.

STAR's agent (the wizard) picks labelled moves from a flow chart and asks a knowledge base; both
are in the data. A turn **needs help** where nobody had asked the customer anything, or only "how
can I help?", and the agent's next move looks something up, tells what was found, or takes up a
task of the flow chart with its first question. It **needs none** where the agent's next moves are
greeting, farewell or "anything else?" only, where the customer answers a question about who they
are (a name, an account number, a date of birth, a code) and the next question follows, and where
the customer agrees to a booking that was offered and it is simply made. **Undetermined** is the
rest: answers to the agent's own question about the case ("Saturday at three"), steps of a quiz or a
route that is read out in parts, and turns around the agent's free words. Whether such a turn needs
help cannot be read from the agent's moves; they are counted and reported, and in no figure.

Moves do not show what else was said, so some labels of **none** are wrong: "Alexis. Can I come on
Tuesday?" to "your name?", "I forgot my PIN" to "your PIN?", and a request that is first only
greeted ("I'm lost!"). Read one by one, they are about 80 of the 191 needless helps of the half that
was chosen on. A bare "hello" that the agent answers with a first question is labelled help.

Dialogues with an odd number are held out: nothing was chosen by looking at them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_GREETINGS = frozenset("hello goodbye_1 goodbye_2 anything_else".split())
_MORE = ("_bye", "_ask_search_more", "_ask_continue_searching", "_ask_more_questions")
_IDENTITY = frozenset(
    """
    ask_name bank_ask_account_number bank_ask_pin bank_ask_dob bank_ask_mothers_maiden_name
    bank_ask_childhood_pets_name spaceship_ask_code spaceship_ask_code_type spaceship_ask_rank
    ride_ask_booking_number hotel_ask_room_number
""".split()
)
_KEYS = frozenset({"bank_ask_account_number", "bank_ask_pin"})
_IN_PLACE = frozenset(
    "bank_ask_dob bank_ask_mothers_maiden_name bank_ask_childhood_pets_name".split()
)
_OFFERS = ("_ask_confirm_booking", "_available", "_ask_next", "_ask_proceed", "_different_time")
_IN_PARTS = ("trip_inform_", "trivia_")
# These say what can be chosen from, and wait for the choice.
_CHOICES = ("_criteria", "_request_optional", "_nothing_found")
_NOTHING = ("_not_available", "_no_venue_available")
_FREE = frozenset({"custom", "out_of_scope"})


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's turn: the agent's words just before it, and whether it needs help.

    `needs_help` is None where that cannot be told. `turn_id` is DialogueID:number, from 0.
    """

    turn_id: str
    dialogue: str
    text: str
    before: str
    needs_help: bool | None
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class _Move:
    """One move of the agent: `look_up` or `book` for a query, else the kind of its words."""

    kind: str
    text: str = ""
    label: str = ""


def read(path: Path) -> Iterator[Said]:
    """The customers' turns, in the order of the file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield from turns(json.loads(line))


def agent_turns(path: Path) -> Iterator[tuple[str, str, bool, bool]]:
    """The agent's picked moves: dialogue, words, whether they tell something, and held out.

    Left out are offers, which tell and ask at once, and the agent's free words.
    """
    with path.open(encoding="utf-8") as lines:
        for dialogue in map(json.loads, lines):
            number = int(dialogue["DialogueID"])
            for event in dialogue["Events"]:
                move = _move(event) if event["Agent"] == "Wizard" else None
                if move is not None and move.kind in ("tell", "greet", "identity", "detail"):
                    yield str(number), move.text, move.kind == "tell", number % 2 == 1


def turns(dialogue: dict[str, Any]) -> Iterator[Said]:
    """The customer's turns of one dialogue, labelled."""
    number = int(dialogue["DialogueID"])
    said: list[str] = []
    moves: list[list[_Move]] = [[]]
    for event in dialogue["Events"]:
        if event["Agent"] == "User" and event["Action"] == "utter":
            said.append(event["Text"])
            moves.append([])
        elif event["Agent"] == "Wizard" and (move := _move(event)) is not None:
            moves[-1].append(move)
    for at, text in enumerate(said):
        before = " ".join(move.text for move in moves[at] if move.text)
        label = _label(moves[at], moves[at + 1])
        yield Said(f"{number}:{at}", str(number), text, before, label, number % 2 == 1)


def _move(event: dict[str, Any]) -> _Move | None:
    if event["Action"] == "query":
        books = any(one.get("RequestType") == '"Book"' for one in event["Constraints"])
        return _Move("book" if books else "look_up")
    if event["Action"] == "pick_suggestion":
        return _Move(_kind(event["ActionLabel"]), event["Text"], event["ActionLabel"])
    if event["Action"] == "utter":
        return _Move("free", event["Text"])
    return None


def _kind(label: str) -> str:
    """What a picked move does: greet, identity, detail (asks about the case), offer, tell, free."""
    if label in _FREE:
        return "free"
    if label in _GREETINGS or label.endswith(_MORE):
        return "greet"
    if label in _IDENTITY:
        return "identity"
    if label.endswith(_NOTHING):
        return "tell"
    if label.endswith(_OFFERS) or label.startswith(_IN_PARTS):
        return "offer"
    return "detail" if "ask_" in label or label.endswith(_CHOICES) else "tell"


def _not_known(asked: str, after: list[_Move]) -> bool:
    """Whether the agent asks again, or for what stands in for an account number or a PIN."""
    then = {move.label for move in after}
    return asked in then or (asked in _KEYS and bool(then & _IN_PLACE))


def _label(before: list[_Move], after: list[_Move]) -> bool | None:
    spoken = [move for move in before if move.text]
    asked = spoken[-1].kind if spoken else "greet"
    then = {move.kind for move in after}
    if {move.kind for move in after if move.text} == {"greet"}:
        return False
    if asked == "offer" and "book" in then and "look_up" not in then:
        return False
    taken_up = bool(then & {"identity", "detail"})
    looked_up = "look_up" in then or ("book" not in then and bool(then & {"tell", "offer"}))
    if asked == "identity" and taken_up and not looked_up:
        return None if _not_known(spoken[-1].label, after) else False
    if asked in {"greet", "tell"} and (taken_up or looked_up):
        return True
    return None
