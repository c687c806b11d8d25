"""`python -m evals.bench`: every time beside the bare embedder's, on one machine, in one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench(
    sizes: Annotated[str, typer.Option(help="Chunks, separated by commas.")] = "1000,10000",
    out: Annotated[Path | None, typer.Option(help="Write the result as JSON.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="1,000 chunks, few questions.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Ingest up to 10,000 passages.")] = False,
) -> None:
    """Measure ingest, search, ask, cold start, memory and disk, beside the bare embedder."""
    from evals.bench.report import table
    from evals.bench.run import FULL, QUICK, USUAL, run
    from evals.report import write_json

    plan = QUICK if quick else FULL if full else USUAL
    result = run(_sizes("1000" if quick else sizes), plan)
    typer.echo(table(result))
    if out is not None:
        write_json(result, out)


def _sizes(given: str) -> list[int]:
    """Numbers of chunks in rising order. Raises BadParameter."""
    try:
        sizes = sorted({int(size) for size in given.split(",")})
    except ValueError:
        sizes = []
    if not sizes or sizes[0] < 100:
        raise typer.BadParameter(
            "give numbers of 100 or more, as in 1000,10000", param_hint="sizes"
        )
    return sizes


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(bench)
    app()
