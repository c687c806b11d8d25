"""What crosses on the way: clicks twice, answers too late, events that are stale."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING

import pytest
from sidebar import WORDS, Held, Played, passage, suggestion, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route
    from watching import Watch

pytestmark = pytest.mark.browser

NOTE_ANNOUNCEMENTS = """() => {
    window.announced = [];
    const region = document.querySelector("agent-copilot").shadowRoot
        .querySelector("[aria-live=polite]");
    new MutationObserver(() => announced.push(region.textContent))
        .observe(region, { childList: true, characterData: true, subtree: true });
}"""
SET = "([name, value]) => document.querySelector('agent-copilot').setAttribute(name, value)"


def until(page: Page, expression: str) -> None:
    """Waits; the panel's policy lets nothing be evaluated by the page itself."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    raise AssertionError(expression)


def test_a_double_click_offers_the_words_once(open_sidebar: Callable[..., Played]) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").dblclick()
    played.sidebar.get_by_text("Taken.").wait_for()
    played.page.wait_for_timeout(200)
    assert len(played.page.evaluate("inserted")) == 1
    assert len(played.decisions) == 1


def test_words_taken_for_one_conversation_never_reach_the_next(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    held = Held(played, "**/decision")
    played.sidebar.get_by_role("button", name="Take").click()
    call = held.next()
    played.page.evaluate(SET, ["conversation", "call-2"])
    call.fulfill(json={})
    played.page.wait_for_timeout(200)
    assert played.page.evaluate("inserted") == []


def test_an_answer_that_comes_after_the_conversation_changed_is_not_shown(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    held = Held(played, "**/v1/ask")
    played.sidebar.get_by_label("Ask the documents").fill("Who decides?")
    played.sidebar.get_by_role("button", name="Ask", exact=True).click()
    call = held.next()
    played.page.evaluate(SET, ["conversation", "call-2"])
    call.fulfill(json=suggestion("s-asked", "Ask the duty manager."))
    played.page.wait_for_timeout(200)
    assert "duty manager" not in played.sidebar.locator(".all").inner_text()


def test_one_customer_is_never_shown_beside_the_next(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    watch.forgiven.append("404")
    played = open_sidebar(whole("s-1"))
    played.page.evaluate(SET, ["customer", "ada"])
    played.sidebar.get_by_text("Ada").wait_for()
    missing = {"status": 404, "title": "No such customer"}
    played.page.route("**/v1/customers/**", lambda route: route.fulfill(status=404, json=missing))
    with played.page.expect_response("**/v1/customers/nobody"):
        played.page.evaluate(SET, ["customer", "nobody"])
    played.page.wait_for_timeout(200)
    assert not played.sidebar.get_by_text("Ada").is_visible()
    played.page.evaluate("document.querySelector('agent-copilot').removeAttribute('customer')")
    played.page.wait_for_timeout(100)
    assert not played.sidebar.get_by_text("Ada").is_visible()


@pytest.mark.parametrize("late", [0, 1, 2], ids=["evidence", "draft", "suggestion"])
def test_what_comes_late_of_a_suggestion_that_is_gone_is_not_shown(
    open_sidebar: Callable[..., Played], late: int
) -> None:
    gone = ("superseded", {"suggestion_id": "s-1", "by_turn_id": "t2"})
    stale = whole("s-1", "Stale words.")[late]
    played = open_sidebar([*whole("s-1"), gone, *whole("s-2", "Guide dogs are welcome."), stale])
    played.sidebar.get_by_text("Guide dogs are welcome.").first.wait_for()
    played.page.wait_for_timeout(200)
    assert "Stale words." not in played.sidebar.locator(".all").inner_text()
    assert played.sidebar.get_by_role("button", name="Take").is_enabled()


def test_only_the_last_of_many_is_announced_when_one_comes_back(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar([])
    played.page.evaluate(NOTE_ANNOUNCEMENTS)
    many = [event for number in range(40) for event in whole(f"s-{number}", f"Reply {number}.")]
    played.portions = [[], many]
    played.sidebar.locator(".words").get_by_text("Reply 39.").wait_for()
    played.page.wait_for_timeout(200)
    assert len(played.page.evaluate("announced")) == 1


def test_what_is_superseded_is_not_announced(open_sidebar: Callable[..., Played]) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").wait_for()
    played.page.evaluate(NOTE_ANNOUNCEMENTS)
    gone = ("superseded", {"suggestion_id": "s-1", "by_turn_id": "t2"})
    played.portions = [[*whole("s-1"), gone]]
    played.sidebar.get_by_text("can no longer be taken").wait_for()
    played.page.wait_for_timeout(200)
    assert played.page.evaluate("announced") == []


def test_where_the_words_went_is_not_said_beside_the_next_suggestion(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").click()
    until(played.page, "inserted.length")
    played.page.evaluate(
        """() => document.querySelector("agent-copilot").dispatchEvent(
            new CustomEvent("copilot:offered",
                { detail: { suggestion_id: "s-1", how: "composer" } }))"""
    )
    played.sidebar.get_by_text("It stands in your composer").wait_for()
    played.portions = [[*whole("s-1"), *whole("s-2", "Guide dogs are welcome.")]]
    played.sidebar.get_by_text("Guide dogs are welcome.").first.wait_for()
    assert "It stands in your composer" not in played.sidebar.locator(".all").inner_text()


def test_a_quote_that_stands_in_no_passage_is_shown_all_the_same(
    open_sidebar: Callable[..., Played],
) -> None:
    elsewhere = [passage(1, "Only this.", start=5000, end=5010)]
    played = open_sidebar(whole("s-1", passages=elsewhere))
    played.sidebar.get_by_role("button", name="Take").wait_for()
    assert played.sidebar.locator("mark").all_inner_texts() == WORDS.replace(". ", ".|").split("|")
    number = played.sidebar.locator("button.number").last
    number.click()
    assert "It goes to the card." in played.page.evaluate(
        "document.querySelector('agent-copilot').shadowRoot.activeElement.textContent"
    )


def test_an_ended_conversation_is_not_asked_for_again_with_a_new_token(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar([*whole("s-1"), ("ended", {})])
    played.sidebar.get_by_text("has ended").wait_for()
    played.page.evaluate("document.querySelector('agent-copilot').token = 'a.b.c'")
    played.page.wait_for_timeout(900)
    assert played.resumed_from == ["0"]
    assert played.sidebar.get_by_text("has ended").is_visible()


def test_a_token_is_asked_for_again_until_there_is_one(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    watch.forgiven.append("401")
    played = open_sidebar(whole("s-1"))
    page = played.page
    page.evaluate(
        """() => {
            window.needed = 0;
            addEventListener("copilot:token-needed", () => needed++);
            document.querySelector("agent-copilot").removeAttribute("conversation");
        }"""
    )

    def guard(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer good":
            route.fallback()
        else:
            route.fulfill(status=401, json={"title": "A key is needed"})

    page.route("**/events", guard)
    page.evaluate(SET, ["conversation", "call-2"])
    until(page, "needed > 1")
    assert "Not let in" in played.sidebar.locator(".all").inner_text()
    page.evaluate("document.querySelector('agent-copilot').token = 'good'")
    played.sidebar.get_by_role("button", name="Take").wait_for()


def test_a_token_is_asked_for_before_the_last_one_ends(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    ends = time.time() + 3
    claims = base64.urlsafe_b64encode(json.dumps({"exp": ends}).encode()).decode()
    played.page.evaluate(
        """(token) => {
            window.needed = 0;
            addEventListener("copilot:token-needed", () => needed++);
            document.querySelector("agent-copilot").token = token;
        }""",
        f"e30.{claims.rstrip('=')}.x",
    )
    until(played.page, "needed === 1")
    assert time.time() < ends


def test_a_language_that_is_none_hides_nothing(open_sidebar: Callable[..., Played]) -> None:
    played = open_sidebar(whole("s-1"))
    played.page.evaluate(SET, ["lang", "not_a_language"])
    played.page.evaluate(SET, ["customer", "ada"])
    played.sidebar.get_by_text("Ada").wait_for()


def test_being_offline_is_seen_at_once(open_sidebar: Callable[..., Played]) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("button", name="Take").wait_for()
    held = Held(played, "**/events")
    held.next()
    played.page.evaluate("dispatchEvent(new Event('offline'))")
    played.sidebar.get_by_text("Offline").wait_for(timeout=3000)
    assert "A refund takes five days." in played.sidebar.locator(".all").inner_text()


def test_the_page_of_a_document_gets_the_token_where_no_server_sees_it(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1"))
    played.page.evaluate("document.querySelector('agent-copilot').token = 'e30.e30.x'")
    link = played.sidebar.get_by_role("link", name="Open the document").first
    seen: list[str] = []
    played.page.context.on("request", lambda request: seen.append(request.url))
    with played.page.context.expect_page() as opened:
        link.click()
    assert opened.value.url.endswith("#e30.e30.x")
    opened.value.close()
    assert "e30" not in (link.get_attribute("href") or "")
    assert not any("e30" in one.split("#")[0] for one in seen)
