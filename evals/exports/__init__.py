"""`copilot-evals export` and `import`: results in the forms that ragas and inspect_ai read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    """ragas: JSON Lines in its column names. inspect: a log of inspect_ai, as JSON."""

    RAGAS = "ragas"
    INSPECT = "inspect"


def export_command(
    result: Annotated[Path, typer.Argument(help="A result that `run` wrote, with its outputs.")],
    to: Annotated[Form, typer.Option("--to", help="The form to write.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Writes a result in the form of another tool: ragas rows, or an inspect_ai log."""
    from evals.exports import inspect_ai, ragas
    from evals.exports.record import records, summary
    from evals.results import read_result

    found = read_result(result)
    rows = records(found)
    made = ragas.written(rows) if to is Form.RAGAS else inspect_ai.written(rows, summary(found))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(made, encoding="utf-8")
    typer.echo(f"wrote {len(rows)} cases to {out}")


def import_command(
    file: Annotated[Path, typer.Argument(help="JSON Lines of ragas, or a JSON log of inspect_ai.")],
    form: Annotated[Form, typer.Option("--from", help="The form that the file has.")],
    out: Annotated[
        Path, typer.Option(help="A .json file: a result to compare. A folder: a suite to run.")
    ],
) -> None:
    """Reads what another tool wrote: as a result to compare and report, or as a suite to run.

    A suite asks what was asked there; its documents are the contexts of the references.
    """
    from evals.exports import inspect_ai, ragas
    from evals.exports.record import result, write_suite
    from evals.report import write_json

    rows = ragas.read(file) if form is Form.RAGAS else inspect_ai.read(file)
    if out.suffix == ".json":
        write_json(result(rows, file, str(form)), out)
    else:
        write_suite(rows, out, str(file))
    typer.echo(f"wrote {len(rows)} cases to {out}")
