"""What every chat does, the fake one and the one over HTTP: it ends in time, says why it failed,
and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import repeat
from time import monotonic
from typing import Any

import pytest
from fake_chat import STALL, Does, FakeChat
from serving_chat import SAID, SLACK_S, SYSTEM, USER, held, wait_until

from copilot.chat.model import OpenAiChat
from copilot.errors import ModelError
from copilot.ports import Chat
from evals.scripted_model.server import serving

WITHIN_S = 0.6
FAILURES: dict[str, tuple[str, Any]] = {
    "stalls": ("timeout", [STALL]),
    "trickles": ("timeout", [STALL]),
    "endless": ("timeout", (one for _ in repeat(0) for one in ("And so on. ", 0.05))),
    "cuts_off": ("cut_off", ["You can return", ModelError("it broke off", "cut_off")]),
    "broken_json": ("unreadable", ["You can return", ModelError("no JSON", "unreadable")]),
    "garbage": ("unreadable", ModelError("a page", "unreadable")),
    "empty": ("unreadable", ModelError("nothing", "unreadable")),
    "rate_limited": ("rate_limited", ModelError("429", "rate_limited")),
    "server_error": ("failed", ModelError("500", "failed")),
    "refuses_connection": ("refused", ModelError("no connection", "refused")),
}
Open = Callable[[str], AbstractContextManager[Chat]]


@contextmanager
def real(behaviour: str) -> Iterator[Chat]:
    with serving(behaviour, pace_s=0.02) as server:
        chat = OpenAiChat(server.url, "sk-very-secret", "scripted", (1.0, 2.0))
        yield chat
        chat.close()
        wait_until(lambda: server.connections == 0)


def fake(behaviour: str) -> AbstractContextManager[Chat]:
    script: str | ModelError | list[Does]
    script = FAILURES[behaviour][1] if behaviour in FAILURES else SAID
    return nullcontext(FakeChat(script, model="scripted"))


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.services)])
def opened(request: pytest.FixtureRequest) -> Open:
    if request.param == "fake":
        return fake
    with real("faithful") as chat:  # imports what it needs: that takes seconds, once
        chat.complete(SYSTEM, USER, within_s=60, max_tokens=100)
    return real


def test_an_answer_comes_in_pieces_and_then_says_what_it_took(opened: Open) -> None:
    with opened("faithful") as chat:
        assert chat.model == "scripted"
        with chat.stream(SYSTEM, USER, within_s=5, max_tokens=100) as stream:
            pieces = list(stream)
        assert len(pieces) > 3
        assert "".join(pieces) == SAID
        assert stream.usage is not None
        assert stream.usage.model == "scripted"
        assert stream.usage.prompt_tokens > 5
        assert stream.usage.completion_tokens > 3


def test_a_completion_is_the_whole_of_it(opened: Open) -> None:
    with opened("faithful") as chat:
        completion = chat.complete(SYSTEM, USER, within_s=5, max_tokens=100)
    assert completion.text == SAID
    assert completion.usage.counted in ("reported", "estimated")


@pytest.mark.parametrize("behaviour", FAILURES)
def test_a_failure_ends_in_time_with_its_kind_and_leaves_nothing(
    opened: Open, behaviour: str
) -> None:
    before = held()
    with opened(behaviour) as chat:
        began = monotonic()
        with (
            pytest.raises(ModelError) as caught,
            chat.stream(SYSTEM, USER, within_s=WITHIN_S, max_tokens=100) as stream,
        ):
            list(stream)
        assert monotonic() - began < WITHIN_S + SLACK_S
        assert caught.value.kind == FAILURES[behaviour][0]
    wait_until(lambda: held() == before)


@pytest.mark.parametrize("behaviour", ["faithful", "slow", "endless"])
def test_a_stream_that_is_left_early_is_cancelled_at_once(opened: Open, behaviour: str) -> None:
    before = held()
    with opened(behaviour) as chat:
        with chat.stream(SYSTEM, USER, within_s=20, max_tokens=100) as stream:
            assert next(iter(stream))
            began = monotonic()
        assert monotonic() - began < SLACK_S
    wait_until(lambda: held() == before)


def test_a_first_piece_can_have_less_time_than_the_whole(opened: Open) -> None:
    with opened("stalls") as chat:
        began = monotonic()
        with pytest.raises(ModelError) as caught:
            list(chat.stream(SYSTEM, USER, within_s=9, max_tokens=9, first_within_s=0.2))  # type: ignore[call-arg]
        assert 0.2 <= monotonic() - began < 0.2 + SLACK_S
        assert caught.value.kind == "timeout"
