"""What requests and responses about actions say, and which cards a caller may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.auth import Caller
from api.fields import Fields, Identifier, Word
from api.visible import visible_conversation
from copilot.actions import schema
from copilot.actions.card import Card, CardState, LiveFact, Parameter, Receipt, Source, values_of
from copilot.actions.declare import Action, Effect
from copilot.actions.schema import Fault
from copilot.errors import InvalidInput, UnknownCard, UnknownConversation, UnknownCustomer
from copilot.store import Store


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class AboutRequest(_Body):
    """Whom it is about, and the parameters that somebody has given already."""

    conversation_id: Identifier | None = None
    customer_id: Identifier | None = None
    parameters: Fields = {}

    def about(self, store: Store, caller: Caller) -> tuple[str | None, str | None]:
        """The conversation and the customer, of those that the caller may see.

        Raises UnknownConversation, UnknownCustomer, Refused, and InvalidInput where they differ.
        """
        conversation_id = self.conversation_id or caller.conversation_id
        customer_id = self.customer_id or caller.customer_id
        if conversation_id is not None:
            found = visible_conversation(store, conversation_id, caller)
            if customer_id not in (None, found.customer_id):
                reason = "the conversation is with somebody else"
                raise InvalidInput(reason, place="customer_id", remedy="leave it out")
            return conversation_id, found.customer_id
        if customer_id is not None:
            caller.require("customers:read")
            caller.require_customer(customer_id)
        return None, customer_id


class CardRequest(AboutRequest):
    """What an action is proposed for."""

    suggestion_id: Identifier | None = None
    step_id: Word | None = None


class ConfirmationRequest(_Body):
    """The parameters as the person wants them sent, all of them."""

    parameters: Fields
    repeat: Annotated[
        bool, Field(description="Send it once more where nobody knows what became of it.")
    ] = False


class ActionResponse(BaseModel):
    """An action that the caller may use; `parameters` is a JSON Schema, `named` its other names."""

    name: str
    title: str
    description: str
    effect: Effect
    parameters: dict[str, Any]
    named: list[str]
    fact: str | None


class ActionsResponse(BaseModel):
    actions: list[ActionResponse]


class FactsResponse(BaseModel):
    """What systems say; those that `disagree` are all here."""

    facts: list[LiveFact]


class ReceiptResponse(BaseModel):
    """What was confirmed, by whom, and what became of it.

    `state` is `unknown` where it may have been done or not. `is_cut` says that only the first
    64 KiB of the result were kept.
    """

    card_id: str
    state: CardState
    number: int
    confirmed_by: str
    confirmed_at: datetime
    parameters: dict[str, Any]
    parameters_sha256: str
    sent_at: datetime | None
    answered_at: datetime | None
    took_ms: float | None
    status: int | None
    result: Any
    result_sha256: str | None
    is_cut: bool
    detail: str | None


class CardResponse(BaseModel):
    """An action for a person to edit and confirm, or what became of it.

    Each parameter has the source of its value, or none; `missing` are required and have no value,
    `problems` keep the others from being sent.
    """

    card_id: str
    action: str
    title: str
    description: str
    effect: Effect
    state: CardState
    parameters: list[Parameter]
    missing: list[str]
    problems: list[Fault]
    conversation_id: str | None
    customer_id: str | None
    suggestion_id: str | None
    step_id: str | None
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    declined_by: str | None
    receipt: ReceiptResponse | None


def visible_card(store: Store, card_id: str, caller: Caller) -> Card:
    """A card of a conversation that the caller may see, or one's own. Raises UnknownCard."""
    card = store.cards.card(card_id)
    try:
        if card.conversation_id is not None:
            visible_conversation(store, card.conversation_id, caller)
            return card
        if card.customer_id is not None:
            caller.require_customer(card.customer_id)
    except (UnknownConversation, UnknownCustomer) as error:
        raise UnknownCard("not for this caller") from error
    if card.proposed_by != caller.name:
        raise UnknownCard("somebody else's")
    return card


def action_response(action: Action) -> ActionResponse:
    """Without its address, which is nobody's business."""
    return ActionResponse(
        name=action.name,
        title=action.title,
        description=action.description,
        effect=action.effect,
        parameters=action.parameters,
        named=list(action.named),
        fact=action.fact,
    )


def card_response(card: Card) -> CardResponse:
    """The card with what was confirmed, where something was."""
    parameters = [_as_confirmed(one, card.receipt) for one in card.parameters]
    whole = {"properties": {one.name: one.schema for one in parameters}}
    receipt = None if card.receipt is None else receipt_response(card.receipt)
    fields = ("conversation_id", "customer_id", "suggestion_id", "step_id", "declined_by")
    same = ("card_id", "action", "title", "description", "state", "proposed_by", "proposed_at")
    return CardResponse(
        **{name: getattr(card, name) for name in (*same, "expires_at", *fields)},
        effect=Effect(card.effect),
        parameters=parameters,
        missing=[one.name for one in parameters if one.required and one.source is None],
        problems=schema.faults(whole, values_of(parameters)),
        confirmed_by=None if receipt is None else receipt.confirmed_by,
        confirmed_at=None if receipt is None else receipt.confirmed_at,
        receipt=receipt,
    )


def receipt_response(receipt: Receipt) -> ReceiptResponse:
    """The confirmation and its answer side by side."""
    answer = receipt.answer
    same = ("card_id", "state", "number", "confirmed_by", "confirmed_at", "sent_at")
    return ReceiptResponse(
        **{name: getattr(receipt, name) for name in (*same, "parameters", "parameters_sha256")},
        answered_at=None if answer is None else answer.at,
        took_ms=None if answer is None else answer.took_ms,
        status=None if answer is None else answer.status,
        result=None if answer is None else answer.result,
        result_sha256=None if answer is None else answer.result_sha256,
        is_cut=answer is not None and answer.is_cut,
        detail=None if answer is None else answer.detail,
    )


def _as_confirmed(parameter: Parameter, receipt: Receipt | None) -> Parameter:
    """With the value that was confirmed; one that the person changed is theirs."""
    if receipt is None:
        return parameter
    if parameter.name not in receipt.parameters:
        return replace(parameter, value=None, source=None)
    value = receipt.parameters[parameter.name]
    if parameter.source is not None and value == parameter.value:
        return parameter
    return replace(parameter, value=value, source=Source("person"))
