"""What tests do at the page: ask, and read what is cited there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

ANSWERABLE = "How long may a mattress be exchanged?"
LATE = "A nurse is running late, what do I do?"
UNANSWERABLE = "How many moons does Jupiter have?"
LANTERN = "How is the brass lantern lit?"


@dataclass(frozen=True, slots=True)
class Place:
    """The place in a document that an address of the document page names."""

    document_id: str
    version: int
    start: int
    end: int


def ask(page: Page, question: str) -> dict[str, Any]:
    """Asks with the keyboard and waits for the page to show what comes; gives the response."""
    page.locator("#question").fill(question)
    with page.expect_response("**/v1/ask") as response:
        page.locator("#question").press("Enter")
    answer: dict[str, Any] = response.value.json()
    page.wait_for_selector("#answer[aria-busy=false] .reply")
    return answer


def place(address: str) -> Place:
    """What an address of the document page asks for."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return Place(query["id"], int(query["version"]), int(query["start"]), int(query["end"]))


def marked(page: Page, within: str = "body") -> str:
    """All words that are marked, as the document has them."""
    return "".join(page.locator(f"{within} mark").all_text_contents())


def citations(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The citations of a reply, in the order of its sentences."""
    return [one for sentence in answer["reply"]["sentences"] for one in sentence["citations"]]
