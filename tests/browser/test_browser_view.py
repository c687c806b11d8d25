"""The document page: the whole text, with exactly the quoted words marked and in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from asking import LANTERN, LATE, ask, citations, marked
from serving import ARTICLES, HOSTILE, Served
from watching import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def open_at(page: Page, served: Served, document_id: str, start: int, end: int) -> None:
    query = urlencode({"id": document_id, "version": 1, "start": start, "end": end})
    page.goto(f"{served.origin}/documents/view?{query}")
    page.wait_for_selector(".whole")


@pytest.mark.parametrize("looks", [{"viewport": {"width": 700, "height": 400}}])
def test_the_marked_words_are_scrolled_into_sight(
    page: Page, served: Served, looks: dict[str, Any]
) -> None:
    last = citations(ask(page, LATE))[-1]
    open_at(page, served, last["document_id"], last["start"], last["end"])
    assert marked(page) == last["quote"]
    assert page.evaluate("scrollY") > 0
    box = page.locator("mark").first.bounding_box()
    assert box
    assert 0 <= box["y"] <= looks["viewport"]["height"] - box["height"]


def test_what_is_marked_is_counted_in_code_points(page: Page, served: Served) -> None:
    cited = citations(ask(page, LANTERN))[0]
    assert "🏮" in HOSTILE.text[: cited["start"]] + cited["quote"]
    open_at(page, served, HOSTILE.document_id, cited["start"], cited["end"])
    assert marked(page) == cited["quote"]


def test_marks_keep_line_ends_and_signs_of_markup(page: Page, served: Served) -> None:
    name = "city/resident-parking-permit"
    text = served.document(name)
    start, end = text.index("Zone | First"), text.index("**Agent:** Check")
    open_at(page, served, name, start, end)
    assert marked(page) == text[start:end]


@pytest.mark.parametrize("name", [*ARTICLES, HOSTILE.document_id])
def test_no_character_of_the_document_is_lost(page: Page, served: Served, name: str) -> None:
    text = served.document(name)
    open_at(page, served, name, 0, 0)
    shown = "".join(page.locator(".whole > .line").all_text_contents())
    front = "".join(page.locator(".whole details .line").all_text_contents())
    assert front + shown == text
    assert page.locator("mark").count() == 0


def test_words_quoted_from_the_front_matter_are_shown(page: Page, served: Served) -> None:
    text = served.document("shop/gift-cards")
    start = text.index("owner:")
    open_at(page, served, "shop/gift-cards", start, start + 6)
    assert marked(page) == "owner:"
    assert page.locator("mark").is_visible()


def test_a_document_that_is_not_there_is_said_in_words(
    page: Page, served: Served, watch: Watch
) -> None:
    watch.forgiven.append("404")
    page.goto(f"{served.origin}/documents/view?id=no/such&version=1&start=0&end=1")
    assert page.locator(".failed").inner_text().count("\n") >= 1
    assert page.locator("mark").count() == 0
