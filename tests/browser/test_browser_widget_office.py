"""An action from the sidebar on the desk, at a real server with a real back office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from answering import answer, choose, step_to, tab_to
from playing import playing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page
    from watching import Watch

pytestmark = pytest.mark.browser

LATE = (
    "My parcel QW40231188 came five days late, what compensation do I get for the delayed delivery?"
)


@pytest.fixture
def desk(context: BrowserContext, watch: Watch, tmp_path: Path) -> Iterator[Page]:
    """The desk of a real server with a real back office; a chat is open, and holds."""
    with playing(tmp_path, ["shop"]) as origin:
        watch.origin = origin
        page = context.new_page()
        page.goto(origin)
        choose(page, "shop-v01")
        answer(page)
        page.locator("#play").click()
        yield page


def ticked(page: Page, number: int) -> None:
    """Ticks the step of this number by keyboard, and waits for what the server says."""
    box = page.locator("agent-copilot .steps > li").nth(number - 1).get_by_role("checkbox")
    box.focus()
    with page.expect_response("**/turns"):
        page.keyboard.press("Space")


def test_a_refund_is_prepared_confirmed_and_done_by_keyboard_at_a_real_back_office(
    desk: Page,
) -> None:
    desk.locator("label[for=customer]").click()
    desk.locator("#words").fill(LATE)
    desk.locator("#words").press("Enter")
    desk.locator("agent-copilot li.next").wait_for()
    for number in (1, 2, 3):
        ticked(desk, number)
    desk.locator("agent-copilot li.next", has_text="Compensate").wait_for()
    tab_to(desk, "Prepare: Refund")
    desk.keyboard.press("Enter")
    card = desk.get_by_role("region", name="Action")
    card.get_by_label("Amount in euros").wait_for()
    assert card.get_by_label("Order number").input_value() == "QW40231188"
    for _ in range(2):
        desk.keyboard.press("Tab")
    desk.keyboard.type("10")
    desk.keyboard.press("Enter")
    card.get_by_text("will be carried out now").wait_for()
    tab_to(desk, "Yes, do it")
    desk.keyboard.press("Enter")
    card.get_by_text("Done.").wait_for()
    assert card.get_by_text("RF-1001").is_visible()
    desk.locator("agent-copilot li.done", has_text="Compensate").wait_for()
    done = desk.evaluate("async () => (await fetch('/demo/back-office/orders/QW40231188')).json()")
    assert done["refunded_eur"] == 10


def test_a_similar_case_of_colleagues_is_read_from_the_real_history(desk: Page) -> None:
    step_to(desk, 3)
    desk.locator("agent-copilot li.next").wait_for()
    step_to(desk, 9)
    section = desk.get_by_role("region", name="Similar cases")
    section.locator("summary").first.click()
    section.locator("details[open] summary", has_text="Case").first.click()
    section.locator("ol li").first.wait_for()
    assert section.locator("ol .tag").count() > 0
