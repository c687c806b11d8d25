from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from copilot.errors import UnknownCustomer, UnknownSuggestion
from copilot.store import Store
from copilot.store.documents import Indexable
from copilot.store.tables import interaction_chunks, interactions, suggestions, vectors
from copilot.store.vectors import Embedded, known_hashes
from copilot.types import (
    ActionDone,
    Chunk,
    Customer,
    Document,
    Interaction,
    Outcome,
    Status,
    Suggestion,
    Turn,
)

MODEL = "test/1"
START = datetime(2026, 1, 1, 9, tzinfo=UTC)
Tell = Callable[..., Outcome]


def interaction(
    interaction_id: str, customer_id: str | None, text: str, day: int = 0
) -> Interaction:
    return Interaction(
        interaction_id,
        customer_id,
        "phone",
        START + timedelta(days=day),
        subject=f"About {text}",
        turns=(Turn("t-1", "customer", text),),
    )


@pytest.fixture
def tell(store: Store) -> Tell:
    """Stores an interaction of one chunk, whose text is also the key of its vector."""

    def write(made: Interaction, vector: float = 0.5) -> Outcome:
        text = made.turns[0].text
        chunk = Chunk(0, "", 0, len(text), text, ((0, len(text)),))
        new = {text: Embedded(np.full(4, vector, dtype=np.float32), np.eye(1, 4, dtype=np.float32))}
        return store.customers.put_interaction(made, text, [chunk], [text], new, MODEL)

    return write


def test_a_customer_is_added_changed_and_read_back(store: Store) -> None:
    customer = Customer("c-1", "Ana Ruiz", "phone", "es", {"points": 12, "vip": None})
    assert store.customers.put(customer) is Outcome.ADDED
    assert store.customers.put(customer) is Outcome.UNCHANGED
    assert store.customers.put(Customer("c-1", "Ana")) is Outcome.CHANGED
    assert store.customers.customer("c-1") == Customer("c-1", "Ana")


def test_a_customer_is_known_by_an_interaction_alone(store: Store, tell: Tell) -> None:
    tell(interaction("i-1", "c-9", "Hello."))
    assert store.customers.customer("c-9") == Customer("c-9")


@pytest.mark.parametrize("name", ["customer", "timeline", "erase"])
def test_an_unknown_customer_is_an_error_that_names_nobody(store: Store, name: str) -> None:
    with pytest.raises(UnknownCustomer, match=r"^no such customer$"):
        getattr(store.customers, name)("c-1")


def test_everything_about_an_interaction_is_read_back(store: Store) -> None:
    made = Interaction(
        "i-1",
        "c-1",
        "chat",
        START,
        START + timedelta(minutes=9),
        "Späte Lieferung 🙂",
        "refunded",
        (
            Turn("t-1", "customer", "Where is it?", START, channel="chat"),
            Turn("t-2", "agent", "", action=ActionDone("refund", {"amount": 5.5}, {"ok": True})),
        ),
    )
    store.customers.put_interaction(made, "customer: Where is it?", [], [], {}, MODEL)
    assert store.customers.timeline("c-1") == [made]


def test_an_interaction_is_added_changed_or_unchanged(store: Store, tell: Tell) -> None:
    first = interaction("i-1", "c-1", "Hello.")
    assert tell(first) is Outcome.ADDED
    assert tell(first) is Outcome.UNCHANGED
    assert tell(interaction("i-1", "c-1", "Hello again.")) is Outcome.CHANGED
    assert [one.chunk.text for one in store.customers.past("c-1", MODEL, 4)] == ["Hello again."]
    assert store.customers.transcript("i-1", "c-1") == ("Hello again.", 2)


def test_the_timeline_is_newest_first_and_comes_in_pages(store: Store, tell: Tell) -> None:
    for day in (3, 1, 4, 2):
        tell(interaction(f"i-{day}", "c-1", f"Day {day}.", day))
    first = store.customers.timeline("c-1", limit=3)
    rest = store.customers.timeline("c-1", before=first[-1].started_at, limit=3)
    assert [one.interaction_id for one in (*first, *rest)] == ["i-4", "i-3", "i-2", "i-1"]


def test_nothing_of_one_customer_is_read_for_another(store: Store, tell: Tell) -> None:
    tell(interaction("i-1", "c-1", "Mine."))
    tell(interaction("i-2", "c-2", "Theirs."))
    tell(interaction("i-3", None, "Nobody's."))
    assert [one.interaction_id for one in store.customers.timeline("c-1")] == ["i-1"]
    assert [one.chunk.text for one in store.customers.past("c-1", MODEL, 4)] == ["Mine."]
    assert store.customers.transcript("i-2", "c-1") is None


def test_an_interaction_that_moves_to_another_customer_leaves_the_first(
    store: Store, tell: Tell
) -> None:
    tell(interaction("i-1", "c-1", "Hello."))
    tell(interaction("i-1", "c-2", "Hello."))
    assert store.customers.past("c-1", MODEL, 4) == []
    with pytest.raises(UnknownCustomer):
        store.customers.customer("c-1")


def test_past_talk_comes_with_its_vectors_where_the_model_has_them(
    store: Store, tell: Tell
) -> None:
    tell(interaction("i-1", "c-1", "Hello."))
    (found,) = store.customers.past("c-1", MODEL, 4)
    assert found.vector is not None
    assert found.vector.tolist() == [0.5] * 4
    assert found.spans is not None
    assert found.spans.tolist() == [[1, 0, 0, 0]]
    assert found.title == "phone · 2026-01-01 · About Hello."
    (other,) = store.customers.past("c-1", "other", 4)
    assert (other.vector, other.spans) == (None, None)


def suggestion(suggestion_id: str) -> Suggestion:
    return Suggestion(
        suggestion_id, Status.NO_SUGGESTION, None, 0.0, None, None, (), (), (), "none", None, {}
    )


def test_erasing_removes_everything_of_a_customer_and_nothing_of_others(
    store: Store, tell: Tell, clock: Any
) -> None:
    for one in "12":
        store.customers.put(Customer(f"c-{one}", f"Name {one}"))
        tell(interaction(f"i-{one}", f"c-{one}", f"Secret {one}."))
        store.suggestions.add(
            suggestion(f"s-{one}"), request={}, caller="k", customer_id=f"c-{one}"
        )
    receipt = store.customers.erase("c-1")
    assert (receipt.customer_id, receipt.interactions, receipt.suggestions) == ("c-1", 1, 1)
    assert receipt.erased_at == clock.now
    with pytest.raises(UnknownCustomer):
        store.customers.customer("c-1")
    with pytest.raises(UnknownSuggestion):
        store.suggestions.offered("s-1")
    assert store.customers.customer("c-2").name == "Name 2"
    assert [one.chunk.text for one in store.customers.past("c-2", MODEL, 4)] == ["Secret 2."]
    assert store.suggestions.offered("s-2").customer_id == "c-2"
    assert known_hashes(store.engine, MODEL, ["Secret 1.", "Secret 2."]) == {"Secret 2."}
    with store.engine.connect() as connection:
        for table in (interactions, interaction_chunks, vectors, suggestions):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1


def test_erasing_keeps_a_vector_that_somebody_elses_words_share(store: Store, tell: Tell) -> None:
    tell(interaction("i-1", "c-1", "Hello."))
    tell(interaction("i-2", "c-2", "Hello."))
    store.customers.erase("c-1")
    (found,) = store.customers.past("c-2", MODEL, 4)
    assert found.vector is not None
    store.customers.erase("c-2")
    assert known_hashes(store.engine, MODEL, ["Hello."]) == set()


def test_erasing_keeps_a_vector_that_a_document_shares(store: Store, tell: Tell) -> None:
    chunk = Chunk(0, "", 0, 6, "Hello.", ())
    store.documents.put(
        [Indexable(Document("a", "A", "Hello."), [chunk], ["Hello."])], {}, "m", None
    )
    tell(interaction("i-1", "c-1", "Hello."))
    store.customers.erase("c-1")
    assert known_hashes(store.engine, MODEL, ["Hello."]) == {"Hello."}


def test_what_was_said_before_a_correction_leaves_no_vector(store: Store, tell: Tell) -> None:
    tell(interaction("i-1", "c-1", "My card is 4111."))
    tell(interaction("i-1", "c-1", "My card is [CARD]."))
    assert known_hashes(store.engine, MODEL, ["My card is 4111."]) == set()


def test_erasing_takes_a_history_of_any_length(store: Store) -> None:
    count = 1_500
    texts = [f"Line {number}." for number in range(count)]
    chunks = [Chunk(number, "", 0, 5, text, ()) for number, text in enumerate(texts)]
    new = {text: Embedded(np.full(4, 0.5, dtype=np.float32)) for text in texts}
    store.customers.put_interaction(
        interaction("i-1", "c-1", "Hi."), "Hi.", chunks, texts, new, MODEL
    )
    store.customers.erase("c-1")
    assert known_hashes(store.engine, MODEL, texts) == set()


def test_writers_at_the_same_time_store_each_record_once(store: Store, tell: Tell) -> None:
    def write(_: int) -> list[Outcome]:
        done = [store.customers.put(Customer(f"c-{n}", "Name")) for n in range(5)]
        return done + [tell(interaction(f"i-{n}", f"c-{n}", f"Text {n}.")) for n in range(5)]

    with ThreadPoolExecutor(6) as pool:
        outcomes = [one for done in pool.map(write, range(6)) for one in done]
    assert outcomes.count(Outcome.ADDED) == 10
    assert outcomes.count(Outcome.UNCHANGED) == 50
    assert len(store.customers.interaction_hashes()) == 5
