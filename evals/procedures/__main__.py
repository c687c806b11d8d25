"""`python -m evals.procedures`: are ABCD's steps found as they were written, is the right procedure
chosen from an opening, and how long does a tick take?
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from copilot.errors import CopilotError
from evals.procedures.abcd import ANY_ORDER, written
from evals.procedures.parse import Parsed, parsed

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
_KINDS = 12

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__
)


@app.callback()
def procedures() -> None:
    """How procedures are read."""


@app.command()
def parse(
    folder: Annotated[Path, typer.Argument(help="ABCD's folder, with its procedures.")],
) -> None:
    """Exact steps and buttons against guidelines.json, the order of buttons against kb.json."""
    documents = written(folder)
    found = [parsed(one, one.path.read_text("utf-8")) for one in documents]
    _show_steps(found)
    _show_order([one for one in found if one.expected_actions])


@app.command()
def choose(
    folder: Annotated[Path, typer.Argument(help="ABCD's folder, with its procedures.")],
    data_dir: Annotated[Path | None, typer.Option(help="Keep what was ingested here.")] = None,
) -> None:
    """The procedure that is chosen from our 275 openings of one to three customer turns."""
    from evals.procedures import choice

    with tempfile.TemporaryDirectory() as temporary:
        kept = data_dir or Path(temporary)
        with choice.knowing(folder / "procedures", kept) as copilot:
            made = choice.chosen(copilot, choice.openings())
    for metric, one in zip((choice.TOP_1, choice.TOP_3), choice.figures(made), strict=True):
        if one.value is not None and one.interval is not None:
            between = f"({one.interval.low:.3f}–{one.interval.high:.3f})"
            typer.echo(f"{metric.name}: {one.value:.3f} {between}, n {one.n}")
    typer.echo(f"none offered: {sum(not one.offered for one in made)}\n")
    typer.echo("what it was · what it was taken for · how often · an example")
    for right, offered, count, words in choice.confusions(made)[:_KINDS]:
        typer.echo(f"{right} · {offered} · {count} · {words:.160}")


@app.command()
def ticks(
    knowledge: Annotated[Path, typer.Argument(help="Documents with procedures.")] = KNOWLEDGE,
    count: Annotated[int, typer.Option(help="Ticks that are timed.")] = 300,
) -> None:
    """From a tick to its `progress` event on a live desk, beside one bare query embedding."""
    from evals.procedures.ticks import timed

    with tempfile.TemporaryDirectory() as temporary:
        found = timed(knowledge, Path(temporary), count)
    typer.echo(found)


def _show_steps(found: Sequence[Parsed]) -> None:
    steps, exact = sum(one.written for one in found), sum(one.exact for one in found)
    invented = [words for one in found for words in one.invented]
    typer.echo(f"{len(found)} procedures, {steps} steps as guidelines.json has them")
    typer.echo(f"  exact text and button   {exact}/{steps} = {exact / steps:.3f}")
    typer.echo(f"  invented steps          {len(invented)}")
    for one in found:
        for words in one.missed:
            typer.echo(f"  missed in {one.title}: {words!r:.90}")
    for words in invented:
        typer.echo(f"  invented: {words!r:.90}")


def _show_order(found: Sequence[Parsed]) -> None:
    ordered = sum(one.in_order for one in found)
    free = sum(one.in_order_or_free for one in found)
    source = sum(one.source_actions == one.expected_actions for one in found)
    typer.echo(f"\norder of buttons against kb.json, {len(found)} procedures")
    typer.echo(f"  exactly alike           {ordered}/{len(found)} = {ordered / len(found):.3f}")
    typer.echo(f"  guidelines.json itself  {source}/{len(found)} = {source / len(found):.3f}")
    typer.echo(
        f"  with the {len(ANY_ORDER)} whose document says that its order is free compared without "
        f"order: {free}/{len(found)} = {free / len(found):.3f}"
    )
    for one in found:
        if not one.in_order:
            typer.echo(f"  {one.title}: {one.cause}")
            typer.echo(f"    found  {', '.join(one.actions)}")
            typer.echo(f"    kb     {', '.join(one.expected_actions)}")


def main() -> None:
    """Runs the command; what was expected to go wrong is said in one line."""
    try:
        app()
    except CopilotError as error:
        print(f"evals.procedures: {error}; {getattr(error, 'remedy', '')}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
