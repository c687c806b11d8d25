"""Every host adapter against a page that plays its host: context in, words offered out, no stranger
heard, nothing sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from desks import BEGUN, BY_NAME, DESKS, PANEL, THIRD, WORDS, Desk, Stand, sealed

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

TOLD_BY_MESSAGES = [desk for desk in DESKS if desk.name not in ("front", "freshdesk")]
WITH_TOKENS = [desk for desk in DESKS if desk.name not in ("chatwoot", "genesys")]
# What is named as an origin, whether any host may have it, and whether Zendesk may.
ORIGINS = [
    ("https://acme.zendesk.com", True, True),
    ("https://evilzendesk.com", True, False),
    ("https://acme.evil-zendesk.com", True, False),
    ("https://acme.zendesk.com.stranger.example", True, False),
    ("https://acme.zendesk.com:444", True, False),
    ("https://acme.zendesk.com/", False, False),
    ("https://ACME.zendesk.com", False, False),
    ("https://acme.zendesk.com:443", False, False),
    ("https://acme.zendesk.com@stranger.example", False, False),
    ("https://stranger.example/#https://acme.zendesk.com", False, False),
    ("http://acme.zendesk.com", False, False),
    ("javascript://acme.zendesk.com", False, False),
    ("http://127.0.0.1:8000", True, False),
    ("http://127.0.0.1.stranger.example", False, False),
    ("blob:https://acme.zendesk.com/1", False, False),
    ("*", False, False),
    ("null", False, False),
    ("", False, False),
    (None, False, False),
]
each_desk = pytest.mark.parametrize("desk", DESKS, ids=str)


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    with sealed(context):
        yield context


@each_desk
def test_the_panel_is_told_whose_conversation_it_stands_beside(
    context: BrowserContext, desk: Desk
) -> None:
    opened = Stand(context, desk)
    assert opened.shown == desk.shown
    assert (opened.panel.locator("agent-copilot").get_attribute("lang") or "") == desk.lang


@pytest.mark.parametrize("desk", [desk for desk in DESKS if desk.moved], ids=str)
def test_another_conversation_is_never_mixed_with_the_customer_of_the_last(
    context: BrowserContext, desk: Desk
) -> None:
    opened = Stand(context, desk)
    opened.panel.evaluate("document.querySelector('agent-copilot').token = 'of the last'")
    opened.page.evaluate("window.move()")
    opened.wait_for((desk.moved or desk.shown)[0])
    assert opened.shown == desk.moved
    pairs = opened.panel.evaluate("document.querySelector('agent-copilot').said")
    assert {tuple(pair) for pair in pairs if pair[0] is not None} == {desk.shown, desk.moved}
    assert opened.panel.evaluate("document.querySelector('agent-copilot').token") == ""


@pytest.mark.parametrize("name", ["generic", "salesforce", "front"])
def test_a_desk_that_shows_no_conversation_empties_the_panel(
    context: BrowserContext, name: str
) -> None:
    opened = Stand(context, BY_NAME[name])
    opened.page.evaluate("window.leave()")
    opened.wait_for(None)
    assert opened.shown == (None, None)


@each_desk
def test_taken_words_are_appended_to_the_composer_and_not_sent(
    context: BrowserContext, desk: Desk
) -> None:
    opened = Stand(context, desk)
    opened.take()
    opened.page.wait_for_function("document.querySelector('#composer').innerText.includes('🏮')")
    opened.settle()
    assert opened.composed == BEGUN + WORDS
    assert opened.page.locator("#composer img").count() == 0
    assert opened.sent == 0
    how = "clipboard" if desk.name == "chatwoot" else "composer"
    assert opened.panel.evaluate("window.offered") == [{"suggestion_id": "s-1", "how": how}]


@each_desk
def test_nothing_reaches_the_composer_without_a_click(context: BrowserContext, desk: Desk) -> None:
    opened = Stand(context, desk)
    if desk.moved:
        opened.page.evaluate("window.move()")
        opened.wait_for(desk.moved[0])
    opened.settle()
    assert opened.composed == BEGUN.rstrip()
    assert opened.sent == 0
    heard = str(opened.page.evaluate("window.heard.map((one) => JSON.stringify(one))"))
    assert not any(word in heard for word in ("insert", "appendText", "propose"))


@each_desk
def test_a_stranger_beside_the_panel_is_not_heard(context: BrowserContext, desk: Desk) -> None:
    opened = Stand(context, desk)
    opened.page.evaluate(desk.prepare)
    for origin in (THIRD, desk.lookalike):
        opened.spoof(origin)
    assert opened.shown == desk.shown


@each_desk
def test_the_right_origin_in_a_wrong_window_is_not_heard(
    context: BrowserContext, desk: Desk
) -> None:
    opened = Stand(context, desk)
    opened.page.evaluate(desk.prepare)
    opened.spoof(desk.origin)
    assert opened.shown == desk.shown


@each_desk
def test_a_page_that_frames_the_panel_in_the_name_of_another_hears_and_says_nothing(
    context: BrowserContext, desk: Desk
) -> None:
    address = Stand(context, desk).panel.url
    page = framing(context, THIRD, address)
    panel = page.frames[1]
    page.evaluate(
        "(all) => all.forEach((one) => window.frames[0].postMessage(one, '*'))",
        list(desk.spoofs),
    )
    panel.evaluate("window.words = 'for the customer only'")
    panel.locator("#take").click()
    panel.evaluate("() => new Promise((resolve) => setTimeout(resolve, 100))")
    conversation = panel.locator("agent-copilot").get_attribute("conversation")
    assert conversation == (desk.shown[0] if desk.name == "genesys" else None)
    assert page.evaluate("window.heard") == []


@pytest.mark.parametrize(
    "desk", [BY_NAME[name] for name in ("zendesk", "genesys", "salesforce")], ids=str
)
def test_a_host_that_only_resembles_the_vendor_is_refused(
    context: BrowserContext, desk: Desk
) -> None:
    address = Stand(context, desk).panel.url
    fake = address.replace(desk.origin.split("//")[1], desk.lookalike.split("//")[1])
    assert fake != address
    panel = framing(context, desk.lookalike, fake).frames[1]
    panel.wait_for_selector("[data-refused]", state="attached")
    assert panel.locator("agent-copilot").get_attribute("conversation") is None


def test_only_a_whole_and_exact_origin_is_trusted(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{PANEL}/blank.html")
    accepted = page.evaluate(
        """async (all) => {
            const { trusted } = await import("/widget/hosts/origin.js");
            const form = /^https:\\/\\/[a-z0-9-]+\\.zendesk\\.com$/;
            const taken = (named, form) => {
                try { return trusted(named, form) === named; } catch { return false; }
            };
            return all.map((named) => [taken(named), taken(named, form)]);
        }""",
        [named for named, _, _ in ORIGINS],
    )
    assert accepted == [[any_host, zendesk] for _, any_host, zendesk in ORIGINS]


@pytest.mark.parametrize("desk", TOLD_BY_MESSAGES, ids=str)
def test_a_closed_adapter_hears_and_offers_nothing_more(
    context: BrowserContext, desk: Desk
) -> None:
    opened = Stand(context, desk)
    opened.panel.evaluate("window.connection.close()")
    if desk.moved:
        opened.page.evaluate("window.move()")
    opened.take()
    opened.settle()
    assert opened.shown == desk.shown
    assert opened.composed == BEGUN.rstrip()


@pytest.mark.parametrize("desk", WITH_TOKENS, ids=str)
def test_a_token_for_this_conversation_comes_from_the_hosts_server(
    context: BrowserContext, desk: Desk
) -> None:
    opened = Stand(context, desk)
    assert opened.token() == f"token of {desk.shown[0]} and {desk.shown[1]}"
    assert opened.shown == desk.shown


def framing(context: BrowserContext, origin: str, address: str) -> Page:
    """A page of `origin` that frames the panel at this address and records what it hears."""
    page = context.new_page()
    page.goto(f"{origin}/blank.html")
    page.evaluate(
        """(src) => new Promise((resolve) => {
            window.heard = [];
            window.addEventListener("message", ({ data }) => window.heard.push(data));
            const frame = Object.assign(document.createElement("iframe"), { src });
            frame.onload = resolve;
            document.body.append(frame);
        })""",
        address,
    )
    page.frames[1].wait_for_selector("[data-connected], [data-refused]", state="attached")
    return page
