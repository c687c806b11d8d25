"""Two results, metric by metric and case by case: what changed, and could chance have done it?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.errors import InvalidInput
from evals.bootstrap import Interval, paired_difference
from evals.drops import DECIDING, PROMISES
from evals.measure import Metric, Scored, paired_tables
from evals.results import Case, by_case, cases, metrics
from evals.scorers import safety

_FIRST = (*(metric.name for metric in safety.METRICS), *PROMISES, *DECIDING)


@dataclass(frozen=True, slots=True)
class Change:
    """A metric's change from the first result to the second, over the `n` cases of both."""

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


@dataclass(frozen=True, slots=True)
class Shift:
    """A case that changed, and the (metric, first, second) that did, what weighs most first.

    `gain` is what it gained in that one, below 0 where it got worse.
    """

    first: Case
    second: Case
    changed: tuple[tuple[Metric, float, float], ...]
    gain: float


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Change]:
    """The change of every metric that both results have.

    Raises InvalidInput for results of different kinds, and for ones without a common case.
    """
    shared = [(one.scored, two.scored) for one, two in _shared(first, second)]
    changes = (_change(metric, shared) for metric in metrics([first, second]))
    return [change for change in changes if change is not None]


def shifts(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Shift]:
    """The cases that changed, worst first: by the weight of what changed, then by how much.

    What must not happen weighs most, then what decides, then all others in the scorers' order;
    costs and times are not looked at. Raises InvalidInput as `compare` does.
    """
    known = metrics([first, second])
    judged = list(by_case(known))
    judged += [one for one in known if one.name in PROMISES and one not in judged]
    judged.sort(key=lambda one: _FIRST.index(one.name) if one.name in _FIRST else len(_FIRST))
    rank = {metric.name: at for at, metric in enumerate(judged)}
    found = [
        Shift(one, two, changed, _gain(*changed[0]))
        for one, two in _shared(first, second)
        if (changed := tuple(_changed(judged, one.scored, two.scored)))
    ]
    return sorted(found, key=lambda one: (one.gain > 0, rank[one.changed[0][0].name], one.gain))


def _changed(
    judged: Sequence[Metric], first: Scored, second: Scored
) -> Iterator[tuple[Metric, float, float]]:
    for metric in judged:
        one, two, _ = paired_tables(metric, [(first, second)])
        if len(one) and not math.isclose(
            before := metric.statistic(one), after := metric.statistic(two), abs_tol=1e-9
        ):
            yield metric, before, after


def _gain(metric: Metric, before: float, after: float) -> float:
    return after - before if metric.higher_is_better else before - after


def _shared(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[Case, Case]]:
    if first["kind"] != second["kind"]:
        reason = f"a result of {first['kind']} and one of {second['kind']}"
        raise InvalidInput(reason, remedy="compare two of the same kind")
    one, two = cases(first), cases(second)
    if not one.keys() & two.keys():
        raise InvalidInput(
            f"no question is in both {first['dataset']['name']} and {second['dataset']['name']}",
            remedy="compare two results on the same data set",
        )
    return [(one[case_id], two[case_id]) for case_id in one if case_id in two]


def _change(metric: Metric, shared: Sequence[tuple[Scored, Scored]]) -> Change | None:
    one, two, clusters = paired_tables(metric, shared)
    if len(one) == 0 or math.isnan(metric.statistic(one)) or math.isnan(metric.statistic(two)):
        return None
    difference, interval = paired_difference(one, two, metric.statistic, clusters=clusters)
    return Change(
        metric, metric.statistic(one), metric.statistic(two), difference, interval, len(one)
    )
