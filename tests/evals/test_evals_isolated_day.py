"""A data set is asked as of its day, with its documents as they are now."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rig import Clock, Rig

from copilot.assist import Copilot
from copilot.errors import InvalidInput
from copilot.settings import Settings
from copilot.store import Store
from evals import isolated
from evals.dataset import load


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clock:
    """The clock of the copilots that are opened."""
    clock = Clock()

    def open_copilot(settings: Settings, *, follow: bool) -> Copilot:
        return Rig(Store(settings.store_url, clock), clock, tmp_path / "indexes").copilot

    monkeypatch.setattr(isolated, "open_copilot", open_copilot)
    return clock


def data_set(folder: Path, words: str, as_of: datetime) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "corpus.jsonl").write_text(json.dumps({"_id": "d1", "text": words}) + "\n")
    question = {"_id": "q1", "text": "How long do refunds take?", "documents": ["d1"]}
    (folder / "queries.jsonl").write_text(json.dumps(question) + "\n")
    (folder / "dataset.yaml").write_text(f"as_of: {as_of.isoformat()}\n")
    return folder


def asked(folder: Path, data: Path) -> str:
    dataset = load(folder)
    with isolated.open_isolated(dataset, data) as opened:
        reply = opened.copilot.ask(dataset.questions[0].text, scope=dataset.scope).reply
    return reply.text if reply else ""


def test_documents_that_came_after_the_day_count_as_they_are(clock: Clock, tmp_path: Path) -> None:
    day = clock.now - timedelta(days=1)
    for words in ("Refunds take five days.", "Refunds take nine days."):
        assert asked(data_set(tmp_path / "set", words, day), tmp_path / "data") == words
        clock.move(days=1)


def test_a_folder_from_before_the_day_is_refused_once_it_hides_a_change(
    clock: Clock, tmp_path: Path
) -> None:
    day = datetime(2026, 11, 25, tzinfo=UTC)
    data = tmp_path / "data"
    first = "Refunds take five days."
    assert asked(data_set(tmp_path / "set", first, day), data) == first
    clock.now = day + timedelta(days=1)
    assert asked(data_set(tmp_path / "set", first, day), data) == first
    with pytest.raises(InvalidInput, match="changed after 2026-11-25") as error:
        asked(data_set(tmp_path / "set", "Refunds take nine days.", day), data)
    assert "delete this folder" in error.value.remedy
    assert error.value.place == str(data)
