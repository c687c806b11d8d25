"""Which model is asked, for how long, and which is left out for a while."""

from __future__ import annotations

from time import monotonic

import pytest
from fake_chat import STALL, Does, FakeChat
from rig import Clock

from copilot.chat.ordered import Ordered
from copilot.errors import AnswerTooLong, ModelError, ModelFailure

DOWN = ModelError("it is down", "failed")


class Moments(Clock):
    """The clock as seconds."""

    def seconds(self) -> float:
        return self.now.timestamp()


def ask(chat: Ordered, within_s: float = 5.0) -> str:
    return chat.complete("s", "u", within_s=within_s, max_tokens=9).text


def failed(chat: Ordered, within_s: float = 5.0) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(chat, within_s)
    return caught.value


def test_the_first_that_answers_is_the_one_that_is_named() -> None:
    first, second = FakeChat("from the first", model="a"), FakeChat("other", model="b")
    chat = Ordered([first, second])
    assert ask(chat) == "from the first"
    assert chat.model == "a"
    assert second.asked == []


def test_a_model_is_asked_before_its_answer_is_read() -> None:
    first = FakeChat("yes")
    with Ordered([first]).stream("s", "u", within_s=5, max_tokens=9) as stream:
        assert len(first.asked) == 1
        assert "".join(stream) == "yes"


@pytest.mark.parametrize("kind", ["refused", "rate_limited", "unreadable", "failed", "busy"])
def test_one_that_fails_before_its_first_piece_is_followed_by_the_next(kind: ModelFailure) -> None:
    first, second = FakeChat(ModelError("no", kind), model="a"), FakeChat("yes", model="b")
    chat = Ordered([first, second])
    completion = chat.complete("s", "u", within_s=5, max_tokens=9)
    assert completion.text == "yes"
    assert chat.model == completion.usage.model == "b"
    assert (first.reading, second.reading) == (0, 0)


def test_what_the_failed_one_took_is_counted_too() -> None:
    first, second = FakeChat([DOWN], model="a"), FakeChat("yes", model="b")
    usage = Ordered([first, second]).complete("s", "u" * 40, within_s=5, max_tokens=9).usage
    assert usage.prompt_tokens == 2 * 10
    assert usage.completion_tokens == 1


def test_a_failure_after_the_first_piece_is_the_callers() -> None:
    chat = Ordered([FakeChat(["yes, ", DOWN]), FakeChat("no")])
    heard: list[str] = []
    with (
        pytest.raises(ModelError, match="down"),
        chat.stream("s", "u", within_s=5, max_tokens=9) as stream,
    ):
        heard.extend(stream)
    assert heard == ["yes, "]


def test_the_first_has_most_of_the_time_to_its_first_piece_and_the_last_what_is_left() -> None:
    first, second = FakeChat([STALL], model="a"), FakeChat("yes", model="b")
    began = monotonic()
    assert ask(Ordered([first, second]), within_s=0.5) == "yes"
    assert monotonic() - began >= 0.3
    assert first.asked[0].first_within_s == pytest.approx(0.3, abs=0.01)
    assert second.asked[0].first_within_s is None
    assert 0 < second.asked[0].within_s <= 0.2


def test_all_together_end_within_the_time() -> None:
    chat = Ordered([FakeChat([STALL]) for _ in range(4)])
    began = monotonic()
    assert failed(chat, within_s=0.4).kind == "timeout"
    assert monotonic() - began < 4 * 0.4  # what each would take by itself


def test_the_last_failure_is_the_one_that_is_told() -> None:
    chat = Ordered([FakeChat(DOWN), FakeChat(ModelError("slow down", "rate_limited"))])
    assert failed(chat).kind == "rate_limited"


def test_one_that_fails_three_times_in_a_row_is_left_out_until_it_is_tried_again() -> None:
    clock = Moments()
    first = FakeChat(DOWN, DOWN, DOWN, DOWN, "well again", model="a")
    second = FakeChat("instead", model="b")
    chat = Ordered([first, second], now=clock.seconds)
    assert [ask(chat) for _ in range(5)] == ["instead"] * 5
    assert len(first.asked) == 3
    clock.move(seconds=31)
    assert ask(chat) == "instead"
    assert ask(chat) == "instead"
    assert len(first.asked) == 4
    clock.move(seconds=31)
    assert ask(chat) == "well again"
    assert ask(chat) == "well again"


def test_a_single_model_that_is_left_out_fails_at_once_and_says_why() -> None:
    clock = Moments()
    only = FakeChat(ModelError("no connection", "refused"))
    chat = Ordered([only], now=clock.seconds)
    assert [failed(chat).kind for _ in range(9)] == ["refused"] * 9
    assert len(only.asked) == 3


def test_while_one_call_tries_the_others_go_past() -> None:
    clock = Moments()
    first = FakeChat(DOWN, DOWN, DOWN, "well ", model="a")
    chat = Ordered([first, FakeChat("instead", model="b")], now=clock.seconds)
    for _ in range(3):
        ask(chat)
    clock.move(seconds=31)
    with chat.stream("s", "u", within_s=5, max_tokens=9) as trying:
        pieces = iter(trying)
        assert next(pieces) == "well"
        assert ask(chat) == "instead"
        list(pieces)
    assert ask(chat) == "well "


def test_a_trial_that_is_given_up_lets_the_next_call_try() -> None:
    clock = Moments()
    first = FakeChat(DOWN, DOWN, DOWN, "well", model="a")
    chat = Ordered([first, FakeChat("instead", model="b")], now=clock.seconds)
    for _ in range(3):
        ask(chat)
    clock.move(seconds=31)
    with chat.stream("s", "u", within_s=5, max_tokens=9):
        assert ask(chat) == "instead"
    with chat.stream("s", "u", within_s=5, max_tokens=9) as trying:
        for _ in trying:
            break
    assert ask(chat) == "well"


@pytest.mark.parametrize("harmless", [AnswerTooLong(9), ModelError("busy", "busy")])
def test_what_is_not_the_models_fault_leaves_it_in(harmless: ModelError) -> None:
    does: list[Does] = [harmless] if harmless.kind == "busy" else ["a long ", harmless]
    first = FakeChat(does, does, does, does, "yes")
    chat = Ordered([first])
    assert [failed(chat).kind for _ in range(4)] == [harmless.kind] * 4
    assert ask(chat) == "yes"


def test_a_success_between_failures_starts_the_count_anew() -> None:
    first = FakeChat(DOWN, DOWN, "yes", DOWN, DOWN, "yes")
    chat = Ordered([first])
    for _ in range(2):
        failed(chat)
        failed(chat)
        assert ask(chat) == "yes"


def test_closing_and_preparing_reach_every_model() -> None:
    chats = [FakeChat("a"), FakeChat("b")]
    chat = Ordered(chats)
    chat.prepare()
    chat.close()
    assert all(one.is_prepared and one.is_closed for one in chats)
