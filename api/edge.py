"""The outermost layer: names, times and logs each request, notes when it came, sets the security
headers, and is the last to catch an error.
"""

from __future__ import annotations

import time
import uuid

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import UNEXPECTED, problem

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# What is noted for a caller who left before there was an answer.
_LEFT = 499


class Edge:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["arrived"] = time.monotonic()
        request = _Request(scope, send)
        try:
            await self._app(scope, receive, request.send)
        except Exception as error:
            request.log.exception("request failed", error=type(error).__name__)
            if request.status is not None:
                raise  # half an answer is out; only closing the connection can tell
            await problem(scope, UNEXPECTED)(scope, receive, request.send)
        finally:
            took_s = time.perf_counter() - request.began
            status = request.status or _LEFT
            self._metrics.answered(request.route, scope["method"], status, took_s)
            request.log.info(
                "request",
                method=scope["method"],
                route=request.route,
                status=status,
                took_ms=round(took_s * 1000, 1),
            )


class _Request:
    """One request on its way through; the log has its template, never the ids in its path."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._id = uuid.uuid4().hex
        self.began = time.perf_counter()
        self.status: int | None = None
        self.log = structlog.get_logger("api").bind(request_id=self._id)

    @property
    def route(self) -> str:
        return getattr(self._scope.get("route"), "path_format", "unmatched")

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            framed = "Content-Security-Policy" in headers  # a route that says who may frame it
            for name, value in _HEADERS.items():
                if not (framed and name == "X-Frame-Options"):
                    headers.setdefault(name, value)
            headers["X-Request-ID"] = self._id
            if self._scope["path"].startswith("/v1/"):
                headers.setdefault("Cache-Control", "no-store")
        await self._send(message)
