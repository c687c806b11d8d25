"""`copilot-evals gate`: fails where a result is worse than the baseline by more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from evals.drops import Verdict
    from evals.results import Case


def command(
    result: Annotated[Path, typer.Argument(help="A result that `run` or --out wrote.")],
    baseline: Annotated[Path, typer.Option(help="The committed baseline.")],
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Gate this metric, by default right outcomes, or nDCG of a search."),
    ] = None,
    level: Annotated[
        float, typer.Option(min=0.0001, max=0.25, help="How rare by chance a drop must be to fail.")
    ] = 0.04,
    worse: Annotated[int, typer.Option(min=0, help="How many cases to name.")] = 20,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write the baseline from this result instead.")
    ] = False,
) -> None:
    """Exits with 1 where a metric dropped by more than chance, with 2 where nothing can be said.

    A drop is tested case by case against the baseline, questions about one document together,
    one-sided, corrected for the number of metrics (Holm). Citations that are not exact fail it
    whatever the baseline was.
    """
    from evals.baseline import write
    from evals.drops import judge
    from evals.results import cases, read_result

    found = read_result(result)
    if write_baseline:
        typer.echo(f"wrote {write(found, baseline)} cases to {baseline}")
        return
    before = read_result(baseline)
    verdicts = judge(before, found, metric or (), level)
    for note in notes(before, found):
        typer.echo(note)
    typer.echo("\n".join(told(verdicts, cases(found), level, worse)))
    if any(verdict.failed for verdict in verdicts):
        raise typer.Exit(1)


def notes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What one should know of the two before reading on."""
    if before["dataset"]["sha256"] != now["dataset"]["sha256"]:
        yield "the data set's files are not those of the baseline; cases of one id are compared"
    if new := len(now["questions"].keys() - before["questions"].keys()):
        yield f"{new} cases are not in the baseline, and are not judged"


def told(
    verdicts: Sequence[Verdict], now: Mapping[str, Case], level: float, worse: int
) -> Iterator[str]:
    """Each metric on a line, then the cases of those that failed, then the outcome."""
    yield f"{'':28}{'baseline':>9}{'now':>9}{'worse':>7}{'better':>8}{'n':>6}  by chance"
    for one in verdicts:
        chance = "must hold" if one.chance is None else f"{one.chance:.4f}"
        yield (
            f"{one.name:<28}{one.before:>9.4f}{one.now:>9.4f}{len(one.worse):>7}{one.better:>8}"
            f"{one.n:>6}  {chance:<9}  {'FAILED' if one.failed else 'ok'}"
        )
    failed = [one for one in verdicts if one.failed]
    for one in failed:
        yield from _cases(one, now, worse)
    names = ", ".join(one.name for one in failed)
    yield f"gate failed: {names}" if failed else f"gate passed at {level:g}"


def _cases(verdict: Verdict, now: Mapping[str, Case], worse: int) -> Iterator[str]:
    from evals.words import clipped

    yield f"\n{verdict.name}, worse in {len(verdict.worse)} of {verdict.n}:"
    for case_id, gain in verdict.worse[:worse]:
        lost = "" if verdict.chance is None else f"{gain:+.3f}  "
        yield f"  {lost}{case_id}  {clipped(now[case_id].text, 70)}".rstrip()
    if len(verdict.worse) > worse:
        yield f"  and {len(verdict.worse) - worse} more: see `copilot-evals compare`, or --worse"
