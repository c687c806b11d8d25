from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from copilot.errors import UnknownDocument, VersionGone
from copilot.store import Store
from copilot.store.documents import Indexable, Put, content_sha256
from copilot.types import Audience, Document, Outcome, State

Write = Callable[..., Put]


def states(store: Store, document_id: str) -> list[State]:
    return [version.state for version in store.documents.history(document_id)]


def test_a_new_document_is_added_as_version_one_and_is_live(store: Store, put: Write) -> None:
    assert put("a") == Put("a", Outcome.ADDED, 1)
    version = store.documents.version("a")
    assert (version.version, version.state, version.document.text) == (1, State.LIVE, "Some text.")
    assert store.documents.count() == 1


def test_the_same_document_again_changes_nothing(store: Store, put: Write, clock: Any) -> None:
    put("a")
    before = store.documents.history("a")
    clock.move(days=1)
    assert put("a") == Put("a", Outcome.UNCHANGED, 1)
    assert store.documents.history("a") == before


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Other."},
        {"title": "Other"},
        {"language": "de"},
        {"url": "https://example.com"},
        {"audience": Audience(roles=("agent",))},
        {"metadata": {"reviewed": "2026"}},
        {"supersedes": ("z",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_makes_a_version_and_keeps_the_old_one(
    store: Store, put: Write, change: dict[str, Any]
) -> None:
    put("a")
    assert put("a", **change) == Put("a", Outcome.CHANGED, 2)
    assert states(store, "a") == [State.REPLACED, State.LIVE]
    assert store.documents.version("a", 1).document.text == "Some text."
    assert store.documents.version("a").version == 2
    assert store.documents.count() == 1


def test_everything_about_a_document_is_read_back(
    store: Store, put: Write, ready: Callable[[Document], Indexable]
) -> None:
    document = Document(
        document_id="returns/späte",
        title="Rückgabe 🙂",
        text="Zeile\r\nzwei",
        media_type="text/plain",
        language="de",
        owner="care",
        url="https://example.com/r",
        audience=Audience(("agent",), ("a",), ("12",), ("north",), ("phone",)),
        effective_from=datetime(2026, 1, 1, tzinfo=UTC),
        effective_to=datetime(2026, 12, 31, 23, tzinfo=UTC),
        supersedes=("b", "c"),
        metadata={"reviewed": ["x", 1, None, {"deep": True}]},
    )
    store.documents.put([ready(document)], {}, "m", "source")
    version = store.documents.version("returns/späte")
    assert version.document == document
    assert version.sha256 == content_sha256(document)
    assert version.created_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_moments_given_in_another_time_zone_come_back_as_the_same_moment(
    store: Store, put: Write
) -> None:
    from datetime import timezone

    moment = datetime(2026, 2, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    put("a", effective_from=moment)
    assert store.documents.version("a").document.effective_from == moment


def test_the_values_of_an_audience_are_read_back_sorted_and_shared(
    store: Store, put: Write
) -> None:
    put("a", audience=Audience(stores=("2", "1"), channels=("phone",)))
    put("b", audience=Audience(stores=("1", "2"), channels=("phone",)))
    found = [store.documents.version(one).document.audience for one in "ab"]
    assert found == [Audience(stores=("1", "2"), channels=("phone",))] * 2


def test_a_retired_document_is_unknown_but_its_versions_are_kept(
    store: Store, put: Write, clock: Any
) -> None:
    put("a")
    put("a", "Other.")
    clock.move(hours=1)
    store.documents.retire("a")
    with pytest.raises(UnknownDocument):
        store.documents.version("a")
    assert states(store, "a") == [State.RETIRED, State.RETIRED]
    assert store.documents.version("a", 2).document.text == "Other."
    assert (store.documents.count(), store.documents.hashes()) == (0, {})


def test_retiring_what_is_not_there_says_so(store: Store, put: Write) -> None:
    with pytest.raises(UnknownDocument):
        store.documents.retire("a")
    put("a")
    store.documents.retire("a")
    with pytest.raises(UnknownDocument):
        store.documents.retire("a")
    assert store.documents.retire_many(["a", "b"]) == 0


def test_a_retired_document_that_is_put_again_lives_in_a_new_version(
    store: Store, put: Write
) -> None:
    put("a")
    store.documents.retire("a")
    assert put("a") == Put("a", Outcome.ADDED, 2)
    assert states(store, "a") == [State.RETIRED, State.LIVE]


def test_what_does_not_exist_is_told_apart_from_a_version_that_is_gone(
    store: Store, put: Write
) -> None:
    with pytest.raises(UnknownDocument):
        store.documents.version("a")
    put("a")
    with pytest.raises(VersionGone):
        store.documents.version("a", 9)
    assert store.documents.history("b") == []


def test_a_future_version_takes_over_at_its_moment_and_not_before(
    store: Store, put: Write, clock: Any
) -> None:
    put("a", "Old.")
    put("a", "New.", effective_from=clock.now + timedelta(days=10))
    assert states(store, "a") == [State.LIVE, State.SCHEDULED]
    assert store.documents.version("a").document.text == "Old."
    clock.move(days=10)
    assert states(store, "a") == [State.REPLACED, State.LIVE]
    assert store.documents.version("a").document.text == "New."


def test_a_version_put_now_replaces_the_one_that_was_scheduled(
    store: Store, put: Write, clock: Any
) -> None:
    put("a", "Old.")
    put("a", "New.", effective_from=clock.now + timedelta(days=10))
    put("a", "Newest.")
    assert states(store, "a") == [State.REPLACED, State.REPLACED, State.LIVE]


def test_of_two_scheduled_versions_the_earlier_holds_until_the_later(
    store: Store, put: Write, clock: Any
) -> None:
    put("a", "Old.")
    put("a", "Soon.", effective_from=clock.now + timedelta(days=5))
    put("a", "Later.", effective_from=clock.now + timedelta(days=9))
    seen = []
    for _ in range(3):
        seen.append(store.documents.version("a").document.text)
        clock.move(days=5)
    assert seen == ["Old.", "Soon.", "Later."]


def test_a_version_scheduled_before_another_takes_its_place(
    store: Store, put: Write, clock: Any
) -> None:
    put("a", "Old.")
    put("a", "Later.", effective_from=clock.now + timedelta(days=9))
    put("a", "Soon.", effective_from=clock.now + timedelta(days=5))
    clock.move(days=20)
    assert store.documents.version("a").document.text == "Soon."


def test_a_version_expires_at_its_moment(store: Store, put: Write, clock: Any) -> None:
    put("a", effective_to=clock.now + timedelta(days=1))
    assert states(store, "a") == [State.LIVE]
    clock.move(days=1)
    assert states(store, "a") == [State.EXPIRED]
    assert store.documents.version("a").state is State.EXPIRED


def test_a_document_is_superseded_while_another_in_force_says_so(
    store: Store, put: Write, clock: Any
) -> None:
    put("old")
    put("new", supersedes=("old",), effective_from=clock.now + timedelta(days=1))
    assert states(store, "old") == [State.LIVE]
    clock.move(days=1)
    assert states(store, "old") == [State.SUPERSEDED]


def test_in_a_chain_of_superseding_documents_only_the_last_is_live(
    store: Store, put: Write
) -> None:
    put("one")
    put("two", supersedes=("one",))
    put("three", supersedes=("two",))
    found = [store.documents.version(one).state for one in ("one", "two", "three")]
    assert found == [State.SUPERSEDED, State.SUPERSEDED, State.LIVE]


def test_a_document_lives_again_when_what_superseded_it_is_retired(
    store: Store, put: Write
) -> None:
    put("old")
    put("new", supersedes=("old",))
    store.documents.retire("new")
    assert states(store, "old") == [State.LIVE]


def test_a_document_lives_again_when_the_claim_is_taken_back(store: Store, put: Write) -> None:
    put("old")
    put("new", supersedes=("old",))
    put("new", "Without the claim.")
    assert states(store, "old") == [State.LIVE]


def test_a_document_does_not_supersede_itself(store: Store, put: Write) -> None:
    put("a", supersedes=("a", "a"))
    assert states(store, "a") == [State.LIVE]


def test_pages_list_each_live_document_once_by_id(store: Store, put: Write) -> None:
    for name in ("d", "a", "c", "b"):
        put(name)
    put("a", "Other.")
    store.documents.retire("c")
    first = store.documents.page("", 2)
    rest = store.documents.page(first[-1].document.document_id, 2)
    assert [(one.document.document_id, one.version) for one in first] == [("a", 2), ("b", 1)]
    assert [one.document.document_id for one in rest] == ["d"]


def test_knows_which_documents_came_from_below_a_source(store: Store, put: Write) -> None:
    put("a", source="here")
    put("b", source="here")
    put("c", source="there")
    store.documents.unchanged(["b"], "there")
    store.documents.retire("c")
    assert store.documents.of_source("here") == {"a"}
    assert store.documents.of_source("there") == {"b"}


def test_an_unchanged_document_that_moved_is_noted_below_its_new_source(
    store: Store, put: Write
) -> None:
    put("a", source="here")
    assert put("a", source="there").outcome is Outcome.UNCHANGED
    assert store.documents.of_source("there") == {"a"}


def test_a_batch_that_fails_leaves_nothing(
    store: Store, ready: Callable[[Document], Indexable]
) -> None:
    good = ready(Document("a", "A", "Text."))
    bad = Indexable(Document("b", "B", "Text."), good.chunks, [])
    with pytest.raises(ValueError, match="zip"):
        store.documents.put([good, bad], {}, "m", None)
    assert store.documents.count() == 0
    assert store.documents.history("a") == []
