from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import numpy as np
import pytest
import structlog
from numpy.typing import NDArray
from rig import Rig

from copilot.retrieval import indexes as module
from copilot.retrieval.indexes import Indexes
from copilot.types import Audience, Scope

ONE = np.ones((1, 1), dtype=np.float32)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


def mask(rig: Rig, scope: Scope) -> list[bool] | None:
    with rig.store.engine.connect() as connection:
        found = rig.follower.indexes.permitted(connection, scope)
    return None if found is None else [bool(one) for one in found]


def test_a_scope_without_limits_needs_no_mask(rig: Rig) -> None:
    rig.put("agents", "Refunds by agents.", audience=Audience(roles=("agent",)))
    assert mask(rig, Scope()) is None
    assert mask(rig, Scope(as_of=rig.clock.now)) is None
    assert mask(rig, Scope(roles=("agent", "staff"))) is None  # admits everything there is


def test_a_mask_permits_by_audience_and_its_last_entry_is_no(rig: Rig) -> None:
    rig.put("all", "Refunds for all.")
    rig.put("agents", "Refunds by agents.", audience=Audience(roles=("agent",)))
    # Audience keys count from 1.
    assert mask(rig, Scope(roles=("staff",))) == [False, True, False, False]


def test_a_mask_is_made_anew_when_an_audience_is_new(rig: Rig) -> None:
    rig.put("agents", "Refunds by agents.", audience=Audience(roles=("agent",)))
    staff = Scope(roles=("staff",))
    assert mask(rig, staff) == [False, False, False]
    rig.put("staff", "Refunds by staff.", audience=Audience(roles=("staff",)))
    assert mask(rig, staff) == [False, False, True, False]
    assert mask(rig, Scope(roles=("staff",), as_of=rig.clock.now)) == [False, False, True, False]


def test_what_is_damaged_is_named_until_it_is_mended(rig: Rig) -> None:
    indexes = rig.follower.indexes
    indexes.damaged("vectors", OSError("gone"))
    indexes.damaged("words", OSError("gone"))
    assert indexes.degraded() == (
        "vectors: damaged, being rebuilt from the database",
        "words: damaged, being rebuilt from the database",
    )
    indexes.mended("vectors")
    assert indexes.is_damaged("words")
    assert not indexes.is_damaged("vectors")


def test_damage_is_logged_once_and_so_is_its_end(
    rig: Rig, logged: list[MutableMapping[str, Any]]
) -> None:
    indexes = rig.follower.indexes
    for _ in range(3):
        indexes.damaged("words", OSError("gone"))
    for _ in range(3):
        indexes.mended("words")
    assert [(entry["log_level"], entry["index"]) for entry in logged] == [
        ("warning", "words"),
        ("info", "words"),
    ]


class Chroma:
    """Answers what it is told to, or fails."""

    def __init__(self, answer: list[int] | Exception) -> None:
        self.answer = answer
        self.asked = 0

    def search(self, queries: NDArray[np.float32], limit: int) -> list[int]:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        pass


@pytest.fixture
def large(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Indexes:
    """Indexes that count as large with ten chunks in them."""
    rig.put_all({f"refunds-{number}": f"Refunds of kind {number}." for number in range(10)})
    rig.copilot.search("refunds")
    monkeypatch.setattr(module, "EXACT_LIMIT", 5)
    return rig.follower.indexes


def nearest(rig: Rig, indexes: Indexes, mask: NDArray[np.bool_] | None = None) -> list[int]:
    return indexes.nearest(rig.embedder.embed_query("Refunds of kind 3"), ONE, 3, mask)


def test_what_chroma_does_not_serve_yet_is_scanned_beside_it(rig: Rig, large: Indexes) -> None:
    exact = nearest(rig, large)
    chroma = Chroma([])
    large.chroma = chroma  # type: ignore[assignment]
    assert nearest(rig, large) == exact  # it serves nothing, so everything is scanned
    assert chroma.asked == 1


def test_a_scope_is_searched_exactly(rig: Rig, large: Indexes) -> None:
    chroma = Chroma([1, 2])
    large.chroma = chroma  # type: ignore[assignment]
    assert len(nearest(rig, large, np.array([False, True, False]))) == 3
    assert nearest(rig, large, np.array([False, False])) == []
    assert chroma.asked == 0


def test_where_chroma_fails_the_scan_answers_and_after_some_failures_it_is_damaged(
    rig: Rig, large: Indexes
) -> None:
    exact = nearest(rig, large)
    large.chroma = Chroma(RuntimeError("internal error"))  # type: ignore[assignment]
    for _ in range(5):
        assert nearest(rig, large) == exact
    assert large.is_damaged("vectors")
    assert not large.is_damaged("words")
