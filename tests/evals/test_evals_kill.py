"""A run of the real command that is killed, twice, and goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

DOCUMENTS = {
    "refunds": "A refund to a card takes five working days after the goods are back.",
    "parking": "A resident parking permit costs 40 dollars a year and is tied to one car.",
    "nurse": "When the nurse runs late, ring the patient before the slot has passed.",
}
ASKED = {
    "refunds": "How many days until a refund is back on the card of customer {}?",
    "parking": "What does a resident parking permit for car {} cost a year?",
    "nurse": "The nurse runs late for slot {}, when do I ring the patient?",
}
CASES = 120


@pytest.fixture
def folder(tmp_path: Path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    rows = [{"_id": name, "text": text} for name, text in DOCUMENTS.items()]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    cases = [
        {"_id": f"q{at}", "text": ASKED[gold].format(at), "documents": [gold]}
        for at, gold in zip(range(CASES), [*DOCUMENTS] * CASES, strict=False)
    ]
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in cases))
    return folder


def start(folder: Path, out: Path, *options: str):
    command = [sys.executable, "-m", "evals", "run", str(folder), "--out", str(out), *options]
    surroundings = {**os.environ, "COPILOT_DATA_DIR": str(folder.parent / "data")}
    return subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]):
    _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told


def kill_after(process: subprocess.Popen[str], path: Path, cases: int):
    """Kills it as soon as it has written so many cases."""
    while not path.exists() or path.read_bytes().count(b"\n") < cases:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def without_times(out: Path):
    result: dict[str, Any] = json.loads((out / "result.json").read_text())
    for row in result["questions"].values():
        del row["took_ms"], row["output"]["took_ms"], row["measures"]["took_ms"]
    kept = ("kind", "dataset", "settings", "versions", "questions", "outcomes", "curves")
    figures = {name: one for name, one in result["metrics"].items() if "ms" not in name}
    return {**{name: result[name] for name in kept}, "metrics": figures}


def test_a_run_that_is_killed_loses_nothing_and_ends_as_one_that_was_not(folder: Path):
    whole, killed = folder.parent / "whole", folder.parent / "killed"
    finish(start(folder, whole))
    path = killed / "cases.jsonl"
    kill_after(start(folder, killed), path, 20)
    first = path.read_bytes()
    assert first.count(b"\n") < CASES
    assert not (killed / "result.json").exists()
    kill_after(start(folder, killed, "--resume"), path, first.count(b"\n") + 20)
    second = path.read_bytes()
    assert second.startswith(first[: first.rfind(b"\n") + 1])
    assert second.count(b"\n") < CASES
    finish(start(folder, killed, "--resume"))
    done = [json.loads(line)["_id"] for line in path.read_text().splitlines()]
    assert sorted(done) == sorted({f"q{at}" for at in range(CASES)})
    assert without_times(killed) == without_times(whole)


def test_a_run_is_not_gone_on_with_once_the_suite_has_changed(folder: Path):
    out = folder.parent / "out"
    kill_after(start(folder, out), out / "cases.jsonl", 5)
    with (folder / "corpus.jsonl").open("a") as file:
        file.write('{"_id": "more", "text": "One more document."}\n')
    process = start(folder, out, "--resume")
    _, told = process.communicate(timeout=300)
    assert process.returncode == 2
    assert "dataset_sha256 was" in told
