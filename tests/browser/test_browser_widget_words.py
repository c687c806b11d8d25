"""Words that a person has edited in a reply, when the next suggestion comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sidebar import Played, whole

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.browser


def test_words_that_were_edited_stay_until_they_are_taken_or_discarded(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    sidebar, page = played.sidebar, played.page
    sidebar.get_by_role("button", name="Edit").click()
    field = sidebar.get_by_role("textbox", name="The reply")
    field.fill("It takes five.")
    page.keyboard.press("ArrowLeft")
    gone = ("superseded", {"suggestion_id": "s-1", "by_turn_id": "t2"})
    played.portions = [[*whole("s-1"), gone], [*whole("s-2", "Guide dogs are welcome.")]]
    sidebar.locator(".words").get_by_text("Guide dogs are welcome.").wait_for()
    page.keyboard.type(" days")
    mine = sidebar.get_by_role("textbox", name="Your words")
    assert mine.input_value() == "It takes five days."
    kept = sidebar.locator(".kept")
    kept.get_by_role("button", name="Take").click()
    kept.wait_for(state="hidden")
    assert page.evaluate("inserted") == [{"suggestion_id": "s-1", "text": "It takes five days."}]
    assert played.decisions == []  # nothing that stood for a decision: the words are the person's


def test_edited_words_of_a_suggestion_that_was_only_followed_are_decided(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    sidebar = played.sidebar
    sidebar.get_by_role("button", name="Edit").click()
    sidebar.get_by_role("textbox", name="The reply").fill("Mine.")
    played.portions = [[*whole("s-1"), *whole("s-2", "Guide dogs are welcome.")]]
    kept = sidebar.locator(".kept")
    kept.get_by_role("button", name="Take").click()
    kept.wait_for(state="hidden")
    ((suggestion_id, decision),) = played.decisions
    assert (suggestion_id, decision["decision"]) == ("s-1", "edited")
    assert decision["final_text"] == "Mine."


def test_edited_words_can_be_discarded_and_never_reach_the_next_conversation(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    sidebar = played.sidebar
    sidebar.get_by_role("button", name="Edit").click()
    sidebar.get_by_role("textbox", name="The reply").fill("Mine.")
    played.portions = [[*whole("s-1"), *whole("s-2", "Guide dogs are welcome.")]]
    kept = sidebar.locator(".kept")
    kept.wait_for()
    played.page.evaluate(
        "document.querySelector('agent-copilot').setAttribute('conversation', 'call-2')"
    )
    kept.wait_for(state="hidden")
    assert played.page.evaluate("inserted") == []


def test_discarded_words_are_gone(open_sidebar: Callable[..., Played]) -> None:
    played = open_sidebar(whole("s-1"))
    sidebar = played.sidebar
    sidebar.get_by_role("button", name="Edit").click()
    sidebar.get_by_role("textbox", name="The reply").fill("Mine.")
    played.portions = [[*whole("s-1"), *whole("s-2", "Guide dogs are welcome.")]]
    kept = sidebar.locator(".kept")
    kept.get_by_role("button", name="Discard").click()
    kept.wait_for(state="hidden")
    assert played.decisions == []
    assert played.page.evaluate("inserted") == []
