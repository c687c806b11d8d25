"""The procedure in the sidebar: ticked, switched and told by the server; and what others did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sidebar import Played, progress, quiet, step, steps, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator
    from watching import Watch

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202etxet desrever\u202c {{x}}"
EXCHANGES = {"procedure_id": "p-Exchanges", "title": "Exchanges", "position": 1, "of": 2}
LIKELY = {
    "action": "Callback",
    "share": 0.3051,
    "of": 60,
    "cases": ["i-7"],
    "outcomes": {"kept": 4, "open": 1},
}


def item(played: Played, words: str) -> Locator:
    return played.sidebar.locator(".steps li", has_text=words)


def states(played: Played) -> list[str]:
    found: list[str] = played.sidebar.locator(".steps li").evaluate_all(
        "all => all.map((one) => one.className)"
    )
    return found


def test_a_tick_is_seen_at_once_and_is_then_what_the_server_says(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1", **steps("next", "open", "open")))
    item(played, "Do number 1.").get_by_role("checkbox").check()
    assert states(played)[0] == "done"
    played.sidebar.locator(".done").wait_for()
    (turn,) = played.posted(1)
    assert turn["role"] == "agent"
    assert turn["text"] == ""
    assert turn["action"] == {
        "name": "copilot.tick",
        "parameters": {"step_id": "shop/refunds@1#1"},
    }
    played.portions = [[*played.portions[0], progress(turn["turn_id"], "open", "done", "next")]]
    played.sidebar.locator("li.next", has_text="Do number 3.").wait_for()
    assert states(played) == ["open", "done", "next"]


def test_a_tick_can_be_taken_back_and_the_focus_stays_on_it(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1", **steps("done", "next")))
    box = item(played, "Do number 1.").get_by_role("checkbox")
    box.focus()
    played.page.keyboard.press("Space")
    played.sidebar.locator("li.open", has_text="Do number 1.").wait_for()
    assert box.evaluate("one => one.matches(':focus')")
    assert played.posted(1)[0]["action"]["name"] == "copilot.untick"


def test_a_tick_that_the_server_refuses_goes_back_and_says_why(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    watch.forgiven.append("409")
    played = open_sidebar(whole("s-1", **steps("next", "open")))
    played.refuse = 409
    item(played, "Do number 1.").get_by_role("checkbox").click()
    played.sidebar.get_by_text("The conversation has ended.").wait_for()
    assert states(played) == ["next", "open"]
    assert not item(played, "Do number 1.").get_by_role("checkbox").is_checked()


def test_what_is_done_is_folded_to_one_line_and_can_be_unfolded(
    open_sidebar: Callable[..., Played],
) -> None:
    long = step(1, "Ask for the slip. " * 12, "done", detail={"start": 1, "end": 9, "text": "Why."})
    played = open_sidebar(whole("s-1", **steps("next") | {"next_steps": [long, step(2, "Go.")]}))
    done = played.sidebar.locator("li.done")
    height = "one => one.getBoundingClientRect().height"
    folded = done.evaluate(height)
    assert folded < 45
    assert not done.get_by_text("Why.").is_visible()
    done.locator("summary").click()
    assert done.get_by_text("Why.").is_visible()
    assert done.evaluate(height) > 2 * folded


def test_a_skipped_step_stays_and_says_so_in_words(open_sidebar: Callable[..., Played]) -> None:
    played = open_sidebar(whole("s-1", **steps("done", "skipped", "next")))
    skipped = played.sidebar.locator("li.skipped")
    skipped.get_by_text("Skipped", exact=True).wait_for()
    assert played.sidebar.locator("li.next").get_by_text("Next", exact=True).is_visible()


def test_a_step_stands_as_it_is_written_with_all_that_belongs_to_it(
    open_sidebar: Callable[..., Played],
) -> None:
    told = [
        step(1, "Read it out.", "next", number="Step 4.2", owner="back_office", action="Tracking",
             condition="If the slip is lost:", mandatory=False,
             detail={"start": 30, "end": 60, "text": "- one\n- two"}),
        step(2, "A part of it.", parent="shop/refunds@1#1"),
    ]  # fmt: skip
    played = open_sidebar(whole("s-1", **steps("next") | {"next_steps": told}))
    first = played.sidebar.locator("li.next").first
    assert "- one\n- two" in first.inner_text()
    for words in ("If the slip is lost:", "back office", "Tracking", "optional"):
        assert first.get_by_text(words, exact=True).is_visible(), words
    link = first.get_by_role("link", name="Open the document at Step 4.2")
    assert link.inner_text() == "Step 4.2"
    assert (link.get_attribute("href") or "").endswith(
        "id=shop%2Frefunds&version=1&start=10&end=22"
    )
    nested = item(played, "A part of it.").last
    assert nested.evaluate("(one) => one.parentElement.closest('li').className") == "next"
    left = "one => one.getBoundingClientRect().left"
    assert nested.evaluate(left) > first.evaluate(left)


def test_the_next_step_is_scrolled_into_view_and_nothing_else_moves(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1", **steps("next", *["open"] * 40)))
    sidebar, page = played.sidebar, played.page
    sidebar.locator("li.next").wait_for()
    sidebar.get_by_label("Ask the documents").focus()
    top = page.evaluate("scrollY")
    played.portions = [[*whole("s-1"), progress("t", *["open"] * 35, "next", *["open"] * 5)]]
    later = sidebar.locator("li.next", has_text="Do number 36.")
    later.wait_for()
    inside = """(one) => {
        const [mine, list] = [one, one.closest(".steps")].map((it) => it.getBoundingClientRect());
        return mine.top >= list.top && mine.bottom <= list.bottom;
    }"""
    assert later.evaluate(inside)
    assert page.evaluate("scrollY") == top
    assert sidebar.get_by_label("Ask the documents").evaluate("one => one.matches(':focus')")


def test_where_nothing_is_needed_the_steps_go_on_and_the_reply_stays(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(
        [*whole("s-1", **steps("next", "open")), quiet("s-2", **steps("done", "next"))]
    )
    played.sidebar.locator("li.next", has_text="Do number 2.").wait_for()
    assert "A refund takes five days." in played.sidebar.locator(".words").inner_text()
    assert played.sidebar.get_by_role("button", name="Take").is_enabled()


def test_silence_in_which_no_procedure_was_looked_for_takes_none_away(
    open_sidebar: Callable[..., Played],
) -> None:
    late = ("no_suggestion", {**quiet("s-2")[1], "reason": "deadline"})
    played = open_sidebar([*whole("s-1", **steps("next", "open")), late])
    played.sidebar.get_by_text("No reply was ready in time.").first.wait_for()
    assert states(played) == ["next", "open"]


def test_only_a_person_switches_and_another_switch_undoes_it(
    open_sidebar: Callable[..., Played],
) -> None:
    told = steps("next", "open")
    told["procedures"] = [told["procedure"], EXCHANGES]
    played = open_sidebar(whole("s-1", **told))
    sidebar = played.sidebar
    sidebar.get_by_text("Is it …?").wait_for()
    assert played.turns == []
    sidebar.get_by_role("button", name="Exchanges").click()
    switch = {"name": "copilot.switch", "parameters": {"procedure": "p-Exchanges"}}
    assert [turn["action"] for turn in played.posted(1)] == [switch]
    switched = steps("next", title="Exchanges")
    switched["procedures"] = [switched["procedure"], told["procedure"]]
    played.portions = [[*played.portions[0], ("progress", {"turn_id": "x", **switched})]]
    sidebar.get_by_role("button", name="Refunds").click()
    assert played.posted(2)[-1]["action"]["parameters"] == {"procedure": "p-Refunds"}
    assert sidebar.locator("p.title").inner_text() == "Exchanges"


def test_what_colleagues_did_stands_below_the_written_steps_with_its_cases(
    open_sidebar: Callable[..., Played],
) -> None:
    played = open_sidebar(whole("s-1", **steps("next"), likely_actions=[LIKELY]))
    turns = [
        {"role": "customer", "text": HOSTILE, "action": None},
        {"role": "agent", "text": "", "action": "Callback"},
    ]
    past = {"interaction_id": "i-7", "channel": "call", "started_at": "2026-03-01T09:00:00Z"}
    played.answers["/v1/cases/i-7"] = {**past, "outcome": "kept", "turns": turns}
    section = played.sidebar.get_by_role("region", name="Similar cases")
    section.get_by_role("heading", name="What colleagues did next in similar cases").wait_for()
    summary = section.locator("summary").first
    assert summary.inner_text() == "Callback 31 %, of 60 similar situations"
    assert played.sidebar.locator(".steps, .likely").evaluate_all(
        "all => all.map((one) => one.className)"
    ) == ["steps", "likely"]
    summary.click()
    assert section.get_by_text("How they ended: kept 4, open 1").is_visible()
    section.get_by_text("Case i-7").click()
    section.get_by_text("call · 2026-03-01 · kept").wait_for()
    assert HOSTILE in (section.locator(".likely ol li").first.text_content() or "")
    assert section.locator(".tag").inner_text() == "Callback"
    assert section.locator("img, script").count() == 0


def test_a_case_that_cannot_be_read_says_so(
    open_sidebar: Callable[..., Played], watch: Watch
) -> None:
    watch.forgiven.append("404")
    played = open_sidebar(whole("s-1", **steps("next"), likely_actions=[LIKELY]))
    missing = {"status": 404, "title": "No such case"}
    played.page.route("**/v1/cases/*", lambda route: route.fulfill(status=404, json=missing))
    played.sidebar.locator(".likely summary").first.click()
    played.sidebar.get_by_text("Case i-7").click()
    played.sidebar.get_by_text("No such case").wait_for()


def test_script_markup_and_directions_in_steps_stay_text(
    open_sidebar: Callable[..., Played],
) -> None:
    detail = {"start": 1, "end": 9, "text": HOSTILE}
    fields: dict[str, Any] = {"owner": HOSTILE, "action": HOSTILE, "condition": f"{HOSTILE}!"}
    told = [
        step(1, HOSTILE, "next", detail=detail, **fields),
        step(2, HOSTILE, "done", detail=detail, number=HOSTILE, **fields),
    ]
    named = {"procedure_id": HOSTILE, "title": HOSTILE}
    whose = {"procedure": named, "procedures": [named, {**named, "procedure_id": "other"}]}
    likely = {**LIKELY, "action": HOSTILE, "cases": [HOSTILE], "outcomes": {HOSTILE: 1}}
    played = open_sidebar(whole("s-1", **whose, next_steps=told, likely_actions=[likely]))
    sidebar = played.sidebar
    sidebar.locator("li.next").wait_for()
    found = sidebar.evaluate(
        "one => ['img', 'script', 'iframe', '[onerror]', '[style]'].map("
        "  (name) => one.shadowRoot.querySelectorAll(name).length)"
    )
    assert found == [0, 0, 0, 0, 0]
    assert (sidebar.locator("li").first.text_content() or "").count(HOSTILE) == 4 + 1
    assert not re.search("desrever text", sidebar.locator(".all").inner_text())
