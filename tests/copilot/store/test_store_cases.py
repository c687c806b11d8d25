from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from copilot.history.situation import Seen
from copilot.store import Store
from copilot.store.cases import Case, Taken
from copilot.store.tables import situations
from copilot.types import Customer, Interaction, Turn

MODEL = "test/1"
START = datetime(2026, 1, 1, 9, tzinfo=UTC)


def did(action: str, *done: str, value: float = 0.5, **fields: tuple[int, ...]) -> Taken:
    vectors = np.asarray([[value, 0, 1], [0, 0, value]], dtype=np.float32)
    one = Seen(vectors, done, True, fields.get("words", ()), fields.get("result", ()))
    return one, action


def tell(
    store: Store,
    interaction_id: str,
    *taken: Taken,
    customer_id: str | None = None,
    text: str = "Hello.",
    model: str = MODEL,
) -> None:
    made = Interaction(
        interaction_id,
        customer_id,
        "chat",
        START + timedelta(days=len(interaction_id)),
        outcome=f"outcome of {interaction_id}",
        turns=(Turn("t", "customer", text),),
    )
    store.customers.put_interaction(made, text, [], [], {}, model, taken)


def read(store: Store, most: int = 10, model: str = MODEL) -> list[Case]:
    return list(store.cases.read(model, most))


def ids(found: Sequence[Case]) -> list[str]:
    return [one.interaction_id for one in found]


def rows(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(situations)).scalar_one())


def test_situations_are_read_back_as_they_were_written(store: Store) -> None:
    first = did("Größe \N{GREEK SMALL LETTER ALPHA} 🙂", words=(1, 1023), result=(0, 255))
    second = did("~", first[1], "look_up", value=0.25)
    tell(store, "i-1", first, second)
    (case,) = read(store)
    assert (case.interaction_id, case.outcome) == ("i-1", "outcome of i-1")
    for (one, action), (other, named) in zip(case.taken, (first, second), strict=True):
        assert action == named
        assert one.vectors.dtype == np.float32
        assert np.array_equal(one.vectors, other.vectors)
        assert (one.done, one.spoke) == (other.done, other.spoke)
        assert (one.words, one.result) == (other.words, other.result)


def test_vectors_are_kept_to_three_digits(store: Store) -> None:
    tell(store, "i-1", did("refund", value=0.123456))
    assert read(store)[0].taken[0][0].vectors[0, 0] == pytest.approx(0.123456, abs=1e-4)


def test_a_conversation_of_any_length_is_kept(store: Store) -> None:
    many = [did(f"step {number}", *("~",) * number) for number in range(400)]
    tell(store, "i-1", *many)
    (case,) = read(store)
    assert [action for _, action in case.taken] == [f"step {number}" for number in range(400)]


def test_the_newest_come_first_and_no_more_than_were_asked_for(store: Store) -> None:
    for number in range(4):
        tell(store, f"i-{number}", did("refund"))
    tell(store, "quiet")
    assert ids(read(store)) == ["i-3", "i-2", "i-1", "i-0"]
    assert ids(read(store, most=2)) == ["i-3", "i-2"]
    assert read(store, model="another/1") == []


def test_whoever_stops_reading_early_holds_nobody_up(store: Store) -> None:
    for number in range(3):
        tell(store, f"i-{number}", did("refund"))
    for case in store.cases.read(MODEL, 10):
        assert case.interaction_id == "i-2"
        break
    tell(store, "i-3", did("refund"))
    assert len(read(store)) == 4


def test_a_correction_replaces_the_situations_and_a_repetition_leaves_them(store: Store) -> None:
    tell(store, "i-1", did("refund"))
    before = store.cases.state()
    tell(store, "i-1", did("look_up"))
    assert store.cases.state() == before
    tell(store, "i-1", did("look_up"), text="Hello again.")
    assert store.cases.state() != before
    assert [action for _, action in read(store)[0].taken] == ["look_up"]
    assert rows(store) == 1


def test_the_state_is_another_after_every_change(store: Store) -> None:
    states = [store.cases.state()]
    assert states == [(0, 0)]
    for number in range(3):
        tell(store, f"i-{number}", did("refund"), customer_id=f"c-{number}")
        states.append(store.cases.state())
    store.cases.put("i-0", 1, "another/1", [did("refund")])
    states.append(store.cases.state())
    for customer_id in ("c-0", "c-2"):
        store.customers.erase(customer_id)
        states.append(store.cases.state())
    tell(store, "i-9")
    states.append(store.cases.state())
    assert len(set(states)) == len(states)


def test_an_embedder_is_told_what_it_has_not_seen_the_oldest_first(store: Store) -> None:
    tell(store, "i-22", did("refund"))
    tell(store, "i-1")
    assert store.cases.without(MODEL) == {}
    tell(store, "i-1", text="Hello again.")
    assert list(store.cases.without("another/1").items()) == [("i-1", 2), ("i-22", 1)]
    assert store.cases.put("i-22", 1, "another/1", [did("close")])
    assert store.cases.without("another/1") == {"i-1": 2}
    assert store.cases.without(MODEL) == {"i-22": 1}
    assert (ids(read(store)), ids(read(store, model="another/1"))) == ([], ["i-22"])


def test_situations_of_what_was_changed_or_erased_since_are_not_written(store: Store) -> None:
    tell(store, "i-1", did("refund"), customer_id="c-1")
    tell(store, "i-1", did("look_up"), customer_id="c-1", text="Hello again.")
    assert not store.cases.put("i-1", 1, MODEL, [did("close")])
    assert [action for _, action in read(store)[0].taken] == ["look_up"]
    store.customers.erase("c-1")
    assert not store.cases.put("i-1", 2, MODEL, [did("close")])
    assert not store.cases.put("unheard of", 1, MODEL, [did("close")])
    assert rows(store) == 0


def test_those_that_stand_are_those_in_which_something_was_done(store: Store) -> None:
    tell(store, "i-1", did("refund"))
    tell(store, "i-2", did("refund"), customer_id="c-2")
    tell(store, "quiet")
    asked = ["i-1", "i-2", "quiet", "unheard of"]
    assert store.cases.standing(asked) == {"i-1", "i-2"}
    store.customers.erase("c-2")
    assert store.cases.standing(asked) == {"i-1"}
    assert store.cases.standing([]) == set()


def test_erasing_a_customer_removes_their_situations_and_no_others(store: Store) -> None:
    for one in "12":
        store.customers.put(Customer(f"c-{one}"))
        tell(store, f"i-{one}", did("refund"), customer_id=f"c-{one}")
        tell(store, f"quiet-{one}", customer_id=f"c-{one}")
    tell(store, "nobody's", did("refund"))
    store.customers.erase("c-1")
    assert set(ids(read(store))) == {"i-2", "nobody's"}
    assert rows(store) == 3


def test_no_situation_stands_without_its_interaction(store: Store) -> None:
    from copilot.store.cases import write

    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        write(connection, "unheard of", MODEL, [did("refund")])
    assert rows(store) == 0


def test_writers_at_the_same_time_leave_one_row_an_interaction(store: Store) -> None:
    for number in range(4):
        tell(store, f"i-{number}", did("refund"))

    def take(model: str) -> list[bool]:
        return [store.cases.put(f"i-{at}", 1, model, [did(model)]) for at in range(4)]

    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(take, [f"model/{number}" for number in range(4)]))
    assert written == [[True] * 4] * 4
    assert rows(store) == 4
