"""What the four commands have in common: help at once, with nothing heavy loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "alembic", "chromadb", "fastapi", "langchain_core", "numpy", "onnxruntime", "openai",
    "sentence_transformers", "sqlalchemy", "tantivy", "torch", "transformers", "uvicorn",
)  # fmt: skip
_ASK_FOR_HELP = """
import sys
from {module}.__main__ import main
sys.argv = [{name!r}, *{arguments!r}, "--help"]
code = None
try:
    main()
except SystemExit as end:
    code = end.code
print("\\nLOADED", *[name for name in {heavy!r} if name in sys.modules])
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("module", "name", "arguments", "words"),
    [
        ("copilot", "copilot", [], ["ask", "erase", "doctor", "keys"]),
        ("copilot", "copilot", ["ask"], ["--customer"]),
        ("copilot", "copilot", ["keys"], ["add", "list", "revoke"]),
        ("ingest", "copilot-ingest", [], ["--prune", "Files and folders"]),
        ("api", "copilot-serve", [], ["--port", "--host"]),
        ("evals", "copilot-evals", [], ["retrieval", "answers", "compare"]),
    ],
)
def test_help_comes_at_once(module: str, name: str, arguments: list[str], words: list[str]) -> None:
    code = _ASK_FOR_HELP.format(module=module, name=name, arguments=arguments, heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    shown, loaded = done.stdout.rsplit("\nLOADED", 1)
    assert loaded.split() == []
    for word in words:
        assert word in shown
