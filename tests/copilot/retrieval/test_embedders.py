"""One contract for every embedder. OpenAI's client speaks to a real server on loopback."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from copilot.errors import EmbedderError
from copilot.ports import Embedder
from copilot.retrieval.batched import BatchedEmbedder
from copilot.retrieval.hashing import HashingEmbedder

if TYPE_CHECKING:
    from copilot.retrieval.minilm import MiniLm

# Each question shares the meaning of one text, and words enough for an embedder that knows none.
ASKED = {
    "After how many days does a refund reach a card?": "A refund reaches the card in five days.",
    "What are the opening hours of the shop on Sunday?": "The shop opens at nine on Sunday.",
    "Does the parcel need a signature?": "A signature is needed for a parcel over 200 euro.",
    "May a dog come into the fitting room?": "Every dog waits outside the fitting room.",
}
TEXTS = list(ASKED.values())


@pytest.fixture(
    params=[
        "hashing",
        "batched-hashing",
        pytest.param("minilm", marks=pytest.mark.model),
        pytest.param("batched-minilm", marks=pytest.mark.model),
        pytest.param("sentence_transformer", marks=pytest.mark.model),
        pytest.param("openai_embedder", marks=[pytest.mark.model, pytest.mark.services]),
    ]
)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    way, _, inner = request.param.rpartition("-")
    made: Embedder = HashingEmbedder() if inner == "hashing" else request.getfixturevalue(inner)
    return BatchedEmbedder(made) if way == "batched" else made


def vectors(embedder: Embedder, texts: list[str]) -> np.ndarray:
    return np.stack([one.vector for one in embedder.embed_passages(texts, [[]] * len(texts))])


def test_vectors_are_unit_rows_of_the_dimension(embedder: Embedder) -> None:
    for rows in (embedder.embed_query("How long?"), vectors(embedder, TEXTS)):
        assert rows.dtype == np.float32
        assert rows.shape[1] == embedder.dimension
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_the_same_text_has_the_same_vector_alone_and_among_others(embedder: Embedder) -> None:
    together = vectors(embedder, [*TEXTS, "word " * 150, TEXTS[0]])
    assert np.allclose(together[0], together[-1], atol=1e-5)
    for place, text in enumerate(TEXTS):
        assert np.allclose(vectors(embedder, [text])[0], together[place], atol=1e-4)


def test_vectors_come_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = [f"{TEXTS[number % 4]} Number {number}." for number in range(80)]
    rows = vectors(embedder, texts)
    again = vectors(embedder, texts[::-1])
    assert rows.shape == (80, embedder.dimension)
    assert np.allclose(rows, again[::-1], atol=1e-4)
    assert len({row.tobytes() for row in rows}) > 50


def test_a_question_is_nearest_to_the_text_that_answers_it(embedder: Embedder) -> None:
    rows = vectors(embedder, TEXTS)
    for place, question in enumerate(ASKED):
        (query,) = embedder.embed_query(question)
        assert int(np.argmax(rows @ query)) == place


def test_a_long_question_is_cut_into_parts_in_order(embedder: Embedder) -> None:
    first, *_, last = ASKED
    parts = embedder.embed_query(f"{first} " * 60 + f"{last} " * 60)
    assert len(parts) > 2
    assert np.allclose(np.linalg.norm(parts, axis=1), 1, atol=1e-5)
    (about_refund,), (about_dogs,) = map(embedder.embed_query, (first, last))
    assert parts[0] @ about_refund > parts[-1] @ about_refund
    assert parts[-1] @ about_dogs > parts[0] @ about_dogs


@pytest.mark.parametrize("question", ["", " \n\t "])
def test_a_question_without_a_word_is_an_error(embedder: Embedder, question: str) -> None:
    with pytest.raises(EmbedderError, match="no word"):
        embedder.embed_query(question)


def test_no_passage_has_no_vector(embedder: Embedder) -> None:
    assert embedder.embed_passages([], []) == []


def test_the_vector_of_a_sentence_is_nearest_to_what_says_the_same(embedder: Embedder) -> None:
    prefix = "Späte Hilfe – 🙂\n"
    text, spans = prefix, []
    for sentence in TEXTS:
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence + "\n"
    (embedded,) = embedder.embed_passages([text], [spans])
    if embedded.spans is None:
        assert embedder.model.startswith("openai/")
        return
    assert embedded.spans.shape == (len(TEXTS), embedder.dimension)
    assert embedded.spans.dtype == np.float32
    for place, question in enumerate(ASKED):
        (query,) = embedder.embed_query(question)
        assert int(np.argmax(embedded.spans @ query)) == place


def test_a_span_without_a_word_has_the_zero_vector(embedder: Embedder) -> None:
    (embedded,) = embedder.embed_passages(["One two three four. ..."], [[(0, 19), (20, 20)]])
    if embedded.spans is not None:
        assert np.linalg.norm(embedded.spans, axis=1).round(4).tolist() == [1, 0]


def test_threads_get_the_vectors_of_their_own_texts(embedder: Embedder) -> None:
    expected = vectors(embedder, TEXTS)
    queries = [embedder.embed_query(text) for text in TEXTS]

    def one(number: int) -> bool:
        place = number % len(TEXTS)
        alone = vectors(embedder, [TEXTS[place]])[0]
        query = embedder.embed_query(TEXTS[place])
        return np.allclose(alone, expected[place], atol=1e-4) and np.allclose(
            query, queries[place], atol=1e-4
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(24)))


def test_the_name_of_the_model_fits_the_store_and_stays_the_same(embedder: Embedder) -> None:
    name = embedder.model
    embedder.embed_query("How long?")
    assert embedder.model == name
    assert 3 < len(name) <= 120


@pytest.mark.model
def test_questions_embedded_together_have_the_vectors_that_each_has_alone(minilm: MiniLm) -> None:
    texts = [
        *(text[: at * 7 + 5] for at, text in enumerate([*ASKED, *TEXTS])),
        *TEXTS,
        *(f"{text} " * times for text in TEXTS for times in (3, 12, 60)),
        "?",
        *("How long?" for _ in range(20)),
    ]
    together = minilm.embed_queries(texts)
    assert len(together) == len(texts)
    for text, found in zip(texts, together, strict=True):
        alone = minilm.embed_query(text)
        assert found.dtype == np.float32
        assert found.shape == alone.shape
        assert (found * alone).sum(axis=1).min() >= 0.99999


@pytest.mark.model
def test_one_question_without_a_word_refuses_those_with_it(minilm: MiniLm) -> None:
    with pytest.raises(EmbedderError, match="no word"):
        minilm.embed_queries(["How long?", " "])


@pytest.mark.model
def test_no_question_has_no_vector(minilm: MiniLm) -> None:
    assert minilm.embed_queries([]) == []


@pytest.mark.model
def test_no_two_embedders_share_a_name(minilm: Embedder, sentence_transformer: Embedder) -> None:
    names = [minilm.model, sentence_transformer.model, HashingEmbedder().model]
    assert len({*names, HashingEmbedder(64).model}) == 4


@pytest.mark.model
def test_what_is_beyond_the_window_is_not_seen(
    minilm: Embedder, sentence_transformer: Embedder
) -> None:
    text = "word " * 400 + TEXTS[0]
    span = (len(text) - len(TEXTS[0]), len(text))
    for embedder in (minilm, sentence_transformer):
        (embedded,) = embedder.embed_passages([text], [[(0, 50), span]])
        assert embedded.spans is not None
        assert np.linalg.norm(embedded.spans, axis=1).round(4).tolist() == [1, 0]


@pytest.mark.model
def test_the_packaged_int8_weights_give_the_vectors_of_the_original(
    minilm: Embedder, sentence_transformer: Embedder
) -> None:
    texts = [f"{one} {other}" for one in TEXTS for other in (*TEXTS, *ASKED)]
    texts += [
        *TEXTS,
        *ASKED,
        *(text.upper() for text in TEXTS),
        *(f"{text} " * 9 for text in (*TEXTS, *ASKED)),
    ]
    assert len(texts) >= 50
    cosines = (vectors(minilm, texts) * vectors(sentence_transformer, texts)).sum(axis=1)
    assert cosines.min() >= 0.999
    asked = [
        minilm.embed_query(text)[0] @ sentence_transformer.embed_query(text)[0] for text in ASKED
    ]
    assert min(asked) >= 0.999


@pytest.mark.model
def test_even_a_text_that_says_little_has_nearly_the_vector_of_the_original(
    minilm: Embedder, sentence_transformer: Embedder
) -> None:
    texts = ["?", "a", "hello", "ß", "退货", "x" * 300, "ORDER-4711 " * 20, "1. [Save]\n2. Wait"]
    cosines = (vectors(minilm, texts) * vectors(sentence_transformer, texts)).sum(axis=1)
    assert cosines.min() >= 0.997
