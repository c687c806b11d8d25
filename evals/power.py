"""`python -m evals.power RESULT…`: how often the gate fails when it should, and when it should not.

Takes measured outcomes and their documents, draws suites of other sizes from them, document by
document, and makes some cases worse, or none, under noise of several sizes.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.stats import binomtest

from copilot.errors import InvalidInput
from evals.bootstrap import SEED, Interval
from evals.chance import chance_of_drop
from evals.drops import LEVEL
from evals.results import cases, read_result

Bools = NDArray[np.bool_]
SIZES = (155, 500, 1000)
NOISES = (0.0, 0.005, 0.01, 0.02, 0.05)


@dataclass(frozen=True, slots=True)
class Suite:
    """Whether each case came out right, and the number of its document."""

    right: Bools
    documents: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of `trials` the gate failed."""

    failed: int
    trials: int

    @property
    def interval(self) -> Interval:
        found = binomtest(self.failed, self.trials).proportion_ci(method="exact")
        return Interval(float(found.low), float(found.high))


def measured(paths: Sequence[Path]) -> list[Bools]:
    """Per document of all these results, whether each of its cases came out right.

    Raises InvalidInput.
    """
    found: dict[tuple[int, str], list[bool]] = defaultdict(list)
    for number, path in enumerate(paths):
        for case in cases(read_result(path)).values():
            right = case.scored.measures.get("right")
            if isinstance(right, float):
                found[number, case.scored.cluster].append(right == 1.0)
    documents = [np.array(of_one) for of_one in found.values()]
    if not any(of_one.any() for of_one in documents):
        raise InvalidInput("no case came out right", remedy="give results of answers")
    return documents


def drawn(documents: Sequence[Bools], size: int, generator: np.random.Generator) -> Suite:
    """A suite of `size` cases: documents as they come, each again as another one where too few."""
    chosen: list[Bools] = []
    while sum(map(len, chosen)) < size:
        chosen += [documents[at] for at in generator.permutation(len(documents))]
    right = np.concatenate(chosen)[:size]
    numbers = np.repeat(np.arange(len(chosen)), [len(one) for one in chosen])[:size]
    return Suite(right, numbers)


def worsened(right: Bools, share: float, generator: np.random.Generator) -> Bools:
    """The outcomes with this share of all cases turned from right to wrong, as far as there are."""
    able = np.flatnonzero(right)
    count = min(math.ceil(share * len(right)), len(able))
    after = right.copy()
    after[generator.choice(able, count, replace=False)] = False
    return after


def noisy(
    suite: Suite, right: Bools, noise: float, whole: bool, chosen: np.random.Generator
) -> Bools:
    """The outcomes with each flipped at this rate; with `whole`, all of a document together."""
    if whole:
        flipped = chosen.random(suite.documents.max() + 1)[suite.documents] < noise
    else:
        flipped = chosen.random(len(right)) < noise
    found: Bools = np.logical_xor(right, flipped)
    return found


def rate(
    documents: Sequence[Bools],
    size: int,
    share: float,
    noise: float,
    *,
    whole: bool = False,
    level: float = LEVEL,
    trials: int = 1000,
) -> Rate:
    """How often the gate fails when `share` of the cases is worse, and both runs are noisy."""
    generator = np.random.default_rng([SEED, size, round(share * 1e6), round(noise * 1e6), whole])
    failed = 0
    for _ in range(trials):
        suite = drawn(documents, size, generator)
        after = worsened(suite.right, share, generator)
        first = noisy(suite, suite.right, noise, whole, generator)
        second = noisy(suite, after, noise, whole, generator)
        gains = second.astype(np.int64) - first
        failed += chance_of_drop(gains, suite.documents.tolist()) <= level
    return Rate(failed, trials)


def table(documents: Sequence[Bools], share: float, level: float, trials: int) -> Iterator[str]:
    """A line for each size and noise: the change, an A/A comparison, and one by whole documents."""
    count = sum(map(len, documents))
    yield f"{count} measured cases of {len(documents)} documents, {trials} trials, level {level:g}"
    yield (
        f"{'cases':>5} {'noise':>6}  {f'fails, {share:.0%} worse':<24}"
        f"{'passes, A/A':<24}{'passes, A/A by document':<24}"
    )
    for size in SIZES:
        for noise in NOISES:
            worse = rate(documents, size, share, noise, level=level, trials=trials)
            same = [
                rate(documents, size, 0.0, noise, whole=whole, level=level, trials=trials)
                for whole in (False, True)
            ]
            passed = [Rate(one.trials - one.failed, one.trials) for one in same]
            shown = "".join(f"{_told(one):<24}" for one in (worse, *passed))
            yield f"{size:>5} {noise:>6.1%}  {shown}".rstrip()


def _told(one: Rate) -> str:
    interval = one.interval
    return f"{one.failed / one.trials:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def command(
    results: Annotated[list[Path], typer.Argument(help="Results of answers, or a baseline.")],
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="How many become worse.")] = 0.03,
    level: Annotated[float, typer.Option(min=0.0001, max=0.25, help="The gate's level.")] = LEVEL,
    trials: Annotated[int, typer.Option(min=1, help="Suites a line.")] = 1000,
) -> None:
    """Measures the gate itself on outcomes that were measured."""
    for line in table(measured(results), share, level, trials):
        typer.echo(line)


def main() -> None:
    """Exits with 2 where the input is at fault."""
    try:
        typer.run(command)
    except InvalidInput as error:
        typer.echo(f"error: {error}\n{error.remedy}".rstrip(), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
