from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from copilot.types import ActionDone, Interaction, Turn
from evals.next_action import charts, figures, star, zero_shot
from evals.next_action.__main__ import app
from evals.next_action.star import Dialogue, Moment

LAMP = {
    "task": "lamp",
    "replies": {
        "hello": "Hello, what about your lamp?",
        "ask_kind": "Which lamp is it?",
        "inform_found": "It can be mended. Shall I?",
        "inform_mended": "It is\n done.",
        "inform_nothing": "There is none {at all}.",
        "query": "Query",
        "available": "Available",
        "unavailable": "Unavailable",
        "yes": "Yes",
        "no": "No",
    },
    "graph": {
        "hello": "ask_kind",
        "ask_kind": "query",
        "available": "inform_found",
        "unavailable": "inform_nothing",
        "yes": "inform_mended",
        "no": "ask_kind",
    },
}
RESPONSES = {"ask_kind": "never used", "out_of_scope": "I only know lamps."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """STAR in small: a task, and dialogues of which some are for testing."""
    task = tmp_path / "tasks" / "lamp"
    task.mkdir(parents=True)
    (task / "lamp.json").write_text(json.dumps(LAMP))
    (task / "responses.json").write_text(json.dumps(RESPONSES))
    lines = [json.dumps(raw(number)) for number in range(12)]
    lines += [json.dumps(raw(20, Happy=False)), json.dumps(raw(21, MultiTask=True))]
    (tmp_path / "dialogues.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def raw(number: int, **scenario: Any) -> dict[str, Any]:
    def event(second: int, who: str, what: str, **fields: Any) -> dict[str, Any]:
        return {"Agent": who, "Action": what, "UnixTime": 1_700_000_000 + second, **fields}

    return {
        "DialogueID": number,
        "CompletionLevel": "Complete",
        "Scenario": {
            "Happy": True,
            "MultiTask": False,
            "WizardCapabilities": [{"Task": "lamp"}],
            **scenario,
        },
        "Events": [
            event(0, "User", "utter", Text="My lamp is dark."),
            event(1, "Wizard", "pick_suggestion", Text="Hello!", ActionLabel="hello"),
            event(2, "Wizard", "utter", Text="One moment."),
            event(3, "Wizard", "query", Constraints=[]),
            event(4, "KnowledgeBase", "return_item", Item=None, TotalItems=0),
            event(5, "Wizard", "pick_suggestion", Text="None.", ActionLabel="inform_nothing"),
        ],
    }


def moments(*actions: str, task: str = "lamp", name: str = "star-1") -> list[Moment]:
    """The moments of a dialogue in which an agent does this, one thing after another."""
    turns = tuple(
        Turn(str(at), "agent", "", action=ActionDone(one)) for at, one in enumerate(actions)
    )
    past = Interaction(name, None, "chat", datetime(2026, 1, 1, tzinfo=UTC), turns=turns)
    return list(star.moments(Dialogue(past, task, False)))


def test_the_figures_are_those_by_hand() -> None:
    asked = [*moments("a", "b", "c", "d"), *moments("a", name="star-2")]
    guesses = [["a", "b"], ["a", "c", "b"], [], ["a", "b", "c", "d"], ["b", "a"]]
    top_1, top_3 = figures.figures(asked, guesses)
    # First: only the first. Among three: the first two and the last.
    assert (top_1.value, top_3.value) == pytest.approx((1 / 5, 3 / 5))
    assert (top_1.n, top_3.n) == (5, 5)
    assert top_1.interval is not None
    assert top_1.interval.low <= 1 / 5 <= top_1.interval.high


def test_weighted_f1_is_that_by_hand() -> None:
    # a: 2 of 3 found, 2 of 3 right, F1 2/3; b: 1 of 1 found, 1 of 2 right, F1 2/3; c: none.
    assert figures.weighted_f1("aaabc", "aabba") == pytest.approx((3 * 2 / 3 + 2 / 3) / 5)
    assert figures.weighted_f1("ab", "ba") == 0
    assert figures.weighted_f1(["a"], [""]) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1))
def test_weighted_f1_is_a_share_and_one_only_where_all_is_right(
    pairs: list[tuple[str, str]],
) -> None:
    gold, guessed = zip(*pairs, strict=True)
    found = figures.weighted_f1(gold, guessed)
    assert 0 <= found <= 1 + 1e-12
    assert (found == pytest.approx(1)) == (gold == guessed)


def test_the_commonest_actions_are_those_of_training() -> None:
    guess = figures.majority(moments("a", "b", "c", "a", "d", "c", "a", "d", "d", "d"))
    assert guess(moments("z")[0]) == ["d", "a", "c"]


def test_the_bigram_is_what_followed_most_often_in_the_same_task() -> None:
    learnt = [
        *moments("a", "b", "a", "b", "a", "c"),
        *moments("a", "d", task="door"),
        *moments("a", "d", task="door"),
    ]
    guess = figures.bigram(learnt)
    (begin, after_a, after_b) = moments("a", "b", "x")
    assert guess(begin) == ["a"]
    assert guess(after_a) == ["b", "c"]
    assert guess(after_b) == ["a"]
    assert guess(moments("a", "x", task="door")[1]) == ["d"]
    assert guess(moments("a", "x", task="unheard of")[1]) == []


def test_the_successor_is_what_the_flow_chart_has_next(folder: Path) -> None:
    guess = figures.successor(folder)
    begin, hello, kind, query = moments("hello", "ask_kind", "query", "x")
    assert [guess(one) for one in (begin, hello, kind, query)] == [
        ["ask_kind"],
        ["ask_kind"],
        ["query"],
        [""],
    ]


def test_confusions_are_counted_the_commonest_first_with_an_example() -> None:
    asked = moments("a", "b", "b", "c")
    found = figures.wrong(asked, [["a"], ["c"], ["c", "b"], []])
    assert [(done, first, count) for done, first, count, _ in found] == [
        ("b", "c", 2),
        ("c", "", 1),
    ]
    assert found[0][3] == "lamp: after 'a', ''"


def test_moments_are_the_moves_and_what_stands_before_them(folder: Path) -> None:
    one = star.dialogues(folder)[0]
    found = list(star.moments(one))
    assert [(moment.action, len(moment.before)) for moment in found] == [
        ("hello", 1),
        ("query", 3),
        ("inform_nothing", 4),
    ]
    assert figures.last_action(found[1]) == "hello"


def test_only_happy_dialogues_of_one_task_count(folder: Path) -> None:
    assert [one.interaction.interaction_id for one in star.dialogues(folder)] == [
        f"star-{number}" for number in range(12)
    ]
    with pytest.raises(InvalidInput, match="no dialogues"):
        star.dialogues(folder / "tasks")


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"Scenario": {"Happy": true}}'])
def test_a_line_that_is_no_dialogue_is_named(folder: Path, line: str) -> None:
    with (folder / "dialogues.jsonl").open("a") as lines:
        lines.write(line + "\n")
    with pytest.raises(InvalidInput, match="line 15: no dialogue"):
        star.dialogues(folder)


def test_a_fifth_is_for_testing_whatever_else_there_is() -> None:
    share = sum(star.is_test(f"star-{number}") for number in range(10_000)) / 10_000
    assert share == pytest.approx(0.2, abs=0.02)


def test_replies_of_the_chart_come_before_the_common_ones(folder: Path) -> None:
    chart = star.flow_chart(folder, "lamp")
    assert chart["replies"]["ask_kind"] == "Which lamp is it?"
    assert chart["replies"]["out_of_scope"] == "I only know lamps."


def test_a_chart_becomes_the_document_that_its_author_meant(folder: Path) -> None:
    assert charts.document(star.flow_chart(folder, "lamp"), "Lamp") == (
        "# Lamp\n\n## Steps\n\n"
        '1. Hello, what about your lamp? Go to step 2. {action="hello"}\n'
        '2. Which lamp is it? Go to step 3. {action="ask_kind"}\n'
        "3. Look it up. If available, go to step 4. If unavailable, go to step 5. "
        '{action="query"}\n'
        "4. It can be mended. Shall I? If yes, go to step 6. If no, go to step 2. "
        '{action="inform_found"}\n'
        '5. There is none (at all). {action="inform_nothing"}\n'
        '6. It is done. {action="inform_mended"}\n'
        '7. I only know lamps. {action="out_of_scope" optional}\n'
    )


def test_a_chart_is_parsed_to_its_steps_and_branches(folder: Path) -> None:
    found = charts.procedure(star.flow_chart(folder, "lamp"), "Lamp")
    assert [(step.ordinal, step.action, step.mandatory) for step in found.steps] == [
        (1, "hello", True),
        (2, "ask_kind", True),
        (3, "query", True),
        (4, "inform_found", True),
        (5, "inform_nothing", True),
        (6, "inform_mended", True),
        (7, "out_of_scope", False),
    ]
    targets = {
        step.action: [branch.target for branch in step.branches]
        for step in found.steps
        if step.branches
    }
    assert targets == {"hello": [2], "ask_kind": [3], "query": [4, 5], "inform_found": [6, 2]}


def asked(
    *options: tuple[str, dict[str, float]], right: str, moment: Moment | None = None
) -> zero_shot.Asked:
    chosen = replace(moment or moments("a")[0], action=right)
    return zero_shot.Asked(chosen, [one for _, one in options], tuple(name for name, _ in options))


def test_weights_point_to_what_was_done() -> None:
    seen = [
        asked(("a", {"near": 1.0}), ("b", {"far": 1.0}), right="a"),
        asked(("b", {"near": 1.0}), ("a", {"far": 1.0}), right="b"),
        asked(("a", {"near": 1.0}), ("b", {"near": 1.0}), right="unheard of"),
    ]
    weights = zero_shot.fit(seen * 3)
    assert set(weights) == {"near", "far"}
    assert weights["near"] > 0 > weights["far"]
    assert weights["near"] == pytest.approx(-weights["far"], abs=1e-3)
    assert zero_shot.guess(seen[1], weights) == ["b", "a"]


def test_an_action_of_several_steps_is_as_likely_as_they_together() -> None:
    one = asked(("a", {"x": 1.0}), ("b", {"x": 0.7}), ("b", {"x": 0.7}), right="b")
    # exp(1) = 2.72 against 2 exp(0.7) = 4.03.
    assert zero_shot.guess(one, {"x": 1.0}) == ["b", "a"]
    assert zero_shot.guess(one, {"x": 9.0}) == ["a", "b"]


def test_weights_are_written_sorted_and_rounded_without_what_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    zero_shot.save({"b": 0.12345, "a": -1.0, "c": 0.0004}, path)
    assert path.read_text() == '{\n "a": -1.0,\n "b": 0.123\n}\n'


@pytest.mark.model
def test_the_command_learns_from_some_and_asks_at_the_moves_of_the_others(folder: Path) -> None:
    parts = [star.is_test(f"star-{number}") for number in range(12)]
    result = CliRunner().invoke(app, ["cases", str(folder)])
    assert result.exit_code == 0, result.output
    learnt, tested = parts.count(False), parts.count(True)
    assert tested
    assert f"{learnt} dialogues learnt from, {3 * tested} moves of others asked" in result.output
    assert "similar cases: top-1 1.000" in result.output
    assert "the bigram of each task: top-1 1.000 (1.000–1.000), top-3 1.000" in result.output
    # The commonest action is one of three.
    assert "the commonest action: top-1 0.333" in result.output
