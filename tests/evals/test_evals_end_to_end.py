"""The whole command on three documents, with the real embedder."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.__main__ import app

pytestmark = pytest.mark.model

DOCUMENTS = {
    "refunds": "A refund to a card takes five working days after the goods are back.",
    "parking": "A resident parking permit costs 40 dollars a year and is tied to one car.",
    "nurse": "When the nurse runs late, ring the patient before the slot has passed.",
}
QUESTIONS = [
    ("q1", "How many days until a refund is back on the card?", "refunds"),
    ("q2", "What does a resident parking permit cost a year?", "parking"),
    ("q3", "The nurse runs late, when do I ring the patient?", "nurse"),
    ("q4", "Who painted the ceiling of the chapel?", None),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "documents").mkdir(parents=True)
    for name, text in DOCUMENTS.items():
        (folder / "documents" / f"{name}.md").write_text(f"# About {name}\n\n{text}\n")
    rows = [
        {"_id": _id, "text": text, "answerable": bool(gold), "documents": [gold] if gold else []}
        for _id, text, gold in QUESTIONS
    ]
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "dataset.yaml").write_text("corpus: documents\nas_of: 2026-11-21\n")
    return folder


def run(command: str, folder: Path, *options: str) -> dict[str, float]:
    """The figures by name."""
    out = folder.parent / f"{command}.json"
    paths = [str(folder), "--data-dir", str(folder.parent / "data"), "--out", str(out)]
    done = CliRunner().invoke(app, [command, *paths, *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return {name: one["value"] for name, one in json.loads(out.read_text())["metrics"].items()}


def test_every_document_is_found_by_its_own_question(folder: Path) -> None:
    figures = run("retrieval", folder, "--k", "3")
    assert figures == {"hit@1": 1, "hit@3": 1, "recall@3": 1, "mrr@3": 1, "ndcg@3": 1}


def test_replies_are_cited_to_the_letter_and_silence_is_kept(folder: Path) -> None:
    figures = run("answers", folder, "--failures", str(folder.parent / "failures.jsonl"))
    assert figures["sentences cited exactly"] == 1
    assert figures["sentences without citation"] == 0
    assert figures["false answers"] == 0
    assert figures["auroc"] == 1


def test_two_results_are_compared(folder: Path) -> None:
    run("retrieval", folder)
    path = str(folder.parent / "retrieval.json")
    done = CliRunner().invoke(app, ["compare", path, path], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output.count("same") == 7


def test_a_run_is_kept_in_a_folder_of_its_own_and_every_other_command_takes_its_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPILOT_DATA_DIR", str(folder.parent / "home"))

    def done(*arguments: str) -> str:
        found = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.output

    shown = done("run", str(folder), "--workers", "2")
    (path,) = (folder.parent / "home" / "evals" / "runs" / "tiny").glob("*/result.json")
    assert "right outcomes" in shown
    assert path.name in shown
    first = json.loads(path.read_text())
    assert [row["failure"] for row in first["questions"].values()] == [""] * 4
    assert first["questions"]["q1"]["output"]["sentences"]
    done("run", str(folder), "--resume")
    again = json.loads(path.read_text())
    assert again["questions"] == first["questions"]
    result, page = str(path), folder.parent / "page.html"
    baseline = str(folder.parent / "baseline.json")
    done("gate", result, "--baseline", baseline, "--write-baseline")
    done("gate", result, "--baseline", baseline)
    done("compare", result, result)
    done("report", result, "--out", str(page))
    done("export", result, "--to", "ragas", "--out", str(folder.parent / "rows.jsonl"))
    assert page.stat().st_size > 1000
