"""A run as JSON, to keep and compare, and as a table, to read."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot import __version__
from copilot.settings import Settings
from evals.bootstrap import LEVEL, RESAMPLES
from evals.measure import Figure, Scored, Unscored, figure

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
_DIGITS = 6


def result(run: Run, settings: Settings, unreadable: Iterable[str] = ()) -> dict[str, Any]:
    """Everything of a run that JSON can hold, its questions included, for a later comparison.

    `unreadable` are the documents of the corpus that could not be read.
    """
    answerable = sum(question.answerable for question in run.dataset.questions)
    as_of = run.dataset.scope.as_of
    return {
        "kind": run.kind,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "dataset": {
            "name": run.dataset.name,
            "sha256": run.dataset.sha256(),
            "answerable": answerable,
            "unanswerable": len(run.dataset.questions) - answerable,
            "as_of": as_of.isoformat() if as_of else None,
            "unreadable": list(unreadable),
        },
        "settings": {
            "k": run.k,
            "model": run.model,
            "reranker": settings.reranker,
            "llm_model": settings.llm_model,
            "interval": f"{LEVEL:.0%}, {RESAMPLES} resamples of questions by gold document",
        },
        "versions": versions(),
        "metrics": {one.name: _figure(figure(one, run.scored)) for one in run.metrics},
        "outcomes": run.outcomes,
        "timings_ms": {
            name: {at: round(value, 3) for at, value in found.items()}
            for name, found in run.timings.items()
        },
        "questions": {row.question_id: _scored(row) for row in run.scored},
    }


def versions() -> dict[str, str]:
    """What ran: this project, the interpreter, the machine and the packages that matter."""
    found = {
        "agent-assist-copilot": __version__,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


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
        f"answered, {data['unanswerable']} that cannot",
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


def _figure(one: Figure) -> dict[str, Any]:
    low, high = (one.interval.low, one.interval.high) if one.interval else (None, None)
    return {
        "value": _rounded(one.value),
        "low": _rounded(low),
        "high": _rounded(high),
        "n": one.n,
        "unscored": one.unscored,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _scored(row: Scored) -> dict[str, Any]:
    return {
        "cluster": row.cluster,
        "measures": {
            name: {"unscored": value.reason} if isinstance(value, Unscored) else _rounded(value)
            for name, value in row.measures.items()
        },
    }
