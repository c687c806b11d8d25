from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answer.amounts import kinds_asked, quantities, unit_in, without_quantities

DAY = 1440


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within 14 days", {"time": {14 * DAY}}),
        ("a fourteen-day trial", {"time": {14 * DAY}}),
        ("two weeks later", {"time": {14 * DAY}}),
        ("twenty-one days", {"time": {21 * DAY}}),
        ("for 1.5 hours", {"time": {90}}),
        ("within a week", {"time": {7 * DAY}}),
        ("a week", {}),
        ("twice a week", {}),
        ("one year", {"time": {365 * DAY, 360 * DAY}}),
        ("10 working days", {"time": {10 * DAY, 14 * DAY}}),
        ("10 calendar days", {"time": {10 * DAY}}),
        ("3-5 days", {"time": {3 * DAY, 5 * DAY}}),
        ("2 to 3 weeks", {"time": {14 * DAY, 21 * DAY}}),
        ("€25", {"money": {25}}),
        ("€ 1,200.50", {"money": {1200.5}}),
        ("30 euros or $40", {"money": {30, 40}}),
        ("20 cents", {"money": {0.2}}),
        ("5 %", {"share": {5}}),
        ("2,5% or 3 percent", {"share": {2.5, 3}}),
        ("at most 15 persons, or 10 people", {"people": {15, 10}}),
        ("12 items", {"items": {12}}),
        ("1 000 items", {"items": {1000}}),
        ("2 kilometres or 500 metres", {"length": {2000, 500}}),
        ("on 15 January or March 3rd", {"date": {115, 303}}),
        ("from 2026-02-01", {"date": {201}}),
        ("form CON-5 may be used", {}),
        ("until 17:00", {"clock": {17 * 60}}),
        ("from 8 am to 5:30 p.m.", {"clock": {8 * 60, 17 * 60 + 30}}),
        ("at 12 am and 12 pm", {"clock": {0, 12 * 60}}),
        ("form 7, room 12", {}),
        ("", {}),
    ],
)
def test_amounts_are_read_in_one_unit_a_kind(text: str, expected: dict[str, set[float]]) -> None:
    assert quantities(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("14 days", "two weeks"),
        ("10 working days", "two weeks"),
        ("twelve months", "a period of one year"),
        ("three months", "90 days"),
        ("a month, that is 1 month", "4 weeks"),
        ("90 minutes", "1.5 hours"),
        ("48 hours", "2 days"),
        ("€0.50", "50 cents"),
        ("5 pm", "17:00"),
    ],
)
def test_the_same_amount_in_other_words_is_the_same(one: str, other: str) -> None:
    mine, theirs = quantities(one), quantities(other)
    assert mine.keys() == theirs.keys()
    assert all(mine[kind] & theirs[kind] for kind in mine)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_different_numbers_of_days_are_different(one: int, other: int) -> None:
    same = quantities(f"{one} days")["time"] & quantities(f"{other} days")["time"]
    assert bool(same) == (one == other)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How long can I keep it?", {"time"}),
        ("How many days do I have?", {"time"}),
        ("Is 20 days still fine?", {"time"}),
        ("How much is the deposit?", {"money"}),
        ("What does it cost?", {"money"}),
        ("What share is paid?", {"share"}),
        ("How many people make a group?", {"people"}),
        ("On what date is it sent?", {"date"}),
        ("When is it sent?", {"date", "time"}),
        ("What time does the desk close?", {"clock"}),
    ],
)
def test_a_question_asks_for_kinds_of_amount(question: str, kinds: set[str]) -> None:
    assert kinds <= kinds_asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "How do I block a card?",
        "Who signs the form?",
        "May dogs come in?",
        "It was 18:05, what now?",
    ],
)
def test_other_questions_ask_for_none(question: str) -> None:
    assert kinds_asked(question) == set()


def test_amounts_are_taken_out_of_a_text() -> None:
    text = "Pay €25 within 14 days, on 15 January or until 17:00."
    assert without_quantities(text).split() == ["Pay", "within", ",", "on", "or", "until", "."]


def test_a_label_names_a_unit() -> None:
    assert unit_in("Days after the message") == "day"
    assert unit_in("Fee in euros") == "euro"
    assert unit_in("What happens") is None
