from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rig import Rig

from copilot.errors import UnknownCustomer
from copilot.history.recall import Recalled, asks_about_past, recall
from copilot.types import Customer

ONE = np.ones((1, 1), dtype=np.float32)

ADA = [
    ("My washing machine leaks water on the kitchen floor.", "A technician comes on Tuesday."),
    ("The voucher of 25 euros never came.", "I promise that the voucher is sent by Friday."),
]
BEN = [
    ("My freezer hums all night.", "We exchange the freezer for you."),
    ("Where is my sofa, it was promised for May?", "The sofa is on the van tomorrow."),
]


@pytest.fixture
def met(rig: Rig) -> Rig:
    """Ada and Ben with two calls each, and a call of nobody known."""
    for name, calls in (("ada", ADA), ("ben", BEN)):
        for at, said in enumerate(calls):
            rig.met(name, f"{name}-{at}", *said)
    rig.met(None, "nobody-0", "My umbrella is broken and nobody knows me.")
    return rig


def recalled(rig: Rig, customer: str, question: str) -> list[Recalled]:
    query = rig.embedder.embed_query(question)
    return recall(rig.store.customers, customer, query, ONE, rig.embedder)


def test_the_nearest_of_a_customers_past_comes_first(met: Rig) -> None:
    found = recalled(met, "ada", "A technician comes because my washing machine leaks?")
    assert found[0].document_id == "interaction/ada-0"
    found = recalled(met, "ada", "Was the voucher of 25 euros sent?")
    assert found[0].document_id == "interaction/ada-1"
    assert [one.cosine for one in found] == sorted((one.cosine for one in found), reverse=True)


def test_a_passage_is_the_talk_as_it_stands(met: Rig) -> None:
    passage = recalled(met, "ada", "Was the voucher of 25 euros sent?")[0].passage()
    stored = met.store.customers.transcript("ada-1", "ada")
    assert stored is not None
    assert stored[0][passage.start : passage.end] == passage.text
    assert passage.version == stored[1]
    assert passage.title == "call · 2026-11-14"


def test_sentences_are_what_was_said_without_who_said_it(met: Rig) -> None:
    sentences = recalled(met, "ada", "Was the voucher of 25 euros sent?")[0].sentences
    assert [one.text for one in sentences] == list(ADA[1])
    stored = met.store.customers.transcript("ada-1", "ada")
    assert stored is not None
    assert all(stored[0][slice(*one.span)] == one.text for one in sentences)


def test_talk_that_is_far_from_the_question_is_not_recalled(met: Rig) -> None:
    assert recalled(met, "ada", "Opening hours on Sunday?") == []


def test_at_most_three_are_recalled(rig: Rig) -> None:
    for at in range(6):
        rig.met("ada", f"ada-{at}", "The voucher of 25 euros never came.")
    assert len(recalled(rig, "ada", "the voucher of 25 euros")) == 3


def test_an_unknown_customer_has_no_past_to_recall(met: Rig) -> None:
    with pytest.raises(UnknownCustomer):
        recalled(met, "eve", "Was the voucher sent?")


def test_a_customer_whom_nobody_met_has_none_either(met: Rig) -> None:
    met.store.customers.put(Customer("cyd", "Cyd"))
    assert recalled(met, "cyd", "Was the voucher of 25 euros sent?") == []


words = st.sampled_from(
    " ".join(text for calls in (ADA, BEN) for said in calls for text in said).split()
)
exact = st.sampled_from([text for calls in (ADA, BEN) for said in calls for text in said])


@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=st.one_of(exact, st.lists(words, min_size=1, max_size=12).map(" ".join)))
def test_nobody_ever_recalls_anothers_past(met: Rig, question: str) -> None:
    for name in ("ada", "ben"):
        found = recalled(met, name, question)
        assert {one.document_id for one in found} <= {f"interaction/{name}-{at}" for at in (0, 1)}
        assert {one.past.customer_id for one in found} <= {name}


@pytest.mark.parametrize(
    "question",
    [
        "What did we promise her?",
        "What was said last time?",
        "Did you send the voucher already?",
        "Have we agreed on a date?",
        "what happened with my previous order",
        "She was told something earlier",
    ],
)
def test_a_question_about_the_past_is_known_by_its_words(question: str) -> None:
    assert asks_about_past(question)


@pytest.mark.parametrize(
    "question", ["How do I return a lamp?", "What does a lost key cost?", "The last door is open."]
)
def test_other_questions_are_not_about_the_past(question: str) -> None:
    assert not asks_about_past(question)
