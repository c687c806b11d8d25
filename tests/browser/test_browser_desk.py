"""The demo desk: a conversation is answered and played, with the real sidebar beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from answering import Posted, answer, choose, said, step_to, tab_to
from playing import playing
from serving import Served
from watching import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CALL, CHAT = "shop-v02", "shop-v06"
NARROW = {"viewport": {"width": 320, "height": 640}}
OUTSIDE = """() => [...document.querySelectorAll("button, a, textarea, input, summary, label")]
  .filter((one) => one.checkVisibility() && !one.closest(".skip"))
  .map((one) => one.getBoundingClientRect())
  .filter(({ left, right, width }) => width > 1 && (left < 0 || right > innerWidth)).length"""
VIOLATIONS = """async () => (await axe.run()).violations.map(({ id, nodes }) =>
  `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)"""


@pytest.fixture(scope="module")
def origin(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the shop's knowledge."""
    with playing(tmp_path_factory.mktemp("desk"), ["shop"]) as origin:
        yield origin


@pytest.fixture
def desk(context: BrowserContext, watch: Watch, origin: str) -> Page:
    """The desk, opened; a call of the shop rings."""
    watch.origin = origin
    page = context.new_page()
    page.goto(origin)
    page.wait_for_selector("#answer")
    return page


def test_a_call_is_played_to_its_end_and_a_taken_reply_is_sent_by_keyboard(desk: Page) -> None:
    posted = Posted(desk)
    script = choose(desk, CALL)
    cues = script["cues"]
    answer(desk)
    step_to(desk, 10)
    desk.get_by_role("button", name="Take").first.wait_for()
    tab_to(desk, "Take")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#composer.taken")
    words = desk.locator("#words").input_value()
    assert "exchanged once within 60 nights" in words
    assert desk.evaluate("document.activeElement.id") == "words"
    assert len(posted.turns) == 10
    desk.keyboard.press("Enter")
    assert desk.locator("#words").input_value() == ""
    step_to(desk, len(cues))
    assert "whole script" in desk.locator("#state").inner_text()
    theirs = [cue["text"] for cue in [*cues[:10], *cues[11:]]]
    mine = " ".join(words.split())
    assert [" ".join(one.split()) for one in said(desk)] == [*theirs[:10], mine, *theirs[10:]]
    posted.wait_for(len(cues))
    assert [turn["text"] for turn in posted.turns] == [*theirs[:10], words, *theirs[10:]]
    assert posted.turns[10]["role"] == "agent"


def test_a_call_is_heard_word_by_word(desk: Page) -> None:
    posted = Posted(desk)
    script = choose(desk, CALL)
    answer(desk)
    desk.wait_for_selector(".turn.open")
    first = script["cues"][0]["text"]
    heard = desk.locator(".turn.open .words").inner_text()
    assert first.startswith(heard)
    assert heard != first
    desk.wait_for_selector(".turn:not(.open)")
    assert said(desk)[0] == first
    assert posted.partial > 0


def test_in_a_chat_one_sees_that_the_customer_types(desk: Page) -> None:
    choose(desk, CHAT)
    answer(desk)
    desk.wait_for_selector(".turn.open .dots", state="attached")
    assert "is typing" in (desk.locator(".turn.open").text_content() or "")


def test_the_script_waits_for_who_answers_and_can_be_let(desk: Page) -> None:
    choose(desk, CALL)
    answer(desk)
    desk.locator("#play").click()
    desk.locator("#takeover").check()
    step_to(desk, 2)
    desk.locator("#play").click()
    desk.wait_for_selector("#grant")
    assert "Your turn" in desk.locator("#state").inner_text()
    desk.locator("#words").fill("How may I help?")
    desk.locator("#words").press("Enter")
    assert desk.locator("#turns").inner_text().startswith("3 ")
    assert said(desk)[2] == "How may I help?"
    step_to(desk, 4)
    desk.locator("#play").click()
    desk.locator("#grant").click()
    desk.wait_for_selector(".turn.agent.open")


def test_one_can_speak_as_the_customer(desk: Page) -> None:
    posted = Posted(desk)
    choose(desk, CALL)
    answer(desk)
    desk.locator("#play").click()
    desk.locator("label[for=customer]").click()
    desk.locator("#words").fill("How long may a mattress be exchanged?")
    desk.locator("#words").press("Enter")
    desk.get_by_role("button", name="Take").first.wait_for()
    assert posted.turns[-1]["role"] == "customer"
    assert desk.locator("#turns").inner_text().startswith("0 ")


def test_who_hangs_up_is_ready_and_can_play_it_again(desk: Page) -> None:
    choose(desk, CALL)
    answer(desk)
    assert "On a call" in desk.locator("#duty").inner_text()
    with desk.expect_response("**/end"):
        desk.locator("#leave").click()
    assert desk.locator("#duty").inner_text() == "Ready"
    assert desk.locator("agent-copilot").count() == 0
    assert desk.locator(".entry[aria-current]").get_attribute("data-state") == "done"
    desk.locator("#replay").click()
    desk.wait_for_selector("agent-copilot")
    assert desk.locator(".entry[aria-current]").get_attribute("data-state") == "live"


def test_each_place_has_one_call_that_rings(desk: Page) -> None:
    assert desk.locator(".place").evaluate_all("all => all.map((one) => one.dataset.place)") == [
        "shop",
        "clinic",
        "city",
    ]
    for place in desk.locator(".place").all():
        ringing = place.locator("[data-state=ringing]")
        assert ringing.count() == 1
        assert "Ringing" in ringing.inner_text()


def test_what_does_not_get_through_is_sent_again_once(desk: Page, watch: Watch) -> None:
    watch.forgiven.append("ERR_FAILED")
    posted = Posted(desk)
    script = choose(desk, CALL)
    answer(desk)
    desk.locator("#play").click()
    desk.route("**/turns", lambda route: route.abort())
    step_to(desk, 3)
    desk.wait_for_selector("#trouble")
    assert "cannot be reached" in desk.locator("#trouble").inner_text()
    desk.unroute("**/turns")
    desk.wait_for_selector("#trouble", state="hidden")
    posted.wait_for_last("t3")
    assert list(dict.fromkeys(turn["turn_id"] for turn in posted.turns)) == ["t1", "t2", "t3"]
    assert posted.turns[-1]["text"] == script["cues"][2]["text"]


def test_an_action_of_a_script_is_played_as_a_turn_with_it(desk: Page) -> None:
    posted = Posted(desk)
    action = {"name": "Tracking", "parameters": {"order_id": "QW40231188"}, "result": {"at": "x"}}

    def acted(route: Route) -> None:
        answer = route.fetch()
        script = answer.json()
        cue = {"role": "agent", "text": "", "seconds": 1, "action": action}
        route.fulfill(response=answer, json={**script, "cues": [cue, *script["cues"]]})

    desk.route(f"**/demo/conversations/{CALL}", acted)
    choose(desk, CALL)
    answer(desk)
    step_to(desk, 1)
    posted.wait_for(1)
    assert posted.turns[0] == {"turn_id": "t1", "role": "agent", "text": "", "action": action}
    assert desk.locator(".note").last.inner_text() == "Tracking: QW40231188"
    assert said(desk) == []


def test_names_and_words_stay_text(desk: Page) -> None:
    trick = "<img src=x onerror=alert(1)>"

    def tricked(route: Route) -> None:
        answer = route.fetch()
        listed = answer.json()
        for one in listed["conversations"]:
            one.update(title=trick, customer_name=f"{trick} Ada")
        listed["problems"] = [trick]
        route.fulfill(response=answer, json=listed)

    desk.route("**/demo/conversations", tricked)
    desk.reload()
    desk.wait_for_selector("#answer")
    assert desk.locator("#caller-about").inner_text() == trick
    answer(desk)
    assert trick in desk.locator("#who h2").inner_text()
    assert desk.locator("#stage img, #inbox img").count() == 0


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        ({"conversations": [], "problems": ["no file"], "star": 0}, "Nobody is waiting"),
        (None, "cannot be reached"),
    ],
)
def test_an_empty_desk_says_why(
    desk: Page, watch: Watch, answered: dict[str, Any] | None, words: str
) -> None:
    watch.forgiven.append("ERR_FAILED")
    desk.route(
        "**/demo/conversations",
        lambda route: route.fulfill(json=answered) if answered else route.abort(),
    )
    desk.reload()
    desk.wait_for_selector("#empty")
    assert words in desk.locator("#empty").inner_text()


def test_the_desk_is_closed_where_there_are_keys(
    context: BrowserContext, watch: Watch, locked: Served
) -> None:
    watch.origin = locked.origin
    watch.forgiven.append("404")
    page = context.new_page()
    page.goto(locked.origin)
    page.wait_for_selector("#empty")
    assert "The demo desk is closed" in page.locator("#empty").inner_text()
    assert page.locator("#empty a").get_attribute("href") == "/ask"


@pytest.mark.parametrize("looks", [NARROW], ids=["320"])
def test_a_narrow_desk_is_never_scrolled_sideways(desk: Page, looks: dict[str, Any]) -> None:
    for at in ("ringing", "answered"):
        assert desk.evaluate("document.documentElement.scrollWidth") == 320, at
        assert desk.evaluate(OUTSIDE) == 0, at
        if at == "ringing":
            answer(desk)
            step_to(desk, 4)
    desk.locator("#fold").click()
    assert desk.locator(".entry").first.is_visible()


def test_nothing_moves_where_a_person_prefers_so(desk: Page) -> None:
    moving = "document.getAnimations().length"
    assert desk.evaluate(moving) == 0
    desk.emulate_media(reduced_motion="no-preference")
    assert desk.evaluate(moving) > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("looks", [{}, NARROW], ids=["wide", "320"])
def test_axe_finds_nothing(desk: Page, looks: dict[str, Any], scheme: Any) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm install")
    desk.emulate_media(color_scheme=scheme)
    desk.evaluate(AXE.read_text(encoding="utf-8"))
    assert desk.evaluate(VIOLATIONS) == []
    answer(desk)
    step_to(desk, 10)
    desk.get_by_role("button", name="Take").first.wait_for()
    assert desk.evaluate(VIOLATIONS) == []
