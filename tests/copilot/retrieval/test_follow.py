from __future__ import annotations

import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from rig import Clock, Rig

from copilot.retrieval.follow import Follower, settle
from copilot.retrieval.search import Question
from copilot.store import Store
from copilot.store.changes import DROP, INDEX, Change
from copilot.types import Scope


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, instead of printing it."""
    with structlog.testing.capture_logs() as entries:
        yield entries


def found(rig: Rig, question: str) -> list[str]:
    hits = rig.searcher.search(Question(question), 10, Scope(), rig.clock.now).hits
    return [hit.candidate.document_id for hit in hits]


def test_the_last_change_of_a_version_counts() -> None:
    news = [Change(1, INDEX, 7), Change(2, INDEX, 8), Change(3, DROP, 7), Change(4, INDEX, 9)]
    assert settle(news) == ([7], [8, 9])
    assert settle([]) == ([], [])


@given(st.lists(st.tuples(st.sampled_from([INDEX, DROP]), st.integers(1, 6)), max_size=30))
def test_settled_changes_come_to_what_they_come_to_one_by_one(steps: list[tuple[str, int]]) -> None:
    standing: set[int] = set()
    for kind, key in steps:
        (standing.add if kind == INDEX else standing.discard)(key)
    drop, add = settle([Change(seq, kind, key) for seq, (kind, key) in enumerate(steps, 1)])
    assert set(add) == standing
    assert set(drop) == {key for _, key in steps} - standing


def test_a_search_sees_what_another_process_wrote(rig: Rig) -> None:
    rig.put("refunds", "A refund takes five days.")
    assert found(rig, "refund") == ["refunds"]
    other = Store(str(rig.store.engine.url), now=rig.clock)
    elsewhere = Rig(other, rig.clock, rig.folder)  # its lock is held: it has indexes of its own
    elsewhere.put("refunds-abroad", "A refund from abroad takes nine days.")
    other.documents.retire("refunds")
    assert found(rig, "refund") == found(elsewhere, "refund") == ["refunds-abroad"]
    assert rig.follower.backlog == 0
    elsewhere.close()
    other.close()


def test_the_backlog_is_what_no_search_has_applied_yet(rig: Rig) -> None:
    rig.put("one", "A refund takes five days.")
    rig.put("two", "A parcel takes five days.")
    assert rig.follower.backlog == 2
    found(rig, "refund")
    assert rig.follower.backlog == 0


def test_indexes_open_again_where_they_stood(rig: Rig, store: Store, clock: Clock) -> None:
    rig.put("one", "A refund takes five days.")
    found(rig, "refund")
    rig.close()
    rig.put("two", "A refund may take six.")
    again = Rig(store, clock, rig.folder)
    assert again.follower.indexes.degraded() == ()
    assert sorted(found(again, "refund")) == ["one", "two"]
    again.close()


def test_a_folder_that_was_opened_before_anything_was_put_is_not_damaged(
    rig: Rig, store: Store, clock: Clock, logged: list[MutableMapping[str, Any]]
) -> None:
    rig.close()
    again = Rig(store, clock, rig.folder)
    assert again.follower.indexes.degraded() == ()
    assert logged == []
    again.put("refunds", "A refund takes five days.")
    assert found(again, "refund") == ["refunds"]
    again.close()


def test_an_index_folder_of_another_database_is_not_used(
    rig: Rig, another_rig: Any, logged: list[MutableMapping[str, Any]]
) -> None:
    rig.put("ours", "A refund takes five days.")
    found(rig, "refund")
    rig.close()
    other = another_rig()
    other.put("theirs", "A refund takes nine days.")
    here = Rig(other.store, other.clock, rig.folder)
    assert here.follower.indexes.degraded()
    assert found(here, "refund") == ["theirs"]
    assert here.follower.indexes.degraded() == ()
    assert [entry["event"] for entry in logged] == [
        "an index is damaged; rebuilding it",
        "an index was rebuilt from the database",
    ]
    here.close()


def test_a_damaged_index_is_passed_over_and_said_so_and_mended_by_the_next_search(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.put("refunds", "A refund takes five days.")
    rig.put("parcels", "A parcel takes long.")
    found(rig, "refund")
    lexical = rig.follower.indexes.lexical

    def broken(*_: object, **__: object) -> None:
        raise OSError("a page is missing")

    with monkeypatch.context() as patch:
        patch.setattr(lexical, "search", broken)
        result = rig.copilot.search("refund")
        assert result.passages[0].document_id == "refunds"  # the vectors answer
        assert result.degraded == ("words: damaged, being rebuilt from the database",)
    assert rig.copilot.search("refund").degraded == ()
    assert found(rig, "refund")[0] == "refunds"
    assert len(lexical) == 2


def test_what_is_written_while_an_index_is_damaged_is_in_it_afterwards(rig: Rig) -> None:
    rig.put("refunds", "A refund takes five days.")
    found(rig, "refund")
    rig.follower.indexes.damaged("words", OSError("a page is missing"))
    rig.put("refunds", "A refund takes nine days.")
    rig.put("parcels", "A parcel takes long.")
    assert found(rig, "refund")[0] == "refunds"
    assert rig.follower.indexes.degraded() == ()
    assert len(rig.follower.indexes.lexical) == 2


def test_a_writer_that_fails_leaves_the_vectors_right(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.put("refunds", "A refund takes five days.")
    found(rig, "refund")

    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(rig.follower.indexes.lexical, "update", full)
        rig.put("parcels", "A parcel takes long.")
        assert found(rig, "parcel")[0] == "parcels"
        assert rig.follower.indexes.degraded()
    assert found(rig, "parcel")[0] == "parcels"
    assert rig.follower.indexes.degraded() == ()


def test_a_follower_applies_changes_without_any_search(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    rig = Rig(store, clock, tmp_path / "indexes")
    rig.follower._follow_chroma = lambda url: None  # type: ignore[method-assign]
    rig.follower.start()
    rig.put("refunds", "A refund takes five days.")
    deadline = time.monotonic() + 20
    while rig.follower.backlog and time.monotonic() < deadline:
        time.sleep(0.02)
    assert rig.follower.backlog == 0
    assert len(rig.follower.indexes.exact) == 1
    rig.close()


def test_two_owners_of_one_folder_do_not_write_the_same_files(rig: Rig, store: Store) -> None:
    second = Follower(store, rig.embedder.model, rig.embedder.dimension, rig.folder)
    assert second.indexes.lexical.folder != rig.follower.indexes.lexical.folder
    folder = second.indexes.lexical.folder
    second.close()
    assert not folder.exists()
