"""The API key: asked for when the server wants one, and kept in memory only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asking import ANSWERABLE, ask, marked
from serving import Served
from watching import Watch

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, document.cookie, history.state, location.href,
  await indexedDB.databases(), await caches.keys(),
])"""


@pytest.fixture
def gate(context: BrowserContext, watch: Watch, locked: Served) -> Page:
    """The page of the server that wants a key."""
    watch.origin = locked.origin
    watch.forgiven.append("401")
    page = context.new_page()
    page.goto(f"{locked.origin}/ask")
    return page


def unlock(page: Page, secret: str) -> None:
    page.locator("#key").fill(secret)
    page.locator("#key").press("Enter")


def test_no_key_is_asked_for_where_none_is_needed(page: Page) -> None:
    ask(page, ANSWERABLE)
    assert page.locator("#key").is_hidden()


def test_the_key_opens_what_was_refused_and_is_stored_nowhere(
    gate: Page, locked: Served, watch: Watch
) -> None:
    assert gate.locator("#key").is_hidden()
    ask(gate, ANSWERABLE)
    assert gate.locator("#key").is_visible()
    assert gate.evaluate("document.activeElement.id") == "key"
    unlock(gate, locked.secret)
    gate.wait_for_selector(".reply .marker")
    assert gate.locator("#key").is_hidden()
    assert gate.evaluate("document.activeElement.id") == "question"
    assert gate.evaluate(STORED) == f'[{{}},{{}},"",null,"{locked.origin}/ask",[],[]]'
    assert not any(locked.secret in url for url in watch.requests)


def test_a_wrong_key_is_refused_in_words_and_can_be_mended(gate: Page, locked: Served) -> None:
    ask(gate, ANSWERABLE)
    with gate.expect_response("**/v1/ask") as response:
        unlock(gate, "cpk_wrong")
    assert response.value.status == 401
    gate.wait_for_selector("#answer[aria-busy=false] .failed")
    assert "no such key" in gate.locator(".failed").inner_text()
    unlock(gate, locked.secret)
    gate.wait_for_selector(".reply .marker")


def test_a_source_that_is_opened_from_an_answer_needs_no_second_key(
    gate: Page, locked: Served
) -> None:
    ask(gate, ANSWERABLE)
    unlock(gate, locked.secret)
    with gate.context.expect_page() as opened:
        gate.locator(".marker").first.click()
    opened.value.wait_for_selector("mark")
    assert opened.value.locator("#key").is_hidden()
    assert opened.value.evaluate(STORED).startswith('[{},{},"",null,')
    assert locked.secret not in opened.value.url


def test_a_source_that_is_opened_alone_asks_for_the_key(gate: Page, locked: Served) -> None:
    query = "id=shop/gift-cards&version=1&start=4&end=9"
    gate.goto(f"{locked.origin}/documents/view?{query}")
    gate.wait_for_selector("#key:focus")
    assert gate.locator(".whole").count() == 0
    unlock(gate, locked.secret)
    gate.wait_for_selector("mark", state="attached")
    assert marked(gate) == "title"
    assert gate.locator("#key").is_hidden()
