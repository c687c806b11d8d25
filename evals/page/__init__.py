"""`copilot-evals report`: a result, or two, as one HTML file that asks nobody for anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer


def command(
    results: Annotated[list[Path], typer.Argument(help="A result, or two to lay side by side.")],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
) -> None:
    """Writes one page with figures, charts and what failed; it needs no network and no script."""
    report(results, out)
    typer.echo(f"wrote {out}")


def report(results: Sequence[Path], out: Path) -> None:
    """Reads the results and writes the page. Raises InvalidInput for more than two of them."""
    from copilot.errors import InvalidInput
    from evals.page.view import page
    from evals.results import read_result

    if not 1 <= len(results) <= 2:
        raise InvalidInput(f"{len(results)} results", remedy="give one, or two to compare")
    made = page([read_result(path) for path in results])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(made, encoding="utf-8")
