"""The sidebar in a real browser: what it shows, what a person decides, and what stays text."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from serving import Served
from sidebar import WORDS, Played, passage, step, steps, violations, whole
from watching import Watch

from api.routes.widget import served as sent

pytestmark = pytest.mark.browser

WIDGET = Path(__file__).parents[2] / "api" / "widget"
Open = Callable[..., Played]
# These are loaded only where they are needed.
APART = {"panel.js", "cards.js", "fields.js", "past.js"}


def test_all_of_it_is_small() -> None:
    sizes = {one.name: len(gzip.compress(sent(one, 0)[0], 9)) for one in WIDGET.glob("*.js")}
    assert sum(size for name, size in sizes.items() if name not in APART) <= 15_000
    assert sum(size for name, size in sizes.items() if name in APART) <= 4_500


def test_a_suggestion_is_shown_with_its_evidence_marked(open_sidebar: Open, served: Served) -> None:
    played = open_sidebar(whole("s-1"))
    sidebar = played.sidebar
    sidebar.get_by_role("heading", name="Suggested reply").wait_for()
    assert "A refund takes five days." in sidebar.locator(".words").inner_text()
    assert sidebar.locator("mark").all_inner_texts() == [
        "A refund takes five days.",
        "It goes to the card.",
    ]
    assert "Very likely right (83%)" in sidebar.locator(".sureness").inner_text()
    link = sidebar.locator(".evidence a").first.get_attribute("href") or ""
    assert link == (
        f"{served.origin}/documents/view?id=shop%2Farticle-1&version=3&start=100&end=125"
    )
    sidebar.get_by_role("button", name="Evidence 1").first.click()
    assert sidebar.locator("#passage-1").evaluate("one => one.matches(':focus')")


def test_taking_offers_the_words_once_and_keeps_who_decided_what(open_sidebar: Open) -> None:
    played = open_sidebar(whole("s-1"))
    take = played.sidebar.get_by_role("button", name="Take")
    take.click()
    played.sidebar.get_by_text("Taken.").wait_for()
    assert take.is_disabled()
    assert played.page.evaluate("inserted") == [{"suggestion_id": "s-1", "text": WORDS}]
    ((suggestion_id, decision),) = played.decisions
    assert (suggestion_id, decision["decision"], decision["opened"]) == ("s-1", "taken", [])
    assert 0 <= decision["took_ms"] < 60_000


def test_everything_can_be_done_by_keyboard(open_sidebar: Open) -> None:
    played = open_sidebar(whole("s-1"))
    page, sidebar = played.page, played.sidebar
    sidebar.get_by_role("button", name="Take").wait_for()
    page.keyboard.press("Tab")
    for _ in range(30):  # no trap on the way to the last field
        if sidebar.locator("input[name=question]").evaluate("one => one.matches(':focus')"):
            break
        page.keyboard.press("Tab")
    else:
        pytest.fail("the question field was never reached")
    page.keyboard.press("Alt+e")
    field = sidebar.get_by_role("textbox", name="The reply")
    assert field.evaluate("one => one.matches(':focus')")
    page.keyboard.press("Control+a")
    page.keyboard.type("It takes five days.")
    page.keyboard.press("Alt+t")
    sidebar.get_by_text("Taken with your changes.").wait_for()
    assert page.evaluate("inserted[0].text") == "It takes five days."
    assert played.decisions[0][1]["final_text"] == "It takes five days."


def test_rejecting_says_why_and_offers_nothing(open_sidebar: Open) -> None:
    played = open_sidebar(whole("s-1"))
    played.sidebar.get_by_role("combobox").select_option("out_of_date")
    played.sidebar.get_by_role("button", name="Reject").click()
    played.sidebar.get_by_text("Rejected.").wait_for()
    assert played.decisions[0][1]["reason"] == "out_of_date"
    assert played.page.evaluate("inserted") == []


def test_what_the_server_refuses_is_not_offered(open_sidebar: Open, watch: Watch) -> None:
    watch.forgiven.append("409")
    played = open_sidebar(whole("s-1"))
    played.refuse = 409
    played.sidebar.get_by_role("button", name="Take").click()
    played.sidebar.get_by_text("The conversation has gone on.").wait_for()
    assert played.page.evaluate("inserted") == []


def test_what_was_superseded_cannot_be_taken_and_nothing_of_it_is_shown_later(
    open_sidebar: Open,
) -> None:
    gone = ("superseded", {"suggestion_id": "s-1", "by_turn_id": "t2"})
    stale = whole("s-1", "Stale words.")[1]
    played = open_sidebar([*whole("s-1"), gone, stale])
    sidebar = played.sidebar
    sidebar.get_by_text("The customer has gone on.").wait_for()
    assert sidebar.get_by_role("button", name="Take").is_disabled()
    played.portions = [[*whole("s-1"), gone], [*whole("s-2", "Guide dogs are welcome."), stale]]
    sidebar.get_by_text("Guide dogs are welcome.").first.wait_for()
    assert "Stale words." not in sidebar.locator(".all").inner_text()
    assert sidebar.get_by_role("button", name="Take").is_enabled()


def test_a_stream_that_breaks_off_goes_on_where_it_was(open_sidebar: Open) -> None:
    first, second, third = whole("s-1")
    played = open_sidebar([first], [second], [third])
    played.sidebar.locator("button.first:enabled").wait_for()
    assert played.resumed_from[:3] == ["0", "1", "2"]


def test_silence_says_why_and_courtesy_leaves_what_stands(open_sidebar: Open) -> None:
    about = {"reply": None, "confidence": 0.2, "procedure": None, "next_steps": [], "degraded": []}
    quiet = (
        "no_suggestion",
        {**about, "suggestion_id": "s-9", "reason": "no_need", "passages": []},
    )
    weak = ("no_suggestion", {**about, "suggestion_id": "s-2", "reason": "weak_evidence",
                              "passages": [passage(1, "Nearest words.")]})  # fmt: skip
    played = open_sidebar([*whole("s-1"), quiet], [("evidence", {**weak[1]}), weak])
    played.sidebar.get_by_role("button", name="Take").wait_for()
    played.sidebar.get_by_text("The documents say too little").first.wait_for()
    assert "Nearest words." in played.sidebar.locator(".all").inner_text()


def test_one_announcement_is_made_when_a_suggestion_is_whole(open_sidebar: Open) -> None:
    played = open_sidebar([])
    played.page.evaluate("""() => {
        window.announced = [];
        const region = document.querySelector("agent-copilot").shadowRoot
            .querySelector("[aria-live=polite]");
        new MutationObserver(() => announced.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true });
    }""")
    played.portions = [[], [*whole("s-1")]]
    played.sidebar.get_by_role("button", name="Take").wait_for()
    played.page.wait_for_timeout(700)
    assert played.page.evaluate("announced") == ["A reply is suggested: A refund takes five days."]


def test_a_question_is_answered_beside_the_suggestion(open_sidebar: Open) -> None:
    played = open_sidebar(whole("s-1"))
    sidebar = played.sidebar
    sidebar.get_by_label("Ask the documents").fill("Who decides?")
    sidebar.get_by_role("button", name="Ask", exact=True).click()
    sidebar.get_by_role("region", name="Answer").get_by_text(
        "Ask the duty manager."
    ).first.wait_for()


def test_the_customers_last_contacts_are_shown(open_sidebar: Open) -> None:
    played = open_sidebar(whole("s-1"))
    played.page.evaluate("document.querySelector('agent-copilot').setAttribute('customer', 'ada')")
    played.sidebar.get_by_text("Ada").click()
    assert "A lamp" in played.sidebar.locator(".contacts").inner_text()


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202etxet desrever\u202c {{x}}"


def test_script_markup_and_directions_stay_text(open_sidebar: Open) -> None:
    bad = passage(1, f"{WORDS} {HOSTILE}", title=HOSTILE, heading=HOSTILE,
                  document_id="javascript:alert(3)")  # fmt: skip
    events = whole("s-1", HOSTILE, passages=[bad])
    played = open_sidebar(events)
    sidebar = played.sidebar
    sidebar.get_by_role("button", name="Take").wait_for()
    found = sidebar.evaluate(
        "one => ['img', 'script', 'iframe', '[onerror]', '[style]'].map("
        "  (name) => one.shadowRoot.querySelectorAll(name).length)"
    )
    assert found == [0, 0, 0, 0, 0]
    assert HOSTILE in (sidebar.locator(".words").text_content() or "")
    links = sidebar.locator("a").evaluate_all("all => all.map((one) => one.protocol)")
    assert set(links) == {"http:"}
    isolated = sidebar.locator(".title bdi").first.evaluate(
        "one => getComputedStyle(one).unicodeBidi"
    )
    assert isolated == "isolate"


@pytest.mark.parametrize("width", [320, 420])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong(open_sidebar: Open, theme: str, width: int) -> None:
    listed = [
        step(1, "Ask for the slip.", "done"),
        step(2, "See the card.", "skipped"),
        step(3, "**Agent:** Press it.", "next", owner="customer", action="Go", mandatory=False),
        step(4, "Within it.", parent="shop/refunds@1#3"),
    ]
    other = {"procedure_id": "p-2", "title": "Exchanges"}
    told = steps(title="Refunds")
    told |= {"procedures": [told["procedure"], other], "next_steps": listed}
    likely = {
        "action": "Callback",
        "share": 0.31,
        "of": 60,
        "cases": ["i-1"],
        "outcomes": {"ok": 2},
    }
    played = open_sidebar(whole("s-1", **told, likely_actions=[likely]))
    page = played.page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.evaluate("document.querySelector('agent-copilot').setAttribute('customer', 'ada')")
    played.sidebar.get_by_role("button", name="Take").wait_for()
    played.sidebar.get_by_text("Ada").wait_for()
    assert violations(page) == []
    overflow = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not overflow


def test_ten_thousand_events_leave_no_more_behind_than_one(open_sidebar: Open) -> None:
    played = open_sidebar([])
    page = played.page
    session = page.context.new_cdp_session(page)

    def grown(rounds: int) -> tuple[int, int]:
        """Heap and nodes after so many suggestions."""
        many = []
        for number in range(rounds):
            many += whole(f"s-{rounds}-{number}", f"Reply {number} of many. It goes on.")
        played.portions = [*played.portions, many]
        last = f"Reply {rounds - 1} of many."
        played.sidebar.locator(".words").get_by_text(last).wait_for()
        page.wait_for_timeout(300)
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")["usedSize"]
        nodes = page.evaluate(
            "document.querySelector('agent-copilot').shadowRoot.querySelectorAll('*').length"
        )
        return heap, nodes

    first_heap, first_nodes = grown(40)
    heap, nodes = grown(3334)
    assert nodes == first_nodes
    assert heap < first_heap + 1_000_000
