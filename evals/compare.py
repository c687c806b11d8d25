"""`copilot-evals compare`: what changed between two results, then what got worse, case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from evals.changes import Change, Shift

_WIDTH = 100


def command(
    first: Annotated[Path, typer.Argument(help="A result that `run` or --out wrote.")],
    second: Annotated[Path, typer.Argument(help="A later one on the same data set.")],
    worse: Annotated[int, typer.Option(min=0, help="How many cases to show that got worse.")] = 10,
    every: Annotated[bool, typer.Option("--all", help="Show all that got worse.")] = False,
) -> None:
    """What changed from one result to another, with intervals, and what got worse, side by side."""
    from evals.changes import compare, shifts
    from evals.results import read_result

    before, after = read_result(first), read_result(second)
    typer.echo(table(before, after, compare(before, after)))
    changed = shifts(before, after)
    lost = [shift for shift in changed if shift.gain < 0]
    shared = len(before["questions"].keys() & after["questions"].keys())
    typer.echo("\n" + "\n".join(counts(changed, shared)))
    shown = lost if every else lost[:worse]
    for number, shift in enumerate(shown, start=1):
        typer.echo(side_by_side(shift, f"{number} of {len(lost)}"))
    if len(lost) > len(shown):
        typer.echo(f"{len(lost) - len(shown)} more got worse; --all shows them")


def table(first: Mapping[str, Any], second: Mapping[str, Any], changes: Sequence[Change]) -> str:
    """The changes, one a line, and a warning where the files of the data set differ."""
    lines = [f"{first['kind']} on {first['dataset']['name']}: second minus first"]
    if first["dataset"]["sha256"] != second["dataset"]["sha256"]:
        lines.append("the data set's files differ; only the questions in both are compared")
    lines.append(f"{'':28}{'first':>9}{'second':>9}{'change':>9}  {'95% interval':<20}{'n':>5}")
    for one in changes:
        interval = f"{one.interval.low:+.3f} to {one.interval.high:+.3f}"
        lines.append(
            f"{one.metric.name:<28}{one.first:>9.3f}{one.second:>9.3f}{one.difference:>+9.3f}"
            f"  {interval:<20}{one.n:>5}  {one.verdict}"
        )
    return "\n".join(lines)


def counts(changed: Sequence[Shift], shared: int) -> Iterator[str]:
    """How many cases got worse and better, and by what."""
    lost = [shift for shift in changed if shift.gain < 0]
    gained = [shift for shift in changed if shift.gain > 0]
    yield f"of {shared} cases {len(lost)} got worse and {len(gained)} better, by what weighs most:"
    for name, some in (("worse", lost), ("better", gained)):
        by_metric = Counter(shift.changed[0][0].name for shift in some)
        told = ", ".join(f"{metric} {count}" for metric, count in by_metric.items())
        yield f"  {name:<7}{told or 'none'}"


def side_by_side(shift: Shift, place: str) -> str:
    """A case: its question and gold over both outputs, for a terminal of 100 columns."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from evals.words import plain, told_gold, told_output

    case = shift.second if shift.second.text else shift.first
    heads = Table.grid(padding=(0, 2))
    about = (("asked", case.text), ("gold", "\n".join(told_gold(case.gold))))
    for name, text in (*about, ("changed", "\n".join(_changed(shift)))):
        if text:
            heads.add_row(Text(name), Text(plain(text)))
    sides = Table(box=None, padding=(0, 1), expand=True, header_style="")
    for name in ("first", "second"):
        sides.add_column(f"── {name}", ratio=1, overflow="fold")
    sides.add_row(Text(told_output(shift.first.output)), Text(told_output(shift.second.output)))
    console = Console(width=_WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    with console.capture() as shown:
        console.print(Text(f"\n{place}  {plain(case.case_id)}"), heads, sides, sep="\n")
    return "\n".join(line.rstrip() for line in shown.get().splitlines())


def _changed(shift: Shift) -> Iterator[str]:
    for metric, first, second in shift.changed:
        yield f"{metric.name} {first:.3f} → {second:.3f}"
