"""What is warned of, and above all what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.procedures.lint import Finding, lint
from copilot.types import Audience, Document


def told(*texts: str, **fields: Any) -> list[Finding]:
    documents = [
        Document(f"d{at}", f"Document {at}", text, **fields) for at, text in enumerate(texts)
    ]
    return lint(documents, lambda document, link: True)


def steps(*items: str) -> str:
    return "# Case\n\n" + "".join(f"{at}. {item}\n" for at, item in enumerate(items, 1))


@pytest.mark.parametrize(
    "words",
    [
        "Tell the patient to ring the billing department.",
        "Ask the customer to send the form again.",
        "Have the customer print the return label.",
        "Ask the resident to bring the invoice.",
        "The guest must call back next week.",
    ],
)
def test_the_organisations_work_left_to_the_customer(words: str) -> None:
    found = told(steps("Open the file.", words, "Close the file."))
    assert len(found) == 1
    assert not found[0].error
    assert found[0].remedy


@pytest.mark.parametrize(
    "words",
    [
        "Print the return label and hand it over.",
        "Ring the billing department yourself.",
        "Never ask the customer to send the form again.",
        "Ask the customer to bring a passport.",
        "Call the customer back within a day.",
        "Ask the customer what happened.",
        "Say goodbye to the customer.",
    ],
)
def test_what_staff_do_themselves_is_no_fault(words: str) -> None:
    assert told(steps("Open the file.", words, "Close the file.")) == []


DAYS = "Supervisor: Pay the credit to the card within {} working days of the request."


def test_two_documents_with_the_same_step_and_another_number() -> None:
    found = told(*(steps(DAYS.format(n), "Agent: Do it.", "Agent: End it.") for n in (3, 9)))
    assert [one.document_id for one in found] == ["d1"]
    assert "differ in the time" in found[0].what


def test_two_documents_with_the_same_step_and_another_owner() -> None:
    sign = "{}: Sign the yellow transfer form before noon."
    found = told(
        *(steps(sign.format(who), "Nurse: Do it.", "Nurse: Go.") for who in ("Nurse", "Porter"))
    )
    assert ["differ in who does it" in one.what for one in found] == [True]


def test_no_contradiction_where_cases_times_or_readers_differ() -> None:
    texts = [steps(DAYS.format(n), "Agent: Do it.", "Agent: End it.") for n in (3, 9)]
    gold = [text.replace("credit", word) for text, word in zip(texts, ("gold", "tin"), strict=True)]
    assert told(*gold) == []
    assert told(texts[0], texts[0]) == []
    until, since = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    old = Document("old", "Old", texts[0], effective_to=until)
    new = Document("new", "New", texts[1], effective_from=since)
    assert lint([old, new], lambda *_: True) == []
    replaced = Document("new", "New", texts[1], supersedes=("old",))
    assert lint([Document("old", "Old", texts[0]), replaced], lambda *_: True) == []
    shops = [
        Document(name, name, text, audience=Audience(stores=(name,)))
        for name, text in zip(("north", "south"), texts, strict=True)
    ]
    assert lint(shops, lambda *_: True) == []


def test_a_name_is_found_among_titles_and_headings_and_a_link_by_who_knows() -> None:
    text = steps("Follow the 'Lost keys' procedure.", "See [it](x.md).", "Close it.")
    assert len(told(text)) == 1
    assert told(text, "# Lost keys at night\n\nAsk.\n") == []
    assert told(text, "# Keys\n\n## Lost keys\n\nAsk.\n") == []
    refused = lint([Document("d", "Lost keys", text)], lambda document, link: link != "x.md")
    assert [(one.error, "x.md" in one.what) for one in refused] == [(True, True)]


def test_a_wrong_setting_is_an_error_at_the_beginning() -> None:
    found = told(steps("Do it.", "See it.", "End it."), metadata={"procedure": {"colour": "red"}})
    assert [(one.start, one.error) for one in found] == [(0, True)]
