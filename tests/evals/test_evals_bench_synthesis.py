from itertools import islice

import numpy as np
import pytest

from copilot.retrieval.embedding import embedded_text, text_sha256
from evals.bench.synthesis import AUDIENCES, CHUNKS, Made, Real, make, store_of

DIMENSION = 48


def reals(count: int) -> list[Real]:
    rng = np.random.default_rng(1)
    return [
        Real(
            title=f"Title {number}",
            heading=f"Heading {number}",
            sentences=tuple(f"Sentence {number}.{at} ends here." for at in range(2 + number % 6)),
            vectors=directions(rng, 2 + number % 6),
        )
        for number in range(count)
    ]


def directions(rng: np.random.Generator, count: int) -> np.ndarray:
    rows = rng.standard_normal((count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def told(made: Made) -> tuple[str, bytes]:
    vectors = b"".join(made.vectors[key].vector.tobytes() for key in made.ready.chunk_hashes)
    return made.ready.document.text, vectors


def test_the_same_seed_makes_the_same_corpus_and_another_seed_another():
    first, again, other = (list(make(reals(9), 40, seed)) for seed in (5, 5, 6))
    assert [told(one) for one in first] == [told(one) for one in again]
    assert [told(one) for one in first] != [told(one) for one in other]


def test_a_corpus_is_the_beginning_of_every_larger_one():
    small, large = make(reals(9), 40, 5), make(reals(9), 80, 5)
    assert [told(one) for one in small] == [told(one) for one in islice(large, 10)]


@pytest.mark.parametrize("chunks", [1, CHUNKS, 10 * CHUNKS + 1])
def test_makes_as_many_chunks_as_were_asked_for(chunks: int):
    made = list(make(reals(5), chunks, 5))
    assert sum(len(one.ready.chunks) for one in made) == chunks
    assert len({one.ready.document.document_id for one in made}) == len(made)


def test_chunks_and_sentences_are_where_they_say():
    known = {sentence for real in reals(9) for sentence in real.sentences}
    for made in make(reals(9), 40, 5):
        text = made.ready.document.text
        for chunk in made.ready.chunks:
            assert text[chunk.start : chunk.end] == chunk.text
            assert {text[start:end] for start, end in chunk.sentences} <= known


def test_every_chunk_finds_its_vectors_where_search_looks_for_them():
    for made in make(reals(9), 40, 5):
        for chunk, text_hash in zip(made.ready.chunks, made.ready.chunk_hashes, strict=True):
            assert text_hash == text_sha256(*embedded_text(made.ready.document.title, chunk))
            vectors = made.vectors[text_hash]
            assert np.linalg.norm(vectors.vector) == pytest.approx(1.0, abs=1e-5)
            assert vectors.spans is not None
            assert len(vectors.spans) == len(chunk.sentences)


def test_a_vector_is_near_its_own_sentences():
    for made in make(reals(9), 40, 5):
        for vectors in made.vectors.values():
            assert vectors.spans is not None
            mean = vectors.spans.mean(axis=0)
            assert vectors.vector @ mean / np.linalg.norm(mean) > 0.8


def test_one_store_in_a_hundred_may_see_a_hundredth():
    made = make(reals(9), 3 * AUDIENCES * CHUNKS, 5)
    seen = [one for one in made if one.ready.document.audience.stores == (store_of(7),)]
    assert len(seen) == 3
