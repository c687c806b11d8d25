"""`copilot-evals`: is what the copilot finds and says right, and did a change make it worse?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from copilot.errors import CopilotError, InvalidInput

if TYPE_CHECKING:
    from evals.isolated import Isolated
    from evals.run import Run

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Measures retrieval and answers on a data set: a folder in BEIR form, or one with a "
    "dataset.yaml. `evals/starter` is our own.",
)

DatasetFolder = Annotated[Path, typer.Argument(help="The folder of the data set.")]
Out = Annotated[Path | None, typer.Option(help="Write the result as JSON, for `compare`.")]
Failures = Annotated[Path | None, typer.Option(help="Write what failed, one question a line.")]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Ask this many questions, evenly spread over them all.")
]
DataDir = Annotated[
    Path | None, typer.Option(help="Where the documents and vectors are kept between runs.")
]


@app.command()
def retrieval(
    dataset: DatasetFolder,
    k: Annotated[int, typer.Option(min=1, max=100, help="Passages to search for.")] = 10,
    out: Out = None,
    failures: Failures = None,
    limit: Limit = None,
    data_dir: DataDir = None,
) -> None:
    """Are the right documents found? hit@k, recall@k, MRR and nDCG, with intervals."""
    from evals.dataset import load
    from evals.isolated import open_isolated
    from evals.run import run_retrieval

    chosen = load(dataset).limited(limit)
    with open_isolated(chosen, data_dir) as isolated:
        _report(run_retrieval(chosen, isolated.copilot, k), isolated, out, failures)


@app.command()
def answers(
    dataset: DatasetFolder,
    out: Out = None,
    failures: Failures = None,
    limit: Limit = None,
    data_dir: DataDir = None,
) -> None:
    """Are replies right, cited to the letter, and left out where there is nothing to say?

    Exits with 1 when any sentence of a reply lacks a citation that re-reads to its quote.
    """
    from evals.dataset import load
    from evals.isolated import open_isolated
    from evals.run import run_answers

    chosen = load(dataset).limited(limit)
    with open_isolated(chosen, data_dir) as isolated:
        result = _report(run_answers(chosen, isolated.copilot), isolated, out, failures)
    exactly = result["metrics"]["sentences cited exactly"]["value"]
    if exactly is not None and exactly < 1:
        typer.echo("error: not every sentence of a reply is cited to the letter", err=True)
        raise typer.Exit(1)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A result that --out wrote.")],
    second: Annotated[Path, typer.Argument(help="A later one on the same data set.")],
) -> None:
    """What changed from one result to another, question by question, with intervals."""
    from evals import compare as comparison

    before, after = comparison.read_result(first), comparison.read_result(second)
    typer.echo(comparison.table(before, after, comparison.compare(before, after)))


def _report(
    run: Run, isolated: Isolated, out: Path | None, failures: Path | None
) -> dict[str, Any]:
    from evals import report

    unreadable = [str(problem) for problem in isolated.counts.problems]
    result = report.result(run, isolated.settings, unreadable)
    typer.echo(report.table(result))
    if out is not None:
        report.write_json(result, out)
    if failures is not None:
        report.write_lines(run.failures, failures)
    return result


def main() -> None:
    """The command. Exits with 2 where the input is at fault, with 1 where this project is."""
    try:
        app()
    except InvalidInput as error:
        typer.echo(f"error: {error}\n{error.remedy}".rstrip(), err=True)
        sys.exit(2)
    except CopilotError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
