from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from rig import Rig

from copilot.errors import EmbedderError
from copilot.history.situation import before_actions
from copilot.history.taken import one_vector, take_missing, taken
from copilot.ports import Vectors
from copilot.retrieval.hashing import HashingEmbedder
from copilot.store.cases import Case
from copilot.types import ActionDone, Customer, Interaction, Turn

TOLD = (
    Turn("1", "customer", "Where is my parcel?"),
    Turn("2", "agent", "", action=ActionDone("look_up", {}, {"state": "lost"})),
    Turn("3", "agent", "It seems to be lost."),
    Turn("4", "customer", "Where is my parcel?"),
    Turn("5", "customer", "I want my money back."),
    Turn("6", "agent", "Of course.", action=ActionDone("refund")),
    Turn("7", "customer", "Thank you very much."),
)


class Told(HashingEmbedder):
    """Notes what is asked of it, and does something meanwhile."""

    def __init__(self, dimension: int = 32, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__(dimension)
        self.asked: list[str] = []
        self.meanwhile = meanwhile

    def embed_query(self, text: str) -> Vectors:
        self.asked.append(text)
        self.meanwhile()
        return super().embed_query(text)


def test_what_was_done_comes_with_the_situation_it_was_done_in() -> None:
    embedder = Told()
    (first, look_up), (second, refund) = taken(TOLD, embedder)
    assert (look_up, refund) == ("look_up", "refund")
    assert (first.done, first.spoke) == ((), True)
    assert (second.done, second.spoke) == (("look_up", "~"), True)
    where = one_vector(embedder, "Where is my parcel?")
    assert first.vectors == pytest.approx(np.stack([where, where]))
    assert first.result == ()
    assert second.result != ()


def test_an_utterance_is_embedded_once_and_what_stands_before_no_action_never() -> None:
    embedder = Told()
    taken(TOLD, embedder)
    assert sorted(embedder.asked) == ["I want my money back.", "Where is my parcel?"]
    assert taken(TOLD[2:5], embedder) == []
    assert len(embedder.asked) == 2


@pytest.mark.parametrize("text", ["", " ", "…", "🙂"])
def test_turns_without_words_need_no_embedder(text: str) -> None:
    embedder = Told()
    ((one, action),) = taken([Turn("1", "customer", text), *TOLD[1:2]], embedder)
    assert (action, one.spoke, embedder.asked) == ("look_up", False, [])
    assert not one.vectors.any()
    assert taken([], embedder) == []


def test_a_long_utterance_is_one_unit_vector() -> None:
    vector = one_vector(HashingEmbedder(32), "a long story " * 400)
    assert vector.shape == (32,)
    assert np.linalg.norm(vector) == pytest.approx(1)


def test_an_embedder_that_fails_is_heard_of() -> None:
    def fail() -> None:
        raise EmbedderError("out of order")

    with pytest.raises(EmbedderError, match="out of order"):
        taken(TOLD, Told(meanwhile=fail))


def past(rig: Rig, interaction_id: str, customer_id: str | None = None) -> Interaction:
    began = rig.clock.now - timedelta(days=3)
    return Interaction(interaction_id, customer_id, "chat", began, turns=TOLD)


def read(rig: Rig, model: str) -> list[Case]:
    return list(rig.store.cases.read(model, 100))


def same(one: Case, other: Case) -> bool:
    pairs = zip(one.taken, other.taken, strict=True)
    return (one.interaction_id, one.outcome) == (other.interaction_id, other.outcome) and all(
        np.array_equal(left.vectors, right.vectors)
        and replace(left, vectors=right.vectors) == right
        and action == followed
        for (left, action), (right, followed) in pairs
    )


def test_what_a_new_embedder_has_not_seen_is_taken_once(rig: Rig) -> None:
    rig.sync.put_interaction(past(rig, "i-1"))
    rig.met(None, "i-2", "Hello.", "Hello.")
    another = Told(64)
    assert take_missing(rig.store, another) == 2
    assert [one.interaction_id for one in read(rig, another.model)] == ["i-1"]
    assert read(rig, rig.embedder.model) == []
    assert take_missing(rig.store, another) == 0


def test_what_is_taken_later_is_what_would_have_been_taken_at_once(rig: Rig) -> None:
    rig.sync.put_interaction(past(rig, "i-1"))
    (at_once,) = read(rig, rig.embedder.model)
    take_missing(rig.store, Told(64))
    take_missing(rig.store, rig.embedder)
    (later,) = read(rig, rig.embedder.model)
    assert same(at_once, later)
    assert len(later.taken) == len(before_actions(TOLD)) == 2


def test_an_erasure_while_situations_are_taken_leaves_none_of_them(rig: Rig) -> None:
    rig.sync.put_interaction(past(rig, "i-1", "c-1"))
    rig.store.customers.put(Customer("c-1"))
    erased: list[object] = []

    def erase() -> None:
        if not erased:
            erased.append(True)
            rig.store.customers.erase("c-1")

    another = Told(64, erase)
    take_missing(rig.store, another)
    assert erased
    assert read(rig, another.model) == []
    assert rig.store.cases.state() == (0, 0)


def test_a_correction_while_situations_are_taken_counts_and_not_what_was_before(rig: Rig) -> None:
    rig.sync.put_interaction(past(rig, "i-1"))
    corrected = replace(past(rig, "i-1"), turns=TOLD[:2])
    another = Told(64, lambda: rig.sync.put_interaction(corrected))
    take_missing(rig.store, another)
    assert read(rig, another.model) == []
    another.meanwhile = lambda: None
    assert take_missing(rig.store, another) == 1
    (case,) = read(rig, another.model)
    assert [action for _, action in case.taken] == ["look_up"]
