from __future__ import annotations

from collections.abc import Callable

from copilot.store import Store, changes
from copilot.store.database import snapshot
from copilot.store.documents import Put
from copilot.store.index import candidates, rows

MODEL = "test/1"


def test_a_snapshot_sees_the_log_and_the_rows_of_one_moment(
    store: Store, put: Callable[..., Put]
) -> None:
    put("a", "Old.")
    with snapshot(store.engine).connect() as connection:
        head = changes.head(connection)
        put("a", "New.")
        assert [change.seq for change in changes.seen_since(connection, 0, 10)] == [head]
        (row,) = rows(connection, MODEL)
        assert row.text == "Heading\nOld."
        (candidate,) = candidates(connection, [row.chunk_key], store.now()).values()
        assert candidate.version == 1
    with snapshot(store.engine).connect() as connection:
        assert [row.text for row in rows(connection, MODEL)] == ["Heading\nNew."]


def test_rows_are_read_by_version(store: Store, put: Callable[..., Put]) -> None:
    put("a")
    put("b", "Other.")
    with snapshot(store.engine).connect() as connection:
        second = changes.seen_since(connection, 1, 10)[0].version_key
        assert [row.text for row in rows(connection, MODEL, [second])] == ["Heading\nOther."]
        assert list(rows(connection, MODEL, [])) == []
