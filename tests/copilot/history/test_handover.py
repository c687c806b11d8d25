from __future__ import annotations

from typing import Any

import pytest
from fake_chat import FakeChat

from copilot.answer.asking import Asking
from copilot.answer.claims import Checker
from copilot.errors import ModelError
from copilot.history.handover import EXTRACTED, handover
from copilot.retrieval.hashing import HashingEmbedder
from copilot.retrieval.lexical import stems
from copilot.store import Store
from copilot.types import ActionDone, Turn

TURNS = (
    Turn("t1", "customer", "Good morning!"),
    Turn("t2", "customer", "My lamp arrived without its shade on 4 May."),
    Turn("t3", "agent", "", action=ActionDone("open-order", {"order": "4711"})),
    Turn("t4", "agent", "I will send the shade by Friday."),
    Turn("t5", "customer", "And how do I return the broken bulb?"),
)
GOOD = "The lamp arrived without its shade on 4 May. [2]\n"
WRONG = "The lamp arrived without its shade on 9 May. [2]\n"


@pytest.fixture
def made(store: Store) -> Any:
    def make(chat: FakeChat | None, turns: tuple[Turn, ...] = TURNS) -> Any:
        asking = None if chat is None else Asking(chat, store.spend, len)
        return handover(turns, Checker(HashingEmbedder(512), stems), asking, "anna")

    return make


def test_without_a_model_it_is_told_in_the_words_that_were_said(made: Any) -> None:
    told = made(None)
    assert told.by == EXTRACTED
    assert [(one.text, one.turn_ids) for one in told.sentences] == [
        ("My lamp arrived without its shade on 4 May.", ("t2",)),
        ("Done: open-order", ("t3",)),
        ("I will send the shade by Friday.", ("t4",)),
        ("And how do I return the broken bulb?", ("t5",)),
    ]


def test_a_model_s_sentence_is_kept_with_the_turns_that_say_it(made: Any) -> None:
    told = made(FakeChat(GOOD + WRONG))
    assert told.by == "fake"
    assert [(one.text, one.turn_ids) for one in told.sentences] == [(GOOD[:-5], ("t2",))]


@pytest.mark.parametrize(
    ("script", "failure"),
    [(WRONG, "unsupported"), (ModelError("…", "timeout"), "timeout"), ("x" * 3000, "unreadable")],
)
def test_what_fails_is_told_in_the_words_that_were_said(
    made: Any, script: Any, failure: str
) -> None:
    told = made(FakeChat(script))
    assert (told.by, told.failure) == (EXTRACTED, failure)
    assert len(told.sentences) == 4


def test_of_nothing_nothing_is_told(made: Any) -> None:
    assert made(FakeChat(GOOD), ()).sentences == ()


def test_names_do_not_leave_the_process(made: Any) -> None:
    chat = FakeChat(GOOD)
    made(chat, (Turn("t1", "customer", "My mail is h.osterloh@mail.example."), *TURNS))
    assert "osterloh" not in chat.asked[0].user
