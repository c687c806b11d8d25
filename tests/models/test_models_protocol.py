from __future__ import annotations

import re
from collections.abc import Iterator
from time import monotonic

import pytest

from copilot.chat.model import OpenAiChat
from copilot.errors import AnswerTooLong, ModelError
from copilot.prompts import load_prompt

pytestmark = pytest.mark.llm

PATIENCE_S = 120.0
SYSTEM = "You answer in one short sentence."
ENDLESS = "Write the numbers from one to three hundred as words, each on a line of its own."
# Long enough that reading it takes seconds.
LONG = "The shop opens at nine and closes at six. " * 80


@pytest.fixture(scope="module")
def chat(model_url: str) -> Iterator[OpenAiChat]:
    opened = OpenAiChat(model_url, "", "qwen", (1.0, 2.0))
    opened.complete(SYSTEM, "Say yes.", within_s=PATIENCE_S, max_tokens=50)  # imports, warms up
    yield opened
    opened.close()


def is_free(chat: OpenAiChat) -> float:
    """Seconds until the server, which takes one request at a time, has answered a short one."""
    began = monotonic()
    chat.complete(SYSTEM, "Say no.", within_s=PATIENCE_S, max_tokens=50)
    return monotonic() - began


def test_it_streams_in_pieces_and_tells_what_it_took(chat: OpenAiChat) -> None:
    began, came = monotonic(), []
    with chat.stream(
        SYSTEM, "Count from one to twenty in words.", within_s=PATIENCE_S, max_tokens=200
    ) as stream:
        text = ""
        for piece in stream:
            came.append(monotonic() - began)
            text += piece
    assert "nineteen" in text.lower()
    assert len(came) > 15
    assert came[0] < 0.8 * came[-1]
    assert stream.usage is not None
    assert stream.usage.counted == "reported"
    assert stream.usage.prompt_tokens > 15
    assert abs(stream.usage.completion_tokens - len(came)) <= 3
    per_token = (stream.usage.prompt_tokens + 2 * stream.usage.completion_tokens) / 1e6
    assert stream.usage.cost == pytest.approx(per_token)


def test_the_same_question_gets_the_same_answer(chat: OpenAiChat) -> None:
    answers = {
        chat.complete(SYSTEM, "Name three colours.", within_s=PATIENCE_S, max_tokens=50).text
        for _ in range(3)
    }
    assert len(answers) == 1


def test_an_answer_longer_than_asked_for_is_told_from_a_whole_one(chat: OpenAiChat) -> None:
    with pytest.raises(AnswerTooLong):
        chat.complete(SYSTEM, ENDLESS, within_s=PATIENCE_S, max_tokens=10)


def test_a_call_ends_in_its_time_and_frees_the_server(chat: OpenAiChat) -> None:
    began = monotonic()
    with pytest.raises(ModelError) as caught:
        chat.complete(SYSTEM, f"{LONG} How many sentences?", within_s=1.0, max_tokens=200)
    assert monotonic() - began < 1.5
    assert caught.value.kind == "timeout"
    assert is_free(chat) < PATIENCE_S / 2


def test_who_leaves_a_stream_frees_the_server(chat: OpenAiChat) -> None:
    with chat.stream(SYSTEM, ENDLESS, within_s=PATIENCE_S, max_tokens=1500) as stream:
        next(iter(stream))
    assert is_free(chat) < PATIENCE_S / 2  # to write all of it would take longer


def test_a_request_beyond_its_window_is_a_failure_and_not_an_answer(chat: OpenAiChat) -> None:
    with pytest.raises(ModelError) as caught:
        chat.complete(SYSTEM, LONG * 15, within_s=PATIENCE_S, max_tokens=50)
    assert caught.value.kind in ("refused", "failed")
    assert "opens at nine" not in str(caught.value)


def test_the_reply_prompt_is_answered_a_sentence_a_line(chat: OpenAiChat) -> None:
    system, user = load_prompt("reply").fill(
        language="English",
        conversation="1| customer: My lamp arrived broken. How long may I report that?",
        passages='<passage id="1">\n1| Customers report damage within 14 days of delivery.\n'
        "</passage>",
        question="How long may I report a broken lamp?",
    )
    text = chat.complete(system, user, within_s=PATIENCE_S, max_tokens=150).text
    lines = [line for line in text.splitlines() if line.strip()]
    assert 1 <= len(lines) <= 8
    assert re.search(r"\bdays?\b", text)
