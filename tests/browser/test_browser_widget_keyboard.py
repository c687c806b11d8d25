"""The sidebar by keyboard: nothing is decided by the way, and the focus is never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sidebar import WORDS, Played, whole

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.browser

FOCUSED = """() => {
    const one = document.querySelector("agent-copilot").shadowRoot.activeElement;
    return one ? one.dataset.key ?? one.className : null;
}"""


def tab_to(played: Played, name: str) -> None:
    """Moves on with Tab alone to what has this name."""
    for _ in range(40):
        played.page.keyboard.press("Tab")
        found = played.page.evaluate(
            """() => {
                const one = document.querySelector("agent-copilot").shadowRoot.activeElement;
                return one?.getAttribute("aria-label") ?? one?.textContent ?? "";
            }"""
        )
        if name in found:
            return
    raise AssertionError(f"{name!r} cannot be reached")


def test_from_the_evidence_to_taking_it_is_all_done_by_keyboard(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").wait_for()
    tab_to(played, "Evidence 1")
    played.page.keyboard.press("Enter")
    tab_to(played, "Open the document")
    with played.page.context.expect_page() as opened:
        played.page.keyboard.press("Enter")
    opened.value.close()
    played.page.keyboard.press("Alt+t")
    played.sidebar.get_by_text("Taken.").wait_for()
    ((_, decision),) = played.decisions
    assert decision["opened"] == ["c1"]
    assert played.page.evaluate("inserted[0].text") == WORDS


def test_looking_through_the_reasons_rejects_nothing_and_the_button_after_them_does(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").wait_for()
    tab_to(played, "Why it is rejected")
    for _ in range(3):
        played.page.keyboard.press("ArrowDown")
    played.page.wait_for_timeout(200)
    assert played.decisions == []
    played.page.keyboard.press("Tab")
    played.page.keyboard.press("Enter")
    played.sidebar.get_by_text("Rejected.").wait_for()
    assert [one["reason"] for _, one in played.decisions] == ["not_relevant"]


def test_the_focus_stays_in_the_suggestion_once_it_is_taken(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").wait_for()
    played.page.keyboard.press("Tab")
    tab_to(played, "Take")
    played.page.keyboard.press("Enter")
    played.sidebar.get_by_text("Taken.").wait_for()
    played.page.wait_for_timeout(100)
    assert played.page.evaluate(FOCUSED) is not None


def test_the_focus_stays_in_the_suggestion_once_it_is_superseded(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").wait_for()
    played.page.keyboard.press("Tab")
    tab_to(played, "Take")
    gone = ("superseded", {"suggestion_id": "s-1", "by_turn_id": "t2"})
    played.portions = [[*whole("s-1"), gone]]
    played.sidebar.get_by_text("can no longer be taken").wait_for()
    played.page.wait_for_timeout(100)
    assert played.page.evaluate(FOCUSED) is not None


def test_the_key_takes_the_reply_in_which_the_focus_is(open_sidebar: Callable[..., Played]) -> None:
    played = open_sidebar(whole("s-1"))
    sidebar = played.sidebar
    sidebar.get_by_role("button", name="Take").wait_for()
    sidebar.get_by_label("Ask the documents").fill("Who decides?")
    sidebar.get_by_role("button", name="Ask", exact=True).click()
    answer = sidebar.get_by_role("region", name="Answer")
    answer.get_by_role("button", name="Evidence 1").focus()
    played.page.keyboard.press("Alt+t")
    answer.get_by_text("Taken.").wait_for()
    assert [one["suggestion_id"] for one in played.page.evaluate("inserted")] == ["s-asked"]


def test_what_was_unfolded_stays_so_once_the_reply_is_taken(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    second = played.sidebar.locator(".evidence details").nth(1)
    second.locator("summary").click()
    played.sidebar.get_by_role("button", name="Take").click()
    played.sidebar.get_by_text("Taken.").wait_for()
    assert played.sidebar.locator(".evidence details").nth(1).get_attribute("open") is not None
