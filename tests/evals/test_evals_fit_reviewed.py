import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from copilot.answer.abstain import Calibration, load_calibration
from copilot.retrieval.fuse import FEATURES, load_weights
from evals.dataset import Dataset, Question
from evals.fit import reviewed
from evals.fit.reviewed import CONFIDENCE, FUSION, described, reviewed_path

FITTED_ON = {"small": {"sha256": "ab", "n": 2}}


def test_weights_are_rounded_and_sorted_and_say_what_they_come_from(tmp_path: Path):
    path = tmp_path / "fusion.json"
    reviewed.write_fusion(path, {"words": 0.75649, "dense": 14.9}, FITTED_ON)
    text = path.read_text()
    assert json.loads(text) == {
        "source": "docs/decisions/0003-retrieval.md",
        "weights": {"dense": 14.9, "words": 0.756},
        "datasets": FITTED_ON,
    }
    keys = [line.strip().split('"')[1] for line in text.splitlines() if '"' in line]
    assert keys == ["datasets", "small", "n", "sha256", "source", "weights", "dense", "words"]


def test_a_calibration_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wrote = Calibration(-2.7, (0.477, 4.681, 2.448), 0.14, 0.5)
    path = tmp_path / "confidence.json"
    reviewed.write_confidence(path, wrote, FITTED_ON, {"dense": 14.92149})
    assert json.loads(path.read_text())["fusion"] == {"dense": 14.921}
    monkeypatch.setattr(
        "copilot.answer.abstain.resources", SimpleNamespace(files=lambda _: tmp_path)
    )
    assert load_calibration() == wrote


def test_the_confidence_was_fitted_on_scores_of_the_weights_in_force():
    scored_with = json.loads(reviewed_path(*CONFIDENCE).read_text())["fusion"]
    in_force = json.loads(reviewed_path(*FUSION).read_text())["weights"]
    assert scored_with == in_force, "run `copilot-evals fit confidence DATASETS --write` again"
    assert load_weights().tolist() == [in_force[name] for name in FEATURES]


def test_a_data_set_is_named_by_its_hash_and_how_much_of_it_was_used(tmp_path: Path):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("{}")
    question = Question("q", "when?", True, {"d": 1}, None, "queries.jsonl:1")
    dataset = Dataset("small", corpus, (), (question,), None)
    found = described(dataset, 7)
    assert found == {"sha256": dataset.sha256(), "n": 7}
    corpus.write_text("{} ")
    assert described(dataset, 7) != found
