"""`copilot-evals`: is what the copilot finds and says right, and did a change make it worse?"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from copilot.errors import CopilotError, InvalidInput
from evals import compare, counterfactual, decisions, exports, gate, page
from evals.fit.commands import fit

if TYPE_CHECKING:
    from evals.isolated import Isolated
    from evals.run import Run

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Measures what the copilot finds and says on a suite: a folder in BEIR form, or one with "
    "a dataset.yaml, and with a suite.yaml if more is to be said. `evals/starter` is our own.",
)

SuiteFolder = Annotated[Path, typer.Argument(help="The folder of the suite.")]
Out = Annotated[Path | None, typer.Option(help="Write the result as JSON, for `compare`.")]
Failures = Annotated[Path | None, typer.Option(help="Write what failed, one question a line.")]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Ask this many questions, evenly spread over them all.")
]
DataDir = Annotated[
    Path | None, typer.Option(help="Where the documents and vectors are kept between runs.")
]


@app.command()
def run(
    suite: SuiteFolder,
    out: Annotated[
        Path | None,
        typer.Option(help="The run's folder; by default one of its own in the data folder."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder, or the last one.")
    ] = False,
    limit: Limit = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Cases at once; by default as many as processors."),
    ] = None,
    changed: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a setting, as in --set llm_model=NAME."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Ask every case of a suite, and score what comes. A run that was killed can go on.

    The folder gets each case as it is done (cases.jsonl), and at the end result.json, for
    `compare`, `gate` and `report`. Exits with 1 when any sentence of a reply is not cited to the
    letter.
    """
    from evals.isolated import open_isolated
    from evals.journal import RESULT
    from evals.overrides import assignments
    from evals.run import run_suite
    from evals.suite import load_suite

    chosen = load_suite(suite).limited(limit)
    settings = {**chosen.settings, **assignments(changed or ())}
    folder = out or _folder(chosen.name, resume)
    with open_isolated(chosen.dataset, data_dir, settings) as isolated:
        done = run_suite(chosen, isolated, folder, resume=resume, workers=workers)
        result = _report(done, isolated, folder / RESULT, None)
    typer.echo(f"wrote {folder / RESULT}")
    _require_exact(result)


def _folder(name: str, resume: bool) -> Path:
    """Where runs of a suite are kept: the last one's folder, or a new one of this moment."""
    from copilot.settings import Settings
    from evals.journal import newest

    runs = Settings().data_dir / "evals" / "runs" / name
    return newest(runs) if resume else runs / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}"


@app.command()
def retrieval(
    suite: SuiteFolder,
    k: Annotated[int, typer.Option(min=1, max=100, help="Passages to search for.")] = 10,
    out: Out = None,
    failures: Failures = None,
    limit: Limit = None,
    data_dir: DataDir = None,
) -> None:
    """Are the right documents found? hit@k, recall@k, MRR and nDCG, with intervals."""
    from evals.isolated import open_isolated
    from evals.run import run_retrieval
    from evals.suite import load_suite

    chosen = load_suite(suite).dataset.limited(limit)
    with open_isolated(chosen, data_dir) as isolated:
        _report(run_retrieval(chosen, isolated.copilot, k), isolated, out, failures)


@app.command()
def answers(
    suite: SuiteFolder,
    out: Out = None,
    failures: Failures = None,
    limit: Limit = None,
    data_dir: DataDir = None,
) -> None:
    """Are replies right, cited to the letter, and left out where there is nothing to say?

    Exits with 1 when any sentence of a reply lacks a citation that re-reads to its quote.
    """
    from evals.isolated import open_isolated
    from evals.run import run_answers
    from evals.suite import load_suite

    chosen = load_suite(suite).dataset.limited(limit)
    with open_isolated(chosen, data_dir) as isolated:
        result = _report(run_answers(chosen, isolated.copilot), isolated, out, failures)
    _require_exact(result)


def _require_exact(result: dict[str, Any]) -> None:
    exactly = result["metrics"].get("sentences cited exactly", {}).get("value")
    if exactly is not None and exactly < 1:
        typer.echo("error: not every sentence of a reply is cited to the letter", err=True)
        raise typer.Exit(1)


app.command("compare")(compare.command)
app.command("gate")(gate.command)
app.command("report")(page.command)
app.command("from-decisions")(decisions.command)
app.command("counterfactual")(counterfactual.command)
app.command("export")(exports.export_command)
app.command("import")(exports.import_command)
app.add_typer(fit, name="fit")


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
