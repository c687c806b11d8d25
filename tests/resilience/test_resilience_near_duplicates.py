"""A document that was just put is found first by the next search for its own words, whatever was
put and deleted before it. Bare Chroma misses up to 9 in 20 of these.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from parts import Parts, chroma_has_everything, opened, wait_until

from copilot.retrieval import follow, indexes
from copilot.retrieval.minilm import MiniLm
from copilot.retrieval.vectors import ChromaIndex
from copilot.types import Document

pytestmark = [pytest.mark.slow, pytest.mark.model]

CYCLES = 40
"""How often near-duplicates are put and deleted before."""

LIVING = 4
"""Near-duplicates of each subject that stay."""

SUBJECTS = (
    "kettles lamps chairs mirrors carpets blankets radios vases clocks baskets ladders curtains "
    "toasters cushions shelves drawers candles pillows mattresses freezers irons fans heaters "
    "sofas desks"
).split()
COLOURS = "blue red green white black grey yellow brown".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday".split()


def text(subject: str, number: int) -> str:
    """Near-duplicates differ in a colour, a day and two numbers."""
    return (
        f"Customers may bring {COLOURS[number % 8]} {subject} back to any branch within "
        f"{14 + number} days of the purchase, with the receipt or the card they paid with. "
        f"The assistant checks the {subject} for damage, fills in form {3100 + 7 * number} and "
        f"puts the goods on the shelf for the {DAYS[number % 5]} collection. The refund goes to "
        "the same card and takes up to five working days."
    )


def document(document_id: str, subject: str, number: int) -> Document:
    return Document(document_id, f"Taking {subject} back", text(subject, number))


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """Every subject with its near-duplicates that stay."""
    found = opened(tmp_path, MiniLm())
    living = [
        document(f"{subject}-living-{number}", subject, CYCLES + number)
        for subject in SUBJECTS
        for number in range(LIVING)
    ]
    found.sync.run(living, "living")
    yield found
    found.close()


def put_and_delete(parts: Parts, subjects: list[str], number: int) -> Iterator[None]:
    """Near-duplicates of each subject, put, then deleted; pauses after each."""
    batch = [document(f"{subject}-{number}", subject, number) for subject in subjects]
    parts.sync.run(batch, "gone")
    yield
    parts.store.documents.retire_many([one.document_id for one in batch])
    yield


def test_a_document_just_put_is_found_first(parts: Parts, near_duplicates: int) -> None:
    began, missed = time.monotonic(), 0
    subjects = SUBJECTS[: math.ceil(near_duplicates / CYCLES)]
    for number in range(CYCLES):
        for _ in put_and_delete(parts, subjects, number):
            parts.search("bring it back")
    for trial in range(near_duplicates):
        new = document(f"new-{trial}", subjects[trial % len(subjects)], trial // len(subjects))
        parts.sync.put(new)
        missed += parts.top(new.text)[0] != (new.document_id, 1)
        parts.store.documents.retire(new.document_id)
    print(
        f"\n{near_duplicates} documents just put, near-duplicates put and deleted {CYCLES} times: "
        f"{missed} not first, {time.monotonic() - began:.0f} s"
    )
    assert missed == 0


def test_a_document_just_put_is_found_first_where_chroma_serves(
    parts: Parts, near_duplicates: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, and again when Chroma has been given it."""
    monkeypatch.setattr(indexes, "EXACT_LIMIT", 0)
    monkeypatch.setattr(follow, "_POLL_S", 0.01)
    asked = 0
    search = ChromaIndex.search

    def counted(chroma: ChromaIndex, queries: object, limit: int) -> list[int]:
        nonlocal asked
        asked += 1
        return search(chroma, queries, limit)  # type: ignore[arg-type]

    monkeypatch.setattr(ChromaIndex, "search", counted)
    began, missed, missed_later, not_served = time.monotonic(), 0, 0, 0
    subjects = SUBJECTS[: math.ceil(near_duplicates / CYCLES)]
    index = parts.follower.indexes.exact
    parts.follower.start()
    wait_until(lambda: chroma_has_everything(parts))
    for number in range(CYCLES):
        for _ in put_and_delete(parts, subjects, number):
            parts.search("bring it back")
            wait_until(lambda: chroma_has_everything(parts))
    for trial in range(near_duplicates):
        new = document(f"new-{trial}", subjects[trial % len(subjects)], trial // len(subjects))
        parts.sync.put(new)
        missed += parts.top(new.text)[0] != (new.document_id, 1)
        wait_until(lambda: chroma_has_everything(parts))
        not_served += bool(index.unserved(1))
        missed_later += parts.top(new.text)[0] != (new.document_id, 1)
        parts.store.documents.retire(new.document_id)
        parts.search("bring it back")
        wait_until(lambda: chroma_has_everything(parts))
    print(
        f"\n{near_duplicates} documents just put where Chroma serves: {missed} not first at once, "
        f"{missed_later} later, {time.monotonic() - began:.0f} s; "
        f"Chroma by itself missed something in {not_served} of them"
    )
    assert (missed, missed_later) == (0, 0)
    assert asked > 2 * near_duplicates
    assert not parts.copilot.readiness().degraded
