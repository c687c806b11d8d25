"""A document that the sidebar opens, on a server that lets nobody in without a key or a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from serving import Served
    from watching import Watch

pytestmark = pytest.mark.browser


def test_a_token_in_the_fragment_opens_the_document_and_leaves_the_address(
    context: BrowserContext, watch: Watch, locked: Served
) -> None:
    watch.origin = locked.origin
    query = "id=shop/gift-cards&version=1&start=200&end=240"
    page = context.new_page()
    page.goto(f"{locked.origin}/documents/view?{query}#{locked.secret}")
    page.wait_for_selector("mark")
    assert page.locator("#key").is_hidden()
    assert page.url == f"{locked.origin}/documents/view?{query}"
    assert page.evaluate("history.state") is None
