"""The client against real servers: what it sends, what it does without, and what it never says."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from serving_chat import SAID, SLACK_S, SYSTEM, USER, held, picky, wait_until

from copilot.chat.loop import Loop
from copilot.chat.model import OpenAiChat
from copilot.errors import AnswerTooLong, ConfigurationError, ModelError
from evals.scripted_model.behaviour import Behaviour, Says
from evals.scripted_model.server import serving

pytestmark = pytest.mark.services
KEY = "sk-very-secret"


@pytest.fixture(autouse=True, scope="module")
def imported() -> None:
    """Takes seconds, which would else be those of the first call."""
    import langchain_openai  # noqa: F401


def complete(chat: OpenAiChat, within_s: float = 5.0, max_tokens: int = 100) -> str:
    return chat.complete(SYSTEM, USER, within_s=within_s, max_tokens=max_tokens).text


def test_it_sends_what_every_compatible_server_reads() -> None:
    with serving() as server:
        chat = OpenAiChat(server.url, KEY, "m-1", (1.0, 2.0))
        usage = chat.complete(SYSTEM, USER, within_s=5, max_tokens=77).usage
        chat.close()
    assert server.last.body == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": USER},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "seed": 7,
        "max_tokens": 77,
    }
    assert server.last.headers["authorization"] == f"Bearer {KEY}"
    assert usage.counted == "reported"
    assert usage.cost == (usage.prompt_tokens + 2 * usage.completion_tokens) / 1_000_000


def test_no_connection_is_kept_once_an_answer_or_a_failure_has_come() -> None:
    with serving() as server:
        chat = OpenAiChat(server.url, "", "m")
        complete(chat)
        for behaviour in (Behaviour.GARBAGE, Behaviour.RATE_LIMITED, Behaviour.SERVER_ERROR):
            server.next.append(behaviour)
            with pytest.raises(ModelError):
                complete(chat)
        wait_until(lambda: server.connections == 0)
        chat.close()


def named(field: str, **others: Any) -> dict[str, Any]:
    return {"message": f"Unsupported parameter: '{field}'", "type": "x", "param": field, **others}


def test_what_a_server_turns_down_is_left_out_and_stays_out() -> None:
    unknown = ["temperature", "stream_options", "max_tokens", "seed"]

    def refusal(body: dict[str, Any]) -> dict[str, Any] | None:
        return next((named(field) for field in unknown if field in body), None)

    with picky(refusal) as server:
        chat = OpenAiChat(server.url, KEY, "m")
        answer = chat.complete(SYSTEM, USER, within_s=5, max_tokens=50)
        assert (answer.text, answer.usage.counted) == (SAID, "estimated")
        assert len(server.bodies) == 5
        assert server.last.keys() == {"model", "messages", "stream", "max_completion_tokens"}
        assert server.last["max_completion_tokens"] == 50
        assert complete(chat) == SAID
        assert len(server.bodies) == 6
        chat.close()


def test_a_server_that_names_the_field_only_in_words_is_understood() -> None:
    def refusal(body: dict[str, Any]) -> dict[str, Any] | None:
        return {"message": "Extra inputs: ('body', 'seed')"} if "seed" in body else None

    with picky(refusal) as server:
        chat = OpenAiChat(server.url, KEY, "m")
        assert complete(chat) == SAID
        chat.close()
    assert "seed" not in server.last
    assert "temperature" in server.last


@pytest.mark.parametrize(
    "error",
    [{"message": "no such model"}, {"message": "seed and max_tokens exceed the context length"}],
)
def test_another_bad_request_is_not_tried_again(error: dict[str, Any]) -> None:
    with picky(lambda _: error) as server:
        chat = OpenAiChat(server.url, KEY, "m")
        with pytest.raises(ModelError) as caught:
            complete(chat)
        chat.close()
    assert caught.value.kind == "refused"
    assert len(server.bodies) == 1


def test_an_error_repeats_neither_what_was_sent_nor_the_key_nor_the_answer() -> None:
    def refusal(body: dict[str, Any]) -> dict[str, Any]:
        return {"message": f"cannot read {body['messages']}; key {KEY}"}

    with picky(refusal) as server:
        chat = OpenAiChat(server.url, KEY, "m")
        with pytest.raises(ModelError) as caught:
            complete(chat)
        chat.close()
    told = f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"
    assert "127.0.0.1" in told
    assert "400" in told
    for word in (KEY, "30 days", SYSTEM):
        assert word not in told + repr(chat)


def test_an_answer_that_runs_into_its_limit_is_told_from_one_that_broke_off() -> None:
    with serving() as server:
        server.next.append(Says("one two three four five six seven eight nine ten"))
        chat = OpenAiChat(server.url, "", "m")
        heard: list[str] = []
        with (
            pytest.raises(AnswerTooLong) as caught,
            chat.stream(SYSTEM, USER, within_s=5, max_tokens=4) as stream,
        ):
            heard.extend(stream)
        chat.close()
    assert "".join(heard) == "one two three four"
    assert caught.value.kind == "cut_off"


def test_a_server_that_reads_no_limit_is_stopped_by_ours() -> None:
    with serving(Behaviour.ENDLESS, pace_s=0) as server:
        chat = OpenAiChat(server.url, "", "m")
        with pytest.raises(AnswerTooLong):
            complete(chat, within_s=20, max_tokens=10)
        wait_until(lambda: server.connections == 0)
        chat.close()


def test_one_call_more_than_may_run_is_refused_at_once() -> None:
    with serving(Behaviour.STALLS) as server:
        loop = Loop(at_once=2)
        chats = [OpenAiChat(server.url, "", name, loop=loop) for name in ("a", "b")]
        streams = [one.stream(SYSTEM, USER, within_s=30, max_tokens=9) for one in chats]
        wait_until(lambda: len(server.asked) == 2)
        began = monotonic()
        with pytest.raises(ModelError) as caught:
            complete(chats[0])
        assert monotonic() - began < SLACK_S
        assert caught.value.kind == "busy"
        streams[0].__exit__(None, None, None)
        server.behaviour = Behaviour.FAITHFUL
        assert complete(chats[0]) == SAID
        for one in chats:
            one.close()


@pytest.mark.parametrize("behaviour", [Behaviour.STALLS, Behaviour.TRICKLES, Behaviour.ENDLESS])
def test_many_at_once_end_in_time_and_leave_nothing(behaviour: Behaviour) -> None:
    before = held()
    with serving(behaviour) as server:
        chat = OpenAiChat(server.url, "", "m", loop=Loop(at_once=16))

        def call(_: int) -> tuple[str, float]:
            began = monotonic()
            with pytest.raises(ModelError) as caught:
                complete(chat, within_s=0.5)
            return caught.value.kind, monotonic() - began

        with ThreadPoolExecutor(24) as pool:
            ended = list(pool.map(call, range(96)))
        wait_until(lambda: server.connections == 0)
        assert {kind for kind, _ in ended} <= {"timeout", "busy"}
        assert sum(kind == "timeout" for kind, _ in ended) >= 16
        assert max(took for _, took in ended) < 0.5 + SLACK_S
        chat.close()
    wait_until(lambda: held() == before)


def test_closing_ends_what_somebody_still_reads() -> None:
    before = held()
    with serving(Behaviour.STALLS) as server:
        chat = OpenAiChat(server.url, "", "m")
        caught: list[ModelError] = []

        def read() -> None:
            with pytest.raises(ModelError) as error:
                complete(chat, within_s=30)
            caught.append(error.value)

        reader = threading.Thread(target=read)
        reader.start()
        wait_until(lambda: len(server.asked) == 1)
        chat.close()
        chat.close()
        reader.join(1)
        assert not reader.is_alive()
        assert len(caught) == 1
        with pytest.raises(ModelError, match="closed"):
            complete(chat)
    wait_until(lambda: held() == before)


def test_two_chats_share_a_loop_that_ends_with_the_last_of_them() -> None:
    with serving() as server:
        loop = Loop()
        first, second = (OpenAiChat(server.url, "", name, loop=loop) for name in "ab")
        assert complete(first) == complete(second) == SAID
        assert [one.name for one in threading.enumerate()].count("chat") == 1
        first.close()
        assert complete(second) == SAID
        second.close()
    assert "chat" not in {one.name for one in threading.enumerate()}


def test_the_time_of_a_call_holds_while_the_client_is_loaded() -> None:
    with serving(pace_s=0) as server:
        program = f"""
import sys
from copilot.chat.model import OpenAiChat
from copilot.errors import ModelError
chat = OpenAiChat({server.url!r}, "", "m")
try:
    chat.complete("s", "u", within_s=0.05, max_tokens=9)
except ModelError as error:
    print(error.kind, hasattr(sys.modules.get("langchain_openai"), "ChatOpenAI"))
chat.prepare()
print(chat.complete("s", "u", within_s=60, max_tokens=9).text != "")
chat.close()
"""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True
        )
    kind, was_loaded, answered = done.stdout.split()
    assert (kind, was_loaded, answered, done.stderr) == ("timeout", "False", "True", "")


def test_nothing_goes_anywhere_else_whatever_the_environment_says() -> None:
    """Variables that langchain and openai read by themselves."""
    program = """
import sys
from copilot.chat.model import OpenAiChat
chat = OpenAiChat(sys.argv[1], "k", "m")
print(chat.complete("s", "u", within_s=60, max_tokens=9).text != "")
chat.close()
"""
    with serving() as server, socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        outside = f"http://127.0.0.1:{elsewhere.getsockname()[1]}"
        variables = {
            **os.environ,
            "LANGSMITH_TRACING": "true",
            "LANGCHAIN_TRACING_V2": "true",
            "LANGSMITH_ENDPOINT": outside,
            "LANGSMITH_API_KEY": "x",
            "LANGSMITH_GATEWAY": outside,
            "OPENAI_BASE_URL": outside,
            "OPENAI_API_BASE": outside,
            "OPENAI_API_KEY": "x",
            "OPENAI_PROXY": outside,
        }
        command = [sys.executable, "-W", "error", "-c", program, server.url]
        done = subprocess.run(command, env=variables, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("True\n", "")
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert len(server.asked) == 1
    assert server.last.headers["authorization"] == "Bearer k"


def test_nothing_is_asked_or_imported_before_the_first_call() -> None:
    program = """
import sys, threading
from copilot.compose import open_chat
from copilot.settings import Settings
chat = open_chat(Settings(llm_model="a, b@http://127.0.0.1:9/v1", llm_base_url="http://x/v1"))
print(sorted({"openai", "langchain_openai", "langchain_core"} & set(sys.modules)), chat.model)
print(threading.active_count())
chat.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[] a\n1\n", "")


@pytest.mark.parametrize("url", ["", "example.com/v1", "ftp://example.com", "https://"])
def test_an_address_that_is_none_or_a_missing_key_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_LLM_"):
        OpenAiChat(url, "", "m")


def test_a_host_that_drops_what_is_sent_runs_out_of_time() -> None:
    chat = OpenAiChat("http://192.0.2.1/v1", "", "m")
    began = monotonic()
    with pytest.raises(ModelError) as caught:
        complete(chat, within_s=0.3)
    assert monotonic() - began < 0.3 + SLACK_S
    assert caught.value.kind in ("timeout", "refused")
    chat.close()
