"""Puts the app together. Nothing is opened before it starts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api.edge import Edge
from api.limits import Limits
from api.openapi import describe
from api.parts import Parts
from api.problems import install
from api.routes import customers, documents, health, pages, search, suggest
from copilot import __version__
from copilot.settings import Settings

if TYPE_CHECKING:
    from copilot.assist import Copilot

_DESCRIPTION = (
    "Grounded suggestions for a person who decides. Every error is a problem document (RFC 9457). "
    "Times are RFC 3339 in UTC; offsets are Unicode code points of a document version's text."
)


def create_app(settings: Settings, copilot: Copilot | None = None) -> FastAPI:
    """The app around this copilot; without one it opens its own when it starts, and closes it.

    A copilot that is handed in stays the caller's to close.
    """
    app = FastAPI(
        title="Agent-assist copilot",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=None if copilot is not None else _opened(settings),
    )
    app.state.parts = Parts(settings)
    app.state.parts.take(copilot)
    install(app)
    for module in (documents, search, suggest, customers, health, pages):
        app.include_router(module.router)
    app.add_middleware(Limits)
    app.add_middleware(Edge, metrics=app.state.parts.metrics)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app


def _opened(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        from copilot.compose import open_copilot

        copilot = await run_in_threadpool(open_copilot, settings)
        app.state.parts.take(copilot)
        try:
            yield
        finally:
            app.state.parts.take(None)
            await run_in_threadpool(copilot.close)

    return lifespan
