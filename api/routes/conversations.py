"""Live conversations: begun, fed with turns, watched as a stream of events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from api.auth import Caller, allowed
from api.fields import Identifier
from api.openapi import Responses, problems
from api.parts import Arrived, Parts, PartsOfApp
from api.responses import (
    ConversationResponse,
    HandoverResponse,
    TakenResponse,
    TurnsResponse,
    conversation_response,
)
from api.schemas import ConversationRequest, SpokenRequest, narrowed, spoken_turns
from api.visible import visible_conversation
from copilot.types import Conversation, Event

router = APIRouter(tags=["conversations"])
_PATH = "/v1/conversations/{conversation_id}"
_SEEN = "The last event that was seen; only later ones are sent."
_STREAMED: Responses = {
    200: {
        "description": "`evidence`, `steps`, `draft`, then `suggestion` or `no_suggestion`; "
        "`superseded`, `decided`, `ended`. The ids count from 1.",
        "content": {
            "text/event-stream": {
                "itemSchema": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "event": {"type": "string"},
                        "data": {"type": "string", "contentMediaType": "application/json"},
                    },
                    "required": ["id", "event", "data"],
                }
            }
        },
    }
}
Watching = Annotated[Caller, Depends(allowed("conversations"))]


@router.post(
    "/v1/conversations",
    status_code=HTTP_201_CREATED,
    responses={
        200: {"model": ConversationResponse, "description": "It stood already, and is unchanged"},
        **problems(400, 401, 403, 404, 413, 415, 422),
    },
)
def start_conversation(
    request: ConversationRequest, caller: Watching, parts: PartsOfApp, response: Response
) -> ConversationResponse:
    """Begins a conversation, which gets an id if it brings none."""
    if request.customer_id is not None:
        caller.require("customers:read")
        caller.require_customer(request.customer_id)
    conversation, made = parts.desk.open(
        request.conversation_id or caller.conversation_id,
        customer_id=request.customer_id or caller.customer_id,
        channel=request.channel,
        scope=narrowed(caller.scope, request.scope),
        caller=caller.caller_id,
    )
    visible_conversation(parts.store, conversation.conversation_id, caller)
    response.status_code = HTTP_201_CREATED if made else HTTP_200_OK
    return conversation_response(conversation)


@router.get(_PATH, responses=problems(401, 403, 404, 422))
def conversation(
    conversation_id: Identifier, caller: Watching, parts: PartsOfApp
) -> ConversationResponse:
    """Whom it is with, and whether it goes on."""
    return conversation_response(visible_conversation(parts.store, conversation_id, caller))


@router.get(f"{_PATH}/handover", responses=problems(401, 403, 404, 422))
def hand_over(conversation_id: Identifier, caller: Watching, parts: PartsOfApp) -> HandoverResponse:
    """What a colleague who takes it over must know, each sentence with the turns behind it."""
    visible_conversation(parts.store, conversation_id, caller)
    turns = [turn for _, turn in parts.store.conversations.turns(conversation_id)]
    return HandoverResponse(**asdict(parts.copilot.hand_over(turns, caller.caller_id)))


@router.post(
    f"{_PATH}/turns",
    status_code=HTTP_202_ACCEPTED,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
def take_turns(
    conversation_id: Identifier,
    request: SpokenRequest,
    caller: Watching,
    parts: PartsOfApp,
    arrived: Arrived,
) -> TurnsResponse:
    """Takes turns; a final one counts once, whatever the order and however often it is sent."""
    visible_conversation(parts.store, conversation_id, caller)
    taken = parts.desk.take(conversation_id, spoken_turns(request), arrived)
    return TurnsResponse(
        turns=[TakenResponse(turn_id=one.turn_id, state=one.state) for one in taken]
    )


@router.post(
    f"{_PATH}/end", status_code=HTTP_204_NO_CONTENT, responses=problems(401, 403, 404, 422)
)
def end_conversation(conversation_id: Identifier, caller: Watching, parts: PartsOfApp) -> None:
    """Takes no more turns; its streams end."""
    visible_conversation(parts.store, conversation_id, caller)
    parts.desk.end(conversation_id)


@router.get(
    f"{_PATH}/events",
    response_model=None,
    responses={**_STREAMED, **problems(401, 403, 404, 422)},
)
async def watch_conversation(
    conversation_id: Identifier,
    caller: Watching,
    parts: PartsOfApp,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**31, description=_SEEN)] = None,
    after: Annotated[int, Query(ge=0, le=2**31, description=_SEEN)] = 0,
) -> Response:
    """Every event so far, or after the last that was seen, and then each as it comes."""
    watched = await run_in_threadpool(visible_conversation, parts.store, conversation_id, caller)
    seen = after if last_event_id is None else last_event_id
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_stream(parts, watched, seen), headers=headers)


async def _stream(parts: Parts, watched: Conversation, after: int) -> AsyncIterator[bytes]:
    yield b": listening\n\n"
    events = parts.hub.watch(
        parts.store.conversations,
        watched.conversation_id,
        after,
        ended=watched.ended_at is not None,
    )
    async for event in events:
        yield b": alive\n\n" if event is None else _sent(event)


def _sent(event: Event) -> bytes:
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(id=str(event.event_id), event=event.kind, data_str=data)
