"""Times beside one bare query embedding, and what their ratios should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.dataset import Question
from evals.measure import Unscored
from evals.timing import Asked, ask_each, percentiles

_DIGITS = 3


def beside_bare(
    questions: Sequence[Question],
    call: Callable[[str], object],
    embed: Callable[[str], object],
) -> dict[str, float]:
    """What a call takes, in milliseconds and as ratios to the bare embeddings made between calls.

    Raises RuntimeError where a call was refused.
    """
    return latency(ask_each(questions, lambda question: call(question.text), embed))


def latency(asked: Sequence[Asked[Any]]) -> dict[str, float]:
    """`p50_ratio` and `p95_ratio` are over the bare median, `p95_to_p95` over the bare tail.

    The first two are what the targets mean; the last tells how much of a tail is the machine's.
    """
    refused = next((one for one in asked if isinstance(one.outcome, Unscored)), None)
    if refused is not None:
        raise RuntimeError(f"{refused.question.place}: {refused.outcome}")
    call = percentiles([one.took_ms for one in asked])
    bare = percentiles([one.embed_ms for one in asked])
    found = {f"{at}_ms": value for at, value in call.items()}
    found |= {f"bare_{at}_ms": value for at, value in bare.items()}
    found |= {f"{at}_ratio": value / bare["p50"] for at, value in call.items()}
    found["p95_to_p95"] = call["p95"] / bare["p95"]
    return {"n": len(asked), **{name: round(value, _DIGITS) for name, value in found.items()}}


def recall(found: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]) -> float:
    """The share of what was wanted that was found, over all lists."""
    total = sum(len(one) for one in wanted)
    met = sum(len(set(one) & set(other)) for one, other in zip(found, wanted, strict=True))
    return round(met / total, 4) if total else 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """A figure's place in the result, and the least or the most that it may be."""

    what: str
    path: tuple[str, ...]
    limit: float
    at_least: bool = False

    def verdict(self, result: Mapping[str, Any]) -> dict[str, Any] | None:
        """What stands against the limit; None where it was not measured in this run."""
        value: Any = result
        for name in self.path:
            if not isinstance(value, Mapping) or name not in value:
                return None
            value = value[name]
        met = value >= self.limit if self.at_least else value <= self.limit
        return {"what": self.what, "value": value, "limit": self.sign, "met": bool(met)}

    @property
    def sign(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


def _sized(size: int, what: str, figure: str, limit: float, at_least: bool = False) -> Target:
    return Target(
        f"{what}, {size:,} chunks", ("sizes", str(size), *figure.split("/")), limit, at_least
    )


TARGETS = (
    Target("ingest to bare embedding, passages a second", ("ingest", "ratio"), 0.9, True),
    Target("second ingest, times faster", ("ingest", "second_times_faster"), 100, True),
    _sized(10_000, "search p50, × bare", "search/p50_ratio", 2.0),
    _sized(10_000, "search p95, × bare", "search/p95_ratio", 4.0),
    _sized(100_000, "search p50, × bare", "search/p50_ratio", 3.0),
    _sized(100_000, "search of 1% p50, × bare", "scoped/p50_ratio", 5.0),
    _sized(100_000, "search of 1%, recall of ten", "scoped/recall", 0.98, True),
    _sized(10_000, "cold start, × embedder's load", "cold_start/ratio", 10),
)
