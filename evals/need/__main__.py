"""`python -m evals.need`: help where it is needed, quiet where it is not, in figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.measure import Figure, Metric
from evals.need import figures, star
from evals.need.conversations import conversations


def need(
    star_dialogues: Annotated[
        Path | None, typer.Option("--star", help="STAR's dialogues.jsonl.")
    ] = None,
    failures: Annotated[
        Path | None, typer.Option(help="Write the turns judged wrongly, one a line.")
    ] = None,
) -> None:
    """Measure need detection on our own conversations and, where it is given, on STAR."""
    written = conversations()
    ours = list(figures.own(written))
    _show(f"our own {len(written)} conversations", figures.METRICS, figures.figures(ours))
    measured = ours
    if star_dialogues is not None:
        measured = [*ours, *_star(star_dialogues)]
    if failures is not None:
        failures.write_text("".join(f"{line}\n" for line in figures.wrong(measured)), "utf-8")


def _star(path: Path) -> list[star.Said]:
    """Prints STAR's figures; the held-out turns."""
    said = list(star.read(path))
    held_out = [one for one in said if one.held_out]
    chosen_on = [one for one in said if not one.held_out]
    _show(
        "STAR, held out, labelled by its agent's moves", figures.METRICS, figures.figures(held_out)
    )
    _by_hand(held_out)
    _show("STAR, the half chosen on", figures.METRICS, figures.figures(chosen_on))
    moves = [(one, text, tells) for one, text, tells, held in star.agent_turns(path) if held]
    closing = (figures.TELLS, figures.LEAVES_OPEN)
    _show("STAR, held out, the agent's moves", closing, figures.closing_figures(moves))
    return held_out


def _by_hand(held_out: list[star.Said]) -> None:
    for sample in (1, 2, 3, None):
        labels = figures.reviewed_labels(sample)
        reviewed = [one for one in held_out if one.turn_id in labels]
        name = "all samples" if sample is None else f"sample {sample}"
        title = f"STAR, held out, {len(reviewed)} at random labelled by hand, {name}"
        _show(title, figures.METRICS, figures.figures(reviewed, labels))
        alike, decided = figures.agreement(reviewed, labels)
        typer.echo(f"  both labels decide {decided} of them, {alike} alike\n")


def _show(title: str, metrics: tuple[Metric, ...], values: list[Figure]) -> None:
    typer.echo(title)
    for metric, value in zip(metrics, values, strict=True):
        if value.value is None or value.interval is None:
            continue
        low, high = value.interval.low, value.interval.high
        typer.echo(f"  {metric.name:<48}{value.value:.3f}  [{low:.3f}, {high:.3f}]  n={value.n}")
    typer.echo("")


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(need)
    app()
