"""The committed baseline: a result without outputs and times, a case a line, stable under git."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.results import by_case, metrics

# A measure is compared to as many digits.
DIGITS = 4


def baseline(result: Mapping[str, Any]) -> dict[str, Any]:
    """What of a result a later one can be gated against; outputs and times are left out."""
    columns = {metric.columns[0] for metric in by_case(metrics([result]))}
    return {
        "kind": result["kind"],
        "dataset": {name: result["dataset"][name] for name in ("name", "sha256")},
        "settings": {name: result["settings"].get(name) for name in ("k", "model", "llm_model")},
        "questions": {
            case_id: {
                "cluster": row["cluster"],
                "measures": {
                    name: _short(value)
                    for name, value in sorted(row["measures"].items())
                    if name in columns and isinstance(value, float | int)
                },
            }
            for case_id, row in sorted(result["questions"].items())
        },
    }


def write(result: Mapping[str, Any], path: Path) -> int:
    """Writes it with a case a line, so that a diff shows what changed; how many cases it has."""
    made = baseline(result)
    questions = made.pop("questions")
    lines = [f"{_json(name)}: {_json(value)}," for name, value in sorted(made.items())]
    rows = ",\n".join(f"{_json(case_id)}: {_json(row)}" for case_id, row in questions.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "{\n" + "\n".join(lines) + f'\n"questions": {{\n{rows}\n}}\n}}\n'
    path.write_text(text, encoding="utf-8")
    return len(questions)


def _short(value: float) -> float | int:
    """1 for 1.0."""
    rounded = round(value, DIGITS)
    return int(rounded) if rounded.is_integer() else rounded


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
