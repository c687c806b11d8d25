"""`copilot-serve`: the server of the API and its pages. What is heavy is imported when needed."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from copilot.settings import Settings


def serve(
    host: Annotated[
        str | None, typer.Option(help="Listen here.", show_default="COPILOT_HOST or 127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="And at this port.", show_default="COPILOT_PORT or 8000"
        ),
    ] = None,
) -> None:
    """Serve the copilot's API and its page until interrupted."""
    from pydantic import ValidationError

    from copilot.errors import CopilotError
    from copilot.settings import Settings

    chosen: dict[str, Any] = {"host": host, "port": port}
    try:
        settings = Settings(**{name: value for name, value in chosen.items() if value is not None})
        _serve(settings)
    except ValidationError as error:
        names = ", ".join(f"COPILOT_{str(one['loc'][0]).upper()}" for one in error.errors())
        _stop(f"these settings cannot be read: {names}")
    except (CopilotError, OSError) as error:
        _stop(str(error))


def _serve(settings: Settings) -> None:
    from api.app import create_app
    from api.listen import Announcing, listen, require_keys
    from copilot.compose import open_copilot, open_store
    from copilot.privacy.log import configure_logging

    configure_logging()
    # httpx2 would log the URLs of actions, with the customers' numbers in them.
    for chatty in ("alembic", "httpx2", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, _leave)
    require_keys(settings, open_store)
    with listen(settings.host, settings.port) as listening:
        typer.echo("Loading the model and the indexes …", err=True)
        port = listening.getsockname()[1]
        settings = settings.model_copy(update={"port": port})
        copilot = open_copilot(settings)
        try:
            Announcing(create_app(settings, copilot), typer.echo).run([listening])
        finally:
            copilot.close()


def _leave(_signal: int, _frame: object) -> NoReturn:
    """What is open is closed on the way out; uvicorn gives the signal back when it has ended."""
    raise SystemExit(0)


def _stop(reason: str) -> NoReturn:
    typer.echo(f"copilot-serve: {reason}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """The entry point of the command."""
    typer.run(serve)


if __name__ == "__main__":
    main()
