"""Two results, question by question: what changed, and whether chance could have done it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.errors import InvalidInput
from evals.bootstrap import Interval, paired_difference
from evals.measure import Metric, Scored, Unscored, paired_tables
from evals.scorers import answers, retrieval

_REMEDY = "give two files that `copilot-evals … --out FILE` wrote"


@dataclass(frozen=True, slots=True)
class Change:
    """A metric's change from the first result to the second, over the `n` questions of both."""

    metric: Metric
    first: float
    second: float
    difference: float
    interval: Interval
    n: int

    @property
    def verdict(self) -> str:
        """Better or worse where the interval leaves 0 out, else no clear change."""
        if 0.0 in self.interval:
            return "same" if self.interval == Interval(0.0, 0.0) else "no clear change"
        if self.metric.higher_is_better is None:
            return "changed"
        return "better" if (self.difference > 0) == self.metric.higher_is_better else "worse"


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Change]:
    """The change of every metric that both results have.

    Raises InvalidInput for results of different kinds, and for ones without a common question.
    """
    if first["kind"] != second["kind"]:
        reason = f"a result of {first['kind']} and one of {second['kind']}"
        raise InvalidInput(reason, remedy="compare two of the same kind")
    one, two = _scored(first), _scored(second)
    if not one.keys() & two.keys():
        raise InvalidInput(
            f"no question is in both {first['dataset']['name']} and {second['dataset']['name']}",
            remedy="compare two results on the same data set",
        )
    shared = [(one[question_id], two[question_id]) for question_id in one if question_id in two]
    changes = (_change(metric, shared) for metric in _metrics(first, second))
    return [change for change in changes if change is not None]


def _metrics(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[Metric, ...]:
    if first["kind"] == "answers":
        return answers.METRICS
    return retrieval.metrics(min(first["settings"]["k"], second["settings"]["k"]))


def _change(metric: Metric, shared: Sequence[tuple[Scored, Scored]]) -> Change | None:
    one, two, clusters = paired_tables(metric, shared)
    if len(one) == 0 or math.isnan(metric.statistic(one)) or math.isnan(metric.statistic(two)):
        return None
    difference, interval = paired_difference(one, two, metric.statistic, clusters=clusters)
    return Change(
        metric, metric.statistic(one), metric.statistic(two), difference, interval, len(one)
    )


def read_result(path: Path) -> dict[str, Any]:
    """A result as `report.result` made it. Raises InvalidInput."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = f"not a result: {error}"
        raise InvalidInput(reason, place=str(path), remedy=_REMEDY) from error
    wanted = {"kind", "dataset", "settings", "questions"}
    if not isinstance(found, dict) or not wanted <= found.keys():
        raise InvalidInput("not a result", place=str(path), remedy=_REMEDY)
    return found


def _scored(result: Mapping[str, Any]) -> dict[str, Scored]:
    return {
        question_id: Scored(
            question_id,
            row["cluster"],
            {
                name: Unscored(value["unscored"]) if isinstance(value, dict) else float(value)
                for name, value in row["measures"].items()
            },
        )
        for question_id, row in result["questions"].items()
    }


def table(first: Mapping[str, Any], second: Mapping[str, Any], changes: Sequence[Change]) -> str:
    """The changes, one a line, and a warning where the files of the data set differ."""
    lines = [f"{first['kind']} on {first['dataset']['name']}: second minus first"]
    if first["dataset"]["sha256"] != second["dataset"]["sha256"]:
        lines.append("the data set's files differ; only the questions in both are compared")
    lines.append(f"{'':28}{'first':>9}{'second':>9}{'change':>9}  {'95% interval':<20}{'n':>5}")
    for one in changes:
        interval = f"{one.interval.low:+.3f} to {one.interval.high:+.3f}"
        lines.append(
            f"{one.metric.name:<28}{one.first:>9.3f}{one.second:>9.3f}{one.difference:>+9.3f}"
            f"  {interval:<20}{one.n:>5}  {one.verdict}"
        )
    return "\n".join(lines)
