"""Live conversations as rows: turns once, events numbered, and what waits for an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from copilot.errors import UnknownConversation
from copilot.store import Store
from copilot.store.database import writer
from copilot.types import ActionDone, Conversation, Customer, Event, Scope, Turn

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Conversation("call-1", AT, "ada", "call", Scope(stores=("1",), as_of=AT), "key-1")


@pytest.fixture
def begun(store: Store) -> Store:
    with writer(store.engine).begin() as connection:
        store.conversations.start(connection, CALL)
    return store


def said(store: Store, *turns: Turn) -> None:
    with writer(store.engine).begin() as connection:
        store.conversations.add_turns(connection, "call-1", turns)


def test_a_conversation_is_read_as_it_was_begun(begun: Store) -> None:
    assert begun.conversations.conversation("call-1") == CALL
    assert begun.conversations.find("call-2") is None
    with pytest.raises(UnknownConversation):
        begun.conversations.conversation("call-2")


def test_turns_keep_everything_and_are_ordered_by_their_moment_or_arrival(begun: Store) -> None:
    action = ActionDone("refund", {"sum": 5}, {"ok": True})
    first = Turn("t1", "customer", "Hello", AT + timedelta(seconds=5), channel="call")
    second = Turn("t2", "agent", "", action=action)
    said(begun, first)
    said(begun, second)
    (at, one), (received, two) = begun.conversations.turns("call-1")
    assert (at, one, two) == (first.at, first, second)
    assert received == begun.now()


def test_a_turn_stands_once(begun: Store) -> None:
    said(begun, Turn("t1", "customer", "Hello"))
    with pytest.raises(IntegrityError):
        said(begun, Turn("t1", "customer", "Hello again"))
    assert [turn.text for _, turn in begun.conversations.turns("call-1")] == ["Hello"]


def test_what_was_said_waits_until_it_is_answered_or_the_conversation_ends(begun: Store) -> None:
    assert begun.conversations.pending() == []
    said(begun, Turn("t1", "customer", "Hello"))
    assert begun.conversations.pending() == ["call-1"]
    with writer(begun.engine).begin() as connection:
        begun.conversations.evaluated(connection, "call-1")
    assert begun.conversations.pending() == []
    said(begun, Turn("t2", "customer", "Hello?"))
    with writer(begun.engine).begin() as connection:
        begun.conversations.end(connection, "call-1")
    assert begun.conversations.pending() == []
    assert begun.conversations.conversation("call-1").ended_at == begun.now()


def test_events_are_numbered_on_from_the_last_one(begun: Store) -> None:
    with writer(begun.engine).begin() as connection:
        first = begun.conversations.push(connection, "call-1", [("evidence", {"a": "ä"})])
        rest = begun.conversations.push(connection, "call-1", [("steps", {}), ("draft", {})])
    everything = [Event(1, "evidence", {"a": "ä"}), Event(2, "steps", {}), Event(3, "draft", {})]
    assert [*first, *rest] == everything
    assert begun.conversations.events("call-1") == everything
    assert begun.conversations.events("call-1", after=1, limit=1) == everything[1:2]


def test_erasing_a_customer_takes_their_live_conversations_along(begun: Store) -> None:
    begun.customers.put(Customer("ada"))
    said(begun, Turn("t1", "customer", "Hello"))
    with writer(begun.engine).begin() as connection:
        begun.conversations.push(connection, "call-1", [("steps", {})])
    begun.customers.erase("ada")
    assert begun.conversations.find("call-1") is None
    assert begun.conversations.turns("call-1") == []
    assert begun.conversations.events("call-1") == []
