from __future__ import annotations

import re
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.claims import clauses, counts
from evals.claims.paraphrase import Rule, paraphrase, tidy
from evals.claims.texts import markdown, places
from evals.claims.words import is_order, same, spellings


@cache
def sentences() -> list[str]:
    return [place.text for place in places(markdown())]


# Read when a test runs, and not when it is collected.
OURS = st.deferred(lambda: st.sampled_from(sentences()))


def chances(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - which words, no secret


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (counts.spans, "Come within 14 days.", "Come within two weeks."),
        (counts.spans, "It lasts 12 months.", "It lasts one year."),
        (counts.digits, "Bring three photos.", "Bring 3 photos."),
        (counts.words, "Please bring 3 photos.", "Please bring three photos."),
        (counts.clock, "We close at 17:00.", "We close at 5 pm."),
        (counts.clock, "We close at 12:30.", "We close at 12:30 pm."),
        (counts.clock, "We open at 00:00.", "We open at 12 am."),
        (counts.clock, "We close at 5 pm.", "We close at 17:00."),
        (counts.clock, "We close at 12 am.", "We close at 00:00."),
        (counts.money, "It costs €20 or $7.50.", "It costs 20 euros or 7.50 dollars."),
        (counts.percent, "Take off 20%.", "Take off 20 percent."),
        (clauses.turn, "If it rains, stay inside.", "Stay inside if it rains."),
        (
            clauses.turn,
            "You get another voucher when the first one has lapsed.",
            "When the first one has lapsed, you get another voucher.",
        ),
        (clauses.second_person, "The customer pays in cash.", "You pay in cash."),
        (clauses.drop_actor, "Customer: Pays in cash.", "The customer pays in cash."),
        (clauses.passive, "You can edit your page.", "Your page can be edited."),
        (clauses.possible, "You can pause it.", "It is possible to pause it."),
        (clauses.front, "Click Settings now on the left.", "On the left, click Settings now."),
        (clauses.none_needed, "No app is needed.", "You do not need any app."),
    ],
)
def test_a_rule_says_the_same_in_other_words(rule: Rule, before: str, after: str) -> None:
    assert rule(before, chances(1)) == after


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (counts.words, "Go on to step 3 now."),
        (counts.words, "Install Fix Pack 2 today."),
        (counts.spans, "It takes 7 to 14 days."),
        (counts.spans, "Come within 14 working days."),
        (counts.money, "Hand over a €20 gift card."),
        (clauses.turn, "Ask the caller to say at once if the line drops."),
        (clauses.turn, "If the fee is late, it goes up."),
        (clauses.second_person, "The customer pays before they leave."),
        (clauses.order, "Search engines list your pages."),
        (clauses.order, "Back office: Opens the parcel."),
        (clauses.drop_actor, "Amber: May open later."),
    ],
)
def test_a_rule_leaves_alone_what_it_does_not_know_for_sure(rule: Rule, text: str) -> None:
    assert rule(text, chances(1)) is None


@given(OURS, st.integers(0, 2**32))
def test_the_same_chances_give_the_same_words(text: str, seed: int) -> None:
    assert paraphrase(text, chances(seed)) == paraphrase(text, chances(seed))


@given(OURS, st.integers(0, 2**32), st.integers(0, 4))
def test_no_more_rules_are_used_than_allowed_and_none_is_named_in_vain(
    text: str, seed: int, most: int
) -> None:
    said, how = paraphrase(text, chances(seed), most)
    assert len(how) <= most
    assert (said == tidy(text)) == (not how)


@pytest.mark.parametrize("seed", range(20))
def test_a_button_and_what_is_quoted_keep_their_words(seed: int) -> None:
    said, _ = paraphrase("Get photos by [Ask for photos] now.", chances(seed))
    assert "Ask for photos" in said
    said, _ = paraphrase('Get photos now if they say "we took photos".', chances(seed))
    assert '"we took photos"' in said


@given(OURS, st.integers(0, 2**32))
def test_buttons_codes_and_negations_stay(text: str, seed: int) -> None:
    said, _ = paraphrase(text, chances(seed))
    for kept in re.findall(r"(?<=\[)[A-Z][^\[\]]*(?=\])|\b[A-Z]{2,4}-\d+\b", text):
        assert kept in said or kept.lower() in said.lower()
    for word in ("never", "nobody", "unless"):
        assert said.lower().count(word) >= text.lower().count(word)


def test_an_order_begins_with_a_verb_and_not_with_its_noun() -> None:
    assert is_order("Search the drawer.")
    assert is_order("Click Save.")
    assert not is_order("Search engines list pages.")
    assert not is_order("The drawer is searched.")


def test_the_tables_are_whole() -> None:
    assert len(same()) >= 90
    assert all(before not in after for before, after in same())
    assert spellings()["colour"] == "color"
    assert spellings()["color"] == "colour"
    assert "check" not in spellings()
