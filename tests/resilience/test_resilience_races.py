"""What others write in the middle of a search never hides a document: each test takes the one
moment that a kill loop would have to hit by chance.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shelf
from parts import Parts, chroma_has_everything, opened, wait_until

from copilot.retrieval import follow, indexes
from copilot.retrieval.exact import ExactIndex
from copilot.retrieval.indexes import Indexes
from copilot.store.database import snapshot
from copilot.store.index import IndexRow, rows
from copilot.types import Document

pytestmark = pytest.mark.slow

ID = "standing-01"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    found = opened(tmp_path)
    for document_id in shelf.STANDING:
        found.sync.put(shelf.document(document_id, 1))
    found.search("anything")
    yield found
    found.close()


@pytest.fixture
def served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Sequence[Document]], Parts]]:
    """Opens a copilot whose documents Chroma serves, and which then follows no more by itself."""
    opened_here: list[Parts] = []
    monkeypatch.setattr(indexes, "EXACT_LIMIT", 0)

    def serve(documents: Sequence[Document]) -> Parts:
        parts = opened(tmp_path)
        opened_here.append(parts)
        parts.sync.run(documents, "here")
        parts.search("anything")
        monkeypatch.setattr(follow, "_POLL_S", 600.0)
        parts.follower.start()
        wait_until(lambda: chroma_has_everything(parts))
        return parts

    yield serve
    for parts in opened_here:
        parts.close()


def shown(parts: Parts, document_id: str = ID) -> list[int]:
    found = parts.search(shelf.question(document_id), 30)
    return [shelf.revision_of(one.text) for one in found if one.document_id == document_id]


def once(action: Callable[[], object]) -> Callable[[], object]:
    """The action, the first time only."""
    left = [action]
    return lambda: left.pop()() if left else None


def test_a_document_that_changes_again_while_a_change_is_followed_is_shown(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is read, then the rows of the version that it names: by then there is another."""
    again = once(lambda: parts.sync.put(shelf.document(ID, 3)))

    def late(*arguments: Any) -> Any:
        again()
        return rows(*arguments)

    parts.sync.put(shelf.document(ID, 2))
    monkeypatch.setattr(follow, "rows", late)
    assert shown(parts) in ([2], [3])


def test_a_document_that_changes_during_every_search_is_shown_once(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    revisions = iter(range(2, 100))
    matching = Indexes.matching

    def late(*arguments: Any) -> list[int]:
        found = matching(*arguments)
        parts.sync.put(shelf.document(ID, next(revisions)))
        return found

    monkeypatch.setattr(Indexes, "matching", late)
    for _ in range(5):
        assert len(shown(parts)) == 1


def test_a_document_that_another_thread_moves_on_during_every_search_is_shown_once(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other thread's snapshot is later, so that the index no longer fits this search's."""
    revisions = iter(range(2, 100))
    threads: list[threading.Thread] = []
    matching = Indexes.matching

    def move_on() -> None:
        with snapshot(parts.store.engine).connect() as connection:
            parts.follower.catch_up(connection)

    def late(*arguments: Any) -> list[int]:
        found = matching(*arguments)
        parts.sync.put(shelf.document(ID, next(revisions)))
        threads.append(threading.Thread(target=move_on))
        threads[-1].start()
        threads[-1].join(1)  # in vain, where the search has it wait
        return found

    monkeypatch.setattr(Indexes, "matching", late)
    found = shown(parts)
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert len(threads) > 1


def test_a_retired_document_is_not_shown_by_a_search_that_begins_after(parts: Parts) -> None:
    parts.store.documents.retire(ID)
    assert shown(parts) == []


def test_a_search_far_behind_the_log_shows_a_document_as_it_is(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More has changed than one search may follow while a thread does so in the background."""
    monkeypatch.setattr(follow, "_PORTION", 3)
    monkeypatch.setattr(follow.Follower, "_run", lambda *_: None)
    parts.follower.start()
    for revision in range(2, 22):
        parts.sync.put(shelf.document(ID, revision))
    assert shown(parts) == [21]


def test_an_exact_search_sees_a_replaced_version_or_the_new_one() -> None:
    """A reader's view may be older than the index, never half of it."""
    index = ExactIndex(4)
    vector = np.array([1, 0, 0, 0], dtype=np.float32)
    weights = np.ones((1, 1), dtype=np.float32)

    def row(number: int) -> IndexRow:
        return IndexRow(number, number, 1, "", "", vector)

    index.update([], [row(1)], 1)
    stop = threading.Event()
    missed = 0

    def replace() -> None:
        number = 1
        while not stop.is_set():
            index.update([number], [row(number + 1)], number + 1)
            number += 1

    writer = threading.Thread(target=replace)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        writer.start()
        for _ in range(30_000):
            missed += index.search(vector[None, :], weights, 5) == []
    finally:
        stop.set()
        writer.join()
        sys.setswitchinterval(interval)
    assert missed == 0


def test_what_was_just_put_is_found_by_its_vector_before_chroma_has_it(
    served: Callable[[Sequence[Document]], Parts],
) -> None:
    parts = served([shelf.document(one, 1) for one in shelf.STANDING])
    parts.sync.put(Document("new", "Kettle", "The blue kettle is returned with its lid."))
    parts.search("anything")
    parts.follower.indexes.damaged("words", RuntimeError("as if"))
    assert parts.search("the blue kettle with its lid")[0].document_id == "new"


def test_retired_near_duplicates_do_not_crowd_a_document_out_of_chroma(
    served: Callable[[Sequence[Document]], Parts],
) -> None:
    """Chroma still holds them, and every one of its nearest is theirs."""
    text = "The blue kettle is returned within thirty days with its lid and its cable."
    copies = [Document(f"copy-{at}", "Kettle", f"{text} Note {at}.") for at in range(80)]
    others = [shelf.document(one, 1) for one in shelf.STANDING]
    kept = Document("kept", "Kettle", "The blue kettle may be returned within thirty days.")
    parts = served([*copies, *others, kept])
    parts.store.documents.retire_many([one.document_id for one in copies])
    parts.search("anything")
    parts.follower.indexes.damaged("words", RuntimeError("as if"))
    assert parts.search(text)[0].document_id == "kept"
