"""Up, able to answer, and what Prometheus scrapes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.auth import Caller, allowed
from api.openapi import problems
from api.parts import PartsOfApp
from api.problems import Kind, Place, problem
from api.responses import HealthResponse, ReadyResponse

router = APIRouter(tags=["health"])
_NOT_READY = Kind(503, "not-ready", "Not able to answer now")
_TEXT: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}}


@router.get("/healthz")
def healthz() -> HealthResponse:
    """The process is up; it says nothing about whether it can answer."""
    return HealthResponse(status="ok")


@router.get("/readyz", response_model=ReadyResponse, responses=problems(503))
def readyz(request: Request, parts: PartsOfApp) -> ReadyResponse | Response:
    """200 only when a search would be answered."""
    readiness = parts.copilot.readiness()
    if readiness.ready:
        return ReadyResponse(ready=True, checks=readiness.checks, degraded=list(readiness.degraded))
    places = [
        Place(place=name, reason=state, remedy="see the server's log")
        for name, state in readiness.checks.items()
    ]
    detail = "A search would not be answered."
    return problem(request.scope, _NOT_READY, detail, places, {"Retry-After": "5"})


@router.get("/metrics", response_class=Response, responses={200: _TEXT, **problems(401, 403)})
def metrics(_: Annotated[Caller, Depends(allowed("metrics"))], parts: PartsOfApp) -> Response:
    """Counts and times for Prometheus."""
    return Response(parts.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
