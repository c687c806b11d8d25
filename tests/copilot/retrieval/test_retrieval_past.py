"""A search as of an earlier moment finds what was searched then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rig import Rig

from copilot.retrieval.past import Still
from copilot.retrieval.search import Question, Searcher
from copilot.types import Audience, Scope

DAY = timedelta(days=1)
QUESTION = "How many days does a refund to a card take?"


def found(rig: Rig, as_of: object = None, question: str = QUESTION, **limits: object) -> list[str]:
    scope = Scope(as_of=as_of, **limits)  # type: ignore[arg-type]
    hits = rig.searcher.search(Question(question), 10, scope, rig.clock.now).hits
    return [f"{hit.candidate.document_id} {hit.candidate.version}" for hit in hits]


@pytest.fixture
def changed(rig: Rig) -> Rig:
    """A document in three versions, a day after each other."""
    for days in ("five", "nine", "two"):
        rig.put("refunds", f"A refund to a card takes {days} days.")
        rig.clock.move(days=1)
    return rig


def test_each_day_has_the_version_that_stood_on_it(changed: Rig) -> None:
    now = changed.clock.now
    assert found(changed) == ["refunds 3"]
    assert [found(changed, now - back * DAY) for back in (0, 1, 2, 3)] == [
        ["refunds 3"],
        ["refunds 3"],
        ["refunds 2"],
        ["refunds 1"],
    ]


def test_before_the_first_document_the_dates_alone_decide(changed: Rig) -> None:
    assert found(changed, changed.clock.now - 30 * DAY) == ["refunds 3"]


def test_what_came_later_is_not_found_and_what_was_deleted_stays_deleted(changed: Rig) -> None:
    then = changed.clock.now
    changed.clock.move(days=1)
    changed.put("fees", "A refund to a card costs nothing.")
    assert found(changed, then) == ["refunds 3"]
    assert set(found(changed)) == {"refunds 3", "fees 1"}
    changed.store.documents.retire("refunds")
    changed.clock.move(days=1)
    changed.put("refunds", "A refund to a card takes a week.")
    assert found(changed, then) == []
    assert set(found(changed)) == {"refunds 4", "fees 1"}


def test_a_document_is_superseded_only_once_the_other_was_there(rig: Rig) -> None:
    rig.put("refunds-2025", "A refund to a card takes five days.")
    rig.clock.move(days=1)
    then = rig.clock.now
    rig.clock.move(days=1)
    rig.put("refunds", "A refund to a card takes nine days.", supersedes=("refunds-2025",))
    assert found(rig, then) == ["refunds-2025 1"]
    assert found(rig) == ["refunds 1"]


def test_whom_a_version_was_for_counts_as_of_then(rig: Rig) -> None:
    rig.put("refunds", "A refund to a card takes five days.", audience=Audience(roles=("staff",)))
    then = rig.clock.move(days=1)
    rig.clock.move(days=1)
    rig.put("refunds", "A refund to a card takes nine days.", audience=Audience(roles=("agent",)))
    assert found(rig, then, roles=("staff",)) == ["refunds 1"]
    assert found(rig, then, roles=("agent",)) == []
    assert found(rig, None, roles=("agent",)) == ["refunds 2"]


def test_scores_are_those_of_the_day_whatever_came_since(rig: Rig) -> None:
    rig.put("refunds", "A refund to a card takes five days.")
    rig.put("parcels", "A lost parcel is traced by its number.")
    before = rig.searcher.search(Question(QUESTION), 5, Scope(), rig.clock.now)
    then = rig.clock.move(days=1)
    rig.clock.move(days=1)
    rig.put_all({f"refund-{at}": f"A refund {at} to a card, in days." for at in range(30)})
    rig.store.documents.retire("parcels")
    again = rig.searcher.search(Question(QUESTION), 5, Scope(as_of=then), rig.clock.now)
    assert [one.score for one in again.hits] == [before.hits[0].score]
    assert rig.searcher.vectors(again.hits).shape == (1, rig.embedder.dimension)


def test_the_vectors_of_many_days_are_at_hand_while_their_hits_are_read(changed: Rig) -> None:
    now = changed.clock.now
    days = [now - back * DAY for back in (3, 2)]
    results = [
        changed.searcher.search(Question(QUESTION), 5, Scope(as_of=day), now) for day in days
    ]
    changed.put("refunds", "A refund to a card takes no time.")
    results.append(changed.searcher.search(Question(QUESTION), 5, Scope(as_of=now - DAY), now))
    assert [len(changed.searcher.vectors(one.hits)) for one in results] == [1, 1, 1]


def test_a_copilot_that_stands_still_embeds_what_it_lacks_and_stores_nothing(rig: Rig) -> None:
    from copilot.retrieval.hashing import HashingEmbedder

    rig.put("refunds", "A refund to a card takes five days.")
    other = HashingEmbedder(256)
    still = Still(rig.store, other)
    hits = Searcher(rig.store.engine, other, still).search(
        Question(QUESTION), 5, Scope(), rig.clock.now
    )
    assert [hit.candidate.document_id for hit in hits.hits] == ["refunds"]
    assert Still(rig.store, other).indexes.exact.position == still.indexes.exact.position == 1
    still.close()
