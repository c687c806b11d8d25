"""The desk's player, run by node with its clock turned by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import api

NODE = shutil.which("node")
PLAYER = Path(api.__file__).parent / "pages" / "desk-player.js"
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node to run the page's script")

# `log` has what the hooks were told; `by` turns the clock on, by milliseconds.
STAGE = """
import { mock } from "node:test";
mock.timers.enable({ apis: ["setTimeout"] });
const { Player, beats } = await import(%s);
const cue = (role, text, seconds = 2) => ({ role, text, seconds });
const log = [];
let own = false;
const play = (channel, ...cues) => new Player({ channel, cues }, {
  part: (cue, at, words) => log.push(["part", at, words]),
  typing: (cue, at) => log.push(["typing", at]),
  said: (cue, at) => log.push(["said", at]),
  dropped: () => log.push(["dropped"]),
  yields: () => own,
  changed: () => {},
});
const by = (ms) => { for (let passed = 0; passed < ms; passed += 5) mock.timers.tick(5); };
const said = () => log.filter(([what]) => what === "said").map(([, at]) => at);
let answer;
%s
console.log(JSON.stringify(answer));
"""


def run(script: str) -> Any:
    """What the script leaves in `answer`."""
    done = subprocess.run(
        [
            str(NODE),
            "--no-warnings",
            "--input-type=module",
            "-e",
            STAGE % (json.dumps(PLAYER.as_uri()), script),
        ],
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    return json.loads(done.stdout)


def test_a_call_is_heard_word_by_word_and_then_wholly() -> None:
    assert run(
        """
        const player = play("call", cue("customer", "It is broken.", 3));
        player.play();
        by(60_000);
        answer = log;
        """
    ) == [["part", 0, "It"], ["part", 0, "It is"], ["said", 0]]


def test_in_a_chat_one_sees_typing_and_then_the_message() -> None:
    assert run(
        """
        const player = play("chat", cue("customer", "It is broken.", 3));
        player.play();
        by(60_000);
        answer = log;
        """
    ) == [["typing", 0], ["said", 0]]


def test_a_turn_takes_the_seconds_that_the_script_says() -> None:
    sums = run(
        """
        const long = (channel) => beats({ text: "Yes.", seconds: 5 }, channel)
          .reduce((sum, one) => sum + one.after, 0);
        answer = [long("call"), long("chat")];
        """
    )
    assert sums == [5000, 5000]


def test_long_words_are_not_hurried_to_fit_into_few_seconds() -> None:
    words = "word " * 40
    took = run(
        f"answer = beats({{ text: '{words.strip()}', seconds: 1 }}, 'call')"
        ".reduce((sum, one) => sum + one.after, 0);"
    )
    assert 10_000 < took < 20_000


@pytest.mark.parametrize("speed", [1, 2, 4])
def test_speed_divides_the_time(speed: int) -> None:
    before, after = run(
        f"""
        const player = play("chat", cue("customer", "Hello", 8));
        player.faster({speed});
        player.play();
        by(8000 / {speed} - 10);
        const before = said().length;
        by(20);
        answer = [before, said().length];
        """
    )
    assert (before, after) == (0, 1)


def test_a_pause_holds_and_play_goes_on() -> None:
    assert run(
        """
        const player = play("chat", cue("customer", "One"), cue("customer", "Two"));
        player.play();
        by(2500);
        player.pause();
        by(60_000);
        const held = said();
        player.play();
        by(60_000);
        answer = [held, said(), player.state];
        """
    ) == [[0], [0, 1], "ended"]


def test_a_step_says_one_turn_at_once_and_holds() -> None:
    assert run(
        """
        const player = play("call", cue("customer", "One"), cue("agent", "Two"));
        player.step();
        by(60_000);
        const first = [...said(), player.state];
        player.step();
        player.step();
        answer = [first, said(), player.state];
        """
    ) == [[0, "paused"], [0, 1], "ended"]


def test_the_script_waits_where_the_person_answers() -> None:
    assert run(
        """
        own = true;
        const player = play("chat", cue("customer", "One"), cue("agent", "Two"),
          cue("agent", "Three"), cue("customer", "Four"));
        player.play();
        by(60_000);
        const waited = [said(), player.state];
        player.answered();
        by(60_000);
        answer = [waited, said(), player.state];
        """
    ) == [[[0], "waiting"], [0, 3], "ended"]


def test_the_script_answers_when_it_is_let_and_waits_again_later() -> None:
    assert run(
        """
        own = true;
        const player = play("chat", cue("agent", "One"), cue("customer", "Two"),
          cue("agent", "Three"));
        player.play();
        player.grant();
        by(60_000);
        answer = [said(), player.state];
        """
    ) == [[0, 1], "waiting"]


def test_an_answer_that_is_begun_is_dropped_when_the_person_takes_over() -> None:
    assert run(
        """
        const player = play("call", cue("agent", "Well I think so"), cue("customer", "Two"));
        player.play();
        by(1500);
        const heard = log.at(-1)[0];
        own = true;
        player.reconsider();
        const state = player.state;
        own = false;
        player.reconsider();
        by(60_000);
        answer = [heard, state, log.some(([what]) => what === "dropped"), said()];
        """
    ) == ["part", "waiting", True, [0, 1]]


def test_a_customer_who_speaks_is_not_interrupted_by_an_answer() -> None:
    assert run(
        """
        const player = play("call", cue("customer", "Hello there you"), cue("agent", "Two"));
        player.play();
        by(1500);
        own = true;
        player.reconsider();
        player.answered();
        by(60_000);
        answer = [log.some(([what]) => what === "dropped"), said(), player.state];
        """
    ) == [False, [0], "waiting"]
