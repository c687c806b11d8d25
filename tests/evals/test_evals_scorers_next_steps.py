from dataclasses import replace

import pytest
from given import answered, question, suggestion

from copilot.types import NextStep, ProcedureRef
from evals.scorers.next_steps import columns, score


def step(step_id: str, text: str, state: str):
    return NextStep(step_id, "refunds", 1, 0, 9, text, None, None, True, state)


GIVEN = suggestion(
    procedure=ProcedureRef("refunds", 1, "Refunds", 2, 2),
    next_steps=(step("s1", "Ask for it.", "done"), step("s2", "Press **Refund** twice.", "next")),
)


@pytest.mark.parametrize(
    ("expected", "right"),
    [
        ("s2", 1.0),
        ("press Refund twice", 1.0),
        ("Press **Refund** twice.", 1.0),
        ("Press Refund", 1.0),
        ("s1", 0.0),
        ("Ask for it.", 0.0),
    ],
)
def test_the_next_step_is_right_by_its_id_or_its_words(expected: str, right: float):
    assert score(answered(question(step=expected), GIVEN)) == {"right_step": right}


@pytest.mark.parametrize(
    ("whose", "owner"), [("Agent", "agent"), ("Back office (Billing, ext. 4)", "back_office")]
)
def test_whose_step_it_is_may_be_left_out(whose: str, owner: str):
    own = replace(step("s1", f"**{whose}:** Ask why, in one question.", "next"), owner=owner)
    given = suggestion(next_steps=(own,))
    for words, right in (("Ask why", 1.0), (f"{whose}: Ask why", 1.0), ("why", 0.0)):
        assert score(answered(question(step=words), given)) == {"right_step": right}


def test_the_procedure_is_right_by_its_document():
    assert score(answered(question(procedure="refunds"), GIVEN)) == {"right_procedure": 1.0}
    assert score(answered(question(procedure="returns"), GIVEN)) == {"right_procedure": 0.0}


def test_no_procedure_and_no_step_are_wrong_where_they_are_expected():
    asked = question(procedure="refunds", step="s2")
    assert columns(asked) == ("right_procedure", "right_step")
    assert score(answered(asked, suggestion(None))) == {"right_procedure": 0.0, "right_step": 0.0}
    assert columns(question()) == ()
