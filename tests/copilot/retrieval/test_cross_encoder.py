"""A tiny random cross-encoder: it knows nothing, but it is a real one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from copilot.errors import ConfigurationError, EmbedderError
from copilot.ports import Reranker

pytestmark = pytest.mark.model

PASSAGES = [f"Passage {number} tells of refunds and of {'days ' * number}." for number in range(40)]


@pytest.fixture(scope="module")
def reranker(tiny_bert: Callable[..., Path]) -> Reranker:
    from copilot.retrieval.cross_encoder import SentenceTransformerReranker

    return SentenceTransformerReranker(str(tiny_bert("pairs", 1)))


def test_gives_one_finite_score_a_passage_in_order(reranker: Reranker) -> None:
    scores = reranker.scores("How long does a refund take?", PASSAGES)
    assert scores.shape == (40,)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    back = reranker.scores("How long does a refund take?", PASSAGES[::-1])
    assert np.allclose(scores, back[::-1], atol=1e-4)
    assert len(np.unique(scores.round(6))) > 10


def test_reads_the_question_too(reranker: Reranker) -> None:
    first, second = (reranker.scores(question, PASSAGES) for question in ("How long?", "Dogs"))
    assert not np.allclose(first, second, atol=1e-7, rtol=0)


def test_gives_the_scores_of_the_library_itself(
    reranker: Reranker, tiny_bert: Callable[..., Path]
) -> None:
    from sentence_transformers import CrossEncoder

    library = CrossEncoder(str(tiny_bert("pairs-again", 1)), device="cpu", local_files_only=True)
    expected = library.predict([("How long?", passage) for passage in PASSAGES])
    assert np.allclose(reranker.scores("How long?", PASSAGES), expected, atol=1e-4)


def test_no_passage_has_no_score(reranker: Reranker) -> None:
    assert reranker.scores("How long?", []).shape == (0,)


def test_what_exceeds_the_window_is_left_out(reranker: Reranker) -> None:
    scores = reranker.scores("How long? " * 500, ["word " * 5_000, "short"])
    assert np.isfinite(scores).all()


def test_threads_get_the_scores_of_their_own_question(reranker: Reranker) -> None:
    questions = [f"Question {number}?" for number in range(6)]
    expected = [reranker.scores(question, PASSAGES[:5]) for question in questions]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda one: reranker.scores(one, PASSAGES[:5]), questions))
    assert np.allclose(found, expected, atol=1e-4)


def test_a_model_that_gives_several_scores_is_no_reranker(tiny_bert: Callable[..., Path]) -> None:
    from copilot.retrieval.cross_encoder import SentenceTransformerReranker

    with pytest.raises(ConfigurationError, match="3 scores"):
        SentenceTransformerReranker(str(tiny_bert("classes", 3)))


def test_a_folder_that_is_not_there_is_a_configuration_error() -> None:
    from copilot.retrieval.cross_encoder import SentenceTransformerReranker

    with pytest.raises(ConfigurationError, match="no model folder"):
        SentenceTransformerReranker("/nowhere/model")


def test_a_score_that_is_not_finite_is_an_error(tiny_bert: Callable[..., Path]) -> None:
    import torch

    from copilot.retrieval.cross_encoder import SentenceTransformerReranker

    broken = SentenceTransformerReranker(str(tiny_bert("broken", 1)))
    with torch.no_grad():
        for weight in broken._model.parameters():
            weight.fill_(float("nan"))
    with pytest.raises(EmbedderError, match="finite"):
        broken.scores("How long?", ["A passage."])
