import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals import __main__ as command

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
    for name in ("retrieval", "answers", "compare"):
        assert name in done.stdout


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
    assert "--out FILE" in shown
