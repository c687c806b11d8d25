"""Who does a step: named, or by the subject of the sentence."""

from __future__ import annotations

import pytest

from copilot.procedures.owner import is_customer, snake
from copilot.procedures.parse import Procedure, procedures


def one(
    *items: str, metadata: dict[str, object] | None = None, heading: str = "# Steps"
) -> Procedure:
    listed = "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
    (found,) = procedures(f"{heading}\n\n{listed}\n", metadata or {})
    return found


def owners(procedure: Procedure) -> list[tuple[str | None, bool]]:
    """Each step's owner, and whether it was stated."""
    return [(step.owner, "owner" not in step.inferred) for step in procedure.steps]


def test_a_label_before_a_colon_names_the_owner() -> None:
    found = one(
        "**Back office (Records, ext. 4):** Find the file.",
        "Nurse: Weigh the child.",
        "**You, within 5 minutes:** Ring the bell.",
        "**Charge nurse**: Sign the sheet.",
        "(Customer) Sign the slip.",
        "**Registrar** – Enter the name.",
    )
    assert owners(found) == [
        ("back_office", True),
        ("nurse", True),
        ("agent", True),
        ("charge_nurse", True),
        ("customer", True),
        ("registrar", True),
    ]
    assert found.steps[0].text.startswith("**Back office")


def test_beside_known_owners_any_name_in_that_place_is_one_and_a_warning_is_not() -> None:
    found = one(
        "**Clerk:** Take the form.",
        "**Harbour House:** Check the berth.",
        "**Note:** Berths are let by the month.",
        "**Treasury:** Book the fee.",
    )
    assert [owner for owner, _ in owners(found)] == ["clerk", "harbour_house", None, "treasury"]


def test_labels_that_tell_what_a_step_is_are_no_owners() -> None:
    found = one(
        "**Verify identity:** Ask for two items.",
        "**Greeting:** Say good morning.",
        "Example: Open the drawer.",
    )
    assert owners(found) == [("agent", False)] * 3


@pytest.mark.parametrize(
    ("words", "owner"),
    [
        ("The customer signs on the pad.", "customer"),
        ("The patient must fast for eight hours.", "patient"),
        ("The records team checks the number.", "records_team"),
        ("If it is late, the duty manager opens the safe.", "duty_manager"),
        ("Customers bring their own bags.", "customer"),
        ("The system sends a text.", "system"),
        ("Back office staff approve the refund.", "back_office_staff"),
        ("You must count the coins twice.", "agent"),
        ("Ask the customer for the receipt.", "agent"),
        ("Then, please check the label.", "agent"),
        ("Report customer complaints to Quality.", "agent"),
        ("The form is signed by the registrar.", "registrar"),
        ("Charge nurse tells the family.", "charge_nurse"),
        ("To open the box, press the lever.", "agent"),
        ("Within two days, send the letter.", "agent"),
    ],
)
def test_the_subject_of_the_sentence_is_the_owner_otherwise(words: str, owner: str) -> None:
    assert owners(one(words, "Open the door.", "Close the door."))[0] == (owner, False)


def test_a_state_is_no_deed() -> None:
    found = one("The customer is waiting.", "Open the door.", "Close the door.")
    assert found.steps[0].owner is None
    assert found.unclear[0].what == "it does not say who does what"


def test_a_step_below_another_has_its_owner() -> None:
    text = "1. Nurse: Prepare.\n   1. Wash hands.\n   2. Dry hands.\n2. Doctor: Cut.\n"
    (found,) = procedures(text)
    assert owners(found) == [("nurse", True), ("nurse", False), ("nurse", False), ("doctor", True)]


def test_the_heading_above_names_the_owner() -> None:
    text = (
        "# Claim\n\n## Customer\n\n1. Fill in the form.\n2. Send the form.\n\n"
        "## Back office\n\n3. Check the form.\n4. Pay the claim.\n"
    )
    (found,) = procedures(text)
    assert [s.owner for s in found.steps] == ["customer", "customer", "back_office", "back_office"]


def test_a_heading_that_names_one_role_is_a_subject_unless_it_says_whose_steps_follow() -> None:
    listed = ("Seal the bag.", "Call the courier.", "Log it.")
    assert one(*listed, heading="# Lab courier").steps[0].owner == "agent"
    assert one(*listed, heading="# Steps for the courier").steps[0].owner == "courier"
    assert one(*listed, heading="**Courier**").steps[0].owner == "courier"


def test_a_role_behind_the_words_or_below_a_title_is_the_owner() -> None:
    found = one("Charge the tablet (associate).", "Wipe it (twice).", "Nurse: Log it.")
    assert owners(found)[:2] == [("associate", True), ("agent", False)]
    text = "Step 1: Payment\nCashier: take the cash.\n\nStep 2: Sign the slip\n"
    assert [s.owner for s in procedures(text)[0].steps] == ["cashier", "agent"]


def test_front_matter_names_the_owner_of_the_rest() -> None:
    given = {"procedure": {"owner": "Desk officer"}}
    found = one("Open the file.", "The resident pays.", "Clerk: Stamp it.", metadata=given)
    assert owners(found) == [("desk_officer", True), ("resident", False), ("clerk", True)]


def test_a_step_without_an_owner_among_some_with_one_is_unclear() -> None:
    found = one("Nurse: Weigh the child.", "Write it down.", "Doctor: Read it.")
    assert [note.what for note in found.unclear] == [
        "no owner is named, though other steps name one; taken for agent"
    ]


def test_names_are_kept_in_snake_case() -> None:
    assert snake("The Agents") == "agent"
    assert snake("Harbour office (ext. 4)") == "harbour_office"
    assert snake("Fire Safety, Health Inspection") == "fire_safety_health_inspection"


def test_customers_go_by_many_names() -> None:
    assert all(is_customer(name) for name in ("customer", "resident", "patient_or_caregiver"))
    assert not any(is_customer(name) for name in ("customer_service_team", "agent", None))
