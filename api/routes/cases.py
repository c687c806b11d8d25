"""Past conversations that stand behind a likely action, without the person who was in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import Caller, allowed
from api.fields import Identifier
from api.openapi import problems
from api.parts import PartsOfApp
from api.responses import CaseResponse, CaseTurnResponse
from copilot.control import steers
from copilot.errors import NotFound, UnknownCustomer
from copilot.privacy.mask import mask
from copilot.store import Store
from copilot.types import Interaction

router = APIRouter(tags=["cases"])


@router.get("/v1/cases/{interaction_id:path}", responses=problems(401, 403, 404, 422))
def case(
    interaction_id: Identifier,
    _: Annotated[Caller, Depends(allowed("assist"))],
    parts: PartsOfApp,
) -> CaseResponse:
    """A past conversation in which an agent did something, masked: open to whoever is assisted,
    a token for another customer's screen too.
    """
    found = parts.store.customers.interaction(interaction_id)
    if found is None or not parts.store.cases.standing([interaction_id]):
        raise NotFound("no such case")
    return _masked(found, _names(parts.store, found.customer_id))


def _masked(found: Interaction, names: list[str]) -> CaseResponse:
    def plain(text: str) -> str:
        return mask(text, known_names=names)

    turns = [
        CaseTurnResponse(
            role=turn.role,
            text=plain(turn.text),
            action=None if turn.action is None else plain(turn.action.name),
        )
        for turn in found.turns
        if turn.is_final and not steers(turn)
    ]
    return CaseResponse(
        interaction_id=found.interaction_id,
        channel=found.channel,
        started_at=found.started_at,
        outcome=None if found.outcome is None else plain(found.outcome),
        turns=turns,
    )


def _names(store: Store, customer_id: str | None) -> list[str]:
    """What the customer of it is called, where their record says so."""
    if customer_id is None:
        return []
    try:
        name = store.customers.customer(customer_id).name
    except UnknownCustomer:  # erased just now
        raise NotFound("no such case") from None
    return [] if name is None else [name]
