"""Results of a load as tables to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TIMES = ("p50_ms", "p95_ms", "p99_ms")
_COUNTS = (
    ("turns_per_s", "turns/s"),
    ("refused", "503"),
    ("shed", "shed"),
    ("failed", "failed"),
    ("lost", "lost"),
    ("doubled", "twice"),
    ("disordered", "order"),
    ("undelivered", "undeliv"),
    ("processor_ms_a_turn", "ms/turn"),
    ("processors_busy", "busy"),
    ("memory_mb", "MB"),
)


def table(result: Mapping[str, Any]) -> str:
    """Every figure of a run, and the targets that it can be held against."""
    load = result["load_average"]
    lines = [
        f"{result['kind']}: load average {load['before']:.1f} before, {load['after']:.1f} after; "
        f"{result['versions']['machine']}; seed {result['seed']}; took {result['took_s']:.0f} s",
        "",
        *_BODIES[result["kind"]](result),
        "",
        *_targets(result),
    ]
    return "\n".join(lines).rstrip()


def _latency(result: Mapping[str, Any]) -> Iterator[str]:
    names = ("p50_ms", "p95_ms", "p99_ms", "bare_p50_ms", "bare_p95_ms", "p50_ratio", "p95_ratio")
    labels = ("p50 ms", "p95 ms", "p99 ms", "bare 50", "bare 95", "× p50", "× p95")
    yield f"{'':<12}{'n':>6}" + "".join(f"{label:>9}" for label in labels)
    for kind in ("evidence", "suggestion", "silence"):
        one = result[kind]
        yield f"{kind:<12}{one['n']:>6}" + "".join(f"{one[name]:>9.2f}" for name in names)


def _many(result: Mapping[str, Any]) -> Iterator[str]:
    yield from _levels(result["levels"])
    saturated = [level for level, one in result["levels"].items() if not one["held"]]
    said = f"saturates at {saturated[0]}" if saturated else "every level was held"
    yield f"{said}; a level is held with evidence p95 in time and nothing refused, shed or lost"
    yield f"bare query embedding, nobody else asking: p50 {result['bare_ms']['p50']:.1f} ms"


def _overload(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"holds {result['held']} conversations; was given {result['conversations']}"
    yield from _levels({str(result["conversations"]): result["load"]})
    for name, one in result["health"].items():
        times = " ".join(f"{at[:-3]} {one[at]:.0f} ms" for at in (*_TIMES, "max_ms") if at in one)
        yield f"/{name} meanwhile: {times}, answers {one['answers']}"
    recovery = result["recovery"]
    yield (
        f"a question was answered within a second {recovery['recovered_s']} s after the load; "
        f"the next one took {recovery['answered_ms']:.0f} ms"
    )


def _restarts(result: Mapping[str, Any]) -> Iterator[str]:
    away, load = result["away_s"], result["load"]
    yield (
        f"{result['kills']} kills; the server was away {away['mean']} s on average, "
        f"{away['max']} s at most; {load['reconnections']} reconnections"
    )
    yield (
        f"{load['posted']} turns posted, {load['turns']} stored; "
        f"{load['events']} events stored, {load['events_heard']} heard"
    )


def _batching(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'queries':<22}{'alone ms':>10}{'together':>10}{'ratio':>8}{'processor':>11}"
    for kind, label in (("calls", "in one call"), ("callers", "callers at once")):
        for size, one in result[kind].items():
            figures = f"{one['alone_ms']:>10.2f}{one['together_ms']:>10.2f}{one['ratio']:>8.3f}"
            yield f"{f'{size} {label}':<22}{figures}{one['processor_ratio']:>11.3f}"


def _levels(levels: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Two tables: times, then counts and what it cost."""
    kinds = ("evidence", "suggestion", "silence")
    yield f"{'':<8}" + "".join(f"{kind + ' p50 p95 p99 ms':>30}" for kind in kinds)
    for level, one in levels.items():
        yield f"{level:<8}" + "".join(
            f"{' '.join(_ms(one[kind], at) for at in _TIMES):>30}" for kind in kinds
        )
    yield f"{'':<8}" + "".join(f"{label:>9}" for _, label in _COUNTS)
    for level, one in levels.items():
        yield f"{level:<8}" + "".join(f"{one[name]:>9}" for name, _ in _COUNTS)


def _ms(times: Mapping[str, float], at: str) -> str:
    return f"{times[at]:.0f}".rjust(7) if at in times else "–".rjust(7)


def _targets(result: Mapping[str, Any]) -> Iterator[str]:
    for found in result["targets"]:
        mark = "met" if found["met"] else "MISSED"
        yield f"{found['what']:<48}{found['value']:>9.1f}  {found['limit']:<8}{mark}"


_BODIES = {
    "latency": _latency,
    "many": _many,
    "overload": _overload,
    "restarts": _restarts,
    "batching": _batching,
}
