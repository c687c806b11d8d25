"""The demo's back office over HTTP, for a developer at this machine only."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field

from api.back_office import BackOffice
from api.fields import Identifier
from api.parts import PartsOfApp
from api.routes.demo import at_this_machine

router = APIRouter(
    prefix="/demo/back-office", include_in_schema=False, dependencies=[Depends(at_this_machine)]
)


def back_office_of(parts: PartsOfApp) -> BackOffice:
    """The app's back office. Raises NotFound where there is none."""
    return parts.back_office


Office = Annotated[BackOffice, Depends(back_office_of)]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RefundRequest(_Body):
    amount_eur: Annotated[float, Field(gt=0, le=10_000)]
    reason: Identifier


class ResendRequest(_Body):
    to: Identifier


class BookingRequest(_Body):
    slot: Identifier
    customer_id: Identifier
    topic: str = ""


@router.get("/orders/{order_id}")
def order(order_id: Identifier, office: Office) -> dict[str, Any]:
    """An order with its state."""
    return office.order(order_id)


@router.get("/stock/web/{style}")
def web_stock(style: Identifier, office: Office) -> dict[str, Any]:
    """What the web shop believes."""
    return office.web_stock(style)


@router.get("/stock/stores/{store}/{style}")
def store_stock(store: Identifier, style: Identifier, office: Office) -> dict[str, Any]:
    """What a store's handset shows."""
    return office.store_stock(store, style)


@router.get("/appointments")
def slots(place: Identifier, office: Office) -> dict[str, Any]:
    """The free appointments of a place."""
    return office.slots(place)


@router.post("/orders/{order_id}/refunds")
def refund(order_id: Identifier, request: RefundRequest, office: Office, key: Key) -> Any:
    """Books a refund."""
    return office.refund(order_id, request.amount_eur, request.reason, key)


@router.post("/orders/{order_id}/parcels")
def resend(order_id: Identifier, request: ResendRequest, office: Office, key: Key) -> Any:
    """Sends the parcel again."""
    return office.resend(order_id, request.to, key)


@router.post("/appointments")
def book(request: BookingRequest, office: Office, key: Key) -> Any:
    """Books an appointment."""
    return office.book(request.slot, request.customer_id, request.topic, key)
