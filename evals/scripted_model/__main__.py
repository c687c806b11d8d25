"""`python -m evals.scripted_model`: serves a scripted model until it is stopped."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from evals.scripted_model.behaviour import Behaviour
from evals.scripted_model.server import serving


def serve(
    port: Annotated[int, typer.Option(help="On 127.0.0.1; 0 takes a free one.")] = 0,
    behaviour: Annotated[Behaviour, typer.Option(help="How it answers.")] = Behaviour.FAITHFUL,
    pace_ms: Annotated[
        int, typer.Option(min=0, help="Before each token of `slow` and `endless`.")
    ] = 50,
) -> None:
    """Serve OpenAI's Chat Completions without a model, well behaved or not."""
    with serving(behaviour, port=port, pace_s=pace_ms / 1000) as model:
        stopped = threading.Event()
        for one in (signal.SIGINT, signal.SIGTERM):  # the first is ignored in the background
            signal.signal(one, lambda *_: stopped.set())
        typer.echo(f"COPILOT_LLM_BASE_URL={model.url} COPILOT_LLM_MODEL=scripted")
        stopped.wait()
        typer.echo(f"answered {len(model.asked)} requests")


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(serve)
    app()
