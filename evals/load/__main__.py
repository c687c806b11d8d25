"""`python -m evals.load`: what live conversations can bear, on one machine, in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Plays our own conversations to a real server over HTTP, and measures what comes back.",
)
Out = Annotated[Path | None, typer.Option(help="Write the result as JSON.")]
Seed = Annotated[int, typer.Option(help="Decides moments and orders.")]
DataDir = Annotated[
    Path | None,
    typer.Option(help="Keep documents and conversations here; else they are gone afterwards."),
]


@app.command()
def latency(
    turns: Annotated[int, typer.Option(min=1, help="Turns that bring evidence.")] = 200,
    seed: Seed = 7,
    data_dir: DataDir = None,
    out: Out = None,
) -> None:
    """One conversation: a final turn → its evidence, beside one bare query embedding."""

    def measured() -> Mapping[str, Any]:
        from copilot.retrieval.minilm import MiniLm
        from evals.load import scripts
        from evals.load.latency import measure
        from evals.load.server import running

        with running(data_dir=data_dir) as server:
            return measure(server, [*scripts.written(), *scripts.asked()], MiniLm(), turns)

    _tell("latency", seed, out, measured)


@app.command()
def many(
    levels: Annotated[str, typer.Option(help="Conversations at once.")] = "25,50,100,200",
    minutes: Annotated[float, typer.Option(min=0.1, help="Of each level.")] = 1.0,
    seed: Seed = 7,
    data_dir: DataDir = None,
    out: Out = None,
) -> None:
    """Many conversations at once, a turn every 4 s in each."""
    counts = _counts(levels)

    def measured() -> Mapping[str, Any]:
        from evals.load import scripts
        from evals.load.many import bare_ms, measure
        from evals.load.server import running

        with running(data_dir=data_dir) as server:
            bare = bare_ms(scripts.written())
            return {
                "minutes": minutes,
                "bare_ms": bare,
                "levels": measure(server, scripts.written(), counts, 60 * minutes, seed),
            }

    _tell("many", seed, out, measured)


@app.command()
def overload(
    conversations: Annotated[
        int | None, typer.Option(min=1, help="What it can hold; by default that is found first.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Of the load.")] = 30.0,
    seed: Seed = 7,
    data_dir: DataDir = None,
    out: Out = None,
) -> None:
    """Three times what it can hold: it sheds, stays responsive, and recovers by itself."""

    def measured() -> Mapping[str, Any]:
        from evals.load import scripts
        from evals.load.overload import held, measure
        from evals.load.server import running

        with running(data_dir=data_dir) as server:
            most = conversations or held(server, scripts.written(), seed)
            return measure(server, scripts.written(), most, seconds, seed)

    _tell("overload", seed, out, measured)


@app.command()
def restarts(
    kills: Annotated[int, typer.Option(min=1, help="How often the server is killed.")] = 20,
    conversations: Annotated[int, typer.Option(min=1, help="Conversations at once.")] = 25,
    seed: Seed = 7,
    data_dir: DataDir = None,
    out: Out = None,
) -> None:
    """Kills and restarts under load: every turn is stored once, every event delivered once."""

    def measured() -> Mapping[str, Any]:
        from evals.load import scripts
        from evals.load.many import EVERY_S
        from evals.load.restarts import measure
        from evals.load.server import running

        with running(data_dir=data_dir) as server:
            return measure(server, scripts.written(), conversations, kills, seed, EVERY_S)

    _tell("restarts", seed, out, measured)


@app.command()
def batching(seed: Seed = 7, out: Out = None) -> None:
    """Whether embedding queries together pays on this machine."""

    def measured() -> Mapping[str, Any]:
        from evals.load import scripts
        from evals.load.batching import measure

        return measure(scripts.customers_words(scripts.written()), seed)

    _tell("batching", seed, out, measured)


def _tell(
    kind: str, seed: int, out: Path | None, measured: Callable[[], Mapping[str, Any]]
) -> None:
    from evals.load.figures import result
    from evals.load.report import table
    from evals.report import write_json

    found = result(kind, seed, measured)
    typer.echo(table(found))
    if out is not None:
        write_json(found, out)


def _counts(given: str) -> list[int]:
    """Numbers in rising order, each once. Raises BadParameter."""
    try:
        counts = sorted({int(one) for one in given.split(",")})
    except ValueError:
        counts = []
    if not counts or counts[0] < 1:
        raise typer.BadParameter("give numbers from 1 on, as in 25,100", param_hint="levels")
    return counts


if __name__ == "__main__":
    app()
