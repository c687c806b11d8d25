"""What the real embedder makes of documents that disagree, and of those that only look so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rig import Clock, Rig

from copilot.store import Store
from copilot.types import Reason

pytestmark = pytest.mark.model

CASES = yaml.safe_load(Path(__file__).with_name("disagreements.yaml").read_text())


@pytest.fixture(scope="module")
def pairs(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Every document of every pair in one store."""
    from copilot.retrieval.minilm import MiniLm

    folder = tmp_path_factory.mktemp("pairs")
    store = Store(f"sqlite:///{shutil.copy(empty_database, folder)}", now=Clock())
    rig = Rig(store, Clock(), folder / "indexes", MiniLm())
    for case in CASES:
        for side in "ab":
            title = case[side].splitlines()[0].lstrip("# ")
            rig.put(f"{case['name']}-{side}", case[side], title=title)
    yield rig
    rig.close()
    store.close()


def asked(pairs: Rig, disagreeing: bool) -> list[tuple[dict[str, Any], Reason | None, set[str]]]:
    """Each question of these cases, with the reason of its silence and the first two documents."""
    answers = []
    for case in CASES:
        if (case["disagree"] != "none") is disagreeing:
            for question in case["questions"]:
                suggestion = pairs.copilot.ask(question)
                shown = {passage.document_id for passage in suggestion.passages[:2]}
                answers.append((case, suggestion.reason, shown))
    return answers


def test_most_disagreements_are_found_and_with_the_documents_that_disagree(pairs: Rig) -> None:
    answers = asked(pairs, disagreeing=True)
    conflicting = [(case, shown) for case, reason, shown in answers if reason == "conflicting"]
    assert len(conflicting) >= 0.5 * len(answers)
    right = [shown == {f"{case['name']}-a", f"{case['name']}-b"} for case, shown in conflicting]
    assert right.count(False) <= 1


def test_documents_that_only_look_as_if_they_disagreed_seldom_conflict(pairs: Rig) -> None:
    answers = asked(pairs, disagreeing=False)
    wrong = [case["name"] for case, reason, _ in answers if reason == "conflicting"]
    assert len(wrong) <= 0.05 * len(answers), wrong


def test_a_conflict_shows_both_documents_and_no_reply(pairs: Rig) -> None:
    suggestion = pairs.copilot.ask("What does a lost key cost?")
    assert suggestion.reason is Reason.CONFLICTING
    assert suggestion.reply is None
    texts = [passage.text for passage in suggestion.passages[:2]]
    assert sorted("45" in text for text in texts) == [False, True]
    assert sorted("60" in text for text in texts) == [False, True]
