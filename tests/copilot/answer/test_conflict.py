from __future__ import annotations

import math
import re

import numpy as np
import pytest

from copilot.answer.conflict import Conflict, Told, any_conflict
from copilot.answer.extract import Scored
from copilot.structure import blocks, sentences

_IDLE = frozenset(
    """a an and are as at be by can do does for from has have how i if in is it long many may much
    must my of on or that the them then there they this to was we what when with you""".split()
)


def stems(text: str) -> list[str]:
    """Words without their endings, as good as the lexical index's for these texts."""
    words = re.findall(r"[^\W_]+", text.lower())
    return [
        re.sub(r"(?:ation|ions?|ing|ed|es|s)$", "", word) for word in words if word not in _IDLE
    ]


def told(text: str, *, title: str = "", near: float = 0.7, alike: float = 1.0) -> Told:
    """A document whose sentences are all as near to the question as that, and that much `alike`
    those of a document with 1.0.
    """
    vector = np.array([alike, math.sqrt(1 - alike**2)], dtype=np.float32)
    spans = [span for block in blocks(text) for span in sentences(text, block)]
    return Told(title, [Scored(span, text[slice(*span)], near, vector) for span in spans])


def found(question: str, here: str, there: str, alike: float = 0.65) -> Conflict | None:
    clash = any_conflict(question, told(here), [told(there, alike=alike)], stems)
    return None if clash is None else clash[1]


DISAGREE = [
    pytest.param(
        "How long can goods be returned?",
        "Goods can be returned within 30 days.",
        "We take goods back for two weeks.",
        "number",
        id="days and weeks",
    ),
    pytest.param(
        "How many days do I have to object?",
        "An objection must be with us within 28 days.",
        "**How long have I got to object?**\n21 days from the notice.",
        "number",
        id="an answer that needs the question above it",
    ),
    pytest.param(
        "How many weeks is a walker lent?",
        "| Item | Loan period |\n|---|---|\n| Walker | 12 weeks |\n| Cane | 8 weeks |",
        "- Walkers: 8 weeks, then they come back.\n- Canes: 8 weeks.",
        "number",
        id="a row of a table",
    ),
    pytest.param(
        "How many days is a parcel held?",
        "| Day after the message | What happens |\n|---|---|\n| 10 | The parcel goes back |",
        "We hold a parcel for 7 days.",
        "number",
        id="a bare number under a label with a unit",
    ),
    pytest.param(
        "What does a lost key cost?",
        "A lost key costs $45, because the lock is changed.",
        "Key lost: 60 dollars, cash or card.",
        "number",
        id="money",
    ),
    pytest.param(
        "What share of the glasses is paid?",
        "The plan pays 50% of a pair of glasses.",
        "Glasses: we pay 80 percent, frames included.",
        "number",
        id="share",
    ),
    pytest.param(
        "From how many people is there a group price?",
        "A group is ten people or more.",
        "Groups: reduced price from 15 persons.",
        "number",
        id="people",
    ),
    pytest.param(
        "Until what time is the desk open?",
        "The desk is open until 17:00.",
        "The desk closes at 6 pm.",
        "number",
        id="time of day",
    ),
    pytest.param(
        "When are the yearly invoices sent?",
        "The invoices for the year go out on 15 January.",
        "The yearly invoices are sent on 1 February.",
        "date",
        id="date",
    ),
    pytest.param(
        "How do I take goods back?",
        "Goods are taken back within 30 days at any till.",
        "Goods are taken back within 14 days at any till.",
        "number",
        id="a copy with another number, whatever is asked",
    ),
    pytest.param(
        "Can a pupil get leave for a holiday during term?",
        "Leave for a holiday during term is not granted.",
        "Leave for a holiday during term is granted by the teacher.",
        "condition",
        id="granted and not granted",
    ),
    pytest.param(
        "May dogs come into the shop?",
        "Dogs may come into the shop on a lead.",
        "Dogs may never come into the shop.",
        "condition",
        id="may and may never",
    ),
]


@pytest.mark.parametrize(("question", "here", "there", "on"), DISAGREE)
def test_documents_that_disagree_on_what_is_asked_conflict(
    question: str, here: str, there: str, on: str
) -> None:
    clash = found(question, here, there)
    assert clash is not None
    assert clash.on == on
    assert clash.here.text in here
    assert clash.there.text in there


@pytest.mark.parametrize(("question", "here", "there", "on"), DISAGREE)
def test_which_of_two_comes_first_makes_no_difference(
    question: str, here: str, there: str, on: str
) -> None:
    clash = found(question, there, here)
    assert clash is not None
    assert clash.on == on


@pytest.mark.parametrize(
    ("question", "here", "there"),
    [
        pytest.param(
            "How long can goods be returned?",
            "Goods can be returned within 14 days.",
            "We take goods back for two weeks.",
            id="the same number in other words",
        ),
        pytest.param(
            "How long does a refund take?",
            "A refund takes 10 working days.",
            "Refunds arrive after two weeks.",
            id="working days that are two weeks",
        ),
        pytest.param(
            "What does a lost key cost?",
            "A lost key costs $45.",
            "For a key that is lost we take 45 dollars, and 10 for the form.",
            id="the same among others",
        ),
        pytest.param(
            "How long can goods be returned without a receipt?",
            "With a receipt, goods are taken back within 30 days.",
            "Without a receipt, goods are taken back within 10 days.",
            id="with and without",
        ),
        pytest.param(
            "How do I block a lost card?",
            "A lost card is blocked within 2 hours.",
            "Press [Block] on the card's page; the customer gets a new one in 5 days.",
            id="numbers that nobody asked for",
        ),
        pytest.param(
            "What does a parcel cost?",
            "A parcel costs 4 euros.",
            "A parcel takes 6 days.",
            id="amounts of different kinds",
        ),
        pytest.param(
            "How long is a drill lent?",
            "Drills are lent for 3 days.",
            "A membership ends after 30 days.",
            id="nothing of the question in the other",
        ),
        pytest.param(
            "Can I bring a dog?",
            "A dog may come in on a lead.",
            "If a dog does not sit still, press the bell.",
            id="a negation in a condition",
        ),
        pytest.param(
            "How do I open an account?",
            "The customer shows a passport at the desk.",
            "The customer does not show a passport at the desk.",
            id="a yes or no that nobody asked for",
        ),
        pytest.param(
            "Can goods be returned?",
            "Goods can be returned at any till.",
            "Goods not returned",
            id="a heading",
        ),
        pytest.param("How long?", "Goods can be returned within 14 days.", "", id="nothing said"),
        pytest.param("How long?", "", "Goods can be returned within 14 days.", id="nothing chosen"),
    ],
)  # fmt: skip
def test_documents_that_do_not_disagree_on_what_is_asked_do_not_conflict(
    question: str, here: str, there: str
) -> None:
    assert found(question, here, there) is None
    assert found(question, there, here) is None


@pytest.mark.parametrize(
    ("question", "here", "there"),
    [
        (
            "What does the course for children cost?",
            "Children swim on Saturdays; the course costs 64 euros.",
            "Adults swim on Tuesdays; the course costs 96 euros.",
        ),
        (
            "When must a complaint be confirmed?",
            "A complaint is confirmed within 2 days.",
            "A complaint is answered within 20 days.",
        ),
        (
            "How long do parcels to the islands take?",
            "Parcels to the islands take 6 days.",
            "Parcels on the mainland take 2 days.",
        ),
    ],
)
def test_sentences_built_alike_about_different_cases_do_not_conflict(
    question: str, here: str, there: str
) -> None:
    assert found(question, here, there, alike=0.85) is None
    assert found(question, there, here, alike=0.85) is None


def test_a_sentence_far_from_the_question_says_nothing_to_it() -> None:
    question = "How long can goods be returned?"
    here, there = "Goods can be returned within 30 days.", "Goods come back within 14 days."
    assert any_conflict(question, told(here), [told(there, near=0.4, alike=0.65)], stems) is None
    assert any_conflict(question, told(here, near=0.4), [told(there, alike=0.65)], stems) is None
    far = told(there, near=0.55, alike=0.65)
    assert any_conflict(question, told(here, near=0.9), [far], stems) is None


def test_sentences_that_are_not_alike_are_about_different_things() -> None:
    question = "How long can goods be returned?"
    here, there = "Goods can be returned within 30 days.", "Goods on order come in 14 days."
    assert found(question, here, there, alike=0.3) is None


def test_the_title_may_hold_the_word_that_both_share() -> None:
    question = "How many days for a parking objection?"
    here = told("Write to us within 28 days of the objection's cause.", title="Parking fines")
    there = told("Objections: 21 days.", title="Note on parking", alike=0.65)
    assert any_conflict(question, here, [there], stems) is not None


def test_the_first_of_several_that_disagrees_is_named() -> None:
    question = "How long can goods be returned?"
    here = told("Goods can be returned within 30 days.")
    same = told("Goods come back for 30 days.", alike=0.65)
    other = told("Goods come back for 10 days.", alike=0.65)
    clash = any_conflict(question, here, [same, other, other], stems)
    assert clash is not None
    assert clash[0] == 1
    assert clash[1].there.text == "Goods come back for 10 days."
    assert any_conflict(question, here, [same], stems) is None
    assert any_conflict(question, here, [], stems) is None


def test_in_each_document_the_sentence_nearest_the_question_counts() -> None:
    question = "How long can goods be returned?"
    here = told("Goods can be returned within 30 days.")
    near, far = (
        told("Goods come back for 30 days.", alike=0.65),
        told("Goods wait 2 days.", near=0.6),
    )
    both = Told("", [*near.sentences, *far.sentences])
    assert any_conflict(question, here, [both], stems) is None
