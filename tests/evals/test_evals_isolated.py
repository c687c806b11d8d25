import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from copilot.errors import InvalidInput, UnreadableFile
from copilot.settings import Settings
from copilot.store import Store
from copilot.store.vectors import Embedded
from copilot.types import Customer
from evals import isolated
from evals.dataset import load


class FakeEmbedder:
    model = "fake/1"
    dimension = 2

    def __init__(self) -> None:
        self.embedded = 0

    def embed_passages(self, texts: list[str], spans: object):
        self.embedded += len(texts)
        return [Embedded(np.array([1.0, 0.0], dtype=np.float32)) for _ in texts]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch):
    """What was opened; a copilot with a real store and a fake embedder."""
    calls = []

    def open_copilot(settings: Settings, *, follow: bool) -> Any:
        store = Store(settings.store_url)
        copilot = SimpleNamespace(
            store=store, embedder=FakeEmbedder(), close=store.close, settings=settings
        )
        calls.append(copilot)
        return copilot

    monkeypatch.setattr(isolated, "open_copilot", open_copilot)
    return calls


@pytest.fixture
def folder(tmp_path: Path):
    folder = tmp_path / "small"
    folder.mkdir()
    rows = [{"_id": "d1", "text": "Refunds take 5 days."}, {"_id": "d2", "text": "Bring it."}]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "When?", "answerable": true, "documents": ["d1"]}\n'
    )
    return folder


def test_takes_in_the_corpus_and_nothing_twice(opened: list[Any], folder: Path, tmp_path: Path):
    for expected in ("+2 ~0 -0 =0", "+0 ~0 -0 =2"):
        with isolated.open_isolated(load(folder), tmp_path / "data") as found:
            assert str(found.counts) == expected
            assert found.copilot.store.documents.count() == 2
    assert [copilot.embedder.embedded > 0 for copilot in opened] == [True, False]


def test_documents_that_left_the_corpus_are_retired(
    opened: list[Any], folder: Path, tmp_path: Path
):
    with isolated.open_isolated(load(folder), tmp_path / "data"):
        pass
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "text": "Refunds take 6 days."}\n')
    with isolated.open_isolated(load(folder), tmp_path / "data") as found:
        assert str(found.counts) == "+0 ~1 -1 =0"


def test_customers_beside_the_documents_are_not_part_of_a_corpus(folder: Path):
    (folder / "corpus.jsonl").rename(folder / "documents.jsonl")
    (folder / "customers.jsonl").write_text('{"customer_id": "c1"}\n')
    (folder / "queries.jsonl").unlink()
    assert [one.document_id for one in isolated.documents(folder)] == ["d1", "d2"]


def test_customers_are_taken_in_where_the_data_set_names_them(
    opened: list[Any], folder: Path, tmp_path: Path
):
    path = tmp_path / "people.jsonl"
    path.write_text('{"customer_id": "c1", "name": "Maren Holtby"}\n')
    dataset = replace(load(folder), records=(path,))
    with isolated.open_isolated(dataset, tmp_path / "data") as found:
        assert found.records == [Customer("c1", "Maren Holtby")]
        assert found.copilot.store.customers.customer("c1").name == "Maren Holtby"
    path.write_text("not json\n")
    with pytest.raises(UnreadableFile), isolated.open_isolated(dataset, tmp_path / "data"):
        pass


def test_settings_are_changed_for_one_run_only(opened: list[Any], folder: Path, tmp_path: Path):
    with isolated.open_isolated(load(folder), tmp_path / "data", {"llm_model": "small"}) as found:
        assert found.settings.llm_model == "small"
    assert opened[0].settings.llm_model == "small"
    with (
        pytest.raises(InvalidInput, match="data_dir"),
        isolated.open_isolated(load(folder), tmp_path / "data", {"data_dir": "/"}),
    ):
        pass


def test_a_document_that_cannot_be_read_is_a_value_and_a_corpus_without_any_is_refused(
    folder: Path,
):
    with (folder / "corpus.jsonl").open("a") as corpus:
        corpus.write("not json\n")
    *_, last = isolated.documents(folder / "corpus.jsonl")
    assert isinstance(last, UnreadableFile)
    (folder / "corpus.jsonl").write_text("not json\n")
    with pytest.raises(InvalidInput, match="there is no document"):
        isolated.documents(folder / "corpus.jsonl")


def test_a_missing_gold_document_ends_before_anything_is_opened(
    opened: list[Any], folder: Path, tmp_path: Path
):
    (folder / "corpus.jsonl").write_text('{"_id": "d2", "text": "Bring it."}\n')
    with (
        pytest.raises(InvalidInput, match="gold document 'd1'"),
        isolated.open_isolated(load(folder), tmp_path / "data"),
    ):
        pass
    assert opened == []


def test_a_data_set_has_a_folder_and_a_database_of_its_own(tmp_path: Path):
    settings = Settings(
        data_dir=tmp_path, database_url="postgresql://live", chroma_url="http://live", embedder="x"
    )
    found = isolated.isolated_settings(settings, "small", None)
    assert found.data_dir == tmp_path / "evals" / "small"
    assert found.store_url == f"sqlite:///{tmp_path / 'evals' / 'small' / 'copilot.sqlite'}"
    assert found.chroma_url == ""
    assert found.embedder == "x"
    assert isolated.isolated_settings(settings, "small", tmp_path / "b").data_dir == tmp_path / "b"
