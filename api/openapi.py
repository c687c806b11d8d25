"""The contract as OpenAPI. `python -m api.openapi` writes it to `api/openapi.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.feeds.webhook import WebhookRequest
from api.problems import ProblemResponse
from api.schemas import DocumentRequest

FILE = Path(__file__).with_name("openapi.json")
_REF = "#/components/schemas/{model}"
_WHY = {
    400: "The body is not JSON, or broke off",
    401: "A key is needed, or this one does not stand",
    403: "The key's role or scope does not include this",
    404: "There is no such thing, or not for this caller",
    409: "It has ended, or was decided otherwise",
    413: "The body is too large",
    415: "The body's media type is not taken",
    422: "A field is wrong; `errors` names it, and what to do",
    503: "Not able to answer now",
}

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """The problem documents that a route may answer with, for its `responses`."""
    schema = {"schema": {"$ref": _REF.format(model=ProblemResponse.__name__)}}
    content = {"application/problem+json": schema}
    return {
        status: {"description": _WHY[status], "content": content}
        for status in sorted({*statuses, 503})
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The app's OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        _, found = models_json_schema(
            [
                (ProblemResponse, "serialization"),
                (DocumentRequest, "validation"),
                (WebhookRequest, "validation"),
            ],
            ref_template=_REF,
        )
        document["components"].setdefault("schemas", {}).update(found["$defs"])
        app.openapi_schema = document
    return app.openapi_schema


def text() -> str:
    """The file's content, from the code alone."""
    from api.app import create_app
    from copilot.settings import Settings

    document = create_app(Settings()).openapi()
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
