"""Cards and confirmations in SQL: each confirmation is spent once, and nothing is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from copilot.actions.card import Answer, Card, CardState, Found, Parameter, Receipt, Source
from copilot.errors import AlreadyDecided, Ended, NotPermitted, UnknownCard
from copilot.store import Store
from copilot.store.actions import sha256_of
from copilot.store.database import writer
from copilot.types import ActionDone, Conversation, Customer

VALUES = {"order_id": "QW1", "amount": 15}


@pytest.fixture
def card(store: Store) -> Card:
    return proposed(store)


def proposed(store: Store, **more: Any) -> Card:
    """A stored card of one parameter that was said and one that was not."""
    now = store.now()
    said = Parameter(
        "order_id",
        {"type": "string"},
        True,
        "QW1",
        Source("turn", turn_id="t1", start=3, end=6),
        (Found("QW2", Source("customer", field="last")),),
    )
    fields = {
        "card_id": "card_1",
        "action": "offer_refund",
        "title": "Refund",
        "description": "",
        "effect": "change",
        "declared_sha256": "d" * 64,
        "state": CardState.PROPOSED,
        "parameters": (said, Parameter("amount", {"type": "number"}, True)),
        "proposed_by": "key:ada",
        "proposed_at": now,
        "expires_at": now + timedelta(minutes=30),
        **more,
    }
    card = Card(**fields)
    store.cards.propose(card)
    return card


def spend(store: Store, card_id: str = "card_1") -> Receipt:
    return store.cards.spend(card_id, "offer_refund", "d" * 64, 10)


def done(result: Any = None, state: CardState = CardState.DONE) -> Answer:
    return Answer(state, datetime(2026, 3, 1, tzinfo=UTC), 12.5, 200, result, "e" * 64)


def test_a_card_is_read_as_it_was_proposed(store: Store, card: Card) -> None:
    assert store.cards.card("card_1") == card
    with pytest.raises(UnknownCard):
        store.cards.card("card_2")
    with pytest.raises(UnknownCard):
        store.cards.receipt("card_1")


def test_a_confirmation_says_who_when_and_what_and_leaves_a_line(store: Store, card: Card) -> None:
    receipt = store.cards.confirm("card_1", VALUES, "key:bob")
    assert receipt == Receipt(
        "card_1",
        1,
        CardState.CONFIRMED,
        "key:bob",
        store.now(),
        VALUES,
        sha256_of({"amount": 15, "order_id": "QW1"}),
    )
    assert store.cards.card("card_1") == replace(card, state=CardState.CONFIRMED, receipt=receipt)
    (line,) = store.audit.entries()
    assert (line["kind"], line["by"], line["sha256"]) == (
        "confirmation",
        "key:bob",
        receipt.parameters_sha256,
    )
    assert "QW1" not in str(line)


def test_the_same_confirmation_again_is_the_first_one(store: Store, card: Card) -> None:
    first = store.cards.confirm("card_1", VALUES, "key:bob")
    assert store.cards.confirm("card_1", VALUES, "key:eve", repeat=True) == first
    assert len(store.audit.entries()) == 1
    with pytest.raises(AlreadyDecided, match="other parameters"):
        store.cards.confirm("card_1", {**VALUES, "amount": 16}, "key:bob")


def test_what_was_declined_or_has_run_out_cannot_be_confirmed(
    store: Store, clock: Any, card: Card
) -> None:
    assert store.cards.decline("card_1", "key:bob").state is CardState.DECLINED
    assert store.cards.decline("card_1", "key:eve").declined_by == "key:bob"
    with pytest.raises(AlreadyDecided, match="declined"):
        store.cards.confirm("card_1", VALUES, "key:bob")
    proposed(store, card_id="card_2")
    clock.move(minutes=30)
    with pytest.raises(AlreadyDecided, match="run out"):
        store.cards.confirm("card_2", VALUES, "key:bob")
    for card_id in ("card_1", "card_2"):
        with pytest.raises(NotPermitted):
            spend(store, card_id)
    assert [line["kind"] for line in store.audit.entries()] == ["decline"]


def test_what_was_confirmed_cannot_be_declined(store: Store, card: Card) -> None:
    store.cards.confirm("card_1", VALUES, "key:bob")
    with pytest.raises(AlreadyDecided, match="confirmed"):
        store.cards.decline("card_1", "key:bob")


def test_nothing_is_confirmed_in_a_conversation_that_has_ended(store: Store) -> None:
    conversation = Conversation("v-1", store.now())
    with writer(store.engine).begin() as connection:
        store.conversations.start(connection, conversation)
        store.conversations.end(connection, "v-1")
    proposed(store, conversation_id="v-1")
    with pytest.raises(Ended):
        store.cards.confirm("card_1", VALUES, "key:bob")


def test_a_confirmation_is_spent_once_and_for_its_own_action(store: Store, card: Card) -> None:
    with pytest.raises(NotPermitted):
        spend(store)
    store.cards.confirm("card_1", VALUES, "key:bob")
    for action, declared in (("other", "d" * 64), ("offer_refund", "f" * 64)):
        with pytest.raises(NotPermitted):
            store.cards.spend("card_1", action, declared, 10)
    spent = spend(store)
    assert (spent.state, spent.parameters, spent.sent_at) == (CardState.SENT, VALUES, store.now())
    with pytest.raises(NotPermitted):
        spend(store)


def test_of_many_that_spend_at_once_one_does(store: Store, card: Card) -> None:
    store.cards.confirm("card_1", VALUES, "key:bob")

    def attempt(_: int) -> bool:
        try:
            spend(store)
        except NotPermitted:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_an_answer_is_kept_once_and_leaves_a_line(store: Store, card: Card) -> None:
    receipt = store.cards.confirm("card_1", VALUES, "key:bob")
    store.cards.answered(receipt, done())  # it was never sent
    assert store.cards.receipt("card_1").answer is None
    receipt = spend(store)
    store.cards.answered(receipt, done({"id": "RF-1"}))
    store.cards.answered(receipt, done(state=CardState.FAILED))
    kept = store.cards.receipt("card_1")
    assert (kept.state, kept.answer) == (CardState.DONE, done({"id": "RF-1"}))
    assert [line["kind"] for line in store.audit.entries()] == ["confirmation", "receipt"]
    assert store.audit.verify().broken_at is None


def test_without_an_answer_in_time_nobody_knows_and_only_a_repetition_goes_on(
    store: Store, clock: Any, card: Card
) -> None:
    store.cards.confirm("card_1", VALUES, "key:bob")
    first = spend(store)
    assert store.cards.confirm("card_1", VALUES, "key:bob", repeat=True).state is CardState.SENT
    clock.move(seconds=15)
    assert store.cards.card("card_1").state is CardState.UNKNOWN
    assert store.cards.confirm("card_1", VALUES, "key:bob").number == 1
    with pytest.raises(NotPermitted):
        spend(store)
    again = store.cards.confirm("card_1", VALUES, "key:eve", repeat=True)
    assert (again.number, again.confirmed_by, again.state) == (2, "key:eve", CardState.CONFIRMED)
    spent = spend(store)
    store.cards.answered(first, done("late"))  # of the first call; the second is under way
    assert store.cards.receipt("card_1").state is CardState.SENT
    store.cards.answered(spent, done("second"))
    assert store.cards.receipt("card_1").answer == done("second")


def test_what_cards_have_done_in_a_conversation_is_told(store: Store) -> None:
    for number, state in enumerate((CardState.DONE, CardState.FAILED)):
        proposed(store, card_id=f"card_{number}", conversation_id="v-1")
        store.cards.confirm(f"card_{number}", VALUES, "key:bob")
        store.cards.answered(spend(store, f"card_{number}"), done({"id": number}, state))
    assert store.cards.done_in("v-1") == [("card_0", ActionDone("offer_refund", VALUES, {"id": 0}))]
    assert store.cards.done_in("v-2") == []


def test_erasing_a_customer_takes_their_cards_and_keeps_the_trail(store: Store) -> None:
    for customer_id in ("c-1", "c-2"):
        store.customers.put(Customer(customer_id))
        proposed(store, card_id=f"card_{customer_id}", customer_id=customer_id)
        store.cards.confirm(f"card_{customer_id}", VALUES, "key:bob")
    spent = spend(store, "card_c-1")
    store.customers.erase("c-1")
    store.cards.answered(spent, done())  # its answer comes too late to be kept
    with pytest.raises(UnknownCard):
        store.cards.card("card_c-1")
    assert store.cards.card("card_c-2").receipt is not None
    assert [line["kind"] for line in store.audit.entries()] == ["confirmation"] * 2
    assert store.audit.verify().broken_at is None
