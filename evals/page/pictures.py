"""Which charts the page of a result or two has, and the points of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from evals import metrics
from evals.bootstrap import Floats
from evals.page import charts
from evals.results import cases
from evals.results import metrics as known
from evals.scorers import cost, latency
from evals.scorers.abstention import TRUST

Result = Mapping[str, Any]
_QUANTILES = np.linspace(0.0, 0.99, 100)


def ordered(results: Sequence[Result]) -> list[str]:
    """The figures of the results, in the order of the scorers; those that none has come last."""
    order = {one.name: at for at, one in enumerate(known(results))}
    found = dict.fromkeys(name for one in results for name in one.get("metrics", {}))
    return sorted(found, key=lambda name: order.get(name, len(order)))


def pictures(named: Mapping[str, Result]) -> Iterator[tuple[str, Markup]]:
    """(what it says, the chart), those that there is something for."""
    labels = _shares(list(named.values()))
    if labels:
        series = {name: [_interval(one, label) for label in labels] for name, one in named.items()}
        yield "Figures from 0 to 1, with 95% intervals", charts.bars("Figures", labels, series)
    if any(one.get("outcomes") for one in named.values()):
        yield "What came, for what can be answered and what cannot", _outcomes(named)
    trusted = {name: found for name, one in named.items() if len(found := _table(one, *TRUST))}
    if trusted:
        yield (
            "Risk and coverage: were only the surest answers shown, how many of them lack a gold "
            "document? Lower is better",
            charts.lines(
                "Risk and coverage",
                {n: _risk(t) for n, t in trusted.items()},
                x="coverage",
                y="risk",
            ),
        )
        yield (
            "Calibration: of those that were said to be this sure, how many had a gold document? "
            "The dotted line is as sure as right",
            charts.lines(
                "Calibration",
                {name: _calibration(table) for name, table in trusted.items()},
                x="confidence",
                y="had it",
                diagonal=True,
                dots=True,
            ),
        )
    timed = {name: found for name, one in named.items() if len(found := _times(one))}
    if timed:
        yield (
            "Latency: the share of cases that had their answer within this time",
            charts.lines(
                "Latency",
                {name: _latency(times) for name, times in timed.items()},
                x="milliseconds",
                y="share",
                x_range=None,
            ),
        )


def _shares(results: Sequence[Result]) -> list[str]:
    """The metrics that lie between 0 and 1 in all results that have them."""
    costly = {one.name for one in (*latency.METRICS, *cost.METRICS)}
    return [
        name
        for name in ordered(results)
        if name not in costly
        and (drawn := [found for one in results if (found := _interval(one, name))])
        and all(low >= 0 and high <= 1 for _, low, high in drawn)
    ]


def _interval(result: Result, name: str) -> tuple[float, float, float] | None:
    cell = result.get("metrics", {}).get(name)
    if not cell or cell["value"] is None:
        return None
    return cell["value"], cell["low"], cell["high"]


def _outcomes(named: Mapping[str, Result]) -> Markup:
    rows = {
        side if len(named) == 1 else f"{side}, {name}": counts
        for side in ("answerable", "unanswerable", "not said")
        for name, one in named.items()
        if (counts := one.get("outcomes", {}).get(side))
    }
    kinds = dict.fromkeys(kind for counts in rows.values() for kind in counts)
    series = {
        kind.replace("_", " "): [counts.get(kind, 0) for counts in rows.values()] for kind in kinds
    }
    return charts.stacked("Outcomes", list(rows), series)


def _table(result: Result, *columns: str) -> Floats:
    """These measures of the cases that have them all, (n, columns)."""
    found = []
    for case in cases(result).values():
        cells = [case.scored.measures.get(name) for name in columns]
        if all(isinstance(cell, float) for cell in cells):
            found.append(cells)
    return np.array(found, dtype=np.float64).reshape(-1, len(columns))


def _risk(table: Floats) -> list[charts.Point]:
    found = metrics.risk_coverage(table[:, 0], table[:, 1])
    return [(coverage, risk) for _, coverage, risk in found]


def _calibration(table: Floats) -> list[charts.Point]:
    return [(sure, right) for sure, right, _ in metrics.calibration(table[:, 0], table[:, 1])]


def _times(result: Result) -> Floats:
    """The milliseconds of each case that says how long it took."""
    took = [row.get("took_ms") for row in result["questions"].values()]
    return np.array([one for one in took if isinstance(one, int | float)], dtype=np.float64)


def _latency(times: Floats) -> list[charts.Point]:
    values = np.quantile(times, _QUANTILES)
    return [(float(value), float(at)) for value, at in zip(values, _QUANTILES, strict=True)]
