"""What a step has its reader press, open or fill in; and whether it must, and when."""

from __future__ import annotations

import pytest

from copilot.procedures.parse import Step, procedures


def step(words: str, below: str = "") -> tuple[str, Step]:
    text = f"# Steps\n\n1. {words}\n{below}2. Close the file.\n3. Say goodbye.\n"
    (found,) = procedures(text)
    return text, found.steps[0]


@pytest.mark.parametrize(
    ("words", "action", "stated"),
    [
        ("Look it up in [Find sale].", "Find sale", True),
        ("Take the reason. (button: Record Reason)", "Record Reason", True),
        ("Take the reason in [Notes] (button: Record Reason)", "Record Reason", True),
        ("Tell the caller in [Notes]. (button: N/A)", None, True),
        ("Click **Save changes**.", "Save changes", False),
        ("Press “Print label” and wait.", "Print label", False),
        ("Select the 'In Store' option.", "In Store", False),
        ("Click Submit Order and wait.", "Submit Order", False),
        ("Open the Refund Form screen.", "Refund Form", False),
        ("Go to **Settings**.", "Settings", False),
        ('Click the green "Confirm" button.', "Confirm", False),
        ("Choose a reason and hit *Submit*.", "Submit", False),
        ('Check that "Results" is ticked.', None, False),
        ('Open orders stand under "Visits due".', None, False),
        ("Tap `Retry`.", "Retry", False),
        ("Fill in form CR-20 with the caller.", "CR-20", False),
        ("Use the Dose Calculator tool.", "Dose Calculator", False),
        ("Read [the rules](rules.md).", None, False),
        ("Say: thank you [customer name].", None, False),
        ("Options are ['a', 'b'].", None, False),
        ("**Always** wash your hands.", None, False),
    ],
)
def test_the_action_a_step_is_about(words: str, action: str | None, stated: bool) -> None:
    _, found = step(words)
    assert found.action == action
    assert ("action" not in found.inferred) is stated


def test_all_actions_of_a_step_and_below_it_are_kept_in_order_once() -> None:
    _, found = step(
        "Press [Find], then [Open]. (button: Open)", "   - Press [Copy] and [Find] again.\n"
    )
    assert found.action == "Open"
    assert found.actions == ("Find", "Open", "Copy")


def test_what_is_named_only_below_is_what_the_step_is_about() -> None:
    _, found = step("Check the stock.", "   - Press [Stock count].\n")
    assert found.action == "Stock count"


def test_words_that_are_a_name_as_a_whole_are_the_action() -> None:
    _, found = step("Ask the Oracle", "   - It answers yes or no.\n")
    assert found.action == "Ask the Oracle"
    assert "action" in found.inferred


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        ("If the customer has no receipt, look for the sale.", "If the customer has no receipt"),
        ("(Only if Oracle says Yes) Pay the sum.", "(Only if Oracle says Yes)"),
        ("Remove the fee (only for members).", "(only for members)"),
        ("When the lamp is red, stop the belt.", "When the lamp is red"),
        ("**Nurse:** If it bleeds, press on it.", "If it bleeds"),
        ("If the card, the code or the number is lost, block it.",
         "If the card, the code or the number is lost"),
        ("If it rains (or snows, or hails), cover it.", "If it rains (or snows, or hails)"),
        ("If the guest insists then call the manager.", "If the guest insists"),
        ("Otherwise file the letter.", "Otherwise"),
        ("Ring the family only if the patient agrees.", "only if the patient agrees"),
        ("Repeat the test if the strip is blank.", "if the strip is blank"),
        ("Unless it is urgent, send a letter.", "Unless it is urgent"),
        ("If they are still unhappy: (button: Promo Code)", "If they are still unhappy"),
        ("Ask if the caller is at home.", None),
        ("Check whether the pump runs.", None),
        ("Open the file.", None),
    ],
)  # fmt: skip
def test_the_words_that_say_when_a_step_applies(words: str, condition: str | None) -> None:
    text, found = step(words)
    assert (text[slice(*found.condition)] if found.condition else None) == condition
    assert found.mandatory


@pytest.mark.parametrize(
    ("words", "mandatory", "stated"),
    [
        ("Optionally, print the slip.", False, True),
        ("Offer a coffee (optional).", False, True),
        ("You may also take a photo.", False, True),
        ("Print a copy if you like.", False, True),
        ("The badge is not optional: wear it.", True, False),
        ("You must wear the badge.", True, True),
        ("Wear the badge.", True, False),
    ],
)
def test_whether_a_step_is_optional(words: str, mandatory: bool, stated: bool) -> None:
    _, found = step(words)
    assert found.mandatory is mandatory
    assert ("mandatory" not in found.inferred) is stated
