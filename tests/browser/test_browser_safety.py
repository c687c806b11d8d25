"""Whatever a document, a question or an address holds stays text, and stays with the server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from asking import ANSWERABLE, LANTERN, ask
from serving import HOSTILE, Served
from watching import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

INJECTED = "#answer :is(script, img, iframe, svg), #document :is(script, img, iframe, svg)"
MARKUP = "<img src=x onerror=alert(5)>"


def test_markup_in_a_document_shows_as_text(page: Page) -> None:
    answer = ask(page, LANTERN)
    words = page.locator("#answer").inner_text()
    assert HOSTILE.title in words
    assert "<script>alert(2)</script><img src=x onerror=alert(3)>" in words
    assert "<script>" in answer["reply"]["text"]
    assert page.locator(INJECTED).count() == 0
    with page.context.expect_page() as opened:
        page.locator(".marker").first.click()
    opened.value.wait_for_selector("mark")
    assert opened.value.title() == HOSTILE.title
    assert "<script>alert(2)</script>" in opened.value.locator(".whole").inner_text()
    assert opened.value.locator(INJECTED).count() == 0
    assert opened.value.locator("a[href^='javascript']").count() == 0


def test_markup_in_a_question_or_an_error_shows_as_text(page: Page, watch: Watch) -> None:
    ask(page, f"{MARKUP} {LANTERN}")
    assert page.locator(INJECTED).count() == 0
    watch.forgiven.append("400")
    problem = {"status": 400, "title": MARKUP, "detail": "<b>no</b>", "errors": []}
    page.route("**/v1/ask", lambda route: route.fulfill(status=400, json=problem))
    ask(page, ANSWERABLE)
    assert MARKUP in page.locator(".failed").inner_text()
    assert "<b>no</b>" in page.locator(".failed").inner_text()
    assert page.locator(INJECTED).count() == 0


def test_markup_in_an_address_shows_as_text(page: Page, served: Served, watch: Watch) -> None:
    watch.forgiven.append("404")
    page.goto(f"{served.origin}/documents/view?id={quote(MARKUP)}&start={quote(MARKUP)}")
    page.wait_for_selector(".failed")
    assert page.locator(INJECTED).count() == 0


def test_the_policy_would_stop_a_script_and_the_watch_would_see_it(
    page: Page, watch: Watch
) -> None:
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
        }"""
    )
    page.wait_for_function("true")
    assert page.evaluate("window.ran") is None
    with pytest.raises(AssertionError):
        watch.check()
    watch.forgiven += ["policy breach: script-src", "Content Security Policy"]


def test_nothing_is_asked_of_another_origin(page: Page, served: Served, watch: Watch) -> None:
    ask(page, ANSWERABLE)
    with page.context.expect_page() as opened:
        page.locator(".marker").first.click()
    opened.value.wait_for_selector("mark")
    paths = {url.removeprefix(served.origin).partition("?")[0] for url in watch.requests}
    assert {"/ask", "/pages/ask.js", "/v1/ask", "/documents/view"} <= paths
    assert not [path for path in paths if not path.startswith("/")]
