"""When two names mean one action."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.actions.names import folded, same_action


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[Offer Refund]", "offer_refund"),
        ("Return – no receipt", "return-no-receipt"),
        ("STRASSE prüfen", "straße prüfen"),
        ("Start 10-part plan", "start_10_part_plan"),
    ],
)
def test_a_button_and_an_action_are_one_by_their_letters_and_digits(one: str, other: str) -> None:
    assert same_action(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Refund", "Refunds"), ("", ""), ("[–]", "…"), ("a", "")]
)
def test_what_differs_or_says_nothing_is_not_one_action(one: str, other: str) -> None:
    assert not same_action(one, other)


@given(st.text(), st.text(alphabet=" _-[].,"))
def test_signs_between_the_letters_change_nothing(name: str, signs: str) -> None:
    assert folded(signs.join(folded(name))) == folded(folded(name))
