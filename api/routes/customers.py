"""Who a customer is, what happened with them, and their erasure."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import Caller, allowed
from api.fields import Identifier
from api.openapi import problems
from api.parts import PartsOfApp
from api.responses import TimelineResponse
from api.schemas import TimelineQuery
from copilot.store import Store
from copilot.store.customers import Receipt
from copilot.types import Customer

router = APIRouter(tags=["customers"])
_PATH = "/v1/customers/{customer_id:path}"


@router.get(f"{_PATH}/timeline", responses=problems(401, 403, 404, 422))
def timeline(
    customer_id: Identifier,
    query: Annotated[TimelineQuery, Query()],
    caller: Annotated[Caller, Depends(allowed("customers:read"))],
    parts: PartsOfApp,
) -> TimelineResponse:
    """What happened with this customer, across channels, newest first."""
    caller.require_customer(customer_id)
    return _page(parts.store, customer_id, query)


@router.get(_PATH, responses=problems(401, 403, 404, 422))
def customer(
    customer_id: Identifier,
    caller: Annotated[Caller, Depends(allowed("customers:read"))],
    parts: PartsOfApp,
) -> Customer:
    """Who this is."""
    caller.require_customer(customer_id)
    return parts.store.customers.customer(customer_id)


@router.delete(_PATH, responses=problems(401, 403, 404, 422))
def erase_customer(
    customer_id: Identifier,
    _: Annotated[Caller, Depends(allowed("customers:erase"))],
    parts: PartsOfApp,
) -> Receipt:
    """Erases the customer, their history and every suggestion made for them; gives a receipt."""
    receipt = parts.store.customers.erase(customer_id)
    parts.desk.forget(customer_id)
    return receipt


def _page(store: Store, customer_id: str, query: TimelineQuery) -> TimelineResponse:
    """What began at the same moment stays on one page, for `before` cannot part it."""
    size = query.limit + 1
    while True:
        found = store.customers.timeline(customer_id, before=query.before, limit=size)
        page = found
        if len(found) == size:
            page = [one for one in found if one.started_at > found[-1].started_at]
        if page or not found:
            break
        size *= 2
    more = len(page) < len(found)
    return TimelineResponse(
        customer_id=customer_id, interactions=page, next=page[-1].started_at if more else None
    )
