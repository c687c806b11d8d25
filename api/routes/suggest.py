"""Suggestions for one who asks and for the last turn of a conversation, and what was offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import TypeAdapter

from api.auth import Caller, allowed
from api.decided import decision_of
from api.fields import Identifier
from api.openapi import Responses, problems
from api.parts import Parts, PartsOfApp
from api.responses import DecisionResponse, DraftResponse, EvidenceResponse, OfferedResponse
from api.schemas import AskRequest, AssistRequest, DecisionRequest, final_turns, narrowed
from api.visible import visible_suggestion
from copilot.answer.query import from_question
from copilot.types import Status, Suggestion

if TYPE_CHECKING:
    from copilot.assist import Underway

router = APIRouter(tags=["suggestions"])
_EVENTS = {Status.SUGGESTED: "suggestion", Status.NO_SUGGESTION: "no_suggestion"}
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["evidence", "draft", *_EVENTS.values()]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_STREAMED: Responses = {
    200: {
        "description": "A suggestion; with `stream`, the events `evidence`, a `draft` for each "
        "sentence that a model wrote and that was checked, then `suggestion` or `no_suggestion`",
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
    conversation = final_turns(request.conversation)
    underway = parts.copilot.begin(
        from_question(request.question, conversation),
        scope=narrowed(caller.scope, request.scope),
        caller=caller.caller_id,
        conversation=conversation,
    )
    if not request.stream:
        parts.copilot.find_steps(underway)
        suggestion = parts.copilot.finish(underway)
        parts.metrics.offered(suggestion)
        return suggestion
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_events(parts, underway), headers=headers)


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


@router.post(
    "/v1/suggestions/{suggestion_id}/decision",
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
def decide(
    suggestion_id: Identifier,
    request: DecisionRequest,
    caller: Annotated[Caller, Depends(allowed("suggestions:own"))],
    parts: PartsOfApp,
) -> DecisionResponse:
    """Keeps what a person did with a suggestion: one final decision, and the same again is it."""
    offered = visible_suggestion(parts.store, suggestion_id, caller)
    wanted = decision_of(request, offered, by=caller.name, at=parts.store.now())
    decision, new = parts.store.decisions.decide(wanted)
    if new:
        parts.metrics.decided(decision)
        if offered.conversation_id is not None:
            parts.desk.decided(offered.conversation_id, suggestion_id, decision.decision)
    return DecisionResponse(**asdict(decision))


def _events(parts: Parts, underway: Underway) -> Iterator[bytes]:
    """The evidence at once, a draft as far as it holds, and the rest when it is ready."""
    evidence = EvidenceResponse(
        suggestion_id=underway.suggestion_id,
        passages=list(underway.passages),
        took_ms=underway.took_ms,
    )
    yield format_sse_event(event="evidence", data_str=evidence.model_dump_json())
    parts.copilot.find_steps(underway)
    finishing = parts.copilot.finishing(underway)
    try:
        while True:
            draft = DraftResponse(suggestion_id=underway.suggestion_id, reply=next(finishing))
            yield format_sse_event(event="draft", data_str=draft.model_dump_json())
    except StopIteration as end:
        suggestion: Suggestion = end.value
    finally:
        finishing.close()  # whoever went away needs no draft
    parts.metrics.offered(suggestion)
    data = TypeAdapter(Suggestion).dump_json(suggestion).decode()
    yield format_sse_event(event=_EVENTS[suggestion.status], data_str=data)
