"""What stood at an earlier moment, and a store that is only read: on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from copilot.errors import ConfigurationError
from copilot.store import Store
from copilot.store.database import may_write
from copilot.store.documents import Put, superseded_ids
from copilot.store.past import chunks_of, deleted_since, indexed_at, position_at
from copilot.types import Decision, Status, Suggestion

DAY = timedelta(days=1)


@pytest.fixture
def days(store: Store, put: Callable[..., Put], clock: Any) -> list[Any]:
    """A day each: a document comes, changes, is superseded, and goes."""
    moments = []
    for change in (
        lambda: put("a", "One."),
        lambda: put("a", "Two."),
        lambda: put("b", "Three.", supersedes=("a",)),
        lambda: store.documents.retire("a"),
    ):
        change()
        moments.append(clock.now)
        clock.move(days=1)
    return moments


def texts_at(store: Store, moment: Any) -> list[str] | None:
    with store.engine.connect() as connection:
        position = position_at(connection, moment)
        if position is None:
            return None
        found = list(chunks_of(connection, "test/1", indexed_at(connection, position)))
    assert all(one.vector is not None for one in found)
    return [one.chunk.text for one in found]


def test_each_moment_has_the_versions_that_were_searched_then(
    store: Store, days: list[Any]
) -> None:
    assert [texts_at(store, day + DAY / 2) for day in days] == [
        ["One."],
        ["Two."],
        ["Two.", "Three."],
        ["Three."],
    ]
    assert texts_at(store, days[0] - DAY) is None


def test_what_is_superseded_is_so_from_when_the_other_was_known(
    store: Store, days: list[Any]
) -> None:
    with store.engine.connect() as connection:
        told = [superseded_ids(connection, {"a"}, day) for day in (days[0] - DAY, *days)]
    # Before the first day nobody knows what stood: the documents' own words alone count.
    assert told == [{"a"}, set(), set(), {"a"}, {"a"}]


def test_what_was_deleted_after_a_moment_is_told(store: Store, days: list[Any]) -> None:
    with store.engine.connect() as connection:
        assert deleted_since(connection, days[2]) == ["a"]
        assert deleted_since(connection, days[3]) == []
        assert deleted_since(connection, days[0] - DAY) == []


def test_a_store_that_is_only_read_reads_all_and_writes_nothing(
    store: Store, url: str, days: list[Any], clock: Any
) -> None:
    reading = Store(url, clock, reading=True)
    assert (may_write(store.engine), may_write(reading.engine)) == (True, False)
    assert reading.instance == store.instance
    assert reading.documents.version("b").document.text == "Three."
    with pytest.raises(SQLAlchemyError, match=r"readonly|read-only"):
        reading.documents.retire("b")
    assert store.documents.count() == 1
    reading.close()


def test_there_must_be_something_to_read(tmp_path: Any) -> None:
    with pytest.raises(ConfigurationError, match="there is no database"):
        Store(f"sqlite:///{tmp_path}/none/copilot.sqlite", reading=True)
    assert not (tmp_path / "none").exists()


def test_suggestions_and_decisions_are_listed(store: Store, clock: Any) -> None:
    for number in range(3):
        made = Suggestion(
            f"s-{number}", Status.SUGGESTED, None, 0.5, None, None, (), (), (), "x", None, {}
        )
        store.suggestions.add(made, request={}, caller="desk", customer_id=None)
        decision = Decision(f"s-{number}", "rejected", clock.now, "desk", "wrong")
        store.decisions.decide(decision)
        clock.move(hours=1)
    later = clock.now - timedelta(hours=2)
    assert [one.suggestion_id for one in store.suggestions.newest(2)] == ["s-2", "s-1"]
    assert [one.suggestion_id for one in store.suggestions.newest(None, later)] == ["s-2", "s-1"]
    assert [one.suggestion_id for one in store.decisions.since()] == ["s-0", "s-1", "s-2"]
    assert [one.reason for one in store.decisions.since(later)] == ["wrong", "wrong"]
