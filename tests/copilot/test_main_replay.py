from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rig import Clock, Rig
from typer.testing import CliRunner, Result

from copilot import __main__ as command
from copilot import compose
from copilot.retrieval.hashing import HashingEmbedder
from copilot.settings import Settings
from copilot.store import Store

QUESTION = "How many working days does a refund to a card take?"


@pytest.fixture
def made(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, str, Store]]:
    """Two suggestions of a day ago; the document of the first has changed since."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(compose, "open_embedder", lambda settings: HashingEmbedder(512))
    shutil.copy(empty_database, tmp_path)
    clock = Clock()
    store = Store(Settings().store_url, clock)
    rig = Rig(store, clock, tmp_path / "other")
    rig.put("refunds", "A refund to a card takes five working days.")
    rig.put("dogs", "Guide dogs are welcome everywhere.")
    clock.move(minutes=1)
    first = rig.copilot.ask(QUESTION).suggestion_id
    second = rig.copilot.ask("Are guide dogs welcome everywhere?").suggestion_id
    clock.move(hours=1)
    rig.put("refunds", "A refund to a card takes nine working days.")
    rig.close()
    yield first, second, store
    store.close()


def called(*arguments: str) -> Result:
    return CliRunner().invoke(command.app, ["replay", *arguments], catch_exceptions=False)


def test_a_replay_is_shown_side_by_side_and_ends_well_where_the_day_says_the_same(
    made: tuple[str, str, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = called(made[0])
    assert done.exit_code == 0, done.output
    shown = done.output
    assert "again, as of 2026-11-21" in shown
    assert "A refund to a card takes" in shown
    assert "nine working days" in " ".join(shown.split())
    assert "refunds v1" in shown
    assert "it is replaced now" in shown
    assert "the replay of its day is what was stored" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_a_replay_that_cannot_be_the_same_ends_with_one_and_its_cause(
    made: tuple[str, str, Store],
) -> None:
    made[2].documents.retire("dogs")
    done = called(made[1], "--json")
    assert done.exit_code == 1
    told = json.loads(done.output)
    assert told["same"] is False
    assert told["causes"] == ["1 of that day's documents were deleted since: dogs"]
    assert told["stored"]["reply"]["text"] == "Guide dogs are welcome everywhere."
    assert "Guide dogs" not in json.dumps([told["then"], told["today"]])


def test_a_replay_leaves_the_index_folder_alone(made: tuple[str, str, Store]) -> None:
    folder = Settings().data_dir
    before = sorted(folder.rglob("*"))
    called(made[0])
    assert [one for one in sorted(folder.rglob("*")) if "sqlite-" not in one.name] == [
        one for one in before if "sqlite-" not in one.name
    ]


def test_a_suggestion_that_nobody_knows_is_said_in_one_line(
    made: tuple[str, str, Store],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["copilot", "replay", "s_none"])
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 2
    assert capsys.readouterr().err == "copilot: no such suggestion\n"


def test_where_there_is_no_database_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "argv", ["copilot", "replay", "s_none"])
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 2
    assert "there is no database" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()
