"""The checked-in contract is the one that the code has."""

from __future__ import annotations

from typing import Any

from api.app import create_app
from api.openapi import FILE, text
from copilot.settings import Settings


def operations() -> list[dict[str, Any]]:
    paths = create_app(Settings()).openapi()["paths"]
    return [operation for methods in paths.values() for operation in methods.values()]


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run `python -m api.openapi`"


def test_every_documented_error_is_a_problem_document() -> None:
    for operation in operations():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                (content,) = response["content"].items()
                schema = {"schema": {"$ref": "#/components/schemas/ProblemResponse"}}
                assert content == ("application/problem+json", schema)


def test_every_operation_says_what_it_does_and_closed_ones_how_to_get_in() -> None:
    for operation in operations():
        assert operation["description"], operation["operationId"]
        if operation["operationId"].startswith(("healthz", "readyz")):
            continue
        assert {"401", "403"} <= set(operation["responses"])
        assert operation["security"] == [{"HTTPBearer": []}, {"APIKeyHeader": []}]


def test_a_document_may_be_sent_as_json_or_as_a_file() -> None:
    put = create_app(Settings()).openapi()["paths"]["/v1/documents/{document_id}"]["put"]
    content = put["requestBody"]["content"]
    reference = {"$ref": "#/components/schemas/DocumentRequest"}
    assert content["application/json"]["schema"] == reference
    assert {"text/markdown", "text/html", "application/pdf"} <= set(content)
