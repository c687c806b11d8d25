"""Actions in the sidebar: prepared, looked at twice, confirmed and told, and looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sidebar import CONVERSATION, Held, Played, quiet, step, steps, violations, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator
    from watching import Watch

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>\u202etxet"
REFUND = {
    "name": "offer_refund",
    "title": "Refund",
    "description": "Pays money back.",
    "effect": "change",
    "named": ["Compensate"],
    "parameters": {"properties": {}},
}
STOCK = {
    "name": "stock_web",
    "title": "Web stock",
    "description": "",
    "effect": "read",
    "named": ["Compensate"],
    "parameters": {
        "required": ["style"],
        "properties": {"style": {"type": "string", "title": "Style number"}},
    },
}
SAID = {"kind": "turn", "field": None, "action": None}
KNOWN = {"kind": "customer", "field": "order", "action": None}
CARD = {
    "card_id": "card-1",
    "parameters": [
        {"name": "order_id", "schema": {"type": "string", "title": "Order number"},
         "required": True, "value": "QW1", "source": SAID,
         "alternatives": [{"value": HOSTILE, "source": KNOWN}]},
        {"name": "amount", "schema": {"type": "number", "title": "Amount"}, "required": True,
         "value": None, "source": None, "alternatives": []},
        {"name": "reason", "schema": {"enum": ["late", "lost"]}, "required": False,
         "value": "lost", "source": KNOWN, "alternatives": []},
    ],
}  # fmt: skip
RECEIPT = {
    "state": "done",
    "number": 1,
    "result": {"refund_id": HOSTILE},
    "detail": None,
    "answered_at": "2026-11-22T10:00:00Z",
    "parameters": {"order_id": "QW1", "amount": 15},
}
NEXT = step(1, "Press it.", "next", action="Compensate")
CARDS, CONFIRM = "/v1/actions/offer_refund/cards", "/v1/cards/card-1/confirmation"


def opened(open_sidebar: Callable[..., Played], action: dict[str, Any], **answers: Any) -> Played:
    """The sidebar, with one action for the next step."""
    played = open_sidebar([])
    played.actions = [action]
    played.answers |= {CARDS: CARD, CONFIRM: RECEIPT, **answers}
    played.portions = [[], whole("s-1", **steps("next") | {"next_steps": [NEXT]})]
    return played


def card_of(played: Played) -> Locator:
    return played.sidebar.get_by_role("region", name="Action")


def test_a_card_is_filled_confirmed_at_a_second_look_and_told_to_the_conversation(
    open_sidebar: Callable[..., Played],
) -> None:
    played = opened(open_sidebar, REFUND)
    played.sidebar.get_by_role("button", name="Prepare: Refund").click()
    card = card_of(played)
    assert card.get_by_label("Order number").input_value() == "QW1"
    assert "from what was said" in card.inner_text()
    assert f"there is also {HOSTILE} (from the customer's record: order)" in card.inner_text()
    missing = card.get_by_label("Amount")
    assert missing.get_attribute("aria-invalid") == "true"
    assert card.get_by_text("Missing", exact=True).is_visible()
    missing.fill("15")
    card.get_by_label("reason").select_option("late")
    card.get_by_role("button", name="Confirm …").click()
    assert "Refund will be carried out now, with:" in card.inner_text()
    assert [path for path, _ in played.asked] == [CARDS]
    card.get_by_role("button", name="Yes, do it").click()
    card.get_by_text("Done.").wait_for()
    proposed, confirmed = (body for _, body in played.asked)
    about = {"conversation_id": CONVERSATION, "step_id": NEXT["step_id"], "suggestion_id": "s-1"}
    assert proposed == about
    given = {"order_id": "QW1", "amount": 15, "reason": "late"}
    assert confirmed == {"parameters": given, "repeat": False}
    done, tick = played.posted(2)
    assert done["action"] == {
        "name": "offer_refund", "parameters": given, "result": RECEIPT["result"],
    }  # fmt: skip
    assert tick["action"]["parameters"] == {"step_id": NEXT["step_id"]}
    assert card.locator("img").count() == 0
    card.get_by_role("button", name="Close").click()
    assert card.is_hidden()


def test_nothing_goes_out_before_the_second_look_and_one_can_go_back(
    open_sidebar: Callable[..., Played],
) -> None:
    played = opened(open_sidebar, REFUND)
    played.sidebar.get_by_role("button", name="Prepare: Refund").click()
    card = card_of(played)
    card.get_by_label("Amount").fill("much")
    card.get_by_role("button", name="Confirm …").click()
    assert "Amount: this is no number." in card.inner_text()
    card.get_by_label("Amount").fill("15")
    card.get_by_role("button", name="Confirm …").click()
    card.get_by_role("button", name="Back").click()
    assert card.get_by_label("Amount").input_value() == "15"
    played.answers["/v1/cards/card-1/decline"] = {}
    card.get_by_role("button", name="Decline").click()
    card.wait_for(state="hidden")
    assert [path for path, _ in played.asked] == [CARDS, "/v1/cards/card-1/decline"]
    assert played.turns == []


def test_what_nobody_knows_is_told_and_repeated_only_by_a_person(
    open_sidebar: Callable[..., Played],
) -> None:
    unknown = {**RECEIPT, "state": "unknown", "result": None, "detail": "no answer in time"}
    played = opened(open_sidebar, REFUND, **{CONFIRM: unknown})
    played.sidebar.get_by_role("button", name="Prepare: Refund").click()
    card = card_of(played)
    card.get_by_role("button", name="Confirm …").click()
    card.get_by_role("button", name="Yes, do it").click()
    card.get_by_text("Nobody knows whether it was done.").wait_for()
    assert card.get_by_text("no answer in time").is_visible()
    assert played.turns == []
    played.answers[CONFIRM] = RECEIPT
    card.get_by_role("button", name="Send it once more").click()
    card.get_by_text("Done.").wait_for()
    assert [body["repeat"] for path, body in played.asked if path == CONFIRM] == [False, True]


def test_what_the_server_refuses_is_told_and_the_card_stays(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    watch.forgiven.append("422")
    played = opened(open_sidebar, REFUND)
    problem = {"title": "No", "detail": "parameters.amount: it is missing"}
    played.page.route("**/confirmation", lambda route: route.fulfill(status=422, json=problem))
    played.sidebar.get_by_role("button", name="Prepare: Refund").click()
    card = card_of(played)
    card.get_by_role("button", name="Confirm …").click()
    card.get_by_role("button", name="Yes, do it").click()
    card.get_by_text("parameters.amount: it is missing").wait_for()
    assert card.get_by_role("button", name="Back").is_enabled()


def test_two_sources_that_disagree_are_both_shown_and_said_to(
    open_sidebar: Callable[..., Played],
) -> None:
    fact = {"action": "stock_web", "parameters": {"style": "882041"}, "problem": None}
    fact |= {"as_of": "2026-11-22T10:00:00Z", "disagree": True}
    facts = [
        {**fact, "title": "Web stock", "fields": {"available": 4}},
        {**fact, "title": "Store stock", "fields": {"available": HOSTILE}},
    ]
    path = "/v1/actions/stock_web/look-up"
    played = opened(open_sidebar, STOCK, **{path: {"facts": facts}})
    played.sidebar.get_by_role("button", name="Look up: Web stock").click()
    card = card_of(played)
    card.get_by_text("The sources disagree.").first.wait_for()
    assert card.locator(".disagree").count() == 2
    assert card.locator("dd").all_inner_texts() == ["4", HOSTILE]
    assert card.locator("p .quiet").first.inner_text().strip()
    assert played.posted(2)[0]["action"]["result"] == {"available": 4}


def test_a_look_up_asks_the_person_for_what_is_missing(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    watch.forgiven.append("422")
    fact = {"action": "stock_web", "title": "Web stock", "parameters": {}, "problem": None,
            "fields": {"available": 4}, "as_of": RECEIPT["answered_at"],
            "disagree": False}  # fmt: skip
    played = opened(open_sidebar, STOCK)
    sent: list[Any] = []

    def look_up(route: Any) -> None:
        sent.append(route.request.post_data_json["parameters"])
        if sent[-1]:
            route.fulfill(json={"facts": [fact]})
        else:
            route.fulfill(status=422, json={"detail": "parameters.style: it is missing"})

    played.page.route("**/look-up", look_up)
    played.sidebar.get_by_role("button", name="Look up: Web stock").click()
    card = card_of(played)
    card.get_by_text("parameters.style: it is missing").wait_for()
    card.get_by_label("Style number").fill("882041")
    card.get_by_role("button", name="Look up").press("Enter")
    card.locator("dd").get_by_text("4", exact=True).wait_for()
    assert sent == [{}, {"style": "882041"}]


@pytest.mark.parametrize("width", [320, 420])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_a_card(
    open_sidebar: Callable[..., Played], theme: Any, width: int
) -> None:
    played = opened(open_sidebar, REFUND)
    played.page.set_viewport_size({"width": width, "height": 900})
    played.page.emulate_media(color_scheme=theme)
    played.sidebar.get_by_role("button", name="Prepare: Refund").click()
    card = card_of(played)
    card.get_by_label("Amount").wait_for()
    assert violations(played.page) == []
    card.get_by_role("button", name="Confirm …").click()
    card.get_by_role("button", name="Yes, do it").click()
    card.get_by_text("Done.").wait_for()
    assert violations(played.page) == []
    assert not played.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_card_never_reaches_the_next_conversation(open_sidebar: Callable[..., Played]) -> None:
    played = opened(open_sidebar, REFUND)
    played.sidebar.get_by_role("button", name="Prepare: Refund").click()
    card = card_of(played)
    card.get_by_label("Amount").wait_for()
    played.page.evaluate(
        "document.querySelector('agent-copilot').setAttribute('conversation', 'call-2')"
    )
    card.wait_for(state="hidden")


def test_a_card_is_loaded_only_where_it_is_wanted(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    played = opened(open_sidebar, REFUND)
    button = played.sidebar.get_by_role("button", name="Prepare: Refund")
    button.wait_for()
    assert not [url for url in watch.requests if url.endswith("/cards.js")]
    button.click()
    card_of(played).wait_for()
    assert [url for url in watch.requests if url.endswith("/cards.js")]


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_what_is_pressed_while_the_steps_are_made_again_is_ticked(
    open_sidebar: Callable[..., Played], by: str
) -> None:
    played = opened(open_sidebar, REFUND)
    held = Held(played, "**/v1/actions")
    told = held.next()
    keys, mouse = played.page.keyboard, played.page.mouse
    box = played.sidebar.locator("li.next").get_by_role("checkbox")
    box.focus()
    box.hover()
    _ = keys.down("Space") if by == "key" else mouse.down()
    told.fulfill(json={"actions": [REFUND]})
    played.page.wait_for_timeout(200)
    prepare = played.sidebar.get_by_role("button", name="Prepare: Refund")
    assert not prepare.is_visible()
    _ = keys.up("Space") if by == "key" else mouse.up()
    assert played.posted(1)[0]["action"]["name"] == "copilot.tick"
    played.sidebar.locator("li.done").wait_for()


def test_actions_that_could_not_be_told_are_asked_for_again(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    watch.forgiven.append("503")
    played = opened(open_sidebar, REFUND)
    held = Held(played, "**/v1/actions")
    held.next().fulfill(status=503, json={"title": "Not able to answer now"})
    played.portions = [[], [*played.portions[1], quiet("s-2")]]
    held.next().fulfill(json={"actions": [REFUND]})
    played.sidebar.get_by_role("button", name="Prepare: Refund").wait_for()
