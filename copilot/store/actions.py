"""Cards and their confirmations. A confirmation is spent by the one call that it is for, in a
transaction before that call; docs/decisions/0008-action-cards.md says why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from copilot.actions.card import Answer, Card, CardState, Parameter, Receipt
from copilot.errors import AlreadyDecided, Ended, NotPermitted, UnknownCard
from copilot.store.audit import Audit
from copilot.store.database import writer
from copilot.store.tables import cards, confirmations, conversations
from copilot.types import ActionDone

# After its time-out a call has this long to write down what came of it.
SLACK = timedelta(seconds=5)
_PARAMETERS = TypeAdapter(tuple[Parameter, ...])
_ANSWER = TypeAdapter(Answer)


def sha256_of(values: Mapping[str, Any]) -> str:
    """The hash of parameters, whatever their order."""
    line = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(line.encode()).hexdigest()


class Cards:
    """The action cards of one database."""

    def __init__(self, engine: Engine, audit: Audit, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._audit = audit
        self._now = now

    def propose(self, card: Card) -> None:
        """Stores a card that nobody has confirmed."""
        values = {column.name: getattr(card, column.name, None) for column in cards.columns}
        values["parameters"] = _PARAMETERS.dump_python(card.parameters, mode="json")
        with writer(self._engine).begin() as connection:
            connection.execute(insert(cards).values(**values))

    def card(self, card_id: str) -> Card:
        """The card as it stands now. Raises UnknownCard."""
        with self._engine.connect() as connection:
            return self._card(connection, card_id)

    def confirm(
        self, card_id: str, parameters: Mapping[str, Any], by: str, *, repeat: bool = False
    ) -> Receipt:
        """Stores that a person wants this done, with an audit line; the confirmation that stands.

        The same again changes nothing, unless `repeat` asks for one more call where nobody knows
        what became of the last. Raises AlreadyDecided for other parameters, and for a card that
        was declined or has run out; Ended where its conversation has; UnknownCard.
        """
        with writer(self._engine).begin() as connection:
            card = self._card(connection, card_id, locked=True)
            receipt, sha256 = card.receipt, sha256_of(parameters)
            if card.declined_by is not None:
                raise AlreadyDecided("the card was declined")
            if receipt is not None and receipt.parameters_sha256 != sha256:
                raise AlreadyDecided("it was confirmed with other parameters")
            if receipt is not None and not (repeat and receipt.state is CardState.UNKNOWN):
                return receipt
            if receipt is None and self._now() >= card.expires_at:
                raise AlreadyDecided("the card has run out; propose it again")
            _require_open(connection, card.conversation_id)
            row = {
                "card_id": card_id,
                "number": 1 if receipt is None else receipt.number + 1,
                "confirmed_by": by,
                "confirmed_at": self._now(),
                "parameters": dict(parameters),
                "parameters_sha256": sha256,
            }
            connection.execute(insert(confirmations).values(**row))
            self._note(connection, "confirmation", card, by, number=row["number"], sha256=sha256)
            return self._newest(connection, card_id)

    def decline(self, card_id: str, by: str) -> Card:
        """Nobody can confirm it any more. Raises AlreadyDecided once somebody has; UnknownCard."""
        with writer(self._engine).begin() as connection:
            card = self._card(connection, card_id, locked=True)
            if card.receipt is not None:
                raise AlreadyDecided("the card was confirmed")
            if card.declined_by is None:
                mine = cards.c.card_id == card_id
                values = {"declined_by": by, "declined_at": self._now()}
                connection.execute(update(cards).where(mine).values(**values))
                self._note(connection, "decline", card, by)
            return self._card(connection, card_id)

    def spend(self, card_id: str, action: str, declared_sha256: str, timeout_s: float) -> Receipt:
        """Takes the confirmation for one call, which may go out once this has returned.

        Raises NotPermitted where there is none, where it was spent, or where it is for something
        else than this action as it is declared.
        """
        with writer(self._engine).begin() as connection:
            receipt = self._card(connection, card_id, locked=True).receipt
            now = self._now()
            spent = 0
            if receipt is not None:
                spent = connection.execute(
                    update(confirmations)
                    .where(
                        confirmations.c.card_id == card_id,
                        confirmations.c.number == receipt.number,
                        confirmations.c.sent_at.is_(None),
                        confirmations.c.card_id.in_(
                            select(cards.c.card_id).where(
                                cards.c.action == action,
                                cards.c.declared_sha256 == declared_sha256,
                                cards.c.declined_at.is_(None),
                            )
                        ),
                    )
                    .values(sent_at=now, answer_by=now + timedelta(seconds=timeout_s) + SLACK)
                ).rowcount
            if spent != 1:
                raise NotPermitted("there is no confirmation that this call could be made for")
            return self._newest(connection, card_id)

    def answered(self, receipt: Receipt, answer: Answer) -> None:
        """Keeps what came back of the call that this confirmation was spent for."""
        with writer(self._engine).begin() as connection:
            kept = connection.execute(
                update(confirmations)
                .where(
                    confirmations.c.card_id == receipt.card_id,
                    confirmations.c.number == receipt.number,
                    confirmations.c.sent_at.is_not(None),
                    confirmations.c.answer.is_(None),
                )
                .values(answer=_ANSWER.dump_python(answer, mode="json"))
            )
            if kept.rowcount == 1:  # the customer was not erased meanwhile
                card = self._card(connection, receipt.card_id)
                told = {"state": answer.state.value, "status": answer.status}
                sha256 = answer.result_sha256
                self._note(
                    connection, "receipt", card, None, number=receipt.number, sha256=sha256, **told
                )

    def receipt(self, card_id: str) -> Receipt:
        """The newest confirmation, and what became of it. Raises UnknownCard without one."""
        with self._engine.connect() as connection:
            return self._newest(connection, card_id)

    def done_in(self, conversation_id: str) -> list[tuple[str, ActionDone]]:
        """What cards of a conversation have done, oldest first, each with the card's id."""
        query = (
            select(cards.c.card_id, cards.c.action, confirmations.c.parameters)
            .add_columns(confirmations.c.answer)
            .join(confirmations, confirmations.c.card_id == cards.c.card_id)
            .where(cards.c.conversation_id == conversation_id)
            .order_by(confirmations.c.sent_at, cards.c.card_id)
        )
        with self._engine.connect() as connection:
            return [
                (row.card_id, ActionDone(row.action, row.parameters, row.answer["result"]))
                for row in connection.execute(query)
                if row.answer is not None and row.answer["state"] == CardState.DONE
            ]

    def _card(self, connection: Connection, card_id: str, *, locked: bool = False) -> Card:
        query = select(cards).where(cards.c.card_id == card_id)
        row = connection.execute(query.with_for_update() if locked else query).first()
        if row is None:
            raise UnknownCard("no such card")
        values = dict(row._mapping)
        values["parameters"] = _PARAMETERS.validate_python(row.parameters)
        was_declined = values.pop("declined_at") is not None
        receipt = self._find(connection, card_id)
        state = CardState.DECLINED if was_declined else CardState.PROPOSED
        return Card(**values, receipt=receipt, state=state if receipt is None else receipt.state)

    def _newest(self, connection: Connection, card_id: str) -> Receipt:
        found = self._find(connection, card_id)
        if found is None:
            raise UnknownCard("nobody has confirmed it")
        return found

    def _find(self, connection: Connection, card_id: str) -> Receipt | None:
        query = (
            select(confirmations)
            .where(confirmations.c.card_id == card_id)
            .order_by(confirmations.c.number.desc())
        )
        row = connection.execute(query.limit(1)).first()
        return None if row is None else self._receipt(row)

    def _receipt(self, row: Row[Any]) -> Receipt:
        values = dict(row._mapping)
        answer_by = values.pop("answer_by")
        answer = None if row.answer is None else _ANSWER.validate_python(row.answer)
        if answer is not None:
            state = answer.state
        elif answer_by is None:
            state = CardState.CONFIRMED
        else:
            state = CardState.SENT if self._now() < answer_by else CardState.UNKNOWN
        return Receipt(**{**values, "answer": answer}, state=state)

    def _note(
        self, connection: Connection, kind: str, card: Card, by: str | None, **more: Any
    ) -> None:
        """A line of the audit trail; parameters and results only as their hash."""
        line = {
            "kind": kind,
            "at": self._now().isoformat(),
            "by": by,
            "card_id": card.card_id,
            "action": card.action,
            "conversation_id": card.conversation_id,
            **more,
        }
        self._audit.append(connection, line)


def erase_cards(connection: Connection, customer_id: str) -> None:
    """Takes out a customer's cards, and what was confirmed with them."""
    held = select(cards.c.card_id).where(cards.c.customer_id == customer_id)
    connection.execute(delete(confirmations).where(confirmations.c.card_id.in_(held)))
    connection.execute(delete(cards).where(cards.c.customer_id == customer_id))


def _require_open(connection: Connection, conversation_id: str | None) -> None:
    mine = conversations.c.conversation_id == conversation_id
    query = select(conversations.c.ended_at).where(mine, conversations.c.ended_at.is_not(None))
    if conversation_id is not None and connection.execute(query).first() is not None:
        raise Ended("the conversation has ended")
