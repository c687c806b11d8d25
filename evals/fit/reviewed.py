"""Writes the reviewed files of weights that `copilot` reads, with what they were fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from copilot.answer.abstain import FEATURES, Calibration
from evals.dataset import Dataset
from evals.report import write_json

DIGITS = 3
FUSION = ("copilot.retrieval", "fusion.json")
CONFIDENCE = ("copilot.answer", "confidence.json")


def reviewed_path(package: str, name: str) -> Path:
    """Where a file of a package lies, in a checkout or an installation from one."""
    return Path(str(resources.files(package) / name))


def write_fusion(path: Path, weights: Mapping[str, float], fitted_on: Mapping[str, Any]) -> None:
    """The weights of `fuse.FEATURES`."""
    fields = {"weights": _rounded(weights), "datasets": fitted_on}
    write_json({"source": "docs/decisions/0003-retrieval.md", **fields}, path)


def write_confidence(
    path: Path,
    calibration: Calibration,
    fitted_on: Mapping[str, Any],
    fusion: Mapping[str, float],
) -> None:
    """The calibration of `abstain`; `fusion` are the weights that the scores were made with."""
    weights = dict(zip(FEATURES, calibration.weights, strict=True))
    fields = {
        "bias": round(calibration.bias, DIGITS),
        "weights": _rounded(weights),
        "some": calibration.some,
        "enough": calibration.enough,
        "datasets": fitted_on,
        "fusion": _rounded(fusion),
    }
    write_json({"source": "docs/decisions/0005-answers.md", **fields}, path)


def described(dataset: Dataset, n: int) -> dict[str, Any]:
    """What identifies a data set, and how many of its questions or rows were used."""
    return {"sha256": dataset.sha256(), "n": n}


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), DIGITS) for name, value in values.items()}
