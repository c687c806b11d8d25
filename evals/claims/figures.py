"""What the checker said of each case, and how often that was right, with intervals."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.claims.texts import Case

if TYPE_CHECKING:
    from copilot.answer.claims import Checker

_Z = 1.959964
FAITHFUL, COURTESY, NOT_COURTESY = "faithful", "courtesy", "not_courtesy"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Row:
    """A case with the checker's finding; `fault` is the kind that it named, if any."""

    case: Case
    supported: bool
    courtesy: bool
    fault: str
    detail: str
    took_ms: float

    @property
    def shown(self) -> bool:
        """Whether the sentence would be seen: supported, or taken for small talk."""
        return self.supported or self.courtesy

    @property
    def right(self) -> bool:
        """Small talk is recognised, a faithful sentence is shown, and a faulty one is not."""
        if self.case.kind == COURTESY:
            return self.courtesy
        return self.shown == (self.case.kind == FAITHFUL)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `n` were right, with the 95% interval of Wilson (JASA 22, 1927)."""

    right: int
    n: int

    @property
    def value(self) -> float:
        return self.right / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.n:
            return math.nan, math.nan
        spread = _Z * math.sqrt(self.value * (1 - self.value) / self.n + _Z**2 / (4 * self.n**2))
        middle, scale = self.value + _Z**2 / (2 * self.n), 1 + _Z**2 / self.n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def check(cases: Iterable[Case], checker: Checker) -> Iterator[Row]:
    """What the checker says of each case, in order."""
    from copilot.answer.claims import Source

    for case in cases:
        sources = [Source(one.text, one.heading, one.title) for one in case.sources]
        started = time.perf_counter()
        found = checker.check(case.text, sources)
        took_ms = 1000 * (time.perf_counter() - started)
        fault = "undecided" if found.undecided else str(found.fault or "")
        yield Row(case, found.supported, found.courtesy, fault, str(found.detail or ""), took_ms)


def by_kind(rows: Sequence[Row]) -> dict[str, Share]:
    """The share that is right of each kind, in the order in which kinds are met."""
    return _shares((row.case.kind, row.right) for row in rows)


def by_corpus(rows: Sequence[Row]) -> dict[str, Share]:
    """The share that is right of the faults and of the faithful sentences of each corpus."""
    return _shares(
        (f"{row.case.corpus}, {'faithful' if row.case.kind == FAITHFUL else 'faults'}", row.right)
        for row in rows
        if row.case.sources
    )


def by_way(rows: Sequence[Row]) -> dict[str, Share]:
    """The share that is right by the way in which a planted fault was made."""
    made = [row for row in rows if row.case.how and row.case.kind != FAITHFUL]
    ways = Counter(f"{row.case.kind}: {row.case.how[0]}" for row in made)
    named = ((f"{row.case.kind}: {row.case.how[0]}", row.right) for row in made)
    return _shares((way, right) for way, right in named if ways[way] >= 5)


def named(rows: Sequence[Row]) -> dict[str, Counter[str]]:
    """For each kind, how often the checker named which; `nothing` for what it would show."""
    table: dict[str, Counter[str]] = {}
    for row in rows:
        said = NOTHING if row.shown else row.fault or "unnamed"
        table.setdefault(row.case.kind, Counter())[said] += 1
    return table


def as_json(row: Row) -> dict[str, Any]:
    """The row for later comparison; without the passage, which its document and quote give."""
    case = row.case
    return {
        "case_id": case.case_id,
        "corpus": case.corpus,
        "document": case.document,
        "kind": case.kind,
        "how": list(case.how),
        "quote": case.quote,
        "text": case.text,
        "right": row.right,
        "supported": row.supported,
        "courtesy": row.courtesy,
        "fault": row.fault,
        "detail": row.detail,
        "took_ms": round(row.took_ms, 3),
    }


def _shares(pairs: Iterable[tuple[str, bool]]) -> dict[str, Share]:
    right, n = Counter[str](), Counter[str]()
    for name, is_right in pairs:
        n[name] += 1
        right[name] += is_right
    return {name: Share(right[name], n[name]) for name in n}
