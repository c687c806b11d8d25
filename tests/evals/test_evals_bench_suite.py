from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from rig import Rig

from copilot.settings import Settings
from copilot.types import Scope, Turn
from evals.bench import suite as bench
from evals.dataset import Dataset, Question
from evals.isolated import Isolated
from evals.suite import Suite
from ingest.sync import Counts


def question(at: int):
    text = "How many days until a refund is back on the card?"
    turns = (Turn("t1", "customer", text),)
    return Question(f"c{at}", text, True, {"refunds": 1}, None, "f:1", Scope(), turns)


def test_every_way_has_every_block_and_is_first_by_turns(monkeypatch: pytest.MonkeyPatch):
    calls: list[tuple[str, tuple[str, ...]]] = []

    def noting(name: str) -> Callable[[Sequence[Question]], None]:
        def ask(some: Sequence[Question]) -> None:
            calls.append((name, tuple(one.question_id for one in some)))

        return ask

    ways = {name: noting(name) for name in ("bare", "suite", "other")}
    found = bench._by_turns(ways, [question(at) for at in range(5)], 2)
    assert [list(one) for one in found] == [
        ["bare", "suite", "other"],
        ["suite", "other", "bare"],
        ["other", "bare", "suite"],
    ]
    blocks = [("c0", "c1"), ("c2", "c3"), ("c4",)]
    for name in ways:
        warm = blocks if name == "bare" else []
        assert sorted(some for way, some in calls if way == name) == sorted([*blocks, *warm])
    assert [calls[at] for at in (0, 4, 8)] == [("bare", some) for some in blocks]


def test_a_ratio_is_of_all_blocks_and_the_end_counts_for_the_suite():
    seconds = [{"bare": 1.0, "suite": 0.5}, {"bare": 3.0, "suite": 2.5}]
    found = bench._ratio(seconds, 1.0, "bare", "suite")
    assert found["value"] == 1.0
    assert found["met"]
    assert found["low"] <= 1.0 <= found["high"]
    assert not bench._ratio(seconds, 4.0, "bare", "suite")["met"]


def test_cases_are_the_questions_that_are_here_over_again(monkeypatch: pytest.MonkeyPatch):
    starter = bench.corpora()["starter"]
    monkeypatch.setattr(bench, "corpora", lambda: {"starter": starter})
    suite = bench.conversations(450)
    asked = suite.dataset.questions
    assert len({one.question_id for one in asked}) == 450
    total = len(bench.load(starter).questions)
    assert asked[0].text == asked[total].text
    assert all(one.conversation[0].text for one in asked)


def test_the_suite_is_measured_beside_bare_calls(rig: Rig, tmp_path: Path):
    rig.put("refunds", "A refund to a card takes five working days after the goods are back.")
    (tmp_path / "corpus.jsonl").write_text("{}")
    asked = tuple(question(at) for at in range(12))
    suite = Suite(Dataset("bench", tmp_path / "corpus.jsonl", (), asked, Scope()), ("latency",))
    isolated = Isolated(rig.copilot, Settings(), Counts())
    found = bench.measure(suite, isolated, tmp_path / "run", 5, 2)
    assert (found["cases"], found["blocks"], found["workers"]) == (12, 3, 2)
    assert all(seconds > 0 for seconds in found["seconds"].values())
    shown = bench.table(found)
    assert "suite to bare calls, both together" in shown
    assert (tmp_path / "run" / "result.json").exists()
