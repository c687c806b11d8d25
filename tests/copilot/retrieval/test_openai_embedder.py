from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from copilot.errors import ConfigurationError, EmbedderError
from copilot.retrieval.openai_embedder import OpenAiEmbedder


def shout(text: str) -> str:
    return text.upper()


def made(url: str = "http://127.0.0.1:9/v1", key: str = "", model: str = "m") -> OpenAiEmbedder:
    return OpenAiEmbedder(url, key, model, mask=shout)


class Answering:
    """Stands in for the client: answers with what it is given, or raises it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.sent: list[list[str]] = []
        self.embeddings = self

    def with_options(self, **_: Any) -> Answering:
        return self

    def create(self, *, input: list[str], **_: Any) -> Any:
        self.sent.append(input)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answering(answer: Any, url: str = "http://127.0.0.1:9/v1") -> tuple[OpenAiEmbedder, Answering]:
    embedder = made(url)
    embedder.close()
    client = Answering(answer)
    embedder._client = client  # type: ignore[assignment]
    return embedder, client


def vectors(*rows: list[float], first: int = 0) -> SimpleNamespace:
    return SimpleNamespace(
        data=[SimpleNamespace(index=place + first, embedding=row) for place, row in enumerate(rows)]
    )


def every_failure(kind: type[Exception]) -> Iterator[type[Exception]]:
    for one in kind.__subclasses__():
        yield one
        yield from every_failure(one)


def test_every_exception_of_the_client_becomes_an_embedder_error() -> None:
    import openai

    kinds: list[type[Exception]] = [openai.OpenAIError, *every_failure(openai.OpenAIError)]
    assert len(kinds) > 10
    for kind in kinds:
        failure = kind.__new__(kind)
        embedder, _ = answering(failure)
        with pytest.raises(EmbedderError) as caught:
            embedder.embed_query("How long?")
        assert caught.value.__cause__ is failure
        assert kind.__name__ in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        SimpleNamespace(data=None),
        SimpleNamespace(data=[]),
        SimpleNamespace(error="no such model"),
        vectors([1.0], [1.0]),
        vectors([1.0], first=1),
        vectors([]),
        SimpleNamespace(data=[SimpleNamespace(index=0, embedding=None)]),
        SimpleNamespace(data=[SimpleNamespace(index=0, embedding=["x"])]),
        SimpleNamespace(data=[SimpleNamespace(index=None, embedding=[1.0])]),
    ],
    ids=["null", "empty", "error", "many", "place", "flat", "none", "words", "unplaced"],
)
def test_an_answer_of_another_form_is_an_embedder_error(answer: Any) -> None:
    embedder, _ = answering(answer)
    with pytest.raises(EmbedderError, match=r"127\.0\.0\.1"):
        embedder.embed_query("How long?")


@pytest.mark.parametrize("row", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]])
def test_a_vector_without_a_direction_is_an_embedder_error(row: list[float]) -> None:
    embedder, _ = answering(vectors(row))
    with pytest.raises(EmbedderError, match="finite"):
        embedder.embed_query("How long?")


def test_the_message_repeats_nothing_that_was_sent() -> None:
    embedder, _ = answering(ValueError("cannot embed: Ana Ruiz, 4111"))
    with pytest.raises(EmbedderError) as caught:
        embedder.embed_query("Ana Ruiz, 4111")
    assert "Ana" not in str(caught.value)


def test_a_server_that_changes_its_dimension_is_an_error() -> None:
    embedder, client = answering(vectors([1.0, 0.0]))
    assert embedder.dimension == 2
    client.answer = vectors([1.0, 0.0, 0.0])
    with pytest.raises(EmbedderError, match="from 2 to 3"):
        embedder.embed_query("How long?")


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://api.example.com/v1", "ANA RUIZ"),
        ("http://10.0.0.7:8080/v1", "ANA RUIZ"),
        ("http://localhost.example.com/v1", "ANA RUIZ"),
        ("http://127.0.0.1:9/v1", "Ana Ruiz"),
        ("http://localhost:9/v1", "Ana Ruiz"),
        ("http://[::1]:9/v1", "Ana Ruiz"),
    ],
)
def test_what_leaves_this_machine_is_masked(url: str, sent: str) -> None:
    embedder, client = answering(vectors([1.0]), url)
    embedder.embed_query("Ana Ruiz")
    embedder.embed_passages(["Ana Ruiz"], [[]])
    assert client.sent == [[sent], [sent]]


def test_vectors_of_masked_and_plain_texts_have_other_names() -> None:
    near, far = made("http://localhost/v1"), made("https://example.com/v1")
    assert near.model == "openai/localhost/m/plain"
    assert far.model == "openai/example.com/m/masked"
    long = made(model="m" * 300).model
    assert len(long) <= 120
    assert long != made(model="m" * 301).model


def test_a_password_in_the_url_is_in_no_name() -> None:
    assert "secret" not in made("http://me:secret@localhost:9/v1").model


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://x/v1", "http://", "/v1"])
def test_a_url_that_is_none_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_EMBEDDER_BASE_URL"):
        made(url)


def test_openai_itself_needs_a_key() -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_EMBEDDER_API_KEY"):
        made("")
    assert made("", "sk-x").model == "openai/api.openai.com/m/masked"


def test_a_long_question_is_sent_in_even_parts_between_words() -> None:
    embedder, client = answering(vectors([1.0], [1.0], [1.0]))
    question = "word " * 600
    assert embedder.embed_query(question).shape == (3, 1)
    (parts,) = client.sent
    assert " ".join(part.strip() for part in parts) == question.strip()
    assert max(map(len, parts)) - min(map(len, parts)) < 20


def test_a_long_question_without_a_space_is_cut_all_the_same() -> None:
    embedder, client = answering(vectors([1.0], [1.0]))
    embedder.embed_query("x" * 2_000)
    assert [len(part) for part in client.sent[0]] == [1_000, 1_000]


@pytest.mark.model
@pytest.mark.services
class TestOnAServer:
    """What only shows on the wire."""

    @pytest.fixture
    def embedder(self, served: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAiEmbedder]:
        monkeypatch.setattr("copilot.retrieval.openai_embedder._QUERY_RETRIES", 0)
        embedder = made(served.url)
        yield embedder
        embedder.close()

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 503])
    def test_a_status_is_told(self, embedder: OpenAiEmbedder, served: Any, status: int) -> None:
        from starlette.responses import JSONResponse

        served.answer = lambda: JSONResponse({"error": {"message": "no"}}, status)
        with pytest.raises(EmbedderError, match=f"status {status}"):
            embedder.embed_query("How long?")

    @pytest.mark.parametrize("body", ["<html>", "", "[]", '{"data": [{}]}', '{"data": 5}', "null"])
    def test_nonsense_is_an_embedder_error(
        self, embedder: OpenAiEmbedder, served: Any, body: str
    ) -> None:
        from starlette.responses import Response

        served.answer = lambda: Response(body, media_type="application/json")
        with pytest.raises(EmbedderError):
            embedder.embed_query("How long?")

    def test_a_server_that_is_not_there_is_an_embedder_error(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("copilot.retrieval.openai_embedder._QUERY_RETRIES", 0)
        embedder = made("http://127.0.0.1:9/v1")
        with pytest.raises(EmbedderError, match="APIConnectionError"):
            embedder.embed_query("How long?")
        embedder.close()

    def test_a_server_that_is_slow_is_an_embedder_error(
        self, embedder: OpenAiEmbedder, served: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import time

        from starlette.responses import Response

        def late() -> Response:
            time.sleep(0.5)
            return Response("{}")

        monkeypatch.setattr("copilot.retrieval.openai_embedder._QUERY_TIMEOUT_S", 0.1)
        served.answer = late
        with pytest.raises(EmbedderError, match="APITimeoutError"):
            embedder.embed_query("How long?")

    def test_one_failure_is_tried_again(self, served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from starlette.responses import JSONResponse

        def once() -> JSONResponse:
            served.answer = None
            return JSONResponse({}, 503)

        served.answer = once
        embedder = made(served.url)
        assert embedder.embed_query("How long?").shape == (1, 384)
        assert len(served.asked) == 2
        embedder.close()

    def test_passages_are_sent_in_batches_as_numbers_not_base64(
        self, embedder: OpenAiEmbedder, served: Any
    ) -> None:
        embedder.embed_passages([f"Text {number}." for number in range(130)], [[]] * 130)
        assert [len(body["input"]) for body in served.asked] == [64, 64, 2]
        assert {body["encoding_format"] for body in served.asked} == {"float"}
        assert {body["model"] for body in served.asked} == {"m"}
