"""How far a judge agrees with people: raw, and beyond chance (Cohen's kappa, 1960)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.bootstrap import Floats, Interval, bootstrap_interval
from evals.lines import json_lines


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over the `n` cases that both have labelled. `kappa` is None where all labels are one.

    `unscored` are those that only the judge could not label; `confusion` counts (human, judge).
    """

    n: int
    unscored: int
    raw: float | None
    raw_interval: Interval | None
    kappa: float | None
    kappa_interval: Interval | None
    confusion: dict[tuple[str, str], int]


def agreement(judged: Mapping[str, str | None], human: Mapping[str, str]) -> Agreement:
    """The judge's labels against people's, by case; None is what could not be scored."""
    shared = sorted(judged.keys() & human.keys())
    pairs = [(human[one], label) for one in shared if (label := judged[one]) is not None]
    unscored = len(shared) - len(pairs)
    if not pairs:
        return Agreement(0, unscored, None, None, None, None, {})
    names = sorted({label for pair in pairs for label in pair})
    codes = np.array([[names.index(one), names.index(two)] for one, two in pairs], dtype=float)
    beyond = kappa(codes)
    known = not math.isnan(beyond)
    return Agreement(
        n=len(pairs),
        unscored=unscored,
        raw=raw(codes),
        raw_interval=bootstrap_interval(codes, raw),
        kappa=beyond if known else None,
        kappa_interval=bootstrap_interval(codes, kappa) if known else None,
        confusion=dict(sorted(Counter(pairs).items())),
    )


def raw(codes: Floats) -> float:
    """The share of rows, (n, 2), whose two labels are the same."""
    return float((codes[:, 0] == codes[:, 1]).mean())


def kappa(codes: Floats) -> float:
    """(p_o - p_e) / (1 - p_e) of rows (n, 2); nan where chance alone would always agree."""
    observed = raw(codes)
    expected = sum(
        float((codes[:, 0] == label).mean() * (codes[:, 1] == label).mean())
        for label in np.unique(codes)
    )
    return math.nan if expected >= 1 else (observed - expected) / (1 - expected)


def read_labels(path: Path) -> dict[str, str]:
    """`{"_id": …, "label": …}`, one a line. Raises InvalidInput."""
    labels: dict[str, str] = {}
    for line in json_lines(path):
        case_id = line.word("_id")
        if case_id in labels:
            raise line.refused(f"_id {case_id!r} is given twice", "keep one label a case")
        labels[case_id] = line.word("label")
    return labels


def read_judged(path: Path) -> dict[str, str | None]:
    """The labels of rows that a judge wrote; None where it could not. Raises InvalidInput."""
    return {line.word("_id"): line.word_or_none("label") for line in json_lines(path)}


def table(found: Agreement) -> str:
    """The figures, and who said what how often."""
    lines = [f"{found.n} cases that a person and the judge labelled, {found.unscored} not scored"]
    for name, value, interval in (
        ("agreement", found.raw, found.raw_interval),
        ("Cohen's kappa", found.kappa, found.kappa_interval),
    ):
        lines.append(f"{name:<16}{_figure(value, interval)}")
    lines += _confusion(found.confusion)
    return "\n".join(lines)


def _figure(value: float | None, interval: Interval | None) -> str:
    if value is None or interval is None:
        return "nothing to measure"
    return f"{value:>6.3f}  {interval.low:.3f} to {interval.high:.3f}"


def _confusion(counts: Mapping[tuple[str, str], int]) -> Sequence[str]:
    return [f"  a person says {one}, the judge {two}: {n}" for (one, two), n in counts.items()]
