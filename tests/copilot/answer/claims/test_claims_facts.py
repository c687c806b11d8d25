from __future__ import annotations

import pytest

from copilot.answer.claims.facts import facts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("within two weeks", "within 14 days"),
        ("after a year", "after 12 months"),
        ("for half an hour", "for 30 minutes"),
        ("a quarter of an hour", "15 minutes"),
        ("three quarters of an hour", "45 minutes"),
        ("six in a hundred customers", "6 %"),
        ("2 days", "48 hours"),
        ("€20", "20 euros"),
        ("1,200 items", "1200 items"),
    ],
)
def test_equal_amounts_are_equal_however_they_are_said(one: str, other: str) -> None:
    mine, theirs = facts(one).amounts, facts(other).amounts
    assert mine
    assert mine[0].kind == theirs[0].kind
    assert mine[0].values & theirs[0].values


@pytest.mark.parametrize(
    ("one", "other"), [("14 days", "14 weeks"), ("€20", "€25"), ("3 hours", "3 minutes")]
)
def test_other_amounts_differ(one: str, other: str) -> None:
    assert not facts(one).amounts[0].values & facts(other).amounts[0].values


@pytest.mark.parametrize("said", ["by 5 pm", "by 17:00", "by 5:00 p.m."])
def test_a_time_of_day_is_told_in_minutes(said: str) -> None:
    assert facts(said).clocks == {1020.0}


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("at ten to eight", 470.0),
        ("a quarter to nine", 525.0),
        ("by twenty-five to four", 215.0),
        ("5 past 6", 365.0),
        ("half past ten", 630.0),
    ],
)
def test_a_time_of_day_is_told_as_people_tell_it(said: str, minutes: float) -> None:
    assert facts(said).clocks == {minutes}


@pytest.mark.parametrize("said", ["from 1 to 24", "16 to 20 °C", "ten to twelve parcels"])
def test_two_numbers_are_no_time_of_day(said: str) -> None:
    assert not facts(said).clocks
    assert facts("from 6:15 to 8:00").clocks == {375.0, 480.0}


def test_days_with_a_name_are_dates() -> None:
    assert facts("until Christmas Eve").dates == facts("until 24 December").dates
    assert facts("on Thursdays").dates == {"thursday"}
    assert not facts("on Thursdays").names


def test_the_half_of_the_day_is_known_where_it_is_said() -> None:
    assert facts("at 6:45 am").exact_clocks == {405.0}
    assert facts("at 6:45").exact_clocks == frozenset()


def test_links_are_told_without_what_does_not_matter() -> None:
    assert facts("See https://www.help.example/returns/.").links == {"help.example/returns"}
    assert facts("Mail HELP@shop.example or ring +1 555-010-4477.").links == {
        "help@shop.example",
        "15550104477",
        "shop.example",
    }


def test_names_are_capitals_that_do_not_come_from_their_place() -> None:
    assert facts("Ask Rowan in the Appeals Office. Then wait.").names == {
        "rowan",
        "appeals",
        "office",
    }
    assert facts("Use form CON-5 in iOS or afuConfigTool.").names == {"con-5"}
    assert facts('Press "Ask Billing" on Monday.').names == {"ask billing", "ask", "billing"}
