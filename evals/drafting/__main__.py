"""`python -m evals.drafting failing` and `streaming`: drafts beside a server that answers badly,
and the time until a person sees the first sentence that was checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from copilot.assist import Copilot
from copilot.compose import open_copilot
from copilot.settings import Settings
from evals.dataset import Dataset, load
from evals.drafting import failing, streaming
from evals.isolated import isolated_settings, open_isolated
from evals.scripted_model.behaviour import Behaviour
from evals.scripted_model.server import ScriptedModel, serving

STARTER = Path(__file__).parents[1] / "starter"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
DataDir = Annotated[Path | None, typer.Option(help="Where documents are kept between runs.")]
Out = Annotated[Path | None, typer.Option(help="Write the figures as JSON.")]


@app.command("failing")
def fail(
    count: Annotated[int, typer.Option(min=1, help="Requests for each behaviour.")] = 200,
    within_s: Annotated[float, typer.Option(help="What a draft may take.")] = 0.5,
    data_dir: DataDir = None,
    out: Out = None,
) -> None:
    """Every way in which a server can fail: is there an answer in time, and is anything left?"""
    rows = []
    for behaviour in [one for one in Behaviour if one.fails]:
        with _opened(behaviour, within_s, data_dir) as (copilot, model, dataset):
            rows.append(failing.tried(copilot, model, dataset.questions, count, within_s))
    typer.echo(failing.table(rows, within_s))
    _write(out, [failing.as_json(row) for row in rows])
    if any(row.is_short for row in rows):
        raise typer.Exit(1)


@app.command("streaming")
def stream(
    count: Annotated[int, typer.Option(min=1, help="Drafts.")] = 60,
    pace_ms: Annotated[int, typer.Option(help="Between two tokens of the model.")] = 30,
    data_dir: DataDir = None,
    out: Out = None,
) -> None:
    """From the model's first token to the first checked sentence, against its own time to it."""
    with _opened(Behaviour.SLOW, 60.0, data_dir) as (copilot, model, dataset):
        model.pace_s = pace_ms / 1000
        times = streaming.timed(copilot, dataset.questions, count)
    typer.echo(streaming.table(times))
    _write(out, streaming.as_json(times))


@contextmanager
def _opened(
    behaviour: Behaviour, within_s: float, data_dir: Path | None
) -> Iterator[tuple[Copilot, ScriptedModel, Dataset]]:
    """A copilot on the starter's documents, with the scripted model behind it."""
    dataset = load(STARTER)
    settings = isolated_settings(Settings(), dataset.name, data_dir)
    with open_isolated(dataset, data_dir):
        pass  # the documents are in it from here on
    with serving(behaviour) as model:
        chosen = {
            "llm_base_url": model.url,
            "llm_model": "scripted",
            "llm_timeout_s": within_s,
            "llm_concurrent": 4,
        }
        copilot = open_copilot(settings.model_copy(update=chosen), follow=False)
        try:
            yield copilot, model, dataset
        finally:
            copilot.close()


def _write(out: Path | None, value: object) -> None:
    if out is not None:
        out.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    app()
