from __future__ import annotations

import numpy as np
import pytest
from rig import Rig

from copilot.answer import evidence
from copilot.retrieval.search import Found, Question
from copilot.types import Scope

PART = "The refund of part {0} is paid. It takes {0} days. Ask the desk of part {0} about it. "


def search(rig: Rig, question: str) -> Found:
    return rig.searcher.search(Question(question), 5, Scope(), rig.clock.now)


def test_sentences_come_in_reading_order_with_their_place_in_the_document(rig: Rig) -> None:
    text = "# Refunds\n\nA refund is paid. It takes 5 days.\n\n- Take the card.\n- Give it back.\n"
    rig.put("refunds", text)
    found = search(rig, "refund")
    with rig.store.engine.connect() as connection:
        some = evidence.sentences(connection, found.hits[0], found, rig.embedder)
    assert [one.text for one in some] == [
        "A refund is paid.",
        "It takes 5 days.",
        "Take the card.",
        "Give it back.",
    ]
    assert all(text[slice(*one.span)] == one.text for one in some)
    assert max(some, key=lambda one: one.cosine).text == "A refund is paid."


def test_what_stands_around_the_hit_is_read_too(rig: Rig) -> None:
    parts = [f"# Part {at}\n\n{PART.format(at) * 4}\n" for at in range(8)]
    rig.put("refunds", "\n".join(parts))
    found = search(rig, "refund of part 4")
    hit = found.hits[0]
    with rig.store.engine.connect() as connection:
        some = evidence.sentences(connection, hit, found, rig.embedder)
    assert some[0].span[0] < hit.candidate.start
    assert some[-1].span[1] > hit.candidate.end
    assert [one.span for one in some] == sorted({one.span for one in some})
    assert len({one.text for one in some}) < 8 * 3  # not the whole document


def test_a_cosine_is_that_of_the_sentences_own_vector(rig: Rig) -> None:
    rig.put("refunds", "A refund is paid. The desk is open.")
    found = search(rig, "refund paid")
    with rig.store.engine.connect() as connection:
        some = evidence.sentences(connection, found.hits[0], found, rig.embedder)
    expected = rig.embedder.embed_query("A refund is paid.") @ found.queries.T
    assert some[0].cosine == pytest.approx(float(expected[0, 0]), abs=0.02)  # stored as int8
    assert some[1].cosine < some[0].cosine


def test_sentences_are_embedded_by_themselves_where_the_model_pools_none(rig: Rig) -> None:
    vectors = evidence.embedded(["A refund is paid.", "The desk is open."], rig.embedder)
    assert vectors.shape == (2, rig.embedder.dimension)
    assert vectors[0] == pytest.approx(rig.embedder.embed_query("A refund is paid.")[0])
    assert evidence.embedded([], rig.embedder).shape == (0, rig.embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])
