from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.store import Store, changes
from copilot.store.changes import DROP, INDEX
from copilot.store.documents import Indexable, Put
from copilot.store.tables import versions
from copilot.store.vectors import Embedded
from copilot.types import Document, Outcome, State

Write = Callable[..., Put]


def log(store: Store) -> list[tuple[str, str, int]]:
    """(kind, document, version) of every change, oldest first."""
    with store.engine.connect() as connection:
        named = {
            row.version_key: (row.document_id, row.version)
            for row in connection.execute(select(versions))
        }
    return [
        (change.kind, *named[change.version_key]) for change in changes.since(store.engine, 0, 9999)
    ]


def head(store: Store) -> int:
    with store.engine.connect() as connection:
        return changes.head(connection)


def test_an_empty_log_has_its_head_at_zero(store: Store) -> None:
    assert head(store) == 0
    assert changes.since(store.engine, 0, 10) == []


def test_a_change_drops_the_old_version_before_it_indexes_the_new_one(
    store: Store, put: Write
) -> None:
    put("a")
    put("a", "Other.")
    store.documents.retire("a")
    put("a", "Other.")
    assert log(store) == [
        (INDEX, "a", 1),
        (DROP, "a", 1),
        (INDEX, "a", 2),
        (DROP, "a", 2),
        (INDEX, "a", 3),
    ]


def test_what_changes_nothing_is_not_logged(store: Store, put: Write) -> None:
    put("a")
    before = head(store)
    put("a", source="here")
    store.documents.unchanged(["a"], "there")
    store.documents.retire_many(["b"])
    assert head(store) == before


def test_a_future_version_is_indexed_beside_the_old_one(
    store: Store, put: Write, clock: Any
) -> None:
    put("a", "Old.")
    put("a", "New.", effective_from=clock.now + timedelta(days=1))
    assert log(store) == [(INDEX, "a", 1), (INDEX, "a", 2)]
    put("a", "Newest.")
    assert sorted(log(store)[2:]) == [(DROP, "a", 1), (DROP, "a", 2), (INDEX, "a", 3)]


def test_retiring_drops_every_version_that_was_indexed(
    store: Store, put: Write, clock: Any
) -> None:
    put("a", "Old.")
    put("a", "New.", effective_from=clock.now + timedelta(days=1))
    store.documents.retire("a")
    assert sorted(log(store)[2:]) == [(DROP, "a", 1), (DROP, "a", 2)]


def test_followers_read_in_portions_without_a_gap(store: Store, put: Write) -> None:
    for name in "abcde":
        put(name)
    seen: list[int] = []
    while portion := changes.since(store.engine, seen[-1] if seen else 0, 2):
        assert len(portion) <= 2
        seen += [change.seq for change in portion]
    assert len(seen) == 5
    assert seen == sorted(set(seen))
    assert seen[-1] == head(store)


def test_writers_at_the_same_time_lose_and_reorder_nothing(
    store: Store,
    ready: Callable[[Document], Indexable],
    vectors_of: Callable[[Indexable], dict[str, Embedded]],
) -> None:
    """Six writers put the same three documents twelve times while a follower reads along."""
    rounds, writers, names = 12, 6, ("a", "b", "c")

    def write(writer: int) -> list[Put]:
        done = []
        for number in range(rounds):
            order = names if writer % 2 else names[::-1]
            batch = [ready(Document(name, "T", f"{writer} {number} {name}")) for name in order]
            new = {key: one for made in batch for key, one in vectors_of(made).items()}
            done += store.documents.put(batch, new, "m", None)
        return done

    followed: list[int] = []
    with ThreadPoolExecutor(writers) as pool:
        futures = [pool.submit(write, writer) for writer in range(writers)]
        while True:
            running = any(not future.done() for future in futures)
            found = changes.since(store.engine, followed[-1] if followed else 0, 50)
            followed += [change.seq for change in found]
            if not running and not found:
                break
        puts = [put for future in futures for put in future.result()]
    everything = [change.seq for change in changes.since(store.engine, 0, 9999)]
    assert followed == everything
    assert len(everything) == (2 * rounds * writers - 1) * len(names)
    for name in names:
        numbers = sorted(put.version for put in puts if put.document_id == name)
        assert numbers == list(range(1, rounds * writers + 1))
        states = [version.state for version in store.documents.history(name)]
        assert states == [State.REPLACED] * (rounds * writers - 1) + [State.LIVE]
    assert sum(put.outcome is Outcome.ADDED for put in puts) == len(names)


def test_a_writer_that_fails_leaves_no_line(
    store: Store, ready: Callable[[Document], Indexable], put: Write
) -> None:
    put("a")
    before = head(store)
    good = ready(Document("b", "B", "Text."))
    bad = Indexable(Document("d", "D", "Text."), good.chunks, [])
    with pytest.raises(ValueError, match="zip"):
        store.documents.put([good, bad], {}, "m", None)
    assert head(store) == before
    put("c")
    assert [one[1] for one in log(store)] == ["a", "c"]
