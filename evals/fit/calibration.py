"""How far a confidence can be trusted, and from which one on to speak.

Every data set is judged by weights that were fitted on the others, beside those fitted on all.
Natural rows are the questions as they are; the ones without gold documents only take part in the
table of reliability, where they count as they did in the fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.answer.abstain import FEATURES, Calibration
from evals import metrics
from evals.bootstrap import Floats, bootstrap_interval
from evals.fit.confidence import confidences, fit, weights
from evals.fit.features import Row

THRESHOLDS = tuple(round(0.2 + 0.05 * step, 2) for step in range(11))
# A wrong reply is read beside its evidence by a person who decides; silence leaves them with
# nothing. A wrong reply counts as two thirds of a silence that was not needed.
WRONG = 2 / 3
# What is gained by speaking, p, outweighs what is risked, (1 - p) × WRONG, from here on.
ENOUGH = round(WRONG / (1 + WRONG), 2)
# Below `some` there is no evidence at all; this share of what can be answered may lie there.
LOST = 0.03
_BINS = metrics.BINS


@dataclass(frozen=True, slots=True)
class Judged:
    """A data set's rows, with the confidence of the weights fitted on all sets, and on the others.

    Both are (rows,), in order.
    """

    rows: tuple[Row, ...]
    fitted: Floats
    left_out: Floats

    def natural(self) -> Judged:
        """Only the questions as they are."""
        at = np.array([not row.removed for row in self.rows], dtype=np.bool_)
        kept = tuple(row for row in self.rows if not row.removed)
        return Judged(kept, self.fitted[at], self.left_out[at])

    def are(self, name: str) -> NDArray[np.bool_]:
        """A flag of the rows (`answerable`, `right`), (rows,)."""
        return np.array([getattr(row, name) for row in self.rows], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Errors:
    """What a threshold does to natural questions: shares of those without and with an answer.

    `false_answers` is nan where every question can be answered. `wrong` is the share of the
    replies that are not from a gold document, whether or not there is one.
    """

    threshold: float
    false_answers: float
    false_silences: float
    wrong: float


def judge(sets: Mapping[str, Sequence[Row]]) -> tuple[Calibration, dict[str, Judged]]:
    """The calibration with its thresholds, and what it is worth on two data sets or more."""
    fitted = fit(list(sets.values()))
    judged = {
        name: Judged(
            tuple(rows),
            confidences(rows, fitted),
            confidences(rows, fit([sets[other] for other in sets if other != name])),
        )
        for name, rows in sets.items()
    }
    return Calibration(fitted.bias, fitted.weights, choose_some(judged), ENOUGH), judged


def errors(judged: Judged, threshold: float) -> Errors:
    """Of the natural rows, by the confidence of weights that were fitted on other data sets."""
    own = judged.natural()
    spoken, answerable = own.left_out >= threshold, own.are("answerable")
    return Errors(
        threshold,
        _share(spoken[~answerable]),
        _share(~spoken[answerable]),
        _share(~own.are("right")[spoken]),
    )


def cost(judged: Mapping[str, Judged], threshold: float) -> float:
    """What a question costs on average: 1 where a right first hit is held back, WRONG where a
    wrong one is spoken from.

    All rows count as they did in the fit, by the weights that were fitted on other data sets.
    """
    found = []
    for one in judged.values():
        spoken, right = one.left_out >= threshold, one.are("right")
        found.append(
            weights(one.rows) @ (~spoken & right) + WRONG * (weights(one.rows) @ (spoken & ~right))
        )
    return float(np.mean(found))


def choose_some(judged: Mapping[str, Judged]) -> float:
    """The highest whole hundredth below ENOUGH with at most LOST of the answerable below it."""
    fair = [one.natural() for one in judged.values()]
    lost = 0.0
    for hundredth in range(1, round(ENOUGH * 100)):
        at = hundredth / 100
        if np.mean([_share((one.fitted < at)[one.are("answerable")]) for one in fair]) > LOST:
            break
        lost = at
    return lost


def reliability(judged: Mapping[str, Judged]) -> list[tuple[float, float, float, float]]:
    """(lower edge, share of rows, mean confidence, share that is right) of each bin with rows.

    All rows count as they did in the fit, by the weights that were fitted on other data sets.
    """
    given = np.concatenate([one.left_out for one in judged.values()])
    right = np.concatenate([one.are("right") for one in judged.values()])
    shares = np.concatenate([weights(one.rows) for one in judged.values()]) / len(judged)
    bins = np.minimum((given * _BINS).astype(np.int64), _BINS - 1)
    found = []
    for at in np.unique(bins):
        own = bins == at
        total = float(shares[own].sum())
        mean, rate = (float(shares[own] @ of[own]) / total for of in (given, right))
        found.append((float(at) / _BINS, total, mean, rate))
    return found


def table(calibration: Calibration, judged: Mapping[str, Judged]) -> str:
    """Everything above, to read."""
    named = zip(FEATURES, calibration.weights, strict=True)
    shown = ", ".join(f"{name} {weight:.3f}" for name, weight in named)
    return "\n".join(
        [
            *_figure_lines(judged),
            f"\n{'confidence':<12}{'share':>8}{'mean':>8}{'right':>8}",
            *(
                f"{f'from {low:.1f}':<12}{share:>8.3f}{mean:>8.3f}{rate:>8.3f}"
                for low, share, mean, rate in reliability(judged)
            ),
            f"\n{'threshold':<12}" + "".join(f"{name:<30}" for name in judged),
            f"{'':12}" + f"{'false ans.  silences  wrong':<30}" * len(judged) + "cost",
            *(
                f"{at:<12.2f}"
                + "".join(_errors_cell(errors(one, at)) for one in judged.values())
                + f"{cost(judged, at):.3f}"
                for at in THRESHOLDS
            ),
            f"\nbias {calibration.bias:.3f}, {shown}",
            f"some {calibration.some:.2f}, enough {calibration.enough:.2f}",
        ]
    )


def _figure_lines(judged: Mapping[str, Judged]) -> list[str]:
    lines = [f"{'natural questions':<32}{'data set':<12}{'fitted on all':<24}on the others"]
    for label, figure, flag in _FIGURES:
        for name, one in judged.items():
            own = one.natural()
            if label == "auroc" and own.are("answerable").all():
                continue
            clusters = [row.cluster for row in own.rows]
            cells = [
                _cell(figure, np.column_stack([given, own.are(flag)]), clusters)
                for given in (own.fitted, own.left_out)
            ]
            lines.append(f"{f'{label}, {flag}':<32}{name:<12}{cells[0]:<24}{cells[1]}")
    return lines


def _errors_cell(found: Errors) -> str:
    false = "–" if np.isnan(found.false_answers) else f"{found.false_answers:.3f}"
    wrong = "–" if np.isnan(found.wrong) else f"{found.wrong:.3f}"
    return f"{false:<12}{found.false_silences:<10.3f}{wrong:<8}"


def _cell(figure: Callable[[Floats], float], rows: Floats, clusters: Sequence[str]) -> str:
    interval = bootstrap_interval(rows, figure, clusters=clusters)
    return f"{figure(rows):.3f} ({interval.low:.3f}–{interval.high:.3f})"


def _share(flags: NDArray[np.bool_]) -> float:
    """The share that is true; nan of nothing."""
    return float(flags.mean()) if flags.size else np.nan


_FIGURES: tuple[tuple[str, Callable[[Floats], float], str], ...] = (
    ("auroc", lambda rows: metrics.auroc(rows[:, 0], rows[:, 1]), "answerable"),
    (
        "calibration error",
        lambda rows: metrics.expected_calibration_error(rows[:, 0], rows[:, 1]),
        "right",
    ),
    ("brier score", lambda rows: metrics.brier_score(rows[:, 0], rows[:, 1]), "right"),
)
