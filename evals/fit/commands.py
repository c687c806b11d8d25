"""`copilot-evals fit`: the numbers that are fitted on data sets, and how well they carry over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from copilot.errors import InvalidInput

if TYPE_CHECKING:
    from copilot.assist import Copilot
    from evals.dataset import Dataset

fit = typer.Typer(
    no_args_is_help=True,
    help="Fits the reviewed weights on data sets, two or more, and says how well they carry over.",
)
T = TypeVar("T")

DatasetFolders = Annotated[list[Path], typer.Argument(help="The folders of the data sets.")]
DataDirs = Annotated[
    Path | None,
    typer.Option(help="Where they are kept between runs, each in a folder of its name."),
]
Write = Annotated[bool, typer.Option("--write", help="Write the weights into the package.")]


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

    from copilot.retrieval.encoder import float_model
    from evals.fit import requests, reviewed

    arrays, told = requests.fit(requests.situations(), float_model())
    typer.echo("\n".join(told))
    if write:
        path = reviewed.reviewed_path("copilot.procedures", "requests.npz")
        np.savez_compressed(path, **arrays)
        typer.echo(f"wrote {path}")


@fit.command("personal")
def fit_personal(
    datasets: DatasetFolders,
    dialogues: Annotated[Path | None, typer.Option(help="STAR's dialogues.jsonl.")] = None,
    write: Write = False,
) -> None:
    """What a name, an address and a phone number look like: copilot/privacy/tagger.crfsuite."""
    from tempfile import TemporaryDirectory

    from copilot.privacy import tagger
    from evals.fit import personal, reviewed

    with TemporaryDirectory() as folder:
        made = Path(folder, "model")
        told = personal.fit(personal.lines(personal.documents(datasets, dialogues)), made)
        typer.echo(told)
        if write:
            path = reviewed.reviewed_path(*tagger.MODEL)
            path.write_bytes(made.read_bytes())
            typer.echo(f"wrote {path}")


@fit.command("entailment")
def fit_entailment(write: Write = False) -> None:
    """How words say a sentence: copilot/answer/claims/entailment.npz. Fit claims after it."""
    import numpy as np

    from copilot.answer.claims.entailment import FILE
    from copilot.compose import open_checker, open_embedder
    from copilot.retrieval.encoder import float_model
    from copilot.settings import Settings
    from evals.fit import entailment, reviewed

    pairs = entailment.pairs(open_checker(open_embedder(Settings())))
    arrays, told = entailment.fit(pairs, float_model())
    typer.echo("\n".join(told))
    if write:
        path = reviewed.reviewed_path(*FILE)
        np.savez_compressed(path, **arrays)
        typer.echo(f"wrote {path}")


@fit.command("claims")
def fit_claims(write: Write = False) -> None:
    """What speaks against a sentence of a draft: copilot/answer/claims/weights.json."""
    from copilot.answer.claims.signals import NAMES
    from copilot.compose import open_checker, open_embedder
    from copilot.settings import Settings
    from evals.fit import claims, reviewed
    from evals.report import write_json

    found = claims.rows(open_checker(open_embedder(Settings())), claims.cases())
    typer.echo(claims.table(found, claims.held_out(found)))
    bias, *weights = claims.fit(found, found.weights > 0).tolist()
    named = {name: round(weight, 3) + 0.0 for name, weight in zip(NAMES, weights, strict=True)}
    typer.echo(f"bias {bias:.3f}, " + ", ".join(f"{name} {one}" for name, one in named.items()))
    if write:
        path = reviewed.reviewed_path("copilot.answer.claims", "weights.json")
        fields = {"bias": round(bias, 3), "weights": named, "enough": claims.ENOUGH}
        write_json({"source": "docs/decisions/0010-claims.md", **fields}, path)
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

    chosen = {dataset.name: dataset.judged() for dataset in map(load, folders)}
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
