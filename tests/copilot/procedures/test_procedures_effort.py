"""What a procedure costs the customer."""

from __future__ import annotations

from copilot.procedures.effort import Effort, effort
from copilot.procedures.parse import procedures


def of(text: str, *held: str) -> Effort:
    (found,) = procedures(text)
    return effort(found, text, held)


RETURN = """1. Ask for the full name and pull up the account.
2. Ask the customer for their e-mail address and their phone number.
3. Verify the identity of the customer. They must provide one of:
   - Date of birth
   - Username
4. Customer: Sends the parcel with their address on it.
5. Tell the customer that a mail goes to their address.
6. Ask for the new address.
"""


def test_what_is_asked_after_the_record_is_open_is_asked_again() -> None:
    found = of(RETURN, "name", "email", "date_of_birth", "address")
    assert found.steps == 6
    assert found.customer_steps == 1
    assert [(one.step, one.field, one.identifies) for one in found.again] == [
        (2, "email", False),
        (3, "date_of_birth", True),
    ]
    assert (found.asked_again, found.to_identify) == (2, 1)
    assert found.asked == 5


def test_a_record_that_holds_nothing_is_never_asked_again() -> None:
    assert of(RETURN).asked_again == 0


def test_fields_of_any_name_and_other_names_for_them() -> None:
    text = "1. Find the account.\n2. Ask for the property number.\n3. Ask for the zip code.\n"
    assert [one.field for one in of(text, "property_number", "postcode").again] == [
        "property_number",
        "address",
    ]


def test_the_first_question_opens_the_record_where_no_step_says_so() -> None:
    text = "1. Ask for the order number.\n2. Ask for the order number and the email.\n3. Pay.\n"
    assert [one.step for one in of(text, "order_id", "email").again] == [2, 2]


def test_the_words_at_a_span_are_what_is_asked_for() -> None:
    (found,) = of(RETURN, "email").again
    assert RETURN[slice(*found.span)] == "e-mail address"
