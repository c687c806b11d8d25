import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals import __main__ as command
from evals.dataset import Dataset
from evals.fit.features import Choice, Row

HEAVY = ("numpy", "sqlalchemy", "onnxruntime", "chromadb", "langchain_core", "torch", "tqdm")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from evals.__main__ import main; sys.argv = ['copilot-evals', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    names = ("run", "retrieval", "answers", "compare", "gate", "report", "from-decisions")
    for name in (*names, "counterfactual", "export", "import", "fit"):
        assert f" {name} " in done.stdout


def test_compare_prints_a_table(tmp_path: Path):
    result = {
        "kind": "retrieval",
        "dataset": {"name": "small", "sha256": "a"},
        "settings": {"k": 10},
        "questions": {"q1": {"cluster": "d1", "measures": {"hit@1": 1.0}}},
    }
    (tmp_path / "a.json").write_text(json.dumps(result))
    paths = [str(tmp_path / "a.json")] * 2
    done = CliRunner().invoke(command.app, ["compare", *paths])
    assert done.exit_code == 0
    assert "hit@1" in done.output


def test_bad_input_ends_with_its_reason_and_remedy_and_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    missing = str(tmp_path / "no.json")
    monkeypatch.setattr(sys, "argv", ["copilot-evals", "compare", missing, missing])
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 2
    shown = capsys.readouterr().err
    assert "no.json: not a result" in shown
    assert "--out" in shown


@pytest.fixture
def two_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Two data sets whose copilots are never opened, and a path that stands for the package's."""
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "corpus.jsonl").write_text('{"_id": "d1", "text": "Refunds take 5 days."}\n')
        (folder / "queries.jsonl").write_text(
            '{"_id": "q1", "text": "When?", "answerable": true, "documents": ["d1"]}\n'
        )

    @contextmanager
    def open_isolated(dataset: Dataset, data_dir: Path | None) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(copilot=(dataset.name, data_dir))

    monkeypatch.setattr("evals.isolated.open_isolated", open_isolated)
    monkeypatch.setattr("evals.fit.reviewed.reviewed_path", lambda _, name: tmp_path / name)
    return [str(tmp_path / "one"), str(tmp_path / "two")]


def test_fit_fusion_writes_only_when_it_is_told_to(
    two_sets: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    opened = []

    def choices(dataset: Dataset, copilot: object) -> list[Choice]:
        opened.append(copilot)
        features = np.array([[0.9, 1.0, 0.0], [0.1, 0.0, 0.0]])
        return [Choice("q1", "d1", features, np.array([True, False]))]

    monkeypatch.setattr("evals.fit.features.choices", choices)
    arguments = ["fit", "fusion", *two_sets, "--data-dir", str(tmp_path / "data")]
    done = CliRunner().invoke(command.app, arguments)
    assert done.exit_code == 0, done.output
    assert "weights: dense" in done.output
    assert opened == [(name, tmp_path / "data" / name) for name in ("one", "two")]
    assert not (tmp_path / "fusion.json").exists()
    assert "wrote" in CliRunner().invoke(command.app, [*arguments, "--write"]).output
    written = json.loads((tmp_path / "fusion.json").read_text())
    assert written["weights"]["title"] == 0.0
    assert {name: one["n"] for name, one in written["datasets"].items()} == {"one": 1, "two": 1}


def test_fit_confidence_writes_the_calibration_and_what_the_scores_were_made_with(
    two_sets: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def rows(dataset: Dataset, copilot: object) -> list[Row]:
        right = Row("q1", "d1", (2.0, 0.3, 0.6), False, True, True)
        return [right, Row("q1", "d1", (0.1, 0.1, 0.3), True, False, False)]

    monkeypatch.setattr("evals.fit.features.rows", rows)
    done = CliRunner().invoke(command.app, ["fit", "confidence", *two_sets, "--write"])
    assert done.exit_code == 0, done.output
    written = json.loads((tmp_path / "confidence.json").read_text())
    assert written["some"] < written["enough"]
    assert all(weight > 0 for weight in written["weights"].values())
    assert written["fusion"].keys() == {"dense", "words", "title"}


@pytest.mark.parametrize("chosen", [slice(0, 1), [0, 0]])
def test_fitting_needs_two_data_sets(two_sets: list[str], chosen: slice | list[int]):
    folders = two_sets[chosen] if isinstance(chosen, slice) else [two_sets[at] for at in chosen]
    done = CliRunner().invoke(command.app, ["fit", "fusion", *folders])
    assert isinstance(done.exception, InvalidInput)
    assert "two or more" in done.exception.remedy
