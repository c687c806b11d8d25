"""Proposes actions as cards, and runs what a person confirmed: docs/decisions/0008-action-cards."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from copilot.actions.call import Wire
from copilot.actions.card import Card, CardState, LiveFact, Parameter, Receipt
from copilot.actions.declare import Action, Actions
from copilot.actions.fill import Known, fill
from copilot.actions.lookup import LookUps, require_valid
from copilot.errors import AlreadyDecided, Ended, NotPermitted, UnknownCustomer
from copilot.store import Store
from copilot.store.actions import SLACK
from copilot.types import Customer, Role

# So long a card can be confirmed; after that the conversation has moved on.
LASTS = timedelta(minutes=30)
_POLL_S = 0.05
_NOTHING: Mapping[str, Any] = {}


class Runner:
    """The actions of one process. Safe to use from several threads.

    Who may see a conversation, a customer or a card is the API's to judge, before it asks here.
    """

    def __init__(self, actions: Actions, store: Store, wire: Wire) -> None:
        self.actions = actions
        self._store = store
        self._wire = wire
        self._look_ups = LookUps(actions, wire)

    def fill(
        self,
        action: Action,
        *,
        conversation_id: str | None = None,
        customer_id: str | None = None,
        given: Mapping[str, Any] = _NOTHING,
    ) -> tuple[Parameter, ...]:
        """The action's parameters, as far as they can be traced; what is given goes first."""
        known = Known(customer=self._customer(customer_id))
        if conversation_id is not None:
            spoken = sorted(self._store.conversations.turns(conversation_id), key=lambda at: at[0])
            turns = [turn for _, turn in spoken]
            run = self._store.cards.done_in(conversation_id)
            known = Known(turns, known.customer, run)
        return fill(action, known, given)

    def propose(
        self,
        action: Action,
        by: str,
        *,
        conversation_id: str | None = None,
        customer_id: str | None = None,
        suggestion_id: str | None = None,
        step_id: str | None = None,
        given: Mapping[str, Any] = _NOTHING,
    ) -> Card:
        """Stores a card, filled, for a person to edit and to confirm. Nothing goes out.

        Raises Ended where the conversation has.
        """
        if conversation_id is not None:
            self._require_open(conversation_id)
        parameters = self.fill(
            action, conversation_id=conversation_id, customer_id=customer_id, given=given
        )
        now = self._store.now()
        card = Card(
            card_id=f"card_{uuid.uuid4().hex}",
            action=action.name,
            title=action.title,
            description=action.description,
            effect=action.effect.value,
            declared_sha256=action.sha256,
            state=CardState.PROPOSED,
            parameters=parameters,
            proposed_by=by,
            proposed_at=now,
            expires_at=now + LASTS,
            conversation_id=conversation_id,
            customer_id=customer_id,
            suggestion_id=suggestion_id,
            step_id=step_id,
        )
        self._store.cards.propose(card)
        return card

    def confirm(
        self,
        card_id: str,
        parameters: Mapping[str, Any],
        by: str,
        role: Role | None,
        *,
        repeat: bool = False,
    ) -> Receipt:
        """Stores the confirmation, makes its one call, and returns what became of it.

        The same confirmation again returns the same receipt. With `repeat`, a call whose outcome
        nobody knows is made once more, with the same key. Raises InvalidInput for parameters that
        do not fit, UnknownAction, and what the store's `confirm` raises.
        """
        card = self._store.cards.card(card_id)
        action = self.actions.find(card.action, role)
        if card.receipt is None or repeat:
            if action.sha256 != card.declared_sha256:
                raise AlreadyDecided("the action is declared otherwise by now; propose it again")
            require_valid(action, parameters)
            self._wire.check(action, parameters)
        receipt = self._store.cards.confirm(card_id, parameters, by, repeat=repeat)
        if receipt.state is CardState.CONFIRMED:
            with suppress(NotPermitted):  # another thread has spent it
                return self._wire.send(action, card_id)
        return self._awaited(card_id, action)

    def decline(self, card_id: str, by: str) -> Card:
        """Raises AlreadyDecided once somebody has confirmed it, UnknownCard."""
        return self._store.cards.decline(card_id, by)

    def look_up(
        self, action: Action, parameters: Mapping[str, Any], role: Role | None
    ) -> list[LiveFact]:
        """What systems say now. Raises NotPermitted, InvalidInput, Overloaded."""
        return self._look_ups.ask(action, parameters, role)

    def _require_open(self, conversation_id: str) -> None:
        if self._store.conversations.conversation(conversation_id).ended_at is not None:
            raise Ended("the conversation has ended")

    def _awaited(self, card_id: str, action: Action) -> Receipt:
        """The receipt, once the call that another thread makes has come back or run out."""
        until = time.monotonic() + action.request.timeout_s + SLACK.total_seconds()
        receipt = self._store.cards.receipt(card_id)
        while receipt.state is CardState.SENT and time.monotonic() < until:
            time.sleep(_POLL_S)
            receipt = self._store.cards.receipt(card_id)
        return receipt

    def _customer(self, customer_id: str | None) -> Customer | None:
        if customer_id is None:
            return None
        with suppress(UnknownCustomer):
            return self._store.customers.customer(customer_id)
        return Customer(customer_id)
