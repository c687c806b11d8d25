from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.retrieval.hashing import HashingEmbedder


def test_gives_the_same_numbers_in_every_process() -> None:
    (vector,) = HashingEmbedder(8).embed_query("refund refund card")
    assert vector.round(4).tolist() == [
        -0.4472000002861023,
        0.0,
        0.0,
        0.0,
        0.8944000005722046,
        0.0,
        0.0,
        0.0,
    ]


def test_endings_and_case_make_no_difference() -> None:
    embedder = HashingEmbedder()
    first, second = embedder.embed_query("Refunds reached"), embedder.embed_query("REFUND reaches")
    assert np.array_equal(first, second)


def test_words_that_cancel_each_other_out_still_have_a_direction() -> None:
    embedder = HashingEmbedder(1)
    texts = [f"w{number} w{other}" for number in range(4) for other in range(4)]
    for one in embedder.embed_passages(texts, [[]] * len(texts)):
        assert abs(one.vector[0]) == 1


@settings(deadline=None)
@given(st.text(min_size=1, max_size=80), st.integers(1, 64))
def test_any_text_has_a_unit_vector(text: str, dimension: int) -> None:
    (one,) = HashingEmbedder(dimension).embed_passages([text], [[(0, len(text))]])
    assert np.isclose(np.linalg.norm(one.vector), 1)
    assert one.spans is not None
    assert one.spans.shape == (1, dimension)
