"""A suite: a data set, and, as its suite.yaml says, by which scorers it is judged, with which
settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evals.bootstrap import SEED
from evals.dataset import Dataset, load
from evals.lines import Line, mapping
from evals.overrides import changeable
from evals.scorers import catalog

K = 5
_MOST = 100
_KEYS = ("name", "dataset", "cases", "records", "scorers", "k", "seed", "settings")


@dataclass(frozen=True, slots=True)
class Suite:
    """`k` is how many passages the retrieval scorer looks at, `seed` that of the intervals.

    `scorers` are names in the catalog; `settings` are changed for its runs.
    """

    dataset: Dataset
    scorers: tuple[str, ...]
    k: int = K
    seed: int = SEED
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.dataset.name

    def limited(self, count: int | None) -> Suite:
        """At most `count` cases, evenly spread over them all."""
        return replace(self, dataset=self.dataset.limited(count))


def load_suite(folder: Path) -> Suite:
    """The suite of a folder; without a suite.yaml, every scorer that has something to say.

    `cases` are more files of cases, `records` files of customers, `dataset` the folder of the data
    set where it is another one. Raises InvalidInput that names what is at fault.
    """
    path = folder / "suite.yaml"
    line = mapping(path, _KEYS) if path.is_file() else Line(str(path), {})
    more = tuple(folder / name for name in line.words("cases"))
    dataset = load(folder / (line.word_or_none("dataset") or ""), more)
    records = tuple(folder / name for name in line.words("records"))
    for one in records:
        if not one.is_file():
            raise line.refused(f"no such file as {one}", "name files of customers in records")
    name = line.word_or_none("name") or dataset.name
    dataset = replace(dataset, name=name, records=records)
    return Suite(
        dataset,
        _scorers(line) or catalog.applying(dataset.questions),
        line.number("k", 1, _MOST, K),
        line.number("seed", 0, 2**32 - 1, SEED),
        _settings(line),
    )


def _scorers(line: Line) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(line.words("scorers")))
    for name in names:
        if name not in catalog.SCORERS:
            raise line.refused(f"no scorer {name!r}", f"use {', '.join(catalog.SCORERS)}")
    return names


def _settings(line: Line) -> dict[str, Any]:
    given = line.fields.get("settings") or {}
    if not isinstance(given, dict):
        raise line.refused("settings is not a mapping", f"use {', '.join(changeable())}")
    for name in given:
        if name not in changeable():
            raise line.refused(f"unknown setting {name!r}", f"use {', '.join(changeable())}")
    return given
