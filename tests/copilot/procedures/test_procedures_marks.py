"""What authors say in so many words, and what is wrong in it."""

from __future__ import annotations

import pytest

from copilot.errors import InvalidInput
from copilot.procedures.parse import procedures, reading, refuse_wrong

LISTED = "1. Open the case.\n2. Read the case.\n3. Close the case.\n"


def test_a_marker_states_owner_action_option_and_jump_and_is_no_text() -> None:
    text = (
        '1. Offer money back. {owner=customer optional action="Offer refund" goto=3 '
        'when="it is late"}\n'
        "2. Open the till.\n3. Close the till.\n"
    )
    step = procedures(text)[0].steps[0]
    assert step.text == "Offer money back."
    assert (step.owner, step.action, step.mandatory) == ("customer", "Offer refund", False)
    assert [(b.to, b.target, b.text) for b in step.branches] == [("3", 3, "3")]
    assert step.condition is not None
    assert text[slice(*step.condition)] == "it is late"
    assert not step.inferred


def test_a_marker_wins_over_what_the_words_say() -> None:
    text = "1. Nurse: Press [Go]. {owner=doctor action=none}\n2. Open it.\n3. Close it.\n"
    step = procedures(text)[0].steps[0]
    assert (step.owner, step.action) == ("doctor", None)


def test_braces_that_are_no_marker_stay_text() -> None:
    text = "1. Say: hello {name}\n2. Type {0}\n3. Run f(x) {return}\n"
    assert [s.text for s in procedures(text)[0].steps] == [
        "Say: hello {name}",
        "Type {0}",
        "Run f(x) {return}",
    ]


@pytest.mark.parametrize(
    ("marker", "what"),
    [
        ("{ownr=customer}", None),
        ("{ownr=customer optional}", "'ownr' is no key of a marker"),
        ("{owner=}", None),
        ("{owner=customer owner=agent}", "owner is given twice"),
        ("{goto=later}", "'later' is no number of a step, nor next or end"),
        ("{owner=12}", "'12' is no name of an owner"),
        ("{optional mandatory}", "both optional and mandatory"),
        ("{optional often}", "'often' is no word of a marker"),
        ('{action=""}', "action is empty"),
    ],
)
def test_a_wrong_marker_is_told_with_its_place(marker: str, what: str | None) -> None:
    text = f"{LISTED}4. Count the coins. {marker}\n"
    wrong = reading(text).wrong
    assert [one.what for one in wrong] == ([what] if what else [])
    if what is None:
        return
    with pytest.raises(InvalidInput) as caught:
        refuse_wrong(text, {}, "till.md")
    assert caught.value.place == "till.md:4"
    assert caught.value.remedy.startswith("write {owner=")


def test_procedure_false_in_front_matter_is_the_last_word() -> None:
    assert procedures(LISTED, {"procedure": False}) == []
    assert len(procedures(LISTED, {"procedure": True})) == 1


def test_front_matter_titles_a_procedure() -> None:
    assert procedures(LISTED, {"procedure": {"title": "Cases"}})[0].title == "Cases"


@pytest.mark.parametrize(
    "given", ["no", 3, {"ownr": "agent"}, {"owner": 7}, {"owner": ""}, {"owner": "="}]
)
def test_a_wrong_setting_is_told_and_the_steps_are_read_all_the_same(given: object) -> None:
    read = reading(LISTED, {"procedure": given})
    assert len(read.wrong) == 1
    assert len(read.procedures[0].steps) == 3
    with pytest.raises(InvalidInput):
        refuse_wrong(LISTED, {"procedure": given}, "case.md")
