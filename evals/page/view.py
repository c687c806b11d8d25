"""What the report page shows of a result or two, and the page itself from its template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from evals.changes import Change, Shift, compare, shifts
from evals.failure import failure
from evals.page.pictures import ordered, pictures
from evals.results import Case, cases
from evals.results import metrics as known
from evals.words import outcome, plain, sources, told_gold

Result = Mapping[str, Any]
# What an output may lack: that of a search, or of another tool.
_NOTHING: Mapping[str, Any] = {"text": None, "confidence": None, "sentences": ()}
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """A metric over the results: its (value, low, high, n, unscored) in each, and its change."""

    name: str
    lower_is_better: bool
    cells: tuple[Mapping[str, Any] | None, ...]
    change: Change | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A case in the results, one or both; `why` it is shown."""

    case: Case
    why: str
    gold: tuple[str, ...]
    sides: tuple[Mapping[str, Any], ...]


def page(results: Sequence[Result]) -> str:
    """The page of one result, or of two on the same data set. Raises InvalidInput."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    names = ["first", "second"] if len(results) == 2 else [str(results[0]["dataset"]["name"])]
    changes = {one.metric.name: one for one in compare(*results)} if len(results) == 2 else {}
    templates = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_safe,
    )
    named = dict(zip(names, results, strict=True))
    return templates.get_template("page.html").render(
        named=named,
        css=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        rows=list(_rows(results, changes)),
        charts=list(pictures(named)),
        worse=_worse(results),
        failed=_failed(results[-1]),
        outcome=outcome,
        sources=sources,
    )


def _safe(value: Any) -> Any:
    """Words without what could steer whoever shows them; the template escapes them after."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _rows(results: Sequence[Result], changes: Mapping[str, Change]) -> Iterator[Row]:
    lower = {one.name for one in known(results) if one.higher_is_better is False}
    for name in ordered(results):
        cells = tuple(one.get("metrics", {}).get(name) for one in results)
        if any(cell and (cell["value"] is not None or cell["unscored"]) for cell in cells):
            yield Row(name, name in lower, cells, changes.get(name))


def _worse(results: Sequence[Result]) -> list[Shown]:
    if len(results) < 2:
        return []
    return [_shift(one) for one in shifts(*results) if one.gain < 0]


def _shift(shift: Shift) -> Shown:
    told = ", ".join(f"{metric.name} {a:.3f} → {b:.3f}" for metric, a, b in shift.changed)
    case = shift.second if shift.second.text else shift.first
    return _shown(case, told, (shift.first, shift.second))


def _failed(result: Result) -> dict[str, list[Shown]]:
    """The cases with something wrong, by what it is, most frequent first."""
    found = [(failure(case.scored.measures), case) for case in cases(result).values()]
    counts = Counter(why for why, _ in found if why)
    return {
        why: [_shown(case, why, (case,)) for said, case in found if said == why]
        for why, _ in counts.most_common()
    }


def _shown(case: Case, why: str, sides: Sequence[Case]) -> Shown:
    outputs = (one.output if isinstance(one.output, dict) else {} for one in sides)
    full = tuple({**_NOTHING, **one} if one else {} for one in outputs)
    return Shown(case, why, tuple(told_gold(case.gold)), full)
