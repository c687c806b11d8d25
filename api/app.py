"""Puts the app together. Nothing is opened before it starts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api.edge import Edge
from api.limits import Limits
from api.openapi import describe
from api.parts import Parts
from api.problems import install
from api.routes import (
    actions,
    back_office,
    cases,
    conversations,
    customers,
    demo,
    documents,
    feeds,
    health,
    pages,
    practice,
    search,
    suggest,
    tokens,
    widget,
)
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
        lifespan=_lifespan,
    )
    app.state.parts = Parts(settings)
    app.state.parts.take(copilot)
    install(app)
    for module in (
        documents,
        search,
        suggest,
        cases,
        practice,
        conversations,
        actions,
        feeds,
        customers,
        tokens,
        health,
        demo,
        back_office,
        pages,
        widget,
    ):
        app.include_router(module.router)
    app.add_middleware(Limits)
    app.add_middleware(Edge, metrics=app.state.parts.metrics)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Live conversations are taken while the app runs; its own copilot is opened for it."""
    parts: Parts = app.state.parts
    own = None
    if not parts.stands:
        from copilot.compose import open_copilot

        own = await run_in_threadpool(open_copilot, parts.settings)
        parts.take(own)
    await run_in_threadpool(parts.open_desk)
    await run_in_threadpool(parts.open_runner)
    try:
        yield
    finally:
        await run_in_threadpool(parts.close_desk)
        if own is not None:
            parts.take(None)
            await run_in_threadpool(own.close)
