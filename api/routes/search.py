"""Passages for a question."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import Caller, allowed
from api.openapi import problems
from api.parts import PartsOfApp
from api.responses import SearchResponse
from api.schemas import SearchRequest, final_turns, narrowed

router = APIRouter(tags=["search"])


@router.post("/v1/search", responses=problems(400, 401, 403, 404, 413, 415, 422))
def search(
    request: SearchRequest,
    caller: Annotated[Caller, Depends(allowed("search"))],
    parts: PartsOfApp,
) -> SearchResponse:
    """The passages that the caller may see, best first; at most one run a document version."""
    if request.customer_id is not None:
        caller.require("customers:read")
    found = parts.copilot.search(
        request.query,
        conversation=final_turns(request.conversation),
        k=request.k,
        scope=narrowed(caller.scope, request.scope),
        customer_id=request.customer_id,
    )
    parts.metrics.staged(found.took_ms)
    return SearchResponse(
        passages=list(found.passages), took_ms=found.took_ms, degraded=list(found.degraded)
    )
