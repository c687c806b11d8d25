"""Reads results that were written before, and gives their cases one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.errors import InvalidInput
from evals.bootstrap import mean
from evals.measure import Metric, Scored, measures_of
from evals.scorers import catalog, cost, retrieval

_K = 5
_REMEDY = "give a file that `copilot-evals … --out` wrote"
_WANTED = frozenset(("kind", "dataset", "settings", "questions"))


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a result; older results have neither `text`, `gold` nor `output`."""

    scored: Scored
    text: str = ""
    gold: Any = None
    output: Any = None

    @property
    def case_id(self) -> str:
        return self.scored.question_id


def read_result(path: Path) -> dict[str, Any]:
    """A result as `report.result` made it. Raises InvalidInput."""
    found = read_object(path, _REMEDY)
    if not found.keys() >= _WANTED or not _has_rows(found):
        raise InvalidInput("not a result", place=str(path), remedy=_REMEDY)
    return found


def read_object(path: Path, remedy: str) -> dict[str, Any]:
    """The JSON object of a file. Raises InvalidInput."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"not a result: {error}", place=str(path), remedy=remedy) from error
    if not isinstance(found, dict):
        raise InvalidInput("not a result", place=str(path), remedy=remedy)
    return found


def _has_rows(found: Mapping[str, Any]) -> bool:
    named = all(isinstance(found[name], dict) for name in ("dataset", "settings", "questions"))
    return (
        named
        and {"name", "sha256"} <= found["dataset"].keys()
        and all(
            isinstance(row, dict)
            and isinstance(row.get("cluster"), str)
            and isinstance(row.get("measures"), dict)
            and all(_is_measure(value) for value in row["measures"].values())
            for row in found["questions"].values()
        )
    )


def _is_measure(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, dict) and "unscored" in value)


def cases(result: Mapping[str, Any]) -> dict[str, Case]:
    """The cases of a result by id, in its order."""
    return {
        case_id: Case(
            Scored(case_id, row["cluster"], measures_of(row["measures"])),
            row.get("text") or "",
            row.get("gold"),
            row.get("output"),
        )
        for case_id, row in result["questions"].items()
    }


def metrics(results: Iterable[Mapping[str, Any]]) -> tuple[Metric, ...]:
    """The metrics that results can share; of searches, to the lowest k.

    A measure that no scorer of ours knows, of an imported result, is one by itself.
    """
    given = list(results)
    depths = [k for result in given if (k := result["settings"].get("k"))]
    ours = catalog.metrics(k=min(depths, default=_K))
    columns = {name for metric in catalog.metrics(k=retrieval.DEEPEST) for name in metric.columns}
    measured = (
        name for one in given for row in one["questions"].values() for name in row["measures"]
    )
    others = (name for name in dict.fromkeys(measured) if name not in columns and "@" not in name)
    return ours + tuple(Metric(name, (name,)) for name in others)


def by_case(known: Sequence[Metric]) -> tuple[Metric, ...]:
    """Those whose figure is the mean of one measure, and of which one way is better; no costs."""
    return tuple(
        metric
        for metric in known
        if metric.statistic is mean
        and metric.higher_is_better is not None
        and metric not in cost.METRICS
    )
