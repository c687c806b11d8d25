"""Bodies that are too large are refused while they stream in; paths must be text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import limits

JSON = {"Content-Type": "application/json"}


def chunks(size: int) -> Iterator[bytes]:
    """A body without a Content-Length."""
    for _ in range(0, size, 1024):
        yield b" " * 1024


def test_a_body_of_the_limit_is_read_and_one_more_byte_is_not(client: TestClient) -> None:
    words = b'{"query": "a"}'
    fits = words + b" " * (limits.OTHER_BYTES - len(words))
    assert client.post("/v1/search", content=fits, headers=JSON).status_code == 200
    answer = client.post("/v1/search", content=fits + b" ", headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["reason"] == "more than 256 KiB"


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask", "/v1/assist"])
def test_a_body_that_hides_its_length_is_cut_off(client: TestClient, path: str) -> None:
    answer = client.post(path, content=chunks(limits.OTHER_BYTES + 1024), headers=JSON)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_documents_have_a_limit_of_their_own(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = {"Content-Type": "text/plain"}
    large = b"word " * (limits.OTHER_BYTES // 4)
    assert client.put("/v1/documents/a", content=large, headers=text).status_code == 201
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 4096)
    for body in (b"x" * 4097, chunks(8192)):
        answer = client.put("/v1/documents/b", content=body, headers=text)
        assert answer.status_code == 413
    assert client.get("/v1/documents/b").status_code == 404


@pytest.mark.parametrize("length", ["-1", "many", "99999999999999999999"])
def test_a_length_that_is_no_number_or_far_too_large_is_refused(
    client: TestClient, length: str
) -> None:
    headers = {**JSON, "Content-Length": length}
    answer = client.post("/v1/search", content=b"{}", headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/healthz%0A", "/v1/documents/a%0A", "/v1/customers/%FF", "/%00"])
def test_a_path_that_is_no_text_is_refused_before_any_route(client: TestClient, path: str) -> None:
    answer: Any = client.get(path)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "path"
