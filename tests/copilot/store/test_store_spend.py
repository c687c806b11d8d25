"""What models took, and limits that hold however many calls there are at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from copilot.errors import ModelError
from copilot.store import Store
from copilot.store.spend import Limits, Settled, Spent
from copilot.store.tables import model_calls
from copilot.types import Customer, Usage

TODAY = date(2026, 3, 1)
NONE = Limits()


def reserve(
    store: Store,
    tokens: int = 100,
    cost: float = 0.0,
    limits: Limits = NONE,
    caller: str = "ada",
    suggestion_id: str | None = "s_1",
    model: str = "m",
) -> str:
    return store.spend.reserve(caller, suggestion_id, "reply", model, tokens, cost, limits)


def refusal(store: Store, **fields: Any) -> str:
    with pytest.raises(ModelError) as caught:
        reserve(store, **fields)
    assert caught.value.kind == "limit"
    return str(caught.value)


def used(tokens_in: int, tokens_out: int, cost: float = 0.0, model: str = "m") -> Usage:
    return Usage(model, tokens_in, tokens_out, cost, "reported")


def test_a_call_is_counted_as_set_aside_and_then_as_it_was(store: Store) -> None:
    call = reserve(store, 500, 0.5)
    assert store.spend.totals(TODAY) == [Spent(1, 0, 0, 500, 0.5)]
    store.spend.settle(call, used(70, 30, 0.125, "m-2"), "ok", 1234)
    assert store.spend.totals(TODAY, "model") == [Spent(1, 70, 30, 100, 0.125, model="m-2")]
    with store.engine.connect() as connection:
        row = connection.execute(select(model_calls)).one()
    assert (row.outcome, row.took_ms, row.counted, row.purpose) == ("ok", 1234, "reported", "reply")


def test_settling_again_or_what_was_cancelled_changes_nothing(store: Store) -> None:
    call, other = reserve(store), reserve(store)
    store.spend.cancel(other)
    store.spend.settle(other, used(1, 1), "ok", 1)
    store.spend.settle(call, None, "refused", 5)
    store.spend.settle(call, used(1, 1), "ok", 1)
    store.spend.cancel(call)
    assert store.spend.totals(TODAY) == [Spent(1, 0, 0, 0, 0.0)]
    assert store.spend.settled() == {("m", "refused"): Settled(1)}


def test_nothing_spent_has_no_totals(store: Store) -> None:
    assert store.spend.totals(TODAY) == store.spend.totals(TODAY, "day", "caller") == []
    assert store.spend.on("s_1") == Spent(0, 0, 0, 0, 0.0)


def test_totals_are_by_day_caller_and_model_and_for_a_suggestion(store: Store, clock: Any) -> None:
    store.spend.settle(reserve(store), used(10, 1, 0.5), "ok", 1)
    store.spend.settle(reserve(store, caller="ben"), used(20, 2, 0.25, "n"), "ok", 1)
    clock.move(days=1)
    store.spend.settle(reserve(store, suggestion_id=None), used(40, 4), "cut_off", 1)
    later = date(2026, 3, 2)
    assert [(one.day, one.tokens) for one in store.spend.totals(TODAY, "day")] == [
        (TODAY, 33),
        (later, 44),
    ]
    assert [(one.caller, one.tokens) for one in store.spend.totals(TODAY, "caller")] == [
        ("ada", 55),
        ("ben", 22),
    ]
    assert [one.model for one in store.spend.totals(TODAY, "model")] == ["m", "n"]
    assert [one.tokens for one in store.spend.totals(later, "day", "caller", "model")] == [44]
    assert store.spend.on("s_1") == Spent(2, 30, 3, 33, 0.75)


def test_a_process_counts_what_it_settled_by_model_and_outcome(store: Store) -> None:
    for outcome in ("ok", "ok", "timeout"):
        store.spend.settle(reserve(store), used(10, 5, 0.25), outcome, 1)
    assert store.spend.settled() == {
        ("m", "ok"): Settled(2, 20, 10, 0.5),
        ("m", "timeout"): Settled(1, 10, 5, 0.25),
    }


def test_the_days_tokens_end_with_the_day(store: Store, clock: Any) -> None:
    limits = Limits(tokens_per_day=250)
    first, _ = reserve(store, limits=limits), reserve(store, limits=limits, caller="ben")
    assert "day" in refusal(store, limits=limits)
    reserve(store, 50, limits=limits)
    store.spend.settle(first, used(30, 20), "ok", 1)
    reserve(store, 50, limits=limits)
    refusal(store, tokens=1, limits=limits)
    clock.move(days=1)
    reserve(store, limits=limits)


def test_an_agents_tokens_are_the_agents_own(store: Store) -> None:
    limits = Limits(tokens_per_agent=150)
    reserve(store, limits=limits)
    assert "agent" in refusal(store, limits=limits)
    reserve(store, limits=limits, caller="ben")
    reserve(store, 50, limits=limits)


def test_the_days_money_can_be_spent_to_the_last_cent(store: Store) -> None:
    limits = Limits(cost_per_day=0.3)
    for _ in range(3):
        reserve(store, cost=0.1, limits=limits)
    assert "money" in refusal(store, cost=0.001, limits=limits)
    reserve(store, cost=0.0, limits=limits)


def test_a_day_is_one_of_utc(store: Store, clock: Any) -> None:
    from datetime import UTC, datetime, timedelta, timezone

    clock.now = datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=2)))
    reserve(store)
    clock.now = datetime(2026, 3, 1, 23, tzinfo=UTC)
    reserve(store)
    assert [(one.day, one.calls) for one in store.spend.totals(TODAY, "day")] == [(TODAY, 2)]


@pytest.mark.parametrize(
    "limits",
    [Limits(tokens_per_day=1000), Limits(tokens_per_agent=1000), Limits(cost_per_day=1.0)],
)
def test_no_limit_is_passed_by_calls_at_once_of_several_stores(
    store: Store, url: str, clock: Any, limits: Limits
) -> None:
    stores = [store, *(Store(url, now=clock) for _ in range(2))]

    def one(number: int) -> bool:
        try:
            reserve(stores[number % 3], 90, 0.09, limits)
        except ModelError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        admitted = sum(pool.map(one, range(40)))
    assert admitted == 11
    assert store.spend.totals(TODAY)[0].tokens == 990
    for other in stores[1:]:
        other.close()


def test_erasing_a_customer_leaves_what_was_spent(store: Store) -> None:
    store.customers.put(Customer("c-1"))
    store.spend.settle(reserve(store), used(10, 5), "ok", 1)
    store.customers.erase("c-1")
    assert store.spend.on("s_1").tokens == 15
