"""Percentiles of a load, what they should be, and what goes with every result."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from evals.bench.figures import Target
from evals.report import versions
from evals.timing import percentiles

_DIGITS = 1
LEVEL = "100"

TARGETS: Mapping[str, Sequence[Target]] = {
    "latency": (
        Target("evidence p50, × bare", ("evidence", "p50_ratio"), 3.0),
        Target("evidence p95, × bare", ("evidence", "p95_ratio"), 6.0),
    ),
    "many": (
        Target(f"{LEVEL}: evidence p95, ms", ("levels", LEVEL, "evidence", "p95_ms"), 500),
        Target(f"{LEVEL}: suggestion p95, ms", ("levels", LEVEL, "suggestion", "p95_ms"), 1000),
        *(
            Target(f"{LEVEL}: {what}", ("levels", LEVEL, name), 0)
            for name, what in (
                ("lost", "customers' turns without an outcome"),
                ("failed", "turns that were not answered"),
                ("lost_turns", "turns acknowledged, not stored"),
                ("doubled_turns", "turns stored twice"),
                ("doubled", "events that came twice"),
                ("disordered", "events out of order"),
                ("undelivered", "events stored, not delivered"),
            )
        ),
    ),
    "overload": (
        Target("turns refused with 503 or shed", ("shed_or_refused",), 1, at_least=True),
        Target("503 without Retry-After", ("load", "without_retry_after"), 0),
        Target("requests that failed otherwise", ("load", "failed"), 0),
        Target("healthz p95, ms", ("health", "healthz", "p95_ms"), 1000),
        Target("readyz p95, ms", ("health", "readyz", "p95_ms"), 1000),
        Target("customers' turns without an outcome", ("load", "lost"), 0),
        Target("a normal turn answered after, ms", ("recovery", "answered_ms"), 1000),
    ),
    "restarts": (
        Target("turns acknowledged, not stored", ("load", "lost_turns"), 0),
        Target("turns stored twice", ("load", "doubled_turns"), 0),
        Target("customers' turns without an outcome", ("load", "lost"), 0),
        Target("turns never acknowledged", ("load", "failed"), 0),
        Target("events that came twice", ("load", "doubled"), 0),
        Target("events out of order", ("load", "disordered"), 0),
        Target("events stored, not delivered", ("load", "undelivered"), 0),
    ),
}


def milliseconds(spans: Sequence[tuple[float, float | None]]) -> dict[str, float]:
    """p50, p95, p99 and the longest of spans of seconds that have an end; `n` of them."""
    took = [1000 * (end - begin) for begin, end in spans if end is not None]
    if not took:
        return {"n": 0}
    found = {f"{at}_ms": round(value, _DIGITS) for at, value in percentiles(took).items()}
    return {"n": len(took), **found, "max_ms": round(max(took), _DIGITS)}


def result(kind: str, seed: int, measured: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """What was measured, with what ran, when, on what, and the targets it can be held against."""
    began, load_before = time.perf_counter(), os.getloadavg()[0]
    found: dict[str, Any] = {
        "kind": kind,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "seed": seed,
        **measured(),
    }
    found["load_average"] = {"before": load_before, "after": os.getloadavg()[0]}
    found["took_s"] = round(time.perf_counter() - began, 1)
    targets = TARGETS.get(kind, ())
    found["targets"] = [one for target in targets if (one := target.verdict(found))]
    return found
