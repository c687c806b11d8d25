"""A desk with a language model beside it: what is shown while it writes, and when it fails."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator

import pytest
from fake_chat import FakeChat
from rig import Rig
from test_desk import ANOTHER, QUESTION, Watched

from copilot.answer.asking import Asking, Terms
from copilot.answer.draft import Drafter
from copilot.errors import ModelError

KIND = "I am sorry for the wait. [-]\n"
GOOD = "A refund to a bank card takes five working days. [1]\n"
WRONG = "A refund to a bank card takes nine working days. [1]\n"


@pytest.fixture
def writing(rig: Rig) -> Iterator[Callable[..., Watched]]:
    desks: list[Watched] = []

    def begun(chat: FakeChat, at_once: int = 4) -> Watched:
        rig.put("refunds", "A refund to a bank card takes five working days.", title="Refunds")
        rig.put("dogs", "Guide dogs are welcome everywhere.", title="Guide dogs")
        copilot, terms = rig.copilot, Terms(within_s=1.0, at_once=at_once)
        copilot.drafter = Drafter(Asking(chat, rig.store.spend, len, terms), copilot.checker)
        desks.append(Watched(rig))
        return desks[-1]

    yield begun
    for one in desks:
        one.desk.close()


def test_a_draft_grows_by_sentences_that_hold(writing: Callable[..., Watched]) -> None:
    desk = writing(FakeChat(KIND + GOOD + WRONG + GOOD + GOOD))
    desk.say("t1", QUESTION)
    suggestion = desk.closed()
    drafts = [one.data["reply"]["text"] for one in desk.events if one.kind == "draft"]
    assert drafts[0] == "I am sorry for the wait."
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(drafts))
    assert not any("nine" in text for text in drafts)
    assert suggestion["reply"]["text"] == drafts[-1]
    assert suggestion["drafter"] == "fake"
    assert suggestion["prompt_sha256"]


@pytest.mark.parametrize("script", [WRONG, ModelError("…", "timeout"), "no citation at all\n"])
def test_what_fails_leaves_the_extracted_reply_and_says_so(
    writing: Callable[..., Watched], script: str | ModelError
) -> None:
    desk = writing(FakeChat(script))
    desk.say("t1", QUESTION)
    suggestion = desk.closed()
    assert suggestion["reply"]["text"] == GOOD[:-5]
    assert suggestion["drafter"] != "fake"
    assert any(mark.startswith("draft: ") for mark in suggestion["degraded"])


def test_a_newer_question_cancels_what_is_being_written(writing: Callable[..., Watched]) -> None:
    chat = FakeChat([GOOD, 0.3, GOOD, 30.0], ["Guide dogs are welcome everywhere. [1]\n"])
    desk = writing(chat)
    desk.say("t1", QUESTION)
    desk.wait(lambda: "draft" in desk.kinds())
    desk.say("t2", ANOTHER)
    suggestion = desk.closed()
    assert suggestion["turn_id"] == "t2"
    assert "superseded" in desk.kinds()
    desk.desk.close()
    assert chat.reading == 0


def test_where_as_many_as_may_are_writing_the_next_reply_is_extracted(
    writing: Callable[..., Watched],
) -> None:
    desk = writing(FakeChat([GOOD, 30.0]), at_once=1)
    desk.say("t1", QUESTION)
    desk.wait(lambda: "draft" in desk.kinds())
    other = desk.desk.open("call-2")[0].conversation_id
    desk.desk.take(other, [Watched.turn("o1", QUESTION)])
    assert desk.closed()["drafter"] != "fake"


def test_closing_the_desk_leaves_no_thread(writing: Callable[..., Watched]) -> None:
    before = threading.active_count()
    desk = writing(FakeChat([GOOD, 30.0]))
    desk.say("t1", QUESTION)
    desk.wait(lambda: "draft" in desk.kinds())
    desk.desk.close()
    assert threading.active_count() <= before
