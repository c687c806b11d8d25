"""A run as JSON, to keep and compare, and as a table, to read."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot import __version__
from copilot.settings import Settings
from evals import metrics
from evals.bootstrap import LEVEL, RESAMPLES, Floats
from evals.dataset import Dataset
from evals.measure import DIGITS, Figure, Metric, Scored, figure, table_of
from evals.overrides import described
from evals.scorers.abstention import TRUST

if TYPE_CHECKING:
    from evals.run import Run

# What can move a figure or a time; a package that is not installed is left out.
_PACKAGES = (
    "chromadb",
    "langchain-core",
    "numpy",
    "onnxruntime",
    "sentence-transformers",
    "sqlalchemy",
    "tantivy",
    "tokenizers",
    "torch",
)
_TRUST = Metric("trust", TRUST)
_SOURCES = {"copilot": (".py", ".md", ".json", ".npz"), "ingest": (".py",), "evals": (".py", ".md")}
_SIDES = {True: "answerable", False: "unanswerable", None: "not said"}


def result(run: Run, settings: Settings, unreadable: Iterable[str] = ()) -> dict[str, Any]:
    """Everything of a run that JSON can hold, its questions included, for a later comparison.

    `unreadable` are the documents of the corpus that could not be read.
    """
    suite, scored = run.suite, run.scored
    return {
        "kind": run.kind,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "dataset": _dataset(suite.dataset, unreadable),
        "settings": {
            **described(settings),
            "k": suite.k,
            "model": run.model,
            "scorers": list(suite.scorers),
            "seed": suite.seed,
            "interval": f"{LEVEL:.0%}, {RESAMPLES} resamples of questions by gold document",
        },
        "versions": versions(),
        "metrics": _figures(run.metrics, scored, suite.seed),
        "curves": _curves(table_of(_TRUST, scored)),
        "outcomes": outcomes(run.rows),
        "timings_ms": {
            name: {at: round(value, 3) for at, value in found.items()}
            for name, found in run.timings.items()
        },
        "questions": {row["_id"]: _without_id(row) for row in run.rows},
    }


def _dataset(dataset: Dataset, unreadable: Iterable[str]) -> dict[str, Any]:
    as_of = dataset.scope.as_of
    sides = [question.answerable for question in dataset.questions]
    return {
        "name": dataset.name,
        "sha256": dataset.sha256(),
        "answerable": sides.count(True),
        "unanswerable": sides.count(False),
        "not_said": sides.count(None),
        "as_of": as_of.isoformat() if as_of else None,
        "unreadable": list(unreadable),
    }


def outcomes(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How often each status or reason came, for what can be answered and for what cannot."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        came = row["output"]
        told = (
            "could not be scored"
            if "unscored" in came
            else came.get("reason") or came.get("status")
        )
        if told:
            side = _SIDES[row["gold"]["answerable"]]
            counts.setdefault(side, Counter())[told] += 1
    return {side: dict(sorted(found.items())) for side, found in sorted(counts.items())}


def _curves(trust: Floats) -> dict[str, list[list[float]]]:
    """What the confidence is worth: see `metrics.risk_coverage` and `metrics.calibration`."""
    if len(trust) == 0:
        return {}
    columns = trust[:, 0], trust[:, 1]
    return {
        "risk-coverage": [_digits(point) for point in metrics.risk_coverage(*columns)],
        "calibration": [_digits(point) for point in metrics.calibration(*columns)],
    }


def _digits(values: Iterable[float]) -> list[float]:
    return [round(value, DIGITS) for value in values]


def _without_id(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "_id"}


def versions() -> dict[str, str]:
    """What ran: this project, the interpreter, the machine and the packages that matter.

    `source` is the hash of this project's own files, fitted numbers and prompts included.
    """
    found = {
        "agent-assist-copilot": __version__,
        "source": _source(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@cache
def _source() -> str:
    digest = hashlib.sha256()
    for package, endings in _SOURCES.items():
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix in endings:
                digest.update(f"{package}/{path.relative_to(root).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def write_json(value: Mapping[str, Any], path: Path) -> None:
    """With sorted keys, so that two results can be laid side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_lines(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """One object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def table(result: Mapping[str, Any]) -> str:
    """The figures, outcomes and times of a result, one a line."""
    data = result["dataset"]
    lines = [
        f"{result['kind']} on {data['name']}: {data['answerable']} questions that can be "
        f"answered, {data['unanswerable']} that cannot"
        + (f", {data['not_said']} of which it is not said" if data.get("not_said") else ""),
        f"{'':28}{'value':>9}  {'95% interval':<18}{'n':>5}",
    ]
    lines += [_metric_line(name, one) for name, one in result["metrics"].items()]
    for side, counts in result["outcomes"].items():
        shown = ", ".join(f"{name} {count}" for name, count in counts.items())
        lines.append(f"{side:<28}{shown}")
    if result["timings_ms"]:
        lines.append(f"{'':28}{'p50':>9}{'p95':>9}{'p99':>9}")
        lines += [_time_line(name, one) for name, one in result["timings_ms"].items()]
    lines += [f"not read: {problem}" for problem in data["unreadable"]]
    return "\n".join(lines)


def _metric_line(name: str, one: Mapping[str, Any]) -> str:
    left_out = "; ".join(f"{count} not scored: {why}" for why, count in one["unscored"].items())
    if one["value"] is None:
        return f"{name:<28}{'–':>9}  {'nothing to measure':<18}{one['n']:>5}  {left_out}".rstrip()
    interval = f"{one['low']:.3f} to {one['high']:.3f}"
    return f"{name:<28}{one['value']:>9.3f}  {interval:<18}{one['n']:>5}  {left_out}".rstrip()


def _time_line(name: str, one: Mapping[str, float]) -> str:
    label = "× one bare embedding" if name == "ratio" else f"{name}, ms"
    return f"{label:<28}" + "".join(f"{one[at]:>9.2f}" for at in ("p50", "p95", "p99"))


def _figures(
    metrics: Iterable[Metric], scored: Sequence[Scored], seed: int
) -> dict[str, dict[str, Any]]:
    """Of every metric that any case has."""
    found = ((metric, figure(metric, scored, seed)) for metric in metrics)
    return {metric.name: _figure(metric, one) for metric, one in found if one.n or one.unscored}


def _figure(metric: Metric, one: Figure) -> dict[str, Any]:
    low, high = (one.interval.low, one.interval.high) if one.interval else (None, None)
    return {
        "value": _rounded(one.value),
        "low": _rounded(low),
        "high": _rounded(high),
        "n": one.n,
        "unscored": one.unscored,
        "higher_is_better": metric.higher_is_better,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
