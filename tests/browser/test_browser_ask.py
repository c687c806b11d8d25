"""Asking: a question in, a reply with its evidence out, and silence and errors in words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from asking import ANSWERABLE, LATE, UNANSWERABLE, ask, citations, marked, place
from serving import Served
from watching import Watch, announced, note_announcements

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


def test_one_can_ask_and_open_the_source_by_keyboard_alone(page: Page, served: Served) -> None:
    keyboard = page.keyboard
    keyboard.type(LATE)
    keyboard.press("Enter")
    page.wait_for_selector("#answer .marker")
    for _ in range(10):
        keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "marker":
            break
    address = page.evaluate("document.activeElement.href")
    with page.context.expect_page() as opened:
        keyboard.press("Enter")
    source = opened.value
    source.wait_for_selector("mark")
    assert source.url == address
    wanted = place(address)
    text = served.document(wanted.document_id)
    assert marked(source) == text[wanted.start : wanted.end]


def test_each_sentence_is_followed_by_the_number_of_its_words(page: Page) -> None:
    answer = ask(page, LATE)
    quotes = [one["quote"] for one in citations(answer)]
    assert len(quotes) > 1
    markers = page.locator(".reply .marker")
    assert [words.strip("\u2060") for words in markers.all_text_contents()] == [
        str(number) for number in range(1, len(quotes) + 1)
    ]
    assert [one.get_attribute("title") for one in markers.all()] == quotes
    shown = re.sub(r"\u2060\d+", "", page.locator(".reply .words").text_content() or "")
    assert shown == answer["reply"]["text"]


def test_the_evidence_marks_the_quoted_words_and_no_others(page: Page) -> None:
    answer = ask(page, LATE)
    marks: dict[str, str] = {}
    for link in page.locator(".context a.quote").all():
        words = link.locator("mark").text_content() or ""
        href = link.get_attribute("href") or ""
        marks[href] = marks.get(href, "") + words
    quotes = {(one["start"], one["end"]): one["quote"] for one in citations(answer)}
    assert {(place(one).start, place(one).end): words for one, words in marks.items()} == quotes


def test_a_citation_is_clicked_and_the_answer_stays(page: Page) -> None:
    answer = ask(page, ANSWERABLE)
    with page.context.expect_page() as opened:
        page.locator(".context a.quote").first.click()
    opened.value.wait_for_selector("mark")
    assert marked(opened.value) == citations(answer)[0]["quote"]
    assert page.locator(".reply .marker").count() == len(citations(answer))


def test_confidence_is_said_in_words(page: Page) -> None:
    answer = ask(page, ANSWERABLE)
    words = page.locator(".confidence").inner_text()
    assert re.search(r"\b(high|good|fair|low)\b", words)
    assert f"{answer['confidence']:.0%}" in words


def test_silence_gives_its_reason_in_plain_words(page: Page) -> None:
    answer = ask(page, UNANSWERABLE)
    assert answer["reply"] is None
    words = page.locator("#answer .silent").inner_text()
    assert "No answer" in words
    assert answer["reason"] not in words
    assert re.search(r"[a-z ]{20,}\.", words)
    assert page.locator(".marker").count() == 0


def test_two_documents_that_differ_stand_side_by_side(page: Page, served: Served) -> None:
    answer = {**served.ask(UNANSWERABLE), "reason": "conflicting", "reply": None}
    page.route("**/v1/ask", lambda route: route.fulfill(json=answer))
    ask(page, "Which of them is right?")
    assert "say different things" in page.locator("#answer .silent").inner_text()
    titles = page.locator(".opposed h3").all_inner_texts()
    assert titles == [one["title"] for one in answer["passages"][:2]]
    tops = page.locator(".opposed > li").evaluate_all("all => all.map((one) => one.offsetTop)")
    assert tops[0] == tops[1]


def test_an_empty_question_is_not_sent(page: Page, watch: Watch) -> None:
    page.locator("#question").fill("  \n ")
    page.locator("#question").press("Enter")
    assert page.locator("#mistake").inner_text() == "Write a question first."
    assert page.locator("#question").get_attribute("aria-invalid") == "true"
    assert not any(url.endswith("/v1/ask") for url in watch.requests)
    page.locator("#question").press("x")
    assert page.locator("#mistake").inner_text() == ""


def test_a_question_that_is_too_long_is_refused_in_words(page: Page, watch: Watch) -> None:
    watch.forgiven.append("422")
    problem = ask(page, "a" * 20_001)
    words = page.locator("#answer .failed").inner_text()
    assert problem["title"] in words
    assert "20,000" in words


def test_a_server_that_is_gone_is_said_in_words(page: Page, watch: Watch) -> None:
    watch.forgiven.append("ERR_FAILED")
    page.route("**/v1/ask", lambda route: route.abort())
    page.locator("#question").fill(ANSWERABLE)
    page.locator("#question").press("Enter")
    assert "cannot be reached" in page.locator("#answer .failed").inner_text()


def test_every_answer_is_announced_once(page: Page) -> None:
    assert page.locator("[aria-live]").count() == 1
    note_announcements(page)
    for question, begin in ((ANSWERABLE, "Answer with"), (UNANSWERABLE, "No answer")) * 2:
        ask(page, question)
        said = announced(page)
        assert len(said) == 1
        assert said[0].startswith(begin)


def test_an_example_is_asked_with_one_click(page: Page) -> None:
    examples = page.locator(".example .words").all_inner_texts()
    assert len(examples) == 3
    with page.expect_response("**/v1/ask") as response:
        page.locator(".example").first.click()
    assert json.loads(response.value.request.post_data or "")["question"] == examples[0]
    page.wait_for_selector(".reply .marker")
    assert page.locator(".example").first.is_hidden()
    assert page.evaluate("document.activeElement.id") == "question"


def test_each_example_has_an_answer_in_the_starter_knowledge(page: Page, served: Served) -> None:
    for words in page.locator(".example .words").all_inner_texts():
        assert served.ask(words)["status"] == "suggested", words


def test_a_citation_of_a_past_conversation_leads_to_its_card(page: Page, served: Served) -> None:
    asked = "What gift card did you promise for the moved appointment?"

    def assist(route: Route) -> None:
        route.fulfill(body=served.assist(asked), content_type="application/json")

    page.route("**/v1/ask", assist)
    answer = ask(page, asked)
    cited: dict[str, Any] = citations(answer)[0]
    assert cited["document_id"] == "interaction/i-1"
    card = page.locator(".source", has_text="From this customer's history")
    assert cited["quote"] in card.locator("mark").all_text_contents()
    assert card.locator("a").count() == 0
    page.locator(".marker").first.press("Enter")
    assert page.evaluate("document.querySelector(':target mark').textContent") == cited["quote"]
    assert len(page.context.pages) == 1
