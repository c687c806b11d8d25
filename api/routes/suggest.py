"""Suggestions for one who asks and for the last turn of a conversation, and what was offered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import TypeAdapter

from api.auth import Caller, allowed
from api.fields import Identifier
from api.openapi import Responses, problems
from api.parts import PartsOfApp
from api.responses import EvidenceResponse, OfferedResponse
from api.schemas import AskRequest, AssistRequest, final_turns, narrowed
from api.staged import staged
from api.visible import visible_suggestion
from copilot.types import Listener, Staged, Status, Suggestion

router = APIRouter(tags=["suggestions"])
_EVENTS = {Status.SUGGESTED: "suggestion", Status.NO_SUGGESTION: "no_suggestion"}
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["evidence", *_EVENTS.values()]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_STREAMED: Responses = {
    200: {
        "description": "A suggestion; with `stream`, the events `evidence`, then `suggestion` "
        "or `no_suggestion`",
        "content": {"text/event-stream": {"itemSchema": _EVENT}},
    }
}


@router.post(
    "/v1/ask",
    response_model=Suggestion,
    responses={**_STREAMED, **problems(400, 401, 403, 413, 415, 422)},
)
def ask(
    request: AskRequest,
    caller: Annotated[Caller, Depends(allowed("ask"))],
    parts: PartsOfApp,
) -> Suggestion | EventSourceResponse:
    """A suggestion for a member of staff who asks, or silence with a reason."""
    scope = narrowed(caller.scope, request.scope)

    def suggest(listener: Listener | None = None) -> Suggestion:
        suggestion = parts.copilot.ask(
            request.question,
            conversation=final_turns(request.conversation),
            scope=scope,
            caller=caller.caller_id,
            listener=listener,
        )
        parts.metrics.offered(suggestion)
        return suggestion

    if not request.stream:
        return suggest()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_events(staged(suggest)), headers=headers)


@router.post("/v1/assist", responses=problems(400, 401, 403, 404, 413, 415, 422))
def assist(
    request: AssistRequest,
    caller: Annotated[Caller, Depends(allowed("assist"))],
    parts: PartsOfApp,
) -> Suggestion:
    """A suggestion for the last turn; nothing is remembered of the conversation."""
    if request.customer_id is not None:
        caller.require("customers:read")
    suggestion = parts.copilot.assist(
        final_turns(request.conversation),
        customer_id=request.customer_id,
        scope=narrowed(caller.scope, request.scope),
        caller=caller.caller_id,
    )
    parts.metrics.offered(suggestion)
    return suggestion


@router.get("/v1/suggestions/{suggestion_id}", responses=problems(401, 403, 404, 422))
def offered_suggestion(
    suggestion_id: Identifier,
    caller: Annotated[Caller, Depends(allowed("suggestions:own"))],
    parts: PartsOfApp,
) -> OfferedResponse:
    """What was offered, and everything that produced it."""
    offered = visible_suggestion(parts.store, suggestion_id, caller)
    return OfferedResponse(
        **offered.suggestion,
        created_at=offered.created_at,
        caller=offered.caller,
        customer_id=offered.customer_id,
        request=offered.request,
    )


def _events(told: Iterator[Staged | Suggestion]) -> Iterator[bytes]:
    for one in told:
        if isinstance(one, Suggestion):
            data = TypeAdapter(Suggestion).dump_json(one).decode()
            yield format_sse_event(event=_EVENTS[one.status], data_str=data)
        else:
            evidence = EvidenceResponse(
                suggestion_id=one.suggestion_id, passages=list(one.passages), took_ms=one.took_ms
            )
            yield format_sse_event(event=one.stage, data_str=evidence.model_dump_json())
