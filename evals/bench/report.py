"""A bench result as a table to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evals.bench.figures import TARGETS

_LATENCIES = {
    "search": "search",
    "search_exact": "search, exact scan",
    "scoped": "search of 1%",
    "ask": "ask",
    "http_search": "search over HTTP",
    "chain": "langchain + Chroma",
}
_HEAD = "".join(
    f"{name:>8}"
    for name in (
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "bare 50",
        "bare 95",
        "bare 99",
        "× p50",
        "× p95",
        "95/95",
    )
)
_COLUMNS = (
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "bare_p50_ms",
    "bare_p95_ms",
    "bare_p99_ms",
    "p50_ratio",
    "p95_ratio",
    "p95_to_p95",
)


def table(result: Mapping[str, Any]) -> str:
    """Every figure of a run, and the targets that it can be held against."""
    load = result["load_average"]
    lines = [
        result["how"],
        f"Load average {load['before']:.1f} before and {load['after']:.1f} after; "
        f"{result['versions']['machine']}; took {result['took_s']:.0f} s.",
        "",
    ]
    ingest = result["ingest"]
    lines.append(
        f"ingest of {ingest['passages']} passages: {ingest['ingest_per_s']} a second, "
        f"bare embedder {ingest['bare_per_s']}, ratio {ingest['ratio']} "
        f"({ingest['processor_ratio']} by processor time); "
        f"second run {ingest['second_times_faster']} × faster"
    )
    for size, one in result["sizes"].items():
        lines += ["", *_size(int(size), one)]
    lines += ["", *_targets(result)]
    return "\n".join(lines)


def _size(size: int, one: Mapping[str, Any]) -> Iterator[str]:
    yield f"{f'{size:,} chunks':<22}{_HEAD}"
    times = {**one, "chain": one["chain"]["search"]}
    for name, label in _LATENCIES.items():
        if name in times:
            values = "".join(f"{times[name][column]:>8.2f}" for column in _COLUMNS)
            yield f"  {label:<20}{values}"
    cold, disk = one["cold_start"], one["disk_mb"]
    yield (
        f"  cold start {cold['server_s']} s, embedder alone {cold['embedder_s']} s, "
        f"ratio {cold['ratio']}; first open with indexes made {one['first_open_s']} s, "
        f"Chroma fed after {one['chroma_fed_s']} s more"
    )
    yield f"  memory of the server {one['memory_mb']} MB; disk {_parts(disk)}"
    yield (
        f"  chunks stored a second, vectors given: {one['put_per_s']}; "
        f"langchain + Chroma {one['chain']['put_per_s']}, disk {one['chain']['disk_mb']} MB"
    )
    yield f"  recall of the ten nearest against an exact scan: {one['search']['recall']}"
    if "scoped" in one:
        yield (
            f"  with a scope that admits 1%: recall {one['scoped']['recall']}, "
            f"{one['scoped']['passages']} passages of 10 shown"
        )


def _targets(result: Mapping[str, Any]) -> Iterator[str]:
    for target in TARGETS:
        found = target.verdict(result)
        if found is not None:
            mark = "met" if found["met"] else "MISSED"
            yield f"{found['what']:<48}{found['value']:>9.3f}  {found['limit']:<8}{mark}"


def _parts(disk: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {size} MB" for name, size in disk.items())
