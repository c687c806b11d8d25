"""Actions: looked up, or proposed as cards that a person edits, confirms or declines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.status import HTTP_201_CREATED

from api.auth import Caller, allowed
from api.cards import (
    AboutRequest,
    ActionsResponse,
    CardRequest,
    CardResponse,
    ConfirmationRequest,
    FactsResponse,
    ReceiptResponse,
    action_response,
    card_response,
    receipt_response,
    visible_card,
)
from api.fields import Identifier
from api.openapi import problems
from api.parts import PartsOfApp
from api.visible import visible_suggestion
from copilot.actions.card import values_of

router = APIRouter(tags=["actions"])
Looking = Annotated[Caller, Depends(allowed("actions"))]
Confirming = Annotated[Caller, Depends(allowed("actions:confirm"))]


@router.get("/v1/actions", responses=problems(401, 403))
def actions(caller: Looking, parts: PartsOfApp) -> ActionsResponse:
    """The actions that this caller may use."""
    found = parts.runner.actions.of(caller.role)
    return ActionsResponse(actions=[action_response(one) for one in found])


@router.post("/v1/actions/{name}/look-up", responses=problems(400, 401, 403, 404, 413, 415, 422))
def look_up(
    name: Identifier, request: AboutRequest, caller: Looking, parts: PartsOfApp
) -> FactsResponse:
    """What systems say now, of an action that changes nothing; 503 beyond its rate."""
    action = parts.runner.actions.find(name, caller.role)
    conversation_id, customer_id = request.about(parts.store, caller)
    filled = parts.runner.fill(
        action,
        conversation_id=conversation_id,
        customer_id=customer_id,
        given=request.parameters,
    )
    facts = parts.runner.look_up(action, values_of(filled), caller.role)
    return FactsResponse(facts=facts)


@router.post(
    "/v1/actions/{name}/cards",
    status_code=HTTP_201_CREATED,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
def propose(
    name: Identifier, request: CardRequest, caller: Confirming, parts: PartsOfApp
) -> CardResponse:
    """A card, filled from the conversation. Nothing goes out before a person confirms it."""
    action = parts.runner.actions.find(name, caller.role)
    conversation_id, customer_id = request.about(parts.store, caller)
    if request.suggestion_id is not None:
        visible_suggestion(parts.store, request.suggestion_id, caller)
    card = parts.runner.propose(
        action,
        caller.name,
        conversation_id=conversation_id,
        customer_id=customer_id,
        suggestion_id=request.suggestion_id,
        step_id=request.step_id,
        given=request.parameters,
    )
    return card_response(card)


@router.get("/v1/cards/{card_id}", responses=problems(401, 403, 404, 422))
def card(card_id: Identifier, caller: Looking, parts: PartsOfApp) -> CardResponse:
    """The card as it stands, with its receipt."""
    return card_response(visible_card(parts.store, card_id, caller))


@router.post(
    "/v1/cards/{card_id}/confirmation",
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
def confirm(
    card_id: Identifier, request: ConfirmationRequest, caller: Confirming, parts: PartsOfApp
) -> ReceiptResponse:
    """Keeps that this person wants it done, does it once, and gives the receipt.

    The same confirmation again gives the same receipt.
    """
    visible_card(parts.store, card_id, caller)
    receipt = parts.runner.confirm(
        card_id, request.parameters, caller.name, caller.role, repeat=request.repeat
    )
    return receipt_response(receipt)


@router.post("/v1/cards/{card_id}/decline", responses=problems(401, 403, 404, 409, 422))
def decline(card_id: Identifier, caller: Confirming, parts: PartsOfApp) -> CardResponse:
    """Nobody can confirm it any more."""
    visible_card(parts.store, card_id, caller)
    return card_response(parts.runner.decline(card_id, caller.name))
