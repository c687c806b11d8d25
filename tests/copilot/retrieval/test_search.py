from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from rig import Rig

from copilot.retrieval.fuse import FEATURES
from copilot.retrieval.search import Question, Searcher
from copilot.types import Audience, Scope, State

DAY = timedelta(days=1)


def found(rig: Rig, question: str, scope: Scope = Scope(), k: int = 10) -> list[str]:
    hits = rig.searcher.search(Question(question), k, scope, rig.clock.now).hits
    return [f"{hit.candidate.document_id} {hit.candidate.version}" for hit in hits]


def test_the_document_with_the_questions_words_comes_first(rig: Rig) -> None:
    rig.put("refunds", "A refund reaches the card after five days.")
    rig.put("parcels", "A parcel is traced with the number on its label.")
    assert found(rig, "When does the refund reach my card?")[0] == "refunds 1"
    assert found(rig, "How is a parcel traced?")[0] == "parcels 1"


def test_an_empty_store_finds_nothing(rig: Rig) -> None:
    assert found(rig, "How is a parcel traced?") == []


def test_of_a_document_one_chunk_is_shown(rig: Rig) -> None:
    part = "Refunds of a card payment are slow. " * 12
    rig.put("refunds", f"# One\n\n{part}\n\n# Two\n\n{part}\n\n# Three\n\n{part}\n")
    assert found(rig, "refunds of a card payment") == ["refunds 1"]
    assert len(rig.follower.indexes.exact) > 2


def test_what_was_just_put_is_found_and_what_was_just_retired_is_not(rig: Rig) -> None:
    for turn in range(5):
        rig.put("refunds", f"A refund takes {turn} days.")
        assert found(rig, "How long does a refund take?") == [f"refunds {2 * turn + 1 - turn}"]
        rig.store.documents.retire("refunds")
        assert found(rig, "How long does a refund take?") == []


def test_a_replaced_version_is_found_no_more(rig: Rig) -> None:
    rig.put("refunds", "A refund takes five days by unicorn.")
    rig.put("refunds", "A refund takes nine days.")
    assert found(rig, "A refund takes five days by unicorn.") == ["refunds 2"]


def test_k_limits_the_hits(rig: Rig) -> None:
    for number in range(8):
        rig.put(f"refunds-{number}", f"Refunds of the kind {number} are paid.")
    assert len(found(rig, "refunds", k=3)) == 3
    assert len(found(rig, "refunds", k=100)) == 8


def test_a_document_holds_from_its_first_moment_to_before_its_last(rig: Rig) -> None:
    start, end = rig.clock.now + DAY, rig.clock.now + 3 * DAY
    rig.put("sale", "The winter sale is on.", effective_from=start, effective_to=end)
    for moment, expected in [
        (start - timedelta(seconds=1), []),
        (start, ["sale 1"]),
        (end - timedelta(seconds=1), ["sale 1"]),
        (end, []),
    ]:
        rig.clock.now = moment
        assert found(rig, "Is the winter sale on?") == expected


def test_what_is_out_of_force_is_counted_apart(rig: Rig) -> None:
    rig.put("sale", "The winter sale is on.", effective_to=rig.clock.now - DAY)
    result = rig.searcher.search(Question("winter sale"), 10, Scope(), rig.clock.now)
    assert result.hits == []
    assert [hit.candidate.state for hit in result.stale] == [State.EXPIRED]


def test_a_superseded_document_gives_way_while_the_other_is_in_force(rig: Rig) -> None:
    rig.put("returns-2025", "Returns take thirty days.")
    ends = rig.clock.now + 2 * DAY
    rig.put(
        "returns", "Returns take ten days.", supersedes=("returns-2025",),
        effective_from=rig.clock.now + DAY, effective_to=ends,
    )  # fmt: skip
    assert found(rig, "How many days do returns take?") == ["returns-2025 1"]
    rig.clock.move(days=1)
    assert found(rig, "How many days do returns take?") == ["returns 1"]
    rig.store.documents.retire("returns")
    assert found(rig, "How many days do returns take?") == ["returns-2025 1"]


def test_a_version_for_later_leaves_the_present_one_in_force_until_then(rig: Rig) -> None:
    rig.put("returns", "Returns take thirty days.")
    rig.put("returns", "Returns take ten days.", effective_from=rig.clock.now + DAY)
    assert found(rig, "How many days do returns take?") == ["returns 1"]
    rig.clock.move(days=1)
    assert found(rig, "How many days do returns take?") == ["returns 2"]


def test_another_moment_may_be_asked_about(rig: Rig) -> None:
    now = rig.clock.now
    rig.put("past", "The rule of the past about refunds.", effective_to=now - DAY)
    rig.put("present", "The rule of the present about refunds.")
    rig.put("future", "The rule of the future about refunds.", effective_from=now + DAY)

    def at(moment: datetime) -> set[str]:
        return set(found(rig, "the rule about refunds", Scope(as_of=moment)))

    assert at(now - 2 * DAY) == {"past 1", "present 1"}
    assert at(now) == {"present 1"}
    assert at(now + 2 * DAY) == {"present 1", "future 1"}
    assert at(datetime(1970, 1, 1, tzinfo=UTC)) == {"past 1", "present 1"}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), {"all 1", "agents 1", "north 1", "french 1"}),
        (Scope(roles=("agent",)), {"all 1", "agents 1", "north 1", "french 1"}),
        (Scope(roles=("staff",)), {"all 1", "north 1", "french 1"}),
        (Scope(roles=()), {"all 1", "north 1", "french 1"}),
        (Scope(roles=("staff",), regions=("south",)), {"all 1", "french 1"}),
        (Scope(regions=("north", "south")), {"all 1", "agents 1", "north 1", "french 1"}),
        (Scope(language="en-GB"), {"all 1", "agents 1", "north 1"}),
        (Scope(language="fr"), {"all 1", "french 1"}),
    ],
)
def test_only_what_the_scope_admits_is_found(rig: Rig, scope: Scope, expected: set[str]) -> None:
    rig.put("all", "The rule about refunds for all.")
    rig.put("agents", "Refunds by agents.", audience=Audience(roles=("agent",)), language="en")
    rig.put("north", "Refunds in the north.", audience=Audience(regions=("north",)), language="en")
    rig.put("french", "Refunds (texte français).", language="fr")
    assert set(found(rig, "refunds", scope)) == expected


def test_an_audience_that_came_after_a_scope_was_used_is_kept_to(rig: Rig) -> None:
    rig.put("all", "The rule about refunds for all.")
    staff = Scope(roles=("staff",))
    assert found(rig, "refunds", staff) == ["all 1"]
    rig.put("agents", "Refunds by agents.", audience=Audience(roles=("agent",)))
    rig.put("staff", "Refunds by staff.", audience=Audience(roles=("staff",)))
    assert set(found(rig, "refunds", staff)) == {"all 1", "staff 1"}


def test_a_scope_that_admits_little_is_filled_from_everything(rig: Rig) -> None:
    many = {f"many-{number}": f"Refunds refunds of kind {number}." for number in range(150)}
    few = {f"few-{number}": "Something about money is said: refunds." for number in range(5)}
    rig.put_all(many, audience=Audience(groups=("many",)))
    rig.put_all(few, audience=Audience(groups=("few",)))
    scope = Scope(groups=("few",))
    assert sorted(found(rig, "refunds", scope)) == [f"few-{number} 1" for number in range(5)]


def test_the_context_of_a_question_counts(rig: Rig) -> None:
    rig.put("gift-cards", "A gift card that is lost is blocked.")
    rig.put("bank-cards", "A bank card that is lost is blocked.")
    for context in ("gift", "bank"):
        question = Question("What if the card is lost?", (f"It is about a {context} card.",), 0.5)
        result = rig.searcher.search(question, 1, Scope(), rig.clock.now)
        assert result.hits[0].candidate.document_id == f"{context}-cards"
        assert result.weights.shape == (2, 2)


class Changing(Searcher):
    """A searcher in whose middle, between proposing and checking, something happens."""

    happens: Any = None

    def _features(self, *arguments: Any, **options: Any) -> NDArray[np.float64]:
        happening, self.happens = self.happens, None
        if happening is not None:
            happening()
        return super()._features(*arguments, **options)


@pytest.fixture
def changing(rig: Rig) -> Changing:
    return Changing(rig.store.engine, rig.embedder, rig.follower)


def test_a_document_that_changes_during_a_search_is_seen_as_it_was_or_is(
    rig: Rig, changing: Changing
) -> None:
    def change(number: int) -> None:
        rig.put("refunds", f"A refund takes {number} days.")

    change(0)
    for number in range(1, 8):
        changing.happens = partial(change, number)
        hits = changing.search(Question("refund"), 5, Scope(), rig.clock.now).hits
        assert [hit.candidate.text for hit in hits] in (
            [f"A refund takes {number - 1} days."],
            [f"A refund takes {number} days."],
        )
        assert found(rig, "refund") == [f"refunds {number + 1}"]


def test_a_document_that_is_retired_during_a_search_is_gone_from_the_next(
    rig: Rig, changing: Changing
) -> None:
    rig.put("refunds", "A refund takes five days.")
    rig.put("parcels", "A parcel takes five days.")
    changing.happens = lambda: rig.store.documents.retire("refunds")
    hits = changing.search(Question("refund"), 5, Scope(), rig.clock.now).hits
    assert "parcels" in [hit.candidate.document_id for hit in hits]
    assert found(rig, "refund") == ["parcels 1"]


def test_a_chunk_that_another_search_already_dropped_is_searched_for_again(
    rig: Rig, changing: Changing
) -> None:
    rig.put("refunds", "A refund takes five days.")

    def elsewhere() -> None:
        rig.put("refunds", "A refund takes six days.")
        found(rig, "refund")  # applies the change to the indexes that both share

    changing.happens = elsewhere
    hits = changing.search(Question("refund"), 5, Scope(), rig.clock.now).hits
    assert [hit.candidate.text for hit in hits] == ["A refund takes six days."]


class Backwards:
    """A reranker that likes best what came last."""

    def scores(self, question: str, passages: list[str]) -> NDArray[np.float32]:
        self.asked = (question, list(passages))
        return np.arange(len(passages), dtype=np.float32)


def test_a_reranker_has_the_last_word(rig: Rig) -> None:
    rig.put("refunds", "A refund takes five days.", title="Refunds")
    rig.put("parcels", "A parcel, and a refund.", title="Parcels")
    reranker = Backwards()
    searcher = Searcher(rig.store.engine, rig.embedder, rig.follower, reranker)
    plain = found(rig, "How many days does a refund take?")
    hits = searcher.search(
        Question("How many days does a refund take?"), 5, Scope(), rig.clock.now
    ).hits
    assert plain == ["refunds 1", "parcels 1"]
    assert [hit.candidate.document_id for hit in hits] == ["parcels", "refunds"]
    assert reranker.asked == (
        "How many days does a refund take?",
        ["Refunds\nA refund takes five days.", "Parcels\nA parcel, and a refund."],
    )


def test_a_hit_has_the_features_it_was_ranked_by(rig: Rig) -> None:
    rig.put("refunds", "A refund takes five days.", title="Refunds")
    rig.put("parcels", "A parcel takes long.", title="Parcels")
    first, second = rig.searcher.search(Question("refund"), 5, Scope(), rig.clock.now).hits
    assert first.features.shape == (len(FEATURES),)
    assert first.score > second.score
    assert first.features[FEATURES.index("title")] > 0
    assert second.features[FEATURES.index("title")] == 0
    assert rig.searcher.dense_weight > 0
