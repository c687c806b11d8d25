"""What each desktop does in its own way, and the real panel in a desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from desks import BEGUN, BY_NAME, PANEL, THIRD, WIDGET, WORDS, Stand, sealed

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    with sealed(context):
        yield context


def stand(context: BrowserContext, name: str, query: str = "") -> Stand:
    return Stand(context, BY_NAME[name], query)


def test_zendesk_is_asked_for_a_token_with_a_setting_that_only_its_server_can_read(
    context: BrowserContext,
) -> None:
    opened = stand(context, "zendesk")
    assert opened.token()
    asked = opened.page.evaluate(
        "window.heard.map(JSON.parse).find(({ key }) => /^request:\\d+$/.test(key)).message"
    )
    assert asked["url"] == f"{PANEL}/v1/tokens"
    assert asked["secure"] is True
    assert asked["headers"] == {"Authorization": "Bearer {{setting.copilot_key}}"}
    assert '"agent":"77"' in asked["data"]


def test_words_that_zendesk_does_not_take_are_said_to_have_failed(context: BrowserContext) -> None:
    opened = stand(context, "zendesk")
    opened.page.evaluate("window.shut = true")
    opened.take()
    opened.panel.wait_for_function("window.offered.length")
    assert opened.panel.evaluate("window.offered[0].how") == "failed"


def test_zendesks_own_client_is_used_where_the_page_has_loaded_it(context: BrowserContext) -> None:
    context.add_init_script(
        """window.ZAFClient = { init: () => ({
            on: (name, heard) => name === "app.registered" && setTimeout(heard),
            get: async (paths) => Object.fromEntries(paths.map((path) => [path, path])),
            invoke: async (...call) => (window.invoked ??= []).push(call),
            request: async () => ({ token: "of the SDK" }),
        }) };"""
    )
    opened = stand(context, "zendesk")
    assert opened.shown == ("ticket.id", "ticket.requester.id")
    opened.take("Hello")
    opened.panel.wait_for_function("window.offered.length")
    assert ["ticket.comment.appendText", "Hello"] in opened.panel.evaluate("window.invoked")


def test_a_stock_chatwoot_gets_the_words_by_pasting_them(context: BrowserContext) -> None:
    opened = stand(context, "chatwoot", "?stock")
    opened.take("One moment, please.")
    opened.panel.wait_for_function("window.offered.length")
    assert opened.composed == BEGUN.rstrip()
    opened.page.locator("#composer").press("ControlOrMeta+End")
    opened.page.keyboard.press("ControlOrMeta+v")
    assert "One moment, please." in opened.composed
    assert opened.sent == 0


def test_front_replies_to_the_customers_last_message_and_then_adds_to_that_draft(
    context: BrowserContext,
) -> None:
    opened = stand(context, "front")
    for words in ("First. ", "Second."):
        opened.take(words)
        opened.page.wait_for_function(
            "(words) => document.querySelector('#composer').innerText.includes(words.trim())",
            arg=words,
        )
    first, second = opened.page.evaluate("window.calls")
    assert first[1] == {
        "content": {"body": "First. ", "type": "text"},
        "replyOptions": {"type": "reply", "originalMessageId": "msg_2"},
    }
    assert second == ["updateDraft", "dra_1", "insert"]


def test_freshdesk_opens_the_reply_editor_where_a_sidebar_may_not_write(
    context: BrowserContext,
) -> None:
    opened = stand(context, "freshdesk")
    opened.page.evaluate("window.sidebarOnly = true")
    opened.take()
    opened.page.wait_for_function("window.calls.length === 2")
    assert opened.page.evaluate("window.calls") == [["setValue", "editor"], ["click", "reply"]]
    opened.settle()
    assert opened.composed == BEGUN + WORDS


def test_your_own_page_may_be_ready_later_than_the_panel(context: BrowserContext) -> None:
    opened = stand(context, "front", "?late")
    assert opened.shown == opened.desk.shown


@pytest.mark.parametrize("name", ["front", "freshdesk"])
def test_a_stranger_in_your_own_page_cannot_put_words_into_the_composer(
    context: BrowserContext, name: str
) -> None:
    opened = stand(context, name)
    forged = {"type": "copilot:insert", "text": "Pay the stranger", "suggestion_id": "s"}
    for origin in (THIRD, PANEL, opened.desk.origin):
        frame = opened.intrude(origin)
        frame.evaluate("(message) => window.parent.postMessage(message, '*')", forged)
    opened.settle()
    assert opened.composed == BEGUN.rstrip()


def test_salesforce_shows_one_conversation_until_that_one_has_ended(
    context: BrowserContext,
) -> None:
    opened = stand(context, "salesforce")
    publish = "([channel, message]) => window.publish(channel, message)"
    other = {"recordId": "0Mw5e000000OTHER", "content": "Mine is private", "name": "Bob"}
    short = {"recordId": opened.desk.shown[0][:15]}
    for event in ("EndUserMessage", "AgentSend", "Ended"):
        opened.page.evaluate(publish, [f"lightning__conversation{event}", other])
    opened.settle()
    assert opened.shown == opened.desk.shown
    opened.page.evaluate(publish, ["lightning__conversationEnded", short])
    opened.wait_for(None)
    opened.page.evaluate(publish, ["lightning__conversationEndUserMessage", other])
    opened.wait_for("0Mw5e000000OTHER")
    assert opened.shown == ("0Mw5e000000OTHER", None)


def test_salesforce_shows_a_call_from_its_first_words_to_its_end(context: BrowserContext) -> None:
    opened = stand(context, "salesforce")
    opened.page.evaluate("window.leave()")
    opened.wait_for(None)
    call = {
        "type": "TRANSCRIPT",
        "detail": {
            "callId": "c5d93c19-e03b-44f8-85e6-a11f02e70c45",
            "sender": {"role": "EndUser"},
            "content": {"formatType": "Text", "text": "Hello"},
            "clientSentTimestamp": 1594944652299,
        },
    }
    opened.page.evaluate("(event) => window.speak(event)", call)
    opened.wait_for("c5d93c19-e03b-44f8-85e6-a11f02e70c45")
    opened.page.evaluate("(event) => window.speak(event)", {**call, "type": "callended"})
    opened.wait_for(None)


@pytest.mark.skipif(not (WIDGET / "panel.html").is_file(), reason="there is no panel yet")
def test_the_real_panel_is_told_by_its_desk_and_offers_to_it(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{BY_NAME['generic'].origin}/generic.html?real")
    page.wait_for_selector("iframe")
    panel = page.frames[1]
    told = "agent-copilot[conversation='call-1'][customer='c-1'][lang='de']"
    panel.wait_for_selector(told, state="attached")
    panel.locator("agent-copilot").evaluate(
        """(element, text) => element.dispatchEvent(
            new CustomEvent("copilot:insert", { detail: { suggestion_id: "s-1", text } }))""",
        WORDS,
    )
    page.wait_for_function("document.querySelector('#composer').innerText.includes('🏮')")
    assert page.locator("#composer").inner_text() == BEGUN + WORDS
    assert page.locator("#sent li").count() == 0
