"""What a member of staff asks over HTTP, with a copilot that is none of the fakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_chat import FakeChat
from fake_copilot import LOOPBACK, app_around
from fastapi.testclient import TestClient
from rig import Rig

from copilot.answer.asking import Asking
from copilot.answer.draft import Drafter
from copilot.settings import Settings

QUESTION = "How do I make a refund to a card?"
TEXT = (
    "# Refunds to a card\n\nA refund to a bank card takes five working days.\n\n"
    "1. Find the sale.\n2. Make the refund to a card.\n3. Print the slip.\n"
)


@pytest.fixture
def shop(rig: Rig) -> Rig:
    rig.put("refunds", TEXT, title="Refunds to a card")
    return rig


def client(rig: Rig, tmp_path: Path) -> TestClient:
    app = app_around(Settings(data_dir=tmp_path), rig.copilot)
    return TestClient(app, base_url="http://127.0.0.1", client=LOOPBACK)


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_comes_with_the_steps_of_the_procedure(
    shop: Rig, tmp_path: Path, stream: bool
) -> None:
    with client(shop, tmp_path) as asking:
        answer = asking.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    said = answer.text if stream else str(answer.json()["next_steps"])
    for step in ("Find the sale.", "Make the refund to a card.", "Print the slip."):
        assert step in said


def test_a_stream_shows_each_sentence_of_a_draft_once_it_is_checked(
    shop: Rig, tmp_path: Path
) -> None:
    good = "A refund to a bank card takes five working days. [1]\n"
    chat = FakeChat(good + good.replace("five", "nine") + good)
    shop.copilot.drafter = Drafter(Asking(chat, shop.store.spend, len), shop.copilot.checker)
    with client(shop, tmp_path) as asking:
        told = asking.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
    events = [line[7:] for line in told.splitlines() if line.startswith("event: ")]
    assert events == ["evidence", "draft", "draft", "suggestion"]
    assert "nine" not in told
