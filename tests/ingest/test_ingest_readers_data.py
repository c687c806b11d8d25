"""The readers over real public documents, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.types import Document
from ingest.walk import load, walk

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"


def documents(folder: Path) -> list[Document]:
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not at hand")
    records = [record for source in walk([folder]) for record in load(source)]
    assert all(isinstance(record, Document) for record in records), records
    return [record for record in records if isinstance(record, Document)]


def test_every_procedure_of_abcd_is_read_under_its_heading():
    made = documents(DATA / "abcd" / "procedures")
    assert len(made) == 55
    for document in made:
        path = DATA / "abcd" / "procedures" / f"{document.document_id}.md"
        assert document.text.encode() == path.read_bytes()
        assert f"# {document.title}" in document.text


@pytest.mark.parametrize(("name", "count"), [("wixqa", 173), ("techqa", 337)])
def test_every_article_of_a_beir_folder_is_read_and_no_question(name: str, count: int):
    made = documents(DATA / name)
    lines = (DATA / name / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    given = [json.loads(line) for line in lines]
    assert len(made) == count
    assert [(m.document_id, m.text) for m in made] == [(g["_id"], g["text"]) for g in given]
    assert all(document.title for document in made)
