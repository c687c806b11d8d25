"""`python -m evals.next_action`: the next action of an agent, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from evals.next_action import figures, star
from evals.next_action.star import Moment

app = typer.Typer(no_args_is_help=True, add_completion=False)
Folder = Annotated[Path, typer.Argument(help="STAR: dialogues.jsonl and tasks/.")]
_KINDS = 12


@app.callback()
def next_action() -> None:
    """What an agent does next, guessed at every move of STAR's agents."""


@app.command()
def cases(
    folder: Folder,
    data_dir: Annotated[Path | None, typer.Option(help="Keep what was ingested here.")] = None,
) -> None:
    """From past dialogues: 4 in 5 are ingested, the others are asked at each of their moves."""
    from evals.next_action.cases import practised

    found = star.dialogues(folder)
    training = [one for one in found if not one.is_test]
    testing = [moment for one in found if one.is_test for moment in star.moments(one)]
    with practised(training, data_dir) as practice:
        guesses = [
            [one.action for one in practice.likely(moment.before)]
            for moment in tqdm(testing, desc="asking", unit="move", delay=2, leave=False)
        ]
    typer.echo(f"{len(training)} dialogues learnt from, {len(testing)} moves of others asked")
    _show("similar cases", testing, guesses)
    learnt = [moment for one in training for moment in star.moments(one)]
    for name, guess in (
        ("the commonest action", figures.majority(learnt)),
        ("the flow chart's successor", figures.successor(folder)),
        ("the bigram of each task", figures.bigram(learnt)),
    ):
        _show(name, testing, [guess(one) for one in testing])
    _errors(testing, guesses)


@app.command("zero-shot")
def zero_shot(
    folder: Folder,
    limit: Annotated[int, typer.Option(help="Training moments at most.")] = 6000,
    save: Annotated[Path | None, typer.Option(help="Write the weights of all tasks.")] = None,
) -> None:
    """From each task's flow chart and replies alone, with weights fitted on the other tasks."""
    from copilot.compose import open_embedder
    from copilot.history.taken import one_vector
    from copilot.settings import Settings
    from evals.next_action import zero_shot as left_out

    embedder = open_embedder(Settings())
    found = star.dialogues(folder)
    embed = lru_cache(maxsize=None)(partial(one_vector, embedder))
    testing, guesses, weights = left_out.held_apart(folder, found, embed, limit)
    _show("each task left out", testing, guesses)
    _show("the flow chart's successor", testing, list(map(figures.successor(folder), testing)))
    _errors(testing, guesses)
    if save is not None:
        left_out.save(weights, save)


def _show(name: str, moments: Sequence[Moment], guesses: Sequence[Sequence[str]]) -> None:
    first = [guess[0] if guess else "" for guess in guesses]
    f1 = figures.weighted_f1([one.action for one in moments], first)
    told = ", ".join(
        f"{name} {one.value:.3f} ({one.interval.low:.3f}–{one.interval.high:.3f})"
        for name, one in zip(("top-1", "top-3"), figures.figures(moments, guesses), strict=True)
        if one.interval is not None and one.value is not None
    )
    typer.echo(f"{name}: {told}, weighted F1 {f1:.3f}, n {len(moments)}")


def _errors(moments: Sequence[Moment], guesses: Sequence[Sequence[str]]) -> None:
    typer.echo("\nwhat was done · what was first · how often · an example")
    for done, guessed, count, example in figures.wrong(moments, guesses)[:_KINDS]:
        typer.echo(f"{done} · {guessed or 'nothing'} · {count} · {example}")


if __name__ == "__main__":
    app()
