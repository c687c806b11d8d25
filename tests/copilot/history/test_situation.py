from __future__ import annotations

import json
from functools import partial, reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.control import TICK
from copilot.history.situation import (
    FREE,
    RESULTS,
    WORDS,
    Situation,
    Vector,
    before_actions,
    seen,
    situation,
)
from copilot.history.taken import one_vector
from copilot.retrieval.hashing import HashingEmbedder
from copilot.types import ActionDone, Turn

EMBEDDER = HashingEmbedder(64)
EMBED = partial(one_vector, EMBEDDER)
NAMES = ("refund", "look_up", FREE, "", "Größe prüfen", "a b\nc", "x" * 600, TICK)
texts = st.one_of(st.text(max_size=20), st.sampled_from(("Where is it?", "...", "🙂", " \n", "7")))
results = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
actions = st.none() | st.builds(ActionDone, st.sampled_from(NAMES), result=results)
turns = st.lists(
    st.builds(
        partial(Turn, "t"),
        st.sampled_from(("customer", "agent", "system")),
        texts,
        is_final=st.booleans(),
        action=actions,
    ),
    max_size=12,
)


def customer(text: str) -> Turn:
    return Turn("t", "customer", text)


def agent(text: str = "", action: str | None = None, result: Any = None) -> Turn:
    done = None if action is None else ActionDone(action, {}, result)
    return Turn("t", "agent", text, action=done)


@given(turns, turns)
def test_a_situation_goes_on_from_where_it_stands(first: list[Turn], then: list[Turn]) -> None:
    whole = situation([*first, *then])
    assert whole == reduce(Situation.after, then, situation(first))
    assert whole.said[len(whole.said) - len(whole.recent) :] == whole.recent


@given(turns)
def test_each_action_is_found_in_the_situation_of_what_stands_before_it(told: list[Turn]) -> None:
    expected = [
        (situation(told[:at]), turn.action.name)
        for at, turn in enumerate(told)
        if turn.role == "agent" and turn.is_final and turn.action and turn.action.name != TICK
    ]
    assert before_actions(told) == expected
    assert [name for name in situation(told).done if name != FREE] == [
        name for _, name in expected if name != FREE
    ]


@given(turns)
def test_partial_words_the_system_and_steering_are_no_part_of_it(told: list[Turn]) -> None:
    counts = [
        turn
        for turn in told
        if turn.is_final
        and turn.role != "system"
        and (turn.action is None or turn.action.name != TICK)
    ]
    assert situation(told) == situation(counts)
    assert before_actions(told) == before_actions(counts)


def test_what_was_said_of_late_ends_where_the_agent_does_something() -> None:
    told = [customer("Where is it?"), customer("My parcel."), agent("One moment."), customer("Ok.")]
    assert situation(told) == Situation(
        ("Ok.",), ("Where is it?", "My parcel.", "Ok."), (FREE,), ""
    )
    assert situation([*told, agent(action="look_up")]).recent == ()
    assert situation([*told, agent(action="look_up")]).done == (FREE, "look_up")


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "🙂", "—"])
def test_an_utterance_without_a_letter_or_a_digit_is_none(text: str) -> None:
    assert situation([customer(text)]) == Situation()
    assert not seen(situation([customer(text)]), EMBED, 64).spoke


def test_an_agent_who_neither_speaks_nor_acts_changes_nothing() -> None:
    told = [customer("Hello."), agent("  ")]
    assert situation(told) == Situation(("Hello.",), ("Hello.",))


def test_the_result_is_that_of_the_last_action_that_brought_one() -> None:
    told = [agent(action="look_up", result={"size": "Größe"}), agent(action="note")]
    assert situation(told).result == '{"size": "Größe"}'
    assert situation([*told, agent(action="look_up", result=False)]).result == "false"
    assert situation([*told, agent(action="look_up", result="late")]).result == "late"


def test_a_huge_result_is_cut_before_it_is_compared() -> None:
    rows = [{"name": f"Row {number}"} for number in range(100_000)]
    at = situation([agent(action="list", result=rows)])
    assert at.result == json.dumps(rows)[: len(at.result)]
    assert len(at.result) == 4000
    assert len(seen(at, EMBED, 64).result) <= RESULTS


PEOPLE = (
    ("Ada Lovelace", "ada@lovelace.example", "+1 212 555 0123", "4111 1111 1111 1111"),
    ("Grace Hopper", "g.hopper@navy.example", "+49 30 901820", "5555 5555 5555 4444"),
    ("Łukasz Nowak", "nowak.l@poczta.example", "+48 22 694 50 00", "4012 8888 8888 1881"),
)
people = st.sampled_from(PEOPLE)
frames = st.lists(
    st.sampled_from(
        (
            "Hello, my name is {0}.",
            "Write to {1}, please.",
            "Call me at {2}.",
            "My name is {0} and my mail is {1}",
            "The card is {3}",
            "Where is my parcel?",
        )
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60)
@given(people, people, frames)
def test_two_people_who_say_the_same_leave_the_same(
    one: tuple[str, ...], other: tuple[str, ...], said: list[str]
) -> None:
    first, second = (
        situation([customer(frame.format(*person)) for frame in said]) for person in (one, other)
    )
    assert first == second
    for part in one:
        assert part not in repr(first)
    left, right = seen(first, EMBED, 64), seen(second, EMBED, 64)
    assert np.array_equal(left.vectors, right.vectors)
    assert (left.words, left.result) == (right.words, right.result)


def test_an_action_that_is_named_after_a_person_is_masked_too() -> None:
    told = [agent(action="Called +1 212 555 0123"), agent(action="mail ada@lovelace.example")]
    assert situation(told).done == ("Called [PHONE]", "mail [EMAIL]")
    assert [name for _, name in before_actions(told)] == ["Called [PHONE]", "mail [EMAIL]"]


def test_the_vectors_are_the_middle_of_what_was_said_by_hand() -> None:
    known: dict[str, Vector] = {
        "East.": np.asarray([1, 0, 0], dtype=np.float32),
        "North.": np.asarray([0, 1, 0], dtype=np.float32),
    }
    told = [customer("East."), agent("Yes?"), customer("North.")]
    found = seen(situation(told), known.__getitem__, 3)
    assert found.vectors == pytest.approx(np.asarray([[0, 1, 0], [0.5**0.5, 0.5**0.5, 0]]))
    assert (found.done, found.spoke) == ((FREE,), True)


def test_words_that_point_in_opposite_ways_have_no_direction() -> None:
    known: dict[str, Vector] = {
        "East.": np.asarray([1, 0], dtype=np.float32),
        "West.": np.asarray([-1, 0], dtype=np.float32),
    }
    found = seen(situation([customer("East."), customer("West.")]), known.__getitem__, 2)
    assert not found.vectors.any()


@given(turns)
def test_what_is_compared_has_one_form_whatever_was_said(told: list[Turn]) -> None:
    at = situation(told)
    found = seen(at, EMBED, 64)
    assert found.vectors.shape == (2, 64)
    assert found.vectors.dtype == np.float32
    lengths = np.linalg.norm(found.vectors, axis=1)
    assert np.all(np.isclose(lengths, 1) | (lengths == 0))
    for buckets, count in ((found.words, WORDS), (found.result, RESULTS)):
        assert list(buckets) == sorted(set(buckets))
        assert all(0 <= bucket < count for bucket in buckets)
    assert found.spoke == bool(at.recent)
