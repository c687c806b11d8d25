"""Which procedure a conversation is in: kept, left, returned to, and switched by the person."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from copilot.control import SWITCH
from copilot.ports import Vectors
from copilot.procedures.choose import Choice, Standing, Tracker, requests
from copilot.procedures.parse import procedures
from copilot.retrieval.search import Question
from copilot.types import ActionDone, Turn


def held(name: str, button: str) -> Any:
    (found,) = procedures(f"# {name}\n\n1. Find it.\n2. Use [{button}].\n3. Say goodbye.\n")
    return SimpleNamespace(
        key=f"{name}@1#0",
        document_id=name,
        procedure=found,
        near=lambda said: said[BUTTONS.index(button)][None],
    )


BUTTONS = ["Offer Refund", "Make Password"]
REFUND, PASSWORD = map(held, ["refund", "password"], BUTTONS)


def by_words(question: Question) -> Sequence[Choice]:
    """One that the question names is near, the other is not; neither: both a little, but nothing
    is found for the weather."""
    if "weather" in question.text:
        return []
    near = {one.document_id: float(one.document_id in question.text) for one in (REFUND, PASSWORD)}
    both = [Choice(one, 0.5 + near[one.document_id]) for one in (REFUND, PASSWORD)]
    return sorted(both, key=lambda one: -one.score)


def embed(words: str) -> Vectors:
    """How often the words name each button."""
    named = [0.4 * words.lower().count(button.lower()) for button in BUTTONS]
    return np.array(named, dtype=np.float32)


def stand(*turns: Turn) -> Standing:
    return Tracker(by_words, embed).follow(turns)


def asks(turn_id: str, words: str) -> Turn:
    return Turn(turn_id, "customer", words)


def says(turn_id: str, words: str) -> Turn:
    return Turn(turn_id, "agent", words)


def did(turn_id: str, name: str, **parameters: str) -> Turn:
    return Turn(turn_id, "agent", "", action=ActionDone(name, parameters))


WANTS = asks("c1", "How do I get a refund for these boots?")
TELLS = says("a1", "You can have it within thirty days of the purchase.")


def name(found: Standing) -> str | None:
    return None if found.current is None else found.current.held.document_id


def test_there_is_none_before_anything_is_asked() -> None:
    assert stand() == Standing()
    assert name(stand(asks("c1", "Hello!"))) is None


def test_the_best_for_the_request_is_chosen_and_the_others_are_offered() -> None:
    found = stand(WANTS)
    assert name(found) == "refund"
    assert [one.held.document_id for one in found.choices] == ["refund", "password"]


def test_a_request_that_names_neither_changes_nothing() -> None:
    assert name(stand(WANTS, TELLS, asks("c2", "Why does it take so long?"))) == "refund"


def test_another_issue_takes_over_and_the_first_is_returned_to() -> None:
    other = asks("c2", "And how can I get a new password?")
    assert name(stand(WANTS, TELLS, other)) == "password"
    told = says("a2", "Press the link in the mail that we sent you.")
    back = asks("c3", "Fine. What about my refund, when is it here?")
    found = stand(WANTS, TELLS, other, told, back)
    assert name(found) == "refund"
    assert [turn.turn_id for turn in found.turns] == ["c1", "a1", "c3"]


def test_what_was_done_before_counts_when_the_issue_turns_out_another() -> None:
    other = asks("c2", "No, I mean how can I get a new password?")
    found = stand(WANTS, did("a1", "open account"), TELLS, other)
    assert name(found) == "password"
    assert [turn.turn_id for turn in found.turns] == ["a1", "c2"]


def test_an_action_of_the_earlier_procedure_returns_to_it() -> None:
    other = asks("c2", "And how can I get a new password?")
    assert name(stand(WANTS, TELLS, other, did("a2", "offer_refund"))) == "refund"
    assert name(stand(WANTS, TELLS, other, did("a2", "make password"))) == "password"
    assert name(stand(WANTS, TELLS, other, did("a2", "weigh parcel"))) == "password"


def test_the_person_switches_to_another_one_that_was_offered() -> None:
    switched = stand(WANTS, did("k1", SWITCH, procedure="password@1#0"))
    assert name(switched) == "password"
    assert name(stand(WANTS, did("k1", SWITCH, procedure="password"))) == "password"
    assert name(stand(WANTS, did("k1", SWITCH, procedure="nothing"))) == "refund"
    assert name(stand(WANTS, did("k1", SWITCH))) == "refund"


def test_more_words_on_the_same_request_choose_anew() -> None:
    vague = asks("c1", "I have a problem with my order, it does not work at all")
    assert name(stand(vague, asks("c2", "I need a new password for it, please?"))) == "password"


VAGUE = asks("c1", "Something is wrong with my order, can you help me?")


def test_what_the_agent_says_tells_which_of_the_near_ones_it_is() -> None:
    assert name(stand(VAGUE)) == "refund"
    found = stand(VAGUE, says("a1", "I see. I go to make password now."))
    assert name(found) == "password"
    assert [one.held.document_id for one in found.choices] == ["password", "refund"]
    assert name(stand(VAGUE, says("a1", "I go to make password, no, to offer refund, yes?"))) == (
        "refund"
    )


def test_what_was_said_since_the_request_counts_for_the_one_that_it_turns_out_to_be() -> None:
    earlier, later = says("a1", "Let me see what is there."), says("a2", "I make password now.")
    found = stand(VAGUE, earlier, later)
    assert name(found) == "password"
    assert [turn.turn_id for turn in found.turns] == ["c1", "a1", "a2"]


def test_what_the_person_says_goes_before_what_is_likely() -> None:
    words = says("a2", "I make password now, make password.")
    switched = did("k1", SWITCH, procedure="refund")
    assert name(stand(VAGUE, words)) == "password"
    assert name(stand(VAGUE, words, switched)) == "refund"
    assert name(stand(VAGUE, words, switched, words)) == "refund"
    more = asks("c2", "It is about the password, isn't it?")
    assert name(stand(VAGUE, switched, more)) == "refund"
    assert name(stand(VAGUE, switched, TELLS, asks("c3", "Where do I get a password?"))) == (
        "password"
    )


def test_a_request_for_which_nothing_is_found_changes_nothing() -> None:
    words = says("a2", "I make password now.")
    aside = asks("c2", "What is the weather like where you are today?")
    assert name(stand(VAGUE, words, aside)) == "password"
    assert name(stand(VAGUE, words, aside, TELLS)) == "password"


def test_an_answer_in_between_leaves_the_procedure_only_by_a_margin() -> None:
    aside = asks("c2", "By the way, why is the shop so cold today?")
    assert name(stand(WANTS, TELLS, aside, says("a2", "We could make password."))) == "refund"
    twice = says("a2", "We make password, make password.")
    found = stand(WANTS, TELLS, aside, twice)
    assert name(found) == "password"
    assert [turn.turn_id for turn in found.turns] == ["c2", "a2"]


def test_each_request_is_searched_with_all_that_is_open_then() -> None:
    turns = [WANTS, asks("c2", "They do not fit, can you help?")]
    found = dict(requests(turns))
    assert sorted(found) == [0, 1]
    assert found[0].question.text == WANTS.text
    assert found[1].turn_ids == ("c1", "c2")
