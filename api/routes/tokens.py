"""Short-lived tokens for the pages of a host, asked for by its server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.status import HTTP_201_CREATED

from api.auth import Caller, allowed
from api.openapi import problems
from api.parts import PartsOfApp
from api.responses import TokenResponse
from api.schemas import TokenRequest
from api.tokens import Grant, issue
from api.visible import visible_conversation
from copilot.scoping import narrow

router = APIRouter(tags=["tokens"])


@router.post(
    "/v1/tokens",
    status_code=HTTP_201_CREATED,
    responses=problems(400, 401, 403, 404, 413, 415, 422),
)
def issue_token(
    request: TokenRequest,
    caller: Annotated[Caller, Depends(allowed("tokens:issue"))],
    parts: PartsOfApp,
) -> TokenResponse:
    """A token for one person at one page; it can do no more than the key that asks for it."""
    customer_id = request.customer_id
    if customer_id is not None:
        caller.require("customers:read")
    if request.conversation_id is not None:
        standing = parts.store.conversations.find(request.conversation_id)
        if standing is not None:
            visible_conversation(parts.store, request.conversation_id, caller)
            customer_id = customer_id or standing.customer_id
    scope = narrow(caller.scope, request.scope())
    grant = Grant(caller.caller_id, request.agent, scope, request.conversation_id, customer_id)
    now = datetime.now(UTC)
    token = issue(grant, parts.keyring.token_secret, parts.store.instance, now, request.ttl_s)
    return TokenResponse(token=token, expires_at=now + timedelta(seconds=request.ttl_s))
