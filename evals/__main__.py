"""`copilot-evals`: is what the copilot finds and says right, and did a change make it worse?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from copilot.errors import CopilotError, InvalidInput

if TYPE_CHECKING:
    from copilot.assist import Copilot
    from evals.dataset import Dataset
    from evals.isolated import Isolated
    from evals.run import Run

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Measures retrieval and answers on a data set: a folder in BEIR form, or one with a "
    "dataset.yaml. `evals/starter` is our own.",
)
fit = typer.Typer(
    no_args_is_help=True,
    help="Fits the reviewed weights on data sets, two or more, and says how well they carry over.",
)
app.add_typer(fit, name="fit")
T = TypeVar("T")

DatasetFolder = Annotated[Path, typer.Argument(help="The folder of the data set.")]
Out = Annotated[Path | None, typer.Option(help="Write the result as JSON, for `compare`.")]
Failures = Annotated[Path | None, typer.Option(help="Write what failed, one question a line.")]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Ask this many questions, evenly spread over them all.")
]
DataDir = Annotated[
    Path | None, typer.Option(help="Where the documents and vectors are kept between runs.")
]
DatasetFolders = Annotated[list[Path], typer.Argument(help="The folders of the data sets.")]
DataDirs = Annotated[
    Path | None,
    typer.Option(help="Where they are kept between runs, each in a folder of its name."),
]
Write = Annotated[bool, typer.Option("--write", help="Write the weights into the package.")]


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


@fit.command("fusion")
def fit_fusion(datasets: DatasetFolders, write: Write = False, data_dir: DataDirs = None) -> None:
    """What cosine, words and title weigh: copilot/retrieval/fusion.json. Fit this first."""
    from copilot.retrieval.fuse import FEATURES
    from evals.fit import fusion, reviewed
    from evals.fit.features import choices

    sets, fitted_on = _learned(datasets, data_dir, choices)
    weights = fusion.fit(list(sets.values()))
    typer.echo(fusion.table(fusion.measure(sets), weights))
    if write:
        path = reviewed.reviewed_path(*reviewed.FUSION)
        named = dict(zip(FEATURES, weights.tolist(), strict=True))
        reviewed.write_fusion(path, named, fitted_on)
        typer.echo(f"wrote {path}")


@fit.command("confidence")
def fit_confidence(
    datasets: DatasetFolders, write: Write = False, data_dir: DataDirs = None
) -> None:
    """When the evidence answers a question: copilot/answer/confidence.json."""
    from copilot.retrieval import fuse
    from evals.fit import calibration, reviewed
    from evals.fit.features import rows

    sets, fitted_on = _learned(datasets, data_dir, rows)
    fitted, judged = calibration.judge(sets)
    typer.echo(calibration.table(fitted, judged))
    if write:
        path = reviewed.reviewed_path(*reviewed.CONFIDENCE)
        scored = dict(zip(fuse.FEATURES, fuse.load_weights().tolist(), strict=True))
        reviewed.write_confidence(path, fitted, fitted_on, scored)
        typer.echo(f"wrote {path}")


@fit.command("requests")
def fit_requests(write: Write = False) -> None:
    """What customers ask for, from evals/fit/situations: copilot/procedures/requests.npz."""
    import numpy as np

    from copilot.retrieval.minilm import float_model
    from evals.fit import requests, reviewed

    arrays, told = requests.fit(requests.situations(), float_model())
    typer.echo("\n".join(told))
    if write:
        path = reviewed.reviewed_path("copilot.procedures", "requests.npz")
        np.savez_compressed(path, **arrays)
        typer.echo(f"wrote {path}")


def _learned(
    folders: list[Path],
    data_dir: Path | None,
    learn: Callable[[Dataset, Copilot], Sequence[T]],
) -> tuple[dict[str, Sequence[T]], dict[str, Any]]:
    """What each data set teaches, by its name, and what identifies it."""
    from evals.dataset import load
    from evals.fit.reviewed import described
    from evals.isolated import open_isolated

    chosen = {dataset.name: dataset for dataset in map(load, folders)}
    if len(chosen) < 2 or len(chosen) < len(folders):
        raise InvalidInput(
            f"{len(folders)} folders hold {len(chosen)} data sets by name",
            place="DATASETS",
            remedy="name two or more, each of a name of its own: one is left out by turns",
        )
    sets: dict[str, Sequence[T]] = {}
    for name, dataset in chosen.items():
        with open_isolated(dataset, data_dir and data_dir / name) as isolated:
            sets[name] = learn(dataset, isolated.copilot)
    return sets, {name: described(chosen[name], len(of_one)) for name, of_one in sets.items()}


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
